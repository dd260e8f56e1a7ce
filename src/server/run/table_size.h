// How large a table is, without waiting for whoever has it locked. Leaves only.
#pragma once

#include <cstdint>

#include "server/base/compat.h"

namespace migrate {

// Leaf. Bytes of the table with its TOAST table, without its indexes and partitions; 0 if it was made by this
// transaction. Of one that is locked by others it tells what the catalog knows.
int64_t BytesOfLeaf(Oid table);

// Leaf. As ANALYZE has found it; of a table that it has not seen, as the planner guesses it, or counted if it is small.
double RowsOfLeaf(Oid table);

}  // namespace migrate
