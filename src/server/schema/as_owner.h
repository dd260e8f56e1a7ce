// Code that an object's owner may have written is run as that owner, in a security-restricted operation, as the server
// runs the functions of an index: not with the rights of whoever leads a schema back.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/schema/way/evaluates.h"

namespace migrate::schema {

// The owner of what is there under this name now; 0 if nothing is.
uint32_t OwnerOf(const Evaluated& object);

std::string NameOfRole(uint32_t role);  // in quotes if it needs them

// 42501 if the caller may not become the owner. Only where a failure is undone, since that gives up what was begun
// here.
void AsOwner(uint32_t owner, const std::function<void()>& body);

// Runs a statement of a way, and what it evaluates as the owner of that. `check` is told of it before.
void RunStatement(const std::string& statement, const std::function<void(const Evaluated&, uint32_t owner)>& check);

}  // namespace migrate::schema
