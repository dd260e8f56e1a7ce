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

// Rows of a table that are found by the key of rows that were kept, the first `keys` columns of those.
struct KeyLookup {
  Relation table, index;  // no index if there is none on the key
  Placement* places;
  int keys;
  TupleTableSlot *wanted, *found;
};

// Leaf. sqlstate::kCantKeep for a table that has no index on the key of what was kept of it.
[[noreturn]] void RefuseWithoutKeyLeaf(Relation table);

// Leaf.
KeyLookup OpenKeyLookupLeaf(Relation table, Placement* places, int keys);
void CloseKeyLookupLeaf(const KeyLookup& lookup);

// Leaf. Into `found`, with all of its values, as the active snapshot has it. False if there is no such row.
bool FindByKeyLeaf(const KeyLookup& lookup, TupleTableSlot* kept);

}  // namespace migrate
