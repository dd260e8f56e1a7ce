// The statement that takes back what a statement of a definition says. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/schema/way/step.h"

namespace migrate::schema {

// DROP … for an object that is there; empty for what can't be dropped by itself: a column of a view, the index of a
// constraint. `object` comes from this database.
std::string DropStatement(const Object& object);

// For a statement behind the first one of a definition: what leads back to how it was without it, in one of several
// ways. Nothing if there is no such statement.
std::vector<Sequence> Undoing(std::string_view statement);

// The same for all privileges of an object at once: what leads from these GRANT and REVOKE statements to those.
Sequence GrantsFrom(const std::vector<std::string_view>& now, const std::vector<std::string_view>& wanted);

// … of default privileges, of which either side may have none.
Sequence DefaultGrantsFrom(const std::vector<std::string_view>& now, const std::vector<std::string_view>& wanted);

}  // namespace migrate::schema
