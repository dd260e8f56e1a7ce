// Rows on their way into a table that keeps them, and back. Raw: no planner, no policies, no triggers, no constraints;
// a value of a type that comes with the server is kept as it is, any other as the text that its type makes of it, so
// that what is kept hangs on nothing. Leaves only.
#pragma once

#include <cstdint>

#include "server/base/compat.h"

namespace migrate {

// sqlstate::kCantKeep, as leaves raise it.
inline constexpr int kCantKeepCode = MAKE_SQLSTATE('M', 'G', '0', '1', '2');

// Where rows are kept.
struct KeepingPlace {
  Oid schema;
  Oid owner;
};

struct KeptCopy {
  Oid table;  // none if there was no row
  int64_t rows;
  uint64 checksum;
};

// Leaf. Copies these columns of all rows, as the owner of the table. Nobody else may change it meanwhile.
KeptCopy KeepRowsLeaf(Relation from, const AttrNumber* columns, int count, const KeepingPlace& place);

// What is brought back, and what it is to be.
struct KeptContent {
  Oid table;
  const char* const* columns;  // where each of its columns goes; an empty name for nowhere
  int count;
  int64_t rows;
  uint64 checksum;
};

// Leaf. Fills a table that was just made with what was kept of it. Whose rows they are runs it.
void BringRowsBackLeaf(const KeptContent& kept, Oid table);

// Leaf. Gives a column, the last of those kept, its values back, in the rows that still have their key; returns how
// many.
int64_t BringValuesBackLeaf(const KeptContent& kept, Oid table);

// Leaf. The columns of the index that tells the rows apart, without this one; none if there is no such index.
int KeyColumnsLeaf(Relation table, AttrNumber without, AttrNumber* columns);

}  // namespace migrate
