#include "server/schema/kind.h"
#include "server/schema/table_in_hand.h"

namespace migrate {
namespace {

// The order of its roles means nothing, and a dump has them as they happen to stand in the catalog: they stand by name.
void AddRolesLeaf(Datum roles, StringInfo text) {
  ArrayType* const array = DatumGetArrayTypeP(roles);
  const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
  const Oid* const oids = reinterpret_cast<const Oid*>(ARR_DATA_PTR(array));
  if (count == 1 && oids[0] == InvalidOid) return;  // all roles
  List* names = NIL;
  for (int i = 0; i < count; ++i) {
    const Datum name = DirectFunctionCall1(pg_get_userbyid, ObjectIdGetDatum(oids[i]));
    names = lappend(names, pstrdup(NameStr(*DatumGetName(name))));
  }
  list_sort(names, [](const ListCell* a, const ListCell* b) {
    return strcmp(static_cast<const char*>(lfirst(a)), static_cast<const char*>(lfirst(b)));
  });
  ListCell* cell;
  foreach (cell, names) {
    appendStringInfo(text, "%s%s", cell == list_head(names) ? " TO " : ", ",
                     quote_identifier(static_cast<const char*>(lfirst(cell))));
  }
}

const char* CommandOf(char command) {
  switch (command) {
    case ACL_SELECT_CHR: return " FOR SELECT";
    case ACL_INSERT_CHR: return " FOR INSERT";
    case ACL_UPDATE_CHR: return " FOR UPDATE";
    case ACL_DELETE_CHR: return " FOR DELETE";
    default: return "";
  }
}

const char* DefinitionLeaf(const TableInHand& table, const RowsOf& rows, HeapTuple row) {
  const auto* const policy = reinterpret_cast<Form_pg_policy>(GETSTRUCT(row));
  StringInfoData text;
  initStringInfo(&text);
  appendStringInfo(&text, "CREATE POLICY %s ON %s%s%s", quote_identifier(NameStr(policy->polname)), table.qualified,
                   policy->polpermissive ? "" : " AS RESTRICTIVE", CommandOf(policy->polcmd));
  Datum value;
  if (ValueLeaf(rows, row, Anum_pg_policy_polroles, &value)) AddRolesLeaf(value, &text);
  if (ValueLeaf(rows, row, Anum_pg_policy_polqual, &value)) {
    appendStringInfo(&text, " USING (%s)", ExpressionLeaf(value, table.oid));
  }
  if (ValueLeaf(rows, row, Anum_pg_policy_polwithcheck, &value)) {
    appendStringInfo(&text, " WITH CHECK (%s)", ExpressionLeaf(value, table.oid));
  }
  return text.data;
}

void ReadLeaf(const TableInHand& table, PlainObjects* all) {
  const RowsOf rows =
      OpenRowsLeaf(PolicyRelationId, PolicyPolrelidPolnameIndexId, Anum_pg_policy_polrelid, table.oid, table.snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const auto* const policy = reinterpret_cast<Form_pg_policy>(GETSTRUCT(row));
    const char* const name = pstrdup(NameStr(policy->polname));
    const char* const identity = psprintf("%s on %s", quote_identifier(name), table.qualified);
    AddLeaf(all, {.catalog = PolicyRelationId,
                  .oid = policy->oid,
                  .column = 0,
                  .relation = table.oid,
                  .kind = "policy",
                  .schema = table.schema,
                  .name = name,
                  .identity = identity,
                  .target = psprintf("POLICY %s ON %s", quote_identifier(name), table.qualified),
                  .definition = DefinitionLeaf(table, rows, row),
                  .owner = nullptr,
                  .privileges = nullptr,
                  .defaults = nullptr});
  }
  CloseRowsLeaf(rows);
}

}  // namespace

const Kind kPolicyKind = {nullptr, ReadLeaf};

}  // namespace migrate
