// The order in which migrate_schema() shows objects, for those that come without it. Pure.
#pragma once

#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// By schema, and there by what they go with: a table, then its columns in their order, which its definition tells, then
// the rest of it.
std::vector<Object> InShownOrder(const std::vector<Object>& objects);

}  // namespace migrate::schema
