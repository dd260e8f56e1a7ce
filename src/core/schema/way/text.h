// Statements of a way as the text of a migration. Pure.
#pragma once

#include <string>
#include <vector>

namespace migrate::schema {

// With what the statements need of the session: a routine may be made before what its body names.
std::string TextOf(const std::vector<std::string>& statements);

// Whether a statement has names in it that are looked up on the search path, or a value that a setting reads: all but
// those that drop, rename or comment, and grants.
bool ReadsSettings(const std::string& statement);

}  // namespace migrate::schema
