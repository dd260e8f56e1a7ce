// The tables in schema migrate_kept: how one is made, whose rows it holds, where its columns go on the way back. Leaves
// only.
#pragma once

#include <cstdint>

#include "server/run/raw_rows.h"

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
  uint64_t checksum;
};

// What is brought back, and what it is to be.
struct KeptContent {
  Oid table;
  const char* const* columns;  // where each of its columns goes; an empty name for nowhere
  int count;
  int64_t rows;
  uint64_t checksum;
};

// What keeps rows is nobody's copy: no replica gets its rows.
inline constexpr int kInsertKept = TABLE_INSERT_SKIP_FSM | TABLE_INSERT_NO_LOGICAL;

// Leaf. Comes with the server, so that it can't be dropped, and looks nothing up in other types. A value of any other
// type is kept as the text that its type makes of it.
bool IsPlainLeaf(Oid type);

enum class KeptFor : uint8_t {
  kRows,
  kChanges,  // with a column more for what became of the row
  kNow,      // until the migration ends
};

// Leaf. Empty, for these columns of `from`, which are described by `then`.
Oid MakeKeptTableLeaf(Relation from, TupleDesc then, const AttrNumber* columns, int count, KeptFor use,
                      const KeepingPlace& place);

// Leaf. Only the extension makes such tables, and nothing depends on them.
void DropKeptLeaf(Oid table);

// Leaf. How the values of these columns become those that are kept; as long as the memory context lasts.
Conversion* KeepingConversionsLeaf(TupleDesc then, const AttrNumber* columns, int count, Relation kept);

// Leaf. Whose rows they were stands there, too, where the extension's owner can't write.
void RequireOwnerLeaf(Oid kept, Relation table);

// Leaf. Somebody may have changed what was kept.
void RequireIntactLeaf(Relation kept, int64_t rows, uint64 checksum, int64_t found, uint64 found_checksum);

// For each column of a kept table: where it goes, and how. Column 0 is nowhere.
struct Placement {
  AttrNumber column;
  Conversion conversion;
};

// Leaf.
Placement* PlacementsLeaf(Relation kept, const KeptContent& content, Relation table);

// Leaf. No values.
void ClearLeaf(TupleTableSlot* slot);

// Leaf. The columns from `first` on, before `last`.
void PutLeaf(TupleTableSlot* from, Placement* places, int first, int last, TupleTableSlot* to);

// Leaf. What is done with somebody's rows is done as the owner of the table, with texts that don't hang on the session.
struct ActingOwner {
  Oid user;
  int context, level;
};
ActingOwner BecomeOwnerLeaf(Oid owner);
void EndOwnerLeaf(const ActingOwner& acting);

}  // namespace migrate
