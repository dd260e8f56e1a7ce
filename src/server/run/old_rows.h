// Rows as they were before this transaction changed them: read from the heap, where the versions still lie that it has
// deleted or replaced. Needs no trigger, and sees what any statement did, at any depth. Leaves only.
#pragma once

#include "server/base/compat.h"

namespace migrate {

enum class OldRows : uint8_t {
  kChanged,  // that the transaction has deleted or replaced
  kAll,      // and those that it has not
  kNow,      // as they are now, whoever wrote them
};

// A table, and how its rows are to be read.
struct OldTable {
  Relation table;
  TupleDesc then;         // what its columns were, which its catalog may not show any more
  const AttrNumber* key;  // of columns that must stay as they are
  int keys;
  bool is_rewritten;  // by the transaction, so that it has written all of its rows
};

struct OldRowScan {
  OldTable old;
  OldRows which;
  Snapshot snapshot;
  TableScanDesc scan;
  TupleTableSlot* slot;
  Datum* values;
  bool* nulls;
  Size bytes;  // of the row
};

// Leaf. Heap tables only.
OldRowScan OpenOldRowsLeaf(const OldTable& old, OldRows which);

// Leaf. The next one, in `values` and `nulls`; what they point to lasts until the one after it. False behind the last.
// Raises sqlstate::kCantKeep where the transaction has changed the key of a row, or moved one to another partition:
// what a row was could not be told then.
bool NextOldRowLeaf(OldRowScan* scan);

void CloseOldRowsLeaf(const OldRowScan& scan);

}  // namespace migrate
