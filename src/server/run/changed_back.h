// What a migration changed in rows, on its way back into them: only what is still as the migration left it is changed
// back. Leaves only.
#pragma once

#include "server/run/row_writer.h"

namespace migrate {

// What is to be done with each row that was kept, in their order: whether it is put in again, and which of its columns
// get their values back. `size` bytes each, a bit for each: the first for the row.
struct ChangeMarks {
  uint8* bits;
  Size size;
  int64_t rows, room;
};

struct Compared {
  ChangeMarks marks;
  int64_t in_the_way;  // rows that the migration deleted, and whose key is there again
  char* first;         // the key of one of them
  int64_t since;       // rows that were changed since, and stay so at least in part
  int64_t gone;        // rows that were deleted since
};

// Leaf. As long as the schema is as the migration left it: looks at the rows of `table`, whose columns are called as
// `kept` has it; none if it is null. `keys`: how many tell the rows apart, the first ones.
Compared CompareRowsLeaf(const KeptContent& kept, Relation table, int keys);

// Leaf. When its columns are as they were before the migration. Returns how many rows have got something back. Whose
// rows they are runs it.
int64_t RestoreRowsLeaf(const KeptContent& kept, Oid table, int keys, const ChangeMarks& marks);

}  // namespace migrate
