// Objects as leaves read them from the catalogs, without a query: where most objects of a schema are of the kind, a
// query costs more than what it finds. Plain values, in the memory context of the leaf; null for what an object has
// not. Leaves only.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// What the columns of a kind's query are: see kind.h.
struct PlainObject {
  Oid catalog, oid;
  int column;
  Oid relation;
  const char *kind, *schema, *name, *identity, *target, *definition;
  const char *owner, *privileges, *defaults;
};

struct PlainObjects {
  PlainObject* objects;
  int count, room;
};

void AddLeaf(PlainObjects* all, const PlainObject& object);

// The rows of a catalog that one of its indexes finds by an OID.
struct RowsOf {
  Relation catalog;
  SysScanDesc scan;
};
RowsOf OpenRowsLeaf(Oid catalog, Oid index, AttrNumber column, Oid value, Snapshot snapshot);
inline HeapTuple NextRowLeaf(const RowsOf& rows) { return systable_getnext(rows.scan); }
void CloseRowsLeaf(const RowsOf& rows);

// A value of a row; false for null.
bool ValueLeaf(const RowsOf& rows, HeapTuple row, AttrNumber column, Datum* value);

// What one of the server's functions says, null if it says nothing.
const char* TextFromLeaf(PGFunction function, Datum first, Datum second = 0);

// As in pg_get_expr(); with 0 of no relation.
const char* ExpressionLeaf(Datum expression, Oid relation);

// The name of a relation that is not to be looked for in a search path.
const char* RelationNameLeaf(Oid relation);

// For a comment: a name can have line breaks in it.
const char* OneLineLeaf(const char* text);

// Entries apart by a byte that no role's name can hold.
const char* AclLeaf(Datum acl);

const char* RoleNameLeaf(Oid role);

// Parameters as in WITH (…), each name behind `prefix`; but for one, which may be null. False for none.
bool AddParametersLeaf(StringInfo text, Datum options, const char* prefix, const char* but_for);

// Options of a foreign data wrapper, as MASKED_OPTIONS in kind/parts.h has them.
const char* MaskedOptionsLeaf(Datum options);

// Of a row of pg_attribute; below 0 for the default. From 17 on it can be null.
int StatisticsTargetLeaf(const RowsOf& rows, HeapTuple row);

bool HasCommentLeaf(Oid catalog, Oid object, Snapshot snapshot);

}  // namespace migrate
