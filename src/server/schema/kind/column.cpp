#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"
#include "server/schema/relation_in_hand.h"

namespace migrate {
namespace {

struct ColumnInHand {
  const RelationInHand* table;
  const RowsOf* rows;
  HeapTuple row;
  Form_pg_attribute form;
  const char* name;  // as SQL has it
  Datum expression;  // of its default, or what it is generated from; 0 for none
  Form_pg_type type;
};

// The expressions of all columns of the table, by number. Null for none.
Datum* ExpressionsLeaf(const RelationInHand& table) {
  Datum* expressions = nullptr;
  const RowsOf rows =
      OpenRowsLeaf(AttrDefaultRelationId, AttrDefaultIndexId, Anum_pg_attrdef_adrelid, table.oid, table.snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const auto* const form = reinterpret_cast<Form_pg_attrdef>(GETSTRUCT(row));
    Datum value;
    if (form->adnum <= 0 || form->adnum > table.form->relnatts) continue;
    if (!ValueLeaf(rows, row, Anum_pg_attrdef_adbin, &value)) continue;
    if (expressions == nullptr) {
      const auto count = static_cast<Size>(table.form->relnatts) + 1;
      expressions = static_cast<Datum*>(palloc0(sizeof(Datum) * count));
    }
    expressions[form->adnum] = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
  }
  CloseRowsLeaf(rows);
  return expressions;
}

void AddExpressionLeaf(const ColumnInHand& column, StringInfo text) {
  if (column.expression == 0) return;
  if (column.form->attgenerated == '\0') {
    appendStringInfo(text, " DEFAULT %s", ExpressionLeaf(column.expression, InvalidOid));
    return;
  }
  const char* const kept = column.form->attgenerated == ATTRIBUTE_GENERATED_STORED ? "STORED" : "VIRTUAL";
  appendStringInfo(text, " GENERATED ALWAYS AS (%s) %s", ExpressionLeaf(column.expression, column.table->oid), kept);
}

// The sequence that an identity column owns.
Oid IdentitySequenceLeaf(const ColumnInHand& column) {
  ScanKeyData keys[3];
  ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
              ObjectIdGetDatum(RelationRelationId));
  ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(column.table->oid));
  ScanKeyInit(&keys[2], Anum_pg_depend_refobjsubid, BTEqualStrategyNumber, F_INT4EQ,
              Int32GetDatum(column.form->attnum));
  Relation const catalog = table_open(DependRelationId, AccessShareLock);
  SysScanDesc const scan = systable_beginscan(catalog, DependReferenceIndexId, true, column.table->snapshot, 3, keys);
  Oid sequence = InvalidOid;
  while (HeapTuple const row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_depend>(GETSTRUCT(row));
    if (form->classid == RelationRelationId && form->deptype == DEPENDENCY_INTERNAL) sequence = form->objid;
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
  return sequence;
}

void AddIdentityLeaf(const ColumnInHand& column, StringInfo text) {
  if (column.form->attidentity == '\0') return;
  const Oid sequence = IdentitySequenceLeaf(column);
  HeapTuple const row = SearchSysCache1(SEQRELID, ObjectIdGetDatum(sequence));
  if (!HeapTupleIsValid(row)) return;
  const auto* const form = reinterpret_cast<Form_pg_sequence>(GETSTRUCT(row));
  const char* const name =
      quote_qualified_identifier(get_namespace_name(get_rel_namespace(sequence)), get_rel_name(sequence));
  appendStringInfo(text,
                   " GENERATED %s AS IDENTITY (SEQUENCE NAME %s START WITH " INT64_FORMAT " INCREMENT BY " INT64_FORMAT
                   " MINVALUE " INT64_FORMAT " MAXVALUE " INT64_FORMAT " CACHE " INT64_FORMAT "%s)",
                   column.form->attidentity == ATTRIBUTE_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT", name,
                   form->seqstart, form->seqincrement, form->seqmin, form->seqmax, form->seqcache,
                   form->seqcycle ? " CYCLE" : "");
  ReleaseSysCache(row);
}

// From 18 on NOT NULL is a constraint with a name, which is shown if it is not the one that the server gives by itself.
Form_pg_constraint NotNullLeaf(const ColumnInHand& column) {
  const RelationInHand& table = *column.table;
  for (int i = 0; i < table.constraint_count; ++i) {
    Form_pg_constraint const constraint = ConstraintLeaf(table.constraints[i]);
    if (constraint->contype != kNotNull) continue;
    if (NotNullColumnLeaf(table.constraints[i]) == column.form->attnum) return constraint;
  }
  return nullptr;
}

void AddNotNullLeaf(const ColumnInHand& column, StringInfo text) {
  Form_pg_constraint const constraint = NotNullLeaf(column);
  if (constraint != nullptr) {
    const char* const usual = psprintf("%s_%s_not_null", column.table->name, NameStr(column.form->attname));
    const char* const name = NameStr(constraint->conname);
    if (strcmp(name, usual) != 0) appendStringInfo(text, " CONSTRAINT %s", quote_identifier(name));
  }
  if (column.form->attnotnull) appendStringInfoString(text, " NOT NULL");
  if (constraint == nullptr) return;
  if (constraint->connoinherit && column.table->form->relkind != RELKIND_PARTITIONED_TABLE) {
    appendStringInfoString(text, " NO INHERIT");
  }
  if (!constraint->convalidated) appendStringInfoString(text, " NOT VALID");
}

const char* StorageOf(char storage) {
  switch (storage) {
    case TYPSTORAGE_PLAIN: return "PLAIN";
    case TYPSTORAGE_EXTERNAL: return "EXTERNAL";
    case TYPSTORAGE_MAIN: return "MAIN";
    default: return "EXTENDED";
  }
}

// What no clause of its own says. attver among the options changes with a type and says nothing of the schema.
void AddTraitsLeaf(const ColumnInHand& column, StringInfo text) {
  const char* const alter = psprintf(";\nALTER TABLE %s ALTER COLUMN %s SET", column.table->qualified, column.name);
  Form_pg_attribute const form = column.form;
  if (form->attstorage != column.type->typstorage) {
    appendStringInfo(text, "%s STORAGE %s", alter, StorageOf(form->attstorage));
  }
  if (CompressionMethodIsValid(form->attcompression)) {
    appendStringInfo(text, "%s COMPRESSION %s", alter, form->attcompression == TOAST_PGLZ_COMPRESSION ? "pglz" : "lz4");
  }
  const int target = StatisticsTargetLeaf(*column.rows, column.row);
  if (target >= 0) appendStringInfo(text, "%s STATISTICS %d", alter, target);
  Datum options;
  if (!ValueLeaf(*column.rows, column.row, Anum_pg_attribute_attoptions, &options)) return;
  StringInfoData parameters;
  initStringInfo(&parameters);
  if (AddParametersLeaf(&parameters, options, "", "pg_attver"))
    appendStringInfo(text, "%s (%s)", alter, parameters.data);
}

const char* DefinitionLeaf(const ColumnInHand& column) {
  StringInfoData text;
  initStringInfo(&text);
  Form_pg_attribute const form = column.form;
  constexpr uint16 kFormat = FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_ALLOW_INVALID;
  appendStringInfo(&text, "ALTER %s %s ADD COLUMN %s %s", column.table->word, column.table->qualified, column.name,
                   format_type_extended(form->atttypid, form->atttypmod, kFormat));
  Datum options;
  if (ValueLeaf(*column.rows, column.row, Anum_pg_attribute_attfdwoptions, &options)) {
    const char* const shown = MaskedOptionsLeaf(options);
    if (shown != nullptr) appendStringInfo(&text, " OPTIONS (%s)", shown);
  }
  if (form->attcollation != column.type->typcollation) {
    const Datum name = DirectFunctionCall1(regcollationout, ObjectIdGetDatum(form->attcollation));
    appendStringInfo(&text, " COLLATE %s", DatumGetCString(name));
  }
  AddExpressionLeaf(column, &text);
  AddIdentityLeaf(column, &text);
  AddNotNullLeaf(column, &text);
  if (!form->attislocal) appendStringInfoString(&text, " /* inherited */");
  AddTraitsLeaf(column, &text);
  return text.data;
}

void AddColumnLeaf(const ColumnInHand& column, PlainObjects* all) {
  const char* const identity = psprintf("%s.%s", column.table->qualified, column.name);
  Datum acl;
  const bool has_acl = ValueLeaf(*column.rows, column.row, Anum_pg_attribute_attacl, &acl);
  AddLeaf(all, {.catalog = RelationRelationId,
                .oid = column.table->oid,
                .column = column.form->attnum,
                .relation = column.table->oid,
                .kind = column.table->form->relkind == RELKIND_FOREIGN_TABLE ? "foreign table column" : "table column",
                .schema = column.table->schema,
                .name = pstrdup(NameStr(column.form->attname)),
                .identity = identity,
                .target = psprintf("COLUMN %s", identity),
                .definition = DefinitionLeaf(column),
                .owner = nullptr,
                .privileges = has_acl ? AclLeaf(acl) : nullptr,
                .defaults = ""});
}

void ReadLeaf(const RelationInHand& table, PlainObjects* all) {
  if (!IsTable(table.form->relkind)) return;
  const Datum* const expressions = ExpressionsLeaf(table);
  const RowsOf rows = OpenRowsLeaf(AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid, table.oid,
                                   table.snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    ColumnInHand column = {&table,  &rows, row,    reinterpret_cast<Form_pg_attribute>(GETSTRUCT(row)),
                           nullptr, 0,     nullptr};
    if (column.form->attnum <= 0 || column.form->attisdropped) continue;
    HeapTuple const type = SearchSysCache1(TYPEOID, ObjectIdGetDatum(column.form->atttypid));
    if (!HeapTupleIsValid(type)) continue;  // it has just gone
    column.type = reinterpret_cast<Form_pg_type>(GETSTRUCT(type));
    column.name = quote_identifier(NameStr(column.form->attname));
    if (expressions != nullptr) column.expression = expressions[column.form->attnum];
    AddColumnLeaf(column, all);
    ReleaseSysCache(type);
  }
  CloseRowsLeaf(rows);
}

}  // namespace

