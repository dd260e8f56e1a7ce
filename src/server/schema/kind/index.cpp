#include "server/schema/kind.h"
#include "server/schema/table_in_hand.h"

namespace migrate {
namespace {

struct IndexInHand {
  const TableInHand* table;
  Form_pg_index index;
  HeapTuple row;  // its own
  Form_pg_class form;
  Form_pg_constraint constraint;  // that it belongs to, or null
  const char* qualified;
  Datum predicate;
  const oidvector *classes, *collations;
  const int2vector* flags;
  bool has_predicate, has_expressions, has_parameters;
};

Form_pg_constraint ConstraintOf(const TableInHand& table, Oid index) {
  for (int i = 0; i < table.constraint_count; ++i) {
    Form_pg_constraint const constraint = ConstraintLeaf(table.constraints[i]);
    if (HasOwnIndex(constraint) && constraint->conindid == index) return constraint;
  }
  return nullptr;
}

// Those that belong to a constraint are made with it: they are shown if there is more to say of them.
bool IsShownLeaf(const IndexInHand& hand) {
  return hand.constraint == nullptr || hand.index->indisclustered || hand.index->indisreplident ||
         HasCommentLeaf(RelationRelationId, hand.index->indexrelid, hand.table->snapshot);
}

Oid DefaultClassLeaf(DefaultClasses* known, Oid type) {
  for (int i = 0; i < known->count; ++i) {
    if (known->types[i] == type) return known->classes[i];
  }
  const Oid found = GetDefaultOpClass(type, BTREE_AM_OID);
  if (known->count < DefaultClasses::kMost) {
    known->types[known->count] = type;
    known->classes[known->count++] = found;
  }
  return found;
}

// The server's function looks up much to say of most indexes nothing but their columns: those that have the order and
// the operator class that they have by themselves. False for any other index.
bool AddPlainLeaf(const IndexInHand& hand, StringInfo text) {
  Form_pg_index const index = hand.index;
  if (hand.form->relam != BTREE_AM_OID || hand.has_predicate || hand.has_expressions || hand.has_parameters)
    return false;
  if (index->indnatts != index->indnkeyatts || index->indnullsnotdistinct) return false;
  const TableInHand& table = *hand.table;
  StringInfoData columns;
  initStringInfo(&columns);
  for (int i = 0; i < index->indnatts; ++i) {
    const AttrNumber number = index->indkey.values[i];
    Oid type, collation;
    int32 typmod;
    if (number <= 0 || hand.flags->values[i] != 0) return false;
    get_atttypetypmodcoll(table.oid, number, &type, &typmod, &collation);
    if (hand.collations->values[i] != collation) return false;
    if (hand.classes->values[i] != DefaultClassLeaf(table.default_classes, type)) return false;
    appendStringInfo(&columns, "%s%s", i > 0 ? ", " : "", quote_identifier(get_attname(table.oid, number, false)));
  }
  appendStringInfo(text, "CREATE %sINDEX %s ON %s%s USING btree (%s)", index->indisunique ? "UNIQUE " : "",
                   quote_identifier(NameStr(hand.form->relname)),
                   hand.form->relkind == RELKIND_PARTITIONED_INDEX ? "ONLY " : "", table.qualified, columns.data);
  return true;
}

// With the tablespace, which the server's function leaves out, where the grammar has it: before the predicate.
void AddStatementLeaf(const IndexInHand& hand, StringInfo text) {
  const bool has_tablespace = OidIsValid(hand.form->reltablespace);
  if (!has_tablespace && AddPlainLeaf(hand, text)) return;
  const char* const shown = TextFromLeaf(pg_get_indexdef, ObjectIdGetDatum(hand.index->indexrelid));
  if (shown == nullptr) return;
  if (!has_tablespace) {
    appendStringInfoString(text, shown);
    return;
  }
  const char* const predicate = hand.has_predicate ? ExpressionLeaf(hand.predicate, hand.table->oid) : nullptr;
  const char* const end = predicate == nullptr ? "" : psprintf(" WHERE %s", predicate);
  const int length = static_cast<int>(strlen(shown) - strlen(end));
  appendStringInfo(text, "%.*s TABLESPACE %s%s", length, shown,
                   quote_identifier(get_tablespace_name(hand.form->reltablespace)), end);
}

void AddParentLeaf(const IndexInHand& hand, StringInfo text) {
  const RowsOf rows = OpenRowsLeaf(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid,
                                   hand.index->indexrelid, hand.table->snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const Oid parent = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(row))->inhparent;
    appendStringInfo(text, ";\nALTER INDEX %s ATTACH PARTITION %s", RelationNameLeaf(parent), hand.qualified);
  }
  CloseRowsLeaf(rows);
}

// Of the columns that are expressions.
void AddTargetsLeaf(const IndexInHand& hand, StringInfo text) {
  const RowsOf rows = OpenRowsLeaf(AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid,
                                   hand.index->indexrelid, hand.table->snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const int target = StatisticsTargetLeaf(rows, row);
    if (target < 0) continue;
    appendStringInfo(text, ";\nALTER INDEX %s ALTER COLUMN %d SET STATISTICS %d", hand.qualified,
                     reinterpret_cast<Form_pg_attribute>(GETSTRUCT(row))->attnum, target);
  }
  CloseRowsLeaf(rows);
}

const char* DefinitionLeaf(const IndexInHand& hand) {
  StringInfoData text;
  initStringInfo(&text);
  if (hand.constraint != nullptr) {
    appendStringInfo(&text, "-- of constraint %s", OneLineLeaf(quote_identifier(NameStr(hand.constraint->conname))));
  } else {
    AddStatementLeaf(hand, &text);
  }
  if (!hand.index->indisvalid) appendStringInfoString(&text, " /* not valid */");
  if (hand.constraint == nullptr && hand.form->relispartition) AddParentLeaf(hand, &text);
  const char* const table = RelationNameLeaf(hand.table->oid);
  const char* const name = quote_identifier(NameStr(hand.form->relname));
  if (hand.index->indisclustered) appendStringInfo(&text, ";\nALTER TABLE %s CLUSTER ON %s", table, name);
  if (hand.index->indisreplident) {
    appendStringInfo(&text, ";\nALTER TABLE %s REPLICA IDENTITY USING INDEX %s", table, name);
  }
  if (hand.has_expressions) AddTargetsLeaf(hand, &text);
  return text.data;
}

void AddIndexLeaf(const IndexInHand& hand, PlainObjects* all) {
  const char* const name = pstrdup(NameStr(hand.form->relname));
  AddLeaf(all, {.catalog = RelationRelationId,
                .oid = hand.index->indexrelid,
                .column = 0,
                .relation = hand.table->oid,
                .kind = "index",
                .schema = get_namespace_name(hand.form->relnamespace),
                .name = name,
                .identity = hand.qualified,
                .target = psprintf("INDEX %s", hand.qualified),
                .definition = DefinitionLeaf(hand),
                .owner = nullptr,
                .privileges = nullptr,
                .defaults = nullptr});
}

// False if it has just gone.
bool TakeIndexLeaf(const TableInHand& table, const RowsOf& rows, HeapTuple row, IndexInHand* hand) {
  *hand = {};
  hand->table = &table;
  hand->index = reinterpret_cast<Form_pg_index>(GETSTRUCT(row));
  hand->row = SearchSysCache1(RELOID, ObjectIdGetDatum(hand->index->indexrelid));
  if (!HeapTupleIsValid(hand->row)) return false;
  hand->form = reinterpret_cast<Form_pg_class>(GETSTRUCT(hand->row));
  hand->constraint = ConstraintOf(table, hand->index->indexrelid);
  hand->qualified =
      quote_qualified_identifier(get_namespace_name(hand->form->relnamespace), NameStr(hand->form->relname));
  Datum value;
  hand->has_predicate = ValueLeaf(rows, row, Anum_pg_index_indpred, &hand->predicate);
  hand->has_expressions = ValueLeaf(rows, row, Anum_pg_index_indexprs, &value);
  bool has_none;
  (void) SysCacheGetAttr(RELOID, hand->row, Anum_pg_class_reloptions, &has_none);
  hand->has_parameters = !has_none;
  if (ValueLeaf(rows, row, Anum_pg_index_indclass, &value))
    hand->classes = reinterpret_cast<oidvector*>(DatumGetPointer(value));
  if (ValueLeaf(rows, row, Anum_pg_index_indcollation, &value))
    hand->collations = reinterpret_cast<oidvector*>(DatumGetPointer(value));
  if (ValueLeaf(rows, row, Anum_pg_index_indoption, &value))
    hand->flags = reinterpret_cast<int2vector*>(DatumGetPointer(value));
  return true;
}

void ReadLeaf(const TableInHand& table, PlainObjects* all) {
  if (!table.form->relhasindex) return;
  const RowsOf rows =
      OpenRowsLeaf(IndexRelationId, IndexIndrelidIndexId, Anum_pg_index_indrelid, table.oid, table.snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    IndexInHand hand;
    if (!TakeIndexLeaf(table, rows, row, &hand)) continue;
    if (IsShownLeaf(hand)) AddIndexLeaf(hand, all);
    ReleaseSysCache(hand.row);
  }
  CloseRowsLeaf(rows);
}

}  // namespace

const Kind kIndexKind = {nullptr, ReadLeaf};

}  // namespace migrate
