// Arguments that name schemas and the like: what migrate_diff and migrate_generate share.
#pragma once

#include <string>
#include <vector>

#include "server/door/commands.h"

namespace migrate {

// The elements of an array that came as text; nothing for null. 22004 for a null in it.
std::vector<std::string> ElementsOf(const Argument& array, const char* name);

// Those of these roles that don't exist, in their order, quoted where SQL needs it.
std::vector<std::string> UnknownRoles(const std::vector<std::string>& roles);

}  // namespace migrate
