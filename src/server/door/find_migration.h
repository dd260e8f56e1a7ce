// Finds what an argument means in the tables, with the errors that every function gives alike.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/set/known.h"

namespace migrate {

// The migrations that `name` means: several only if they share a version. 42704 with the nearest
// names if there is none, 42725 if it is ambiguous.
std::vector<KnownMigration> FindMigrations(const MigrationSet& set, const std::string& name);

// Throws 42704 with the nearest names if the set does not hold what the target means.
void RequireKnown(const MigrationSet& set, const std::string& target);

// Throws the problem with the version guard if there is one.
void RequireIntactGuard(const MigrationSet& set);

}  // namespace migrate
