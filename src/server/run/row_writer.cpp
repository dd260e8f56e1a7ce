#include "server/run/row_writer.h"

namespace migrate {
namespace {

// Every row can be told from others by it, at any moment.
bool IsKeyLeaf(Relation index) {
  Form_pg_index const form = index->rd_index;
  if (index->rd_rel->relam != BTREE_AM_OID) return false;
  if (!form->indisunique || !form->indimmediate || !form->indisvalid || !form->indislive) return false;
  return heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, nullptr) &&
         heap_attisnull(index->rd_indextuple, Anum_pg_index_indexprs, nullptr);
}

// The index whose columns are the first `count` of these, in any order.
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

// The row with this key, into the slot.
bool FindRowLeaf(Relation table, Relation index, TupleTableSlot* key, TupleTableSlot* found) {
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

void RequireNotNullLeaf(Relation table, TupleTableSlot* slot) {
  for (int i = 0; i < slot->tts_tupleDescriptor->natts; ++i) {
    Form_pg_attribute const column = TupleDescAttr(slot->tts_tupleDescriptor, i);
    if (!column->attnotnull || column->attisdropped || !slot->tts_isnull[i]) continue;
    ereport(ERROR, (errcode(ERRCODE_NOT_NULL_VIOLATION),
                    errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
                           NameStr(column->attname), RelationGetRelationName(table))));
  }
}

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

[[noreturn]] void RefuseWithoutKeyLeaf(Relation table) {
  ereport(ERROR, (errcode(kCantKeepCode),
                  errmsg("table \"%s\" has no unique index on the key that its rows were kept with",
                         RelationGetRelationName(table)),
                  errhint("Make one on these columns, or write a down script. migrate.kept lists them.")));
}

KeyLookup OpenKeyLookupLeaf(Relation table, Placement* places, int keys) {
  KeyLookup lookup = {table, nullptr, places, keys, nullptr, nullptr};
  const Oid index = IndexOnLeaf(table, places, keys);
  if (!OidIsValid(index)) return lookup;
  lookup.index = index_open(index, AccessShareLock);
  lookup.wanted = table_slot_create(table, nullptr);
  lookup.found = table_slot_create(table, nullptr);
  return lookup;
}

void CloseKeyLookupLeaf(const KeyLookup& lookup) {
  ExecDropSingleTupleTableSlot(lookup.wanted);
  ExecDropSingleTupleTableSlot(lookup.found);
  index_close(lookup.index, NoLock);
}

bool FindByKeyLeaf(const KeyLookup& lookup, TupleTableSlot* kept) {
  ClearLeaf(lookup.wanted);
  PutLeaf(kept, lookup.places, 0, lookup.keys, lookup.wanted);
  ExecStoreVirtualTuple(lookup.wanted);
  if (!FindRowLeaf(lookup.table, lookup.index, lookup.wanted, lookup.found)) return false;
  slot_getallattrs(lookup.found);
  return true;
}

}  // namespace migrate
