#include "server/run/kept_rows.h"

#include "server/run/raw_rows.h"

namespace migrate {
namespace {

// Comes with the server, so that it can't be dropped, and looks nothing up in other types.
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

// Who owns the rows stands where the extension's owner, who may write migrate.kept, can't write.
char* OwnershipLeaf(Oid owner) {
  return psprintf("Rows of role %s, as a migration dropped them.", quote_identifier(GetUserNameFromId(owner, false)));
}

void RequireOwnerLeaf(Oid kept, Relation table) {
  char* const said = GetComment(kept, RelationRelationId, 0);
  if (superuser() || (said != nullptr && strcmp(said, OwnershipLeaf(table->rd_rel->relowner)) == 0)) return;
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                  errmsg("what was kept of table \"%s\" belongs to another role", RelationGetRelationName(table))));
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

Oid MakeTableLeaf(Relation from, const AttrNumber* columns, int count, const KeepingPlace& place) {
  TupleDesc const description = CreateTemplateTupleDesc(count);
  for (int i = 0; i < count; ++i) {
    Form_pg_attribute const column = TupleDescAttr(RelationGetDescr(from), columns[i] - 1);
    const bool is_plain = IsPlainLeaf(column->atttypid);
    TupleDescInitEntry(description, static_cast<AttrNumber>(i + 1), NameStr(column->attname),
                       is_plain ? column->atttypid : TEXTOID, is_plain ? column->atttypmod : -1, 0);
  }
  TupleDescFinalize(description);
  char* const name = ChooseRelationName(RelationGetRelationName(from), nullptr, "kept", place.schema, false);
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

// What keeps rows is nobody's copy: no replica gets its rows.
constexpr int kInsertKept = TABLE_INSERT_SKIP_FSM | TABLE_INSERT_NO_LOGICAL;

void RequireIntactLeaf(Relation kept, int64_t rows, uint64 checksum, int64_t found, uint64 found_checksum) {
  if (rows == found && checksum == found_checksum) return;
  ereport(ERROR, (errcode(kCantKeepCode), errmsg("what was kept in migrate_kept.%s was changed since",
                                                 quote_identifier(RelationGetRelationName(kept)))));
}

// For each column of a kept table: where it goes, and how.
struct Placement {
  AttrNumber column;
  Conversion conversion;
};

Placement* PlacementsLeaf(Relation kept, const KeptContent& content, Relation table) {
  TupleDesc const from = RelationGetDescr(kept), to = RelationGetDescr(table);
  Placement* const places = static_cast<Placement*>(palloc0(sizeof(Placement) * static_cast<Size>(from->natts)));
  for (int i = 0; i < from->natts; ++i) {
    Form_pg_attribute const column = TupleDescAttr(from, i);
    const char* const name = i < content.count ? content.columns[i] : NameStr(column->attname);
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

void RequireNotNullLeaf(Relation table, TupleTableSlot* slot) {
  for (int i = 0; i < slot->tts_tupleDescriptor->natts; ++i) {
    Form_pg_attribute const column = TupleDescAttr(slot->tts_tupleDescriptor, i);
    if (!column->attnotnull || column->attisdropped || !slot->tts_isnull[i]) continue;
    ereport(ERROR, (errcode(ERRCODE_NOT_NULL_VIOLATION),
                    errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
                           NameStr(column->attname), RelationGetRelationName(table))));
  }
}

// Writes rows with their indexes, checks and computed columns, as a subscriber does, and without triggers.
struct Writer {
  EState* executor;
  ResultRelInfo* result;
};

Writer OpenWriterLeaf(Relation table) {
  const Writer writer = {CreateExecutorState(), makeNode(ResultRelInfo)};
  InitResultRelInfo(writer.result, table, 0, nullptr, 0);
  writer.result->ri_TrigDesc = nullptr;
  ExecOpenIndices(writer.result, false);
  return writer;
}

void CloseWriterLeaf(const Writer& writer) {
  ExecCloseIndices(writer.result);
  FreeExecutorState(writer.executor);
}

// Every row can be told from others by it, at any moment.
bool IsKeyLeaf(Relation index) {
  Form_pg_index const form = index->rd_index;
  if (index->rd_rel->relam != BTREE_AM_OID) return false;
  if (!form->indisunique || !form->indimmediate || !form->indisvalid || !form->indislive) return false;
  return heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, nullptr) &&
         heap_attisnull(index->rd_indextuple, Anum_pg_index_indexprs, nullptr);
}

// The index whose columns are these, in any order.
Oid IndexOnLeaf(Relation table, const Placement* places, int count) {
  Oid found = InvalidOid;
  ListCell* cell;
  foreach (cell, RelationGetIndexList(table)) {
    Relation const index = index_open(lfirst_oid(cell), AccessShareLock);
    bool is_it = IsKeyLeaf(index) && index->rd_index->indnkeyatts == count;
    for (int i = 0; is_it && i < count; ++i) {
      bool has = false;
      for (int j = 0; j < count; ++j) has = has || index->rd_index->indkey.values[j] == places[i].column;
      is_it = has;
    }
    index_close(index, NoLock);
    if (is_it) found = lfirst_oid(cell);
  }
  return found;
}

// The row with this key, into the slot. False if there is none.
bool FindByKeyLeaf(Relation table, Relation index, TupleTableSlot* key, TupleTableSlot* found) {
  ScanKeyData keys[INDEX_MAX_KEYS];
  const int count = index->rd_index->indnkeyatts;
  for (int i = 0; i < count; ++i) {
    const AttrNumber column = index->rd_index->indkey.values[i];
    const Oid type = index->rd_opcintype[i];
    const Oid equal = get_opcode(get_opfamily_member(index->rd_opfamily[i], type, type, BTEqualStrategyNumber));
    ScanKeyEntryInitialize(&keys[i], 0, column, BTEqualStrategyNumber, InvalidOid, index->rd_indcollation[i], equal,
                           key->tts_values[column - 1]);
  }
  SysScanDesc const scan = systable_beginscan(table, RelationGetRelid(index), true, GetActiveSnapshot(), count, keys);
  HeapTuple const row = systable_getnext(scan);
  if (HeapTupleIsValid(row)) {
    ExecForceStoreHeapTuple(row, found, false);
    found->tts_tid = row->t_self;
  }
  systable_endscan(scan);
  return HeapTupleIsValid(row);
}

}  // namespace

int KeyColumnsLeaf(Relation table, AttrNumber without, AttrNumber* columns) {
  int best = 0;
  ListCell* cell;
  foreach (cell, RelationGetIndexList(table)) {
    Relation const index = index_open(lfirst_oid(cell), AccessShareLock);
    const int count = index->rd_index->indnkeyatts;
    bool is_key = IsKeyLeaf(index);
    for (int i = 0; is_key && i < count; ++i) {
      const AttrNumber column = index->rd_index->indkey.values[i];
      is_key = column > 0 && column != without && TupleDescAttr(RelationGetDescr(table), column - 1)->attnotnull;
    }
    if (is_key && (best == 0 || index->rd_index->indisprimary)) {
      best = count;
      for (int i = 0; i < count; ++i) columns[i] = index->rd_index->indkey.values[i];
    }
    index_close(index, NoLock);
  }
  return best;
}

KeptCopy KeepRowsLeaf(Relation from, const AttrNumber* columns, int count, const KeepingPlace& place) {
  Oid user;
  int context;
  GetUserIdAndSecContext(&user, &context);
  SetUserIdAndSecContext(from->rd_rel->relowner,
                         context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  const int level = PinTextsLeaf();
  Conversion* const conversions = static_cast<Conversion*>(palloc0(sizeof(Conversion) * static_cast<Size>(count)));
  KeptCopy copy = {};
  Target target = {};
  ForEachRowLeaf(from, [&](TupleTableSlot* row) {
    if (copy.rows++ == 0) {
      MemoryContext const of_row = MemoryContextSwitchTo(GetMemoryChunkContext(conversions));
      copy.table = MakeTableLeaf(from, columns, count, place);
      target = OpenTargetLeaf(copy.table, kInsertKept);
      for (int i = 0; i < count; ++i) {
        Form_pg_attribute const column = TupleDescAttr(RelationGetDescr(from), columns[i] - 1);
        Form_pg_attribute const kept = TupleDescAttr(RelationGetDescr(target.table), i);
        conversions[i] = ConversionLeaf(column->atttypid, column->atttypmod, kept->atttypid, kept->atttypmod);
      }
      MemoryContextSwitchTo(of_row);
    }
    ExecClearTuple(target.slot);
    for (int i = 0; i < count; ++i) {
      const int column = columns[i] - 1;
      target.slot->tts_isnull[i] = row->tts_isnull[column];
      if (!row->tts_isnull[column]) {
        target.slot->tts_values[i] = ConvertedLeaf(&conversions[i], row->tts_values[column]);
      }
    }
    copy.checksum += HashOfRowLeaf(target.slot);
    InsertLeaf(target);
  });
  if (copy.rows > 0) CloseTargetLeaf(target);
  AtEOXact_GUC(true, level);
  SetUserIdAndSecContext(user, context);
  CommandCounterIncrement();
  return copy;
}

void BringRowsBackLeaf(const KeptContent& content, Oid table) {
  const int level = PinTextsLeaf();
  Relation const kept = table_open(content.table, AccessExclusiveLock);
  Target const target = OpenTargetLeaf(table, TABLE_INSERT_SKIP_FSM);
  RequireOwnerLeaf(content.table, target.table);
  Placement* const places = PlacementsLeaf(kept, content, target.table);
  // A partition comes with the indexes of its parent.
  const bool has_indexes = RelationGetIndexList(target.table) != NIL;
  const Writer writer = has_indexes ? OpenWriterLeaf(target.table) : Writer();
  int64_t found = 0;
  uint64 found_checksum = 0;
  ForEachRowLeaf(kept, [&](TupleTableSlot* row) {
    ++found;
    found_checksum += HashOfRowLeaf(row);
    ClearLeaf(target.slot);
    PutLeaf(row, places, 0, row->tts_tupleDescriptor->natts, target.slot);
    RequireNotNullLeaf(target.table, target.slot);
    if (!has_indexes) return InsertLeaf(target);
    ExecStoreVirtualTuple(target.slot);
    ExecSimpleRelationInsert(writer.result, writer.executor, target.slot);
    ResetPerTupleExprContext(writer.executor);
  });
  RequireIntactLeaf(kept, content.rows, content.checksum, found, found_checksum);
  if (has_indexes) CloseWriterLeaf(writer);
  CloseTargetLeaf(target);
  table_close(kept, NoLock);
  AtEOXact_GUC(true, level);
  CommandCounterIncrement();
}

// As a subscriber applies an update: found by the key, written with its indexes and checks, without triggers.
int64_t BringValuesBackLeaf(const KeptContent& content, Oid table_oid) {
  const int level = PinTextsLeaf();
  Relation const kept = table_open(content.table, AccessExclusiveLock);
  Relation const table = table_open(table_oid, AccessExclusiveLock);
  RequireOwnerLeaf(content.table, table);
  Placement* const places = PlacementsLeaf(kept, content, table);
  const int keys = RelationGetDescr(kept)->natts - 1;  // the column itself comes last
  const Oid key = IndexOnLeaf(table, places, keys);
  if (!OidIsValid(key)) {
    ereport(ERROR, (errcode(kCantKeepCode),
                    errmsg("table \"%s\" has no unique index on the key that the values of \"%s\" were kept with",
                           RelationGetRelationName(table), content.columns[keys])));
  }
  Relation const index = index_open(key, AccessShareLock);
  const Writer writer = OpenWriterLeaf(table);
  TupleTableSlot* const wanted = table_slot_create(table, nullptr);
  TupleTableSlot* const there = table_slot_create(table, nullptr);
  TupleTableSlot* const changed = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
  PushActiveSnapshot(GetLatestSnapshot());
  int64_t found = 0, filled = 0;
  uint64 found_checksum = 0;
  ForEachRowLeaf(kept, [&](TupleTableSlot* row) {
    ++found;
    found_checksum += HashOfRowLeaf(row);
    ClearLeaf(wanted);
    PutLeaf(row, places, 0, keys, wanted);
    ExecStoreVirtualTuple(wanted);
    if (!FindByKeyLeaf(table, index, wanted, there)) return;
    slot_getallattrs(there);
    ExecClearTuple(changed);
    const Size columns = static_cast<Size>(there->tts_tupleDescriptor->natts);
    memcpy(changed->tts_values, there->tts_values, sizeof(Datum) * columns);
    memcpy(changed->tts_isnull, there->tts_isnull, sizeof(bool) * columns);
    PutLeaf(row, places, keys, keys + 1, changed);
    ExecStoreVirtualTuple(changed);
    ExecSimpleRelationUpdate(writer.result, writer.executor, nullptr, there, changed);
    ++filled;
    ResetPerTupleExprContext(writer.executor);
  });
  RequireIntactLeaf(kept, content.rows, content.checksum, found, found_checksum);
  ExecDropSingleTupleTableSlot(wanted);
  ExecDropSingleTupleTableSlot(there);
  ExecDropSingleTupleTableSlot(changed);
  CloseWriterLeaf(writer);
  PopActiveSnapshot();
  index_close(index, NoLock);
  table_close(table, NoLock);
  table_close(kept, NoLock);
  AtEOXact_GUC(true, level);
  CommandCounterIncrement();
  return filled;
}

}  // namespace migrate
