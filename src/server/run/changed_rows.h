// Rows of a table that a migration changes: what they were is collected while it runs, and kept at its end with what
// became of them, so that a rollback changes back what is still as the migration left it. Leaves only.
#pragma once

#include "server/run/old_rows.h"
#include "server/run/row_writer.h"

namespace migrate {

// The columns that are kept, those that tell the rows apart first.
struct KeptColumns {
  const AttrNumber* columns;
  int count, keys;
};

// Leaf. Copies old rows as they are, at most as many bytes; `most_bytes` is what is left of them then.
KeptCopy CollectRowsLeaf(const OldTable& old, OldRows which, const KeptColumns& kept, const KeepingPlace& place,
                         int64_t* most_bytes);

// Leaf. Makes a table of what was collected, without the rows that are as they were, and with the hashes of the values
// that the others have now: none for a row that is gone. With `values_only` those of rows that are gone are not kept
// either. What was collected is dropped. `table`: null if it is gone.
KeptCopy FinishRowsLeaf(const KeptCopy& collected, Relation table, TupleDesc then, const KeptColumns& kept,
                        bool values_only, const KeepingPlace& place);

// A sum over the values of a column, as texts, which does not hang on its type.
struct TextSum {
  int64_t rows;
  uint64_t sum;
};

// Leaf. Over the rows that are there now.
TextSum SumOfTextsLeaf(const OldTable& old, AttrNumber column);

}  // namespace migrate
