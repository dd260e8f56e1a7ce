#include "server/run/kept_rows.h"

#include "server/run/row_writer.h"

namespace migrate {

KeptCopy KeepRowsLeaf(Relation from, const AttrNumber* columns, int count, const KeepingPlace& place) {
  const ActingOwner acting = BecomeOwnerLeaf(from->rd_rel->relowner);
  MemoryContext const outside = CurrentMemoryContext;
  Conversion* conversions = nullptr;
  KeptCopy copy = {};
  Target target = {};
  ForEachRowLeaf(from, [&](TupleTableSlot* row) {
    if (copy.rows++ == 0) {
      MemoryContext const of_row = MemoryContextSwitchTo(outside);
      copy.table = MakeKeptTableLeaf(from, RelationGetDescr(from), columns, count, KeptFor::kRows, place);
      target = OpenTargetLeaf(copy.table, kInsertKept);
      conversions = KeepingConversionsLeaf(RelationGetDescr(from), columns, count, target.table);
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
  EndOwnerLeaf(acting);
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
  const int keys = RelationGetDescr(kept)->natts - 1;  // the column itself comes last
  const KeyLookup lookup = OpenKeyLookupLeaf(table, PlacementsLeaf(kept, content, table), keys);
  if (lookup.index == nullptr) RefuseWithoutKeyLeaf(table);
  const Writer writer = OpenWriterLeaf(table);
  TupleTableSlot* const changed = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
  PushActiveSnapshot(GetLatestSnapshot());
  int64_t found = 0, filled = 0;
  uint64 found_checksum = 0;
  ForEachRowLeaf(kept, [&](TupleTableSlot* row) {
    ++found;
    found_checksum += HashOfRowLeaf(row);
    if (!FindByKeyLeaf(lookup, row)) return;
    ExecClearTuple(changed);
    const Size columns = static_cast<Size>(lookup.found->tts_tupleDescriptor->natts);
    memcpy(changed->tts_values, lookup.found->tts_values, sizeof(Datum) * columns);
    memcpy(changed->tts_isnull, lookup.found->tts_isnull, sizeof(bool) * columns);
    PutLeaf(row, lookup.places, keys, keys + 1, changed);
    ExecStoreVirtualTuple(changed);
    ExecSimpleRelationUpdate(writer.result, writer.executor, nullptr, lookup.found, changed);
    ++filled;
    ResetPerTupleExprContext(writer.executor);
  });
  RequireIntactLeaf(kept, content.rows, content.checksum, found, found_checksum);
  ExecDropSingleTupleTableSlot(changed);
  CloseWriterLeaf(writer);
  PopActiveSnapshot();
  CloseKeyLookupLeaf(lookup);
  table_close(table, NoLock);
  table_close(kept, NoLock);
  AtEOXact_GUC(true, level);
  CommandCounterIncrement();
  return filled;
}

}  // namespace migrate
