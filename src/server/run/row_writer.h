// Rows that are found by their key and written with their indexes, checks and computed columns, as a subscriber does,
// and without triggers. Leaves only.
#pragma once

#include "server/run/kept_table.h"

namespace migrate {

struct Writer {
  EState* executor;
  ResultRelInfo* result;
};

// Leaf. Nobody else may change the table.
Writer OpenWriterLeaf(Relation table);
void CloseWriterLeaf(const Writer& writer);

// Leaf. 23502 for a column that must not be null and is.
void RequireNotNullLeaf(Relation table, TupleTableSlot* slot);

// Leaf. The columns of the index that tells the rows apart, without this one; none if there is no such index.
int KeyColumnsLeaf(Relation table, AttrNumber without, AttrNumber* columns);

// Leaf. The index whose columns are the first `count` of these, in any order.
Oid IndexOnLeaf(Relation table, const Placement* places, int count);

// Leaf. The row with this key, into the slot, as the active snapshot has it. False if there is none.
bool FindByKeyLeaf(Relation table, Relation index, TupleTableSlot* key, TupleTableSlot* found);

}  // namespace migrate
