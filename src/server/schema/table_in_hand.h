// A table, partitioned ones, partitions and foreign tables among them, or a materialized view, which has indexes as
// they do: while the kinds of objects that it is made of are read from the catalogs. Leaves only.
#pragma once

#include "server/base/compat.h"
#include "server/schema/plain.h"

namespace migrate {

// From 18 on: the server's headers name it since then.
constexpr char kNotNull = 'n';

// Of btree, by types: each is looked for once while tables are read.
struct DefaultClasses {
  static constexpr int kMost = 64;
  int count;
  Oid types[kMost], classes[kMost];
};

struct TableInHand {
  Snapshot snapshot;  // of all that is read
  DefaultClasses* default_classes;
  Oid oid;
  HeapTuple row;
  TupleDesc columns;  // of the row
  Form_pg_class form;
  const char *schema, *name, *qualified;  // as they are, and as SQL has both
  const char* word;                       // "TABLE" or "FOREIGN TABLE"
  HeapTuple* constraints;
  int constraint_count;
};

inline bool IsTable(char kind) {
  return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || kind == RELKIND_FOREIGN_TABLE;
}

inline bool CanHaveIndexes(char kind) { return IsTable(kind) || kind == RELKIND_MATVIEW; }

// False if there is no such table, or it is no user's.
bool TakeTableLeaf(Oid table, Snapshot snapshot, DefaultClasses* default_classes, TableInHand* taken);

inline Form_pg_constraint ConstraintLeaf(HeapTuple row) { return reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row)); }

// Of primary keys, unique and exclusion constraints.
inline bool HasOwnIndex(Form_pg_constraint constraint) {
  return constraint->contype == CONSTRAINT_PRIMARY || constraint->contype == CONSTRAINT_UNIQUE ||
         constraint->contype == CONSTRAINT_EXCLUSION;
}

// Of a NOT NULL constraint.
AttrNumber NotNullColumnLeaf(HeapTuple row);

}  // namespace migrate
