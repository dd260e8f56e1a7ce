// What an object's identity and definition tell of the objects around it: which table it goes with, who owns it, of
// which table it is a partition. For objects of which there is no address any more. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/schema/ignore.h"
#include "core/schema/object.h"

namespace migrate::schema {

// Tables and views, of all kinds.
bool IsRelation(std::string_view kind);

// The identity of the table, view or type that it goes with: a column, constraint, index, trigger, policy, rule, a
// sequence of a column, what is published of a table. Empty for what goes with none, and for a table or view itself.
std::string_view RelationOf(const Object& object);

// The names in an identity such as app."Orders", without quotes; of a name in no schema the schema is empty.
QualifiedName NameOf(std::string_view identity);

// Gives it another identity, and the schema and name that this tells.
void SetIdentity(Object& object, std::string_view identity);

// The identity that it would have under another name, which is given as SQL has it.
std::string WithName(std::string_view kind, std::string_view identity, std::string_view name);

// The identity of the table that it is a partition of; empty if it is none.
std::string_view ParentOf(const Object& object);

// The role that its definition names as owner; empty if it has none of its own.
std::string OwnerOf(const Object& object);

}  // namespace migrate::schema
