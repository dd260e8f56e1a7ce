#include "server/schema/table_in_hand.h"

namespace migrate {
namespace {

bool IsUsers(const char* schema) { return strncmp(schema, "pg_", 3) != 0 && strcmp(schema, "information_schema") != 0; }

// In the order of their names.
void TakeConstraintsLeaf(TableInHand* table) {
  const RowsOf rows = OpenRowsLeaf(ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid,
                                   table->oid, table->snapshot);
  int room = 0;
  while (HeapTuple const row = NextRowLeaf(rows)) {
    if (table->constraint_count == room) {
      room = room == 0 ? 8 : room * 2;
      const Size bytes = sizeof(HeapTuple) * static_cast<Size>(room);
      table->constraints =
          static_cast<HeapTuple*>(table->constraints == nullptr ? palloc(bytes) : repalloc(table->constraints, bytes));
    }
    table->constraints[table->constraint_count++] = heap_copytuple(row);
  }
  CloseRowsLeaf(rows);
}

}  // namespace

bool TakeTableLeaf(Oid table, Snapshot snapshot, DefaultClasses* default_classes, TableInHand* taken) {
  const RowsOf rows = OpenRowsLeaf(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, table, snapshot);
  HeapTuple const row = NextRowLeaf(rows);
  *taken = {};
  if (HeapTupleIsValid(row)) taken->row = heap_copytuple(row);
  taken->columns = RelationGetDescr(rows.catalog);
  CloseRowsLeaf(rows);
  if (taken->row == nullptr) return false;
  taken->snapshot = snapshot;
  taken->default_classes = default_classes;
  taken->oid = table;
  taken->form = reinterpret_cast<Form_pg_class>(GETSTRUCT(taken->row));
  if (!CanHaveIndexes(taken->form->relkind)) return false;
  taken->schema = get_namespace_name(taken->form->relnamespace);
  if (taken->schema == nullptr || !IsUsers(taken->schema)) return false;
  taken->name = NameStr(taken->form->relname);
  taken->qualified = quote_qualified_identifier(taken->schema, taken->name);
  taken->word = taken->form->relkind == RELKIND_FOREIGN_TABLE ? "FOREIGN TABLE" : "TABLE";
  TakeConstraintsLeaf(taken);
  return true;
}

AttrNumber NotNullColumnLeaf(HeapTuple row) {
  bool is_null;
  const Datum columns = SysCacheGetAttr(CONSTROID, row, Anum_pg_constraint_conkey, &is_null);
  if (is_null) return 0;
  const ArrayType* const numbers = DatumGetArrayTypeP(columns);
  return *reinterpret_cast<const AttrNumber*>(ARR_DATA_PTR(numbers));
}

}  // namespace migrate