// Columns of tables.
const Kind kColumnKind = {nullptr, ReadLeaf};

// Columns of views, and of composite types where they have a comment: what they are made of is in the definition above
// them. A view's column can have a default and privileges.
const Kind kViewColumnKind = {R"sql(SELECT 'pg_class'::regclass::oid, c.oid, a.attnum, c.oid,
  CASE c.relkind WHEN 'v' THEN 'view column' WHEN 'm' THEN 'materialized view column' ELSE 'composite type column' END,
  n.nspname, a.attname, format('%I.%I.%I', n.nspname, c.relname, a.attname),
  format('COLUMN %I.%I.%I', n.nspname, c.relname, a.attname),
  concat('-- ', )sql" ONE_LINE("format_type(a.atttypid, a.atttypmod)") R"sql(,
    CASE WHEN d.adbin IS NOT NULL THEN
      format(E';\nALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s', n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, 0)) END,
    CASE WHEN a.attstattarget >= 0 THEN
      format(E';\nALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I SET STATISTICS %s', n.nspname, c.relname, a.attname, a.attstattarget) END),
  NULL, array_to_string(a.attacl::text[], E'\x01'), ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND )sql" OF_USERS("n") R"sql(
  AND (c.relkind IN ('v', 'm') OR c.relkind = 'c' AND EXISTS (SELECT FROM pg_description s
    WHERE s.classoid = 'pg_class'::regclass AND s.objoid = c.oid AND s.objsubid = a.attnum)))sql"};

}  // namespace migrate
