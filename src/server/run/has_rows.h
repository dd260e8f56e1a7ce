// Whether tables have rows, whoever may see them.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// The rows of its partitions and children are its own. True of what is no table.
bool HasRows(Oid relation);

}  // namespace migrate
