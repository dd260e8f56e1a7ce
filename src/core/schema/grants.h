// Privileges as statements.
#pragma once

#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// The REVOKE and GRANT statements that lead from the privileges that an object has by default to those that it has, in
// the order of its ACL. Nothing if they are the same.
std::vector<std::string> GrantStatements(const Described& described);

}  // namespace migrate::schema
