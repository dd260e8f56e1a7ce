// What is kept while a migration runs, as the hooks of the server note it. Plain, since they are the server's. Leaves
// only.
#pragma once

#include <cstdint>

#include "server/run/changed_rows.h"

namespace migrate {

enum class Keeping : uint8_t {
  kDropped,  // a table, a column or a sequence that goes
  kRetyped,  // a column that gets another type
  kChanged,  // a table whose rows are changed
};

// As it was when it was dropped, or first changed.
struct KeptObject {
  Keeping keeping;
  Oid relation;
  int column;  // 0 for the relation
  bool is_sequence;
  char* identity;
  KeptCopy copy;
  int64_t bytes;
  // What was copied: of a column its key, and itself; of a table that is changed its key, and the rest.
  int column_count, keys;
  AttrNumber* columns;
  char** names;  // as they were called then
  int64 last_value;
  bool is_called;
  // Of what is changed.
  TupleDesc then;
  bool is_collected;  // whole, in `copy`
  bool is_finished;   // `copy` is what is kept
  bool is_summed;     // there is no key: only whether all values are the same is found out
  TextSum sum;
  // As it is called when the migration ends; null if it is gone.
  char* identity_after;
  char** names_after;
};

struct KeptObjects {
  MemoryContext context;
  KeptObject* objects;
  int count, room;
  int64_t bytes, most_bytes;
  SubTransactionId since;  // what was made since belongs to the migration itself
  KeepingPlace place;
  bool keeps_dropped;  // whatever is dropped; else only of the tables that are named
};

// Leaf. One more; what it holds lives in the context.
KeptObject* AddLeaf(KeptObjects* objects, Relation relation, int column, Keeping keeping = Keeping::kDropped);

// Leaf. What is copied of it, the first `keys` columns telling the rows apart.
void NoteColumnsLeaf(KeptObjects* objects, TupleDesc then, const AttrNumber* columns, int count, int keys,
                     KeptObject* object);

// Leaf. sqlstate::kCantKeep: there is no key.
[[noreturn]] void RefuseColumnLeaf(Relation table, const char* column);

// Whether rows that were there before the migration may be lost.
bool IsOthersWork(const KeptObjects* objects, Relation relation);

}  // namespace migrate
