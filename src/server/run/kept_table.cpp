#include "server/run/kept_table.h"

namespace migrate {
namespace {

// Who owns the rows stands where the extension's owner, who may write migrate.kept, can't write.
char* OwnershipLeaf(Oid owner) {
  return psprintf("Rows of role %s, as a migration dropped them.", quote_identifier(GetUserNameFromId(owner, false)));
}

// From roles that read all tables, but for rows that a policy hides.
void HideRowsLeaf(Oid table, Oid owner) {
  CommandCounterIncrement();
  Oid user;
  int context;
  GetUserIdAndSecContext(&user, &context);
  SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
  auto* const command = makeNode(AlterTableCmd);
  command->subtype = AT_EnableRowSecurity;
  AlterTableInternal(table, list_make1(command), false);
  SetUserIdAndSecContext(user, context);
}

// A name that none of the columns has.
char* AfterNameLeaf(TupleDesc description, int count) {
  for (int number = 0;; ++number) {
    char* const name = number == 0 ? pstrdup("after") : psprintf("after_%d", number);
    bool is_free = true;
    for (int i = 0; i < count; ++i) {
      is_free = is_free && strcmp(name, NameStr(TupleDescAttr(description, i)->attname)) != 0;
    }
    if (is_free) return name;
  }
}

}  // namespace

bool IsPlainLeaf(Oid type) {
  const Oid element = get_element_type(type);
  if (OidIsValid(element)) return IsPlainLeaf(element);
  switch (type) {
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCLASSOID:
    case REGTYPEOID:
    case REGROLEOID:
    case REGNAMESPACEOID:
    case REGCONFIGOID:
    case REGDICTIONARYOID:
    case REGCOLLATIONOID: return false;  // a number, which is another one when what it names was made again
    default: return type < FirstUnpinnedObjectId && get_typtype(type) != TYPTYPE_COMPOSITE;
  }
}

Oid MakeKeptTableLeaf(Relation from, TupleDesc then, const AttrNumber* columns, int count, KeptFor use,
                      const KeepingPlace& place) {
  const bool with_after = use == KeptFor::kChanges;
  TupleDesc const description = CreateTemplateTupleDesc(count + (with_after ? 1 : 0));
  for (int i = 0; i < count; ++i) {
    Form_pg_attribute const column = TupleDescAttr(then, columns[i] - 1);
    const bool is_plain = IsPlainLeaf(column->atttypid);
    TupleDescInitEntry(description, static_cast<AttrNumber>(i + 1), NameStr(column->attname),
                       is_plain ? column->atttypid : TEXTOID, is_plain ? column->atttypmod : -1, 0);
  }
  if (with_after) {
    TupleDescInitEntry(description, static_cast<AttrNumber>(count + 1), AfterNameLeaf(description, count), INT4ARRAYOID,
                       -1, 0);
  }
  TupleDescFinalize(description);
  char* const name = ChooseRelationName(RelationGetRelationName(from), nullptr, use == KeptFor::kNow ? "old" : "kept",
                                        place.schema, false);
  const Oid table =
      heap_create_with_catalog(name, place.schema, InvalidOid, InvalidOid, InvalidOid, InvalidOid, place.owner,
                               HEAP_TABLE_AM_OID, description, NIL, RELKIND_RELATION, RELPERSISTENCE_PERMANENT, false,
                               false, ONCOMMIT_NOOP, static_cast<Datum>(0), false, true, true, InvalidOid, nullptr);
  CommandCounterIncrement();
  NewRelationCreateToastTable(table, static_cast<Datum>(0));
  CreateComments(table, RelationRelationId, 0, OwnershipLeaf(from->rd_rel->relowner));
  HideRowsLeaf(table, place.owner);
  CommandCounterIncrement();
  return table;
}

void DropKeptLeaf(Oid table) {
  const ObjectAddress address = {RelationRelationId, table, 0};
  performDeletion(&address, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
}

Conversion* KeepingConversionsLeaf(TupleDesc then, const AttrNumber* columns, int count, Relation kept) {
  auto* const conversions = static_cast<Conversion*>(palloc0(sizeof(Conversion) * static_cast<Size>(count + 1)));
  for (int i = 0; i < count; ++i) {
    Form_pg_attribute const column = TupleDescAttr(then, columns[i] - 1);
    Form_pg_attribute const to = TupleDescAttr(RelationGetDescr(kept), i);
    conversions[i] = ConversionLeaf(column->atttypid, column->atttypmod, to->atttypid, to->atttypmod);
  }
  return conversions;
}

void RequireOwnerLeaf(Oid kept, Relation table) {
  char* const said = GetComment(kept, RelationRelationId, 0);
  if (superuser() || (said != nullptr && strcmp(said, OwnershipLeaf(table->rd_rel->relowner)) == 0)) return;
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                  errmsg("what was kept of table \"%s\" belongs to another role", RelationGetRelationName(table))));
}

void RequireIntactLeaf(Relation kept, int64_t rows, uint64 checksum, int64_t found, uint64 found_checksum) {
  if (rows == found && checksum == found_checksum) return;
  ereport(ERROR, (errcode(kCantKeepCode), errmsg("what was kept in migrate_kept.%s was changed since",
                                                 quote_identifier(RelationGetRelationName(kept)))));
}

Placement* PlacementsLeaf(Relation kept, const KeptContent& content, Relation table) {
  TupleDesc const from = RelationGetDescr(kept), to = RelationGetDescr(table);
  Placement* const places = static_cast<Placement*>(palloc0(sizeof(Placement) * static_cast<Size>(from->natts)));
  for (int i = 0; i < from->natts; ++i) {
    Form_pg_attribute const column = TupleDescAttr(from, i);
    const char* const name = i < content.count ? content.columns[i] : "";
    if (*name == '\0') continue;
    places[i].column = get_attnum(RelationGetRelid(table), name);
    if (places[i].column <= 0) {
      ereport(ERROR, (errcode(kCantKeepCode), errmsg("table \"%s\" has no column \"%s\" for what was kept",
                                                     RelationGetRelationName(table), name)));
    }
    Form_pg_attribute const target = TupleDescAttr(to, places[i].column - 1);
    places[i].conversion = ConversionLeaf(column->atttypid, column->atttypmod, target->atttypid, target->atttypmod);
  }
  return places;
}

void ClearLeaf(TupleTableSlot* slot) {
  ExecClearTuple(slot);
  for (int i = 0; i < slot->tts_tupleDescriptor->natts; ++i) {
    slot->tts_values[i] = 0;
    slot->tts_isnull[i] = true;
  }
}

void PutLeaf(TupleTableSlot* from, Placement* places, int first, int last, TupleTableSlot* to) {
  for (int i = first; i < last; ++i) {
    const int column = places[i].column - 1;
    if (column < 0) continue;
    to->tts_isnull[column] = from->tts_isnull[i];
    if (!from->tts_isnull[i]) to->tts_values[column] = ConvertedLeaf(&places[i].conversion, from->tts_values[i]);
  }
}

ActingOwner BecomeOwnerLeaf(Oid owner) {
  ActingOwner acting;
  GetUserIdAndSecContext(&acting.user, &acting.context);
  SetUserIdAndSecContext(owner, acting.context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  acting.level = PinTextsLeaf();
  return acting;
}

void EndOwnerLeaf(const ActingOwner& acting) {
  AtEOXact_GUC(true, acting.level);
  SetUserIdAndSecContext(acting.user, acting.context);
}

}  // namespace migrate
