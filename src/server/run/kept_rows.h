// Rows on their way into a table that keeps them, and back. Raw: no planner, no policies, no triggers, no constraints;
// a value of a type that comes with the server is kept as it is, any other as the text that its type makes of it, so
// that what is kept hangs on nothing. Leaves only.
#pragma once

#include <cstdint>

#include "server/run/kept_table.h"

namespace migrate {

// Leaf. Copies these columns of all rows, as the owner of the table. Nobody else may change it meanwhile.
KeptCopy KeepRowsLeaf(Relation from, const AttrNumber* columns, int count, const KeepingPlace& place);

// Leaf. Fills a table that was just made with what was kept of it. Whose rows they are runs it.
void BringRowsBackLeaf(const KeptContent& kept, Oid table);

// Leaf. Gives a column, the last of those kept, its values back, in the rows that still have their key; returns how
// many.
int64_t BringValuesBackLeaf(const KeptContent& kept, Oid table);

}  // namespace migrate
