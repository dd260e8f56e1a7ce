#include "server/schema/plain.h"

#include "server/schema/kind/parts.h"

namespace migrate {

void AddLeaf(PlainObjects* all, const PlainObject& object) {
  if (all->count == all->room) {
    const int more = all->room == 0 ? 64 : all->room * 2;
    const Size bytes = sizeof(PlainObject) * static_cast<Size>(more);
    all->objects = static_cast<PlainObject*>(all->room == 0 ? palloc(bytes) : repalloc(all->objects, bytes));
    all->room = more;
  }
  all->objects[all->count++] = object;
}

RowsOf OpenRowsLeaf(Oid catalog, Oid index, AttrNumber column, Oid value, Snapshot snapshot) {
  ScanKeyData key;
  ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
  Relation const opened = table_open(catalog, AccessShareLock);
  return {opened, systable_beginscan(opened, index, true, snapshot, 1, &key)};
}

void CloseRowsLeaf(const RowsOf& rows) {
  systable_endscan(rows.scan);
  table_close(rows.catalog, AccessShareLock);
}

bool ValueLeaf(const RowsOf& rows, HeapTuple row, AttrNumber column, Datum* value) {
  bool is_null;
  *value = heap_getattr(row, column, RelationGetDescr(rows.catalog), &is_null);
  return !is_null;
}

const char* TextFromLeaf(PGFunction function, Datum first, Datum second) {
  LOCAL_FCINFO(info, 2);
  InitFunctionCallInfoData(*info, nullptr, 2, InvalidOid, nullptr, nullptr);
  info->args[0] = {first, false};
  info->args[1] = {second, false};
  const Datum shown = function(info);
  return info->isnull ? nullptr : TextDatumGetCString(shown);
}

const char* ExpressionLeaf(Datum expression, Oid relation) {
  return TextFromLeaf(pg_get_expr, expression, ObjectIdGetDatum(relation));
}

const char* RelationNameLeaf(Oid relation) {
  return DatumGetCString(DirectFunctionCall1(regclassout, ObjectIdGetDatum(relation)));
}

const char* OneLineLeaf(const char* text) {
  if (text == nullptr || strpbrk(text, "\r\n") == nullptr) return text;
  char* const line = pstrdup(text);
  for (char* c = line; *c != '\0'; ++c) {
    if (*c == '\r' || *c == '\n') *c = ' ';
  }
  return line;
}

const char* AclLeaf(Datum acl) {
  Acl* const entries = DatumGetAclP(acl);
  StringInfoData text;
  initStringInfo(&text);
  for (int i = 0; i < ACL_NUM(entries); ++i) {
    if (i > 0) appendStringInfoChar(&text, '\x01');
    appendStringInfoString(&text,
                           DatumGetCString(DirectFunctionCall1(aclitemout, PointerGetDatum(ACL_DAT(entries) + i))));
  }
  return text.data;
}

const char* RoleNameLeaf(Oid role) {
  const Datum name = DirectFunctionCall1(pg_get_userbyid, ObjectIdGetDatum(role));
  return quote_identifier(pstrdup(NameStr(*DatumGetName(name))));
}

bool AddParametersLeaf(StringInfo text, Datum options, const char* prefix, const char* but_for) {
  bool has_any = false;
  ListCell* cell;
  foreach (cell, untransformRelOptions(options)) {
    auto* const option = static_cast<DefElem*>(lfirst(cell));
    if (but_for != nullptr && strcmp(option->defname, but_for) == 0) continue;
    if (has_any) appendStringInfoString(text, ", ");
    has_any = true;
    appendStringInfo(text, "%s%s=%s", prefix, quote_identifier(option->defname),
                     option->arg == nullptr ? "NULL" : quote_literal_cstr(defGetString(option)));
  }
  return has_any;
}

const char* MaskedOptionsLeaf(Datum options) {
  constexpr char kMasked[] = "SELECT" MASKED_OPTIONS("$1");
  Oid type = TEXTARRAYOID;
  char* shown = nullptr;
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
  SPI_execute_with_args(kMasked, 1, &type, &options, nullptr, true, 1);
  if (char* const value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)) {
    shown = static_cast<char*>(SPI_palloc(strlen(value) + 1));
    strcpy(shown, value);
  }
  SPI_finish();
  return shown;
}

int StatisticsTargetLeaf(const RowsOf& rows, HeapTuple row) {
  Datum target;
  if (!ValueLeaf(rows, row, Anum_pg_attribute_attstattarget, &target)) return -1;
  // It stands in two bytes from 17 on, in four before.
  const FormData_pg_attribute* const column =
      TupleDescAttr(RelationGetDescr(rows.catalog), Anum_pg_attribute_attstattarget - 1);
  return column->attlen == sizeof(int16) ? DatumGetInt16(target) : DatumGetInt32(target);
}

bool HasCommentLeaf(Oid catalog, Oid object, Snapshot snapshot) {
  const RowsOf rows =
      OpenRowsLeaf(DescriptionRelationId, DescriptionObjIndexId, Anum_pg_description_objoid, object, snapshot);
  bool has_one = false;
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const auto* const comment = reinterpret_cast<Form_pg_description>(GETSTRUCT(row));
    has_one = has_one || (comment->classoid == catalog && comment->objsubid == 0);
  }
  CloseRowsLeaf(rows);
  return has_one;
}

}  // namespace migrate
