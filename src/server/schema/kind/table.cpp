#include "server/schema/kind.h"
#include "server/schema/table_in_hand.h"

namespace migrate {
namespace {

// A partition's parent with its bounds, or the parents of a table that inherits.
void AddParentsLeaf(const TableInHand& table, StringInfo text) {
  const RowsOf rows =
      OpenRowsLeaf(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid, table.oid, table.snapshot);
  const bool is_partition = table.form->relispartition;
  bool has_any = false;
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const char* const parent = RelationNameLeaf(reinterpret_cast<Form_pg_inherits>(GETSTRUCT(row))->inhparent);
    appendStringInfo(text, "%s%s", has_any ? ", " : is_partition ? " PARTITION OF " : " INHERITS (", parent);
    has_any = true;
  }
  CloseRowsLeaf(rows);
  if (has_any && !is_partition) appendStringInfoChar(text, ')');
  bool has_none;
  const Datum bound = heap_getattr(table.row, Anum_pg_class_relpartbound, table.columns, &has_none);
  if (is_partition && !has_none) appendStringInfo(text, " %s", ExpressionLeaf(bound, table.oid));
}

void AddServerLeaf(const TableInHand& table, StringInfo text) {
  HeapTuple const row = SearchSysCache1(FOREIGNTABLEREL, ObjectIdGetDatum(table.oid));
  if (!HeapTupleIsValid(row)) return;
  const auto* const foreign = reinterpret_cast<Form_pg_foreign_table>(GETSTRUCT(row));
  appendStringInfo(text, " SERVER %s", quote_identifier(GetForeignServer(foreign->ftserver)->servername));
  bool has_none;
  const Datum options = SysCacheGetAttr(FOREIGNTABLEREL, row, Anum_pg_foreign_table_ftoptions, &has_none);
  const char* const shown = has_none ? nullptr : MaskedOptionsLeaf(options);
  if (shown != nullptr) appendStringInfo(text, " OPTIONS (%s)", shown);
  ReleaseSysCache(row);
}

// With those of the table for long values.
void AddStorageParametersLeaf(const TableInHand& table, StringInfo text) {
  StringInfoData parameters;
  initStringInfo(&parameters);
  bool has_none;
  const Datum options = heap_getattr(table.row, Anum_pg_class_reloptions, table.columns, &has_none);
  bool has_any = !has_none && AddParametersLeaf(&parameters, options, "", nullptr);
  const Oid toast = table.form->reltoastrelid;
  HeapTuple const row = OidIsValid(toast) ? SearchSysCache1(RELOID, ObjectIdGetDatum(toast)) : nullptr;
  if (HeapTupleIsValid(row)) {
    const Datum of_toast = SysCacheGetAttr(RELOID, row, Anum_pg_class_reloptions, &has_none);
    if (!has_none) {
      if (has_any) appendStringInfoString(&parameters, ", ");
      has_any = AddParametersLeaf(&parameters, of_toast, "toast.", nullptr) || has_any;
    }
    ReleaseSysCache(row);
  }
  if (has_any) appendStringInfo(text, " WITH (%s)", parameters.data);
}

void AddStorageLeaf(const TableInHand& table, StringInfo text) {
  constexpr Oid kHeap = HEAP_TABLE_AM_OID;
  Form_pg_class const form = table.form;
  if (OidIsValid(form->relam) && (form->relam != kHeap || form->relkind == RELKIND_PARTITIONED_TABLE)) {
    appendStringInfo(text, " USING %s", quote_identifier(get_am_name(form->relam)));
  }
  AddStorageParametersLeaf(table, text);
  if (OidIsValid(form->reltablespace)) {
    appendStringInfo(text, " TABLESPACE %s", quote_identifier(get_tablespace_name(form->reltablespace)));
  }
}

void AddTraitsLeaf(const TableInHand& table, StringInfo text) {
  Form_pg_class const form = table.form;
  const auto add = [&](const char* trait) { appendStringInfo(text, ";\nALTER TABLE %s %s", table.qualified, trait); };
  if (form->relrowsecurity) add("ENABLE ROW LEVEL SECURITY");
  if (form->relforcerowsecurity) add("FORCE ROW LEVEL SECURITY");
  if (form->relreplident == REPLICA_IDENTITY_NOTHING) add("REPLICA IDENTITY NOTHING");
  if (form->relreplident == REPLICA_IDENTITY_FULL) add("REPLICA IDENTITY FULL");
}

const char* DefinitionLeaf(const TableInHand& table) {
  StringInfoData text;
  initStringInfo(&text);
  Form_pg_class const form = table.form;
  appendStringInfo(&text, "CREATE %s%s %s", form->relpersistence == RELPERSISTENCE_UNLOGGED ? "UNLOGGED " : "",
                   table.word, table.qualified);
  if (OidIsValid(form->reloftype)) {
    appendStringInfo(&text, " OF %s", format_type_be(form->reloftype));
  } else if (!form->relispartition) {
    appendStringInfoString(&text, " ()");
  }
  AddParentsLeaf(table, &text);
  if (form->relkind == RELKIND_PARTITIONED_TABLE) {
    appendStringInfo(&text, " PARTITION BY %s", TextFromLeaf(pg_get_partkeydef, ObjectIdGetDatum(table.oid)));
  }
  if (form->relkind == RELKIND_FOREIGN_TABLE) AddServerLeaf(table, &text);
  AddStorageLeaf(table, &text);
  AddTraitsLeaf(table, &text);
  return text.data;
}

void ReadLeaf(const TableInHand& table, PlainObjects* all) {
  if (!IsTable(table.form->relkind)) return;
  bool has_none;
  const Datum acl = heap_getattr(table.row, Anum_pg_class_relacl, table.columns, &has_none);
  const Oid owner = table.form->relowner;
  AddLeaf(all, {.catalog = RelationRelationId,
                .oid = table.oid,
                .column = 0,
                .relation = table.oid,
                .kind = table.form->relkind == RELKIND_FOREIGN_TABLE ? "foreign table" : "table",
                .schema = table.schema,
                .name = table.name,
                .identity = table.qualified,
                .target = psprintf("%s %s", table.word, table.qualified),
                .definition = DefinitionLeaf(table),
                .owner = RoleNameLeaf(owner),
                .privileges = has_none ? nullptr : AclLeaf(acl),
                .defaults = has_none ? nullptr : AclLeaf(PointerGetDatum(acldefault(OBJECT_TABLE, owner)))});
}

}  // namespace

// Tables, partitioned, partitions and foreign ones among them, without their columns, which are objects of their own.
const Kind kTableKind = {nullptr, ReadLeaf};

}  // namespace migrate
