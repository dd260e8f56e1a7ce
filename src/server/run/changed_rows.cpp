#include "server/run/changed_rows.h"

#include "server/run/same_value.h"

namespace migrate {
namespace {

void TakeBytesLeaf(const OldTable& old, Size bytes, int64_t* most_bytes) {
  *most_bytes -= static_cast<int64_t>(bytes);
  if (*most_bytes >= 0) return;
  ereport(ERROR, (errcode(kCantKeepCode), errmsg("keeping rows would copy more than migrate.keep_limit"),
                  errdetail("It was reached by rows of table \"%s\".", RelationGetRelationName(old.table)),
                  errhint("Raise migrate.keep_limit, or let them go.")));
}

// Finds what became of a row by its key. Column 0 is one that is gone.
KeyLookup OpenSuccessorsLeaf(Relation table, Relation collected, const KeptColumns& kept) {
  TupleDesc const from = RelationGetDescr(collected), to = RelationGetDescr(table);
  auto* const places = static_cast<Placement*>(palloc0(sizeof(Placement) * static_cast<Size>(kept.count + 1)));
  for (int i = 0; i < kept.count; ++i) {
    Form_pg_attribute const now = TupleDescAttr(to, kept.columns[i] - 1);
    Form_pg_attribute const was = TupleDescAttr(from, i);
    if (now->attisdropped) continue;
    places[i].column = kept.columns[i];
    if (i < kept.keys)
      places[i].conversion = ConversionLeaf(was->atttypid, was->atttypmod, now->atttypid, now->atttypmod);
  }
  return OpenKeyLookupLeaf(table, places, kept.keys);
}

// A number for each column: null for one that has the value that it had, 0 for one that is gone. Returns whether there
// is any.
bool HashesLeaf(const KeyLookup& next, SameValue* same, TupleTableSlot* row, const KeptColumns& kept, Datum* hashes) {
  auto* const numbers = static_cast<Datum*>(palloc0(sizeof(Datum) * static_cast<Size>(kept.count)));
  auto* const are_same = static_cast<bool*>(palloc(sizeof(bool) * static_cast<Size>(kept.count)));
  bool is_changed = false;
  for (int i = 0; i < kept.count; ++i) {
    const AttrNumber column = next.places[i].column;
    are_same[i] = i < kept.keys || (column != 0 && IsSameLeaf(&same[i], row, next.found));
    if (column != 0) numbers[i] = Int32GetDatum(HashOfValueLeaf(next.found, column));
    is_changed = is_changed || !are_same[i];
  }
  int dimension = kept.count, lower = 1;
  *hashes = PointerGetDatum(
      construct_md_array(numbers, are_same, 1, &dimension, &lower, INT4OID, sizeof(int32), true, TYPALIGN_INT));
  return is_changed;
}

[[noreturn]] void RefuseLostKeyLeaf(Relation table) {
  ereport(ERROR,
          (errcode(kCantKeepCode),
           errmsg("what was kept of rows of table \"%s\" can't be told apart any more", RelationGetRelationName(table)),
           errdetail("The migration has dropped the unique index that they were kept with."),
           errhint("Drop the index in a later migration.")));
}

// Of the column that got another type: then there is nothing to keep.
bool AreSameTextsLeaf(Relation collected, Relation table, const KeptColumns& kept) {
  const AttrNumber last = static_cast<AttrNumber>(kept.count), column = kept.columns[kept.count - 1];
  if (TupleDescAttr(RelationGetDescr(table), column - 1)->attisdropped) return false;
  const TextSum was = SumOfTextsLeaf({collected, RelationGetDescr(collected), nullptr, 0, true}, last);
  const TextSum is = SumOfTextsLeaf({table, RelationGetDescr(table), nullptr, 0, true}, column);
  return was.rows == is.rows && was.sum == is.sum;
}

}  // namespace

KeptCopy CollectRowsLeaf(const OldTable& old, OldRows which, const KeptColumns& kept, const KeepingPlace& place,
                         int64_t* most_bytes) {
  const ActingOwner acting = BecomeOwnerLeaf(old.table->rd_rel->relowner);
  MemoryContext const outside = CurrentMemoryContext;
  MemoryContext const of_row = AllocSetContextCreate(outside, "migrate old row", ALLOCSET_DEFAULT_SIZES);
  KeptCopy copy = {};
  Target target = {};
  Conversion* conversions = nullptr;
  OldRowScan scan = OpenOldRowsLeaf(old, which);
  while (NextOldRowLeaf(&scan)) {
    TakeBytesLeaf(old, scan.bytes, most_bytes);
    if (copy.rows++ == 0) {
      copy.table = MakeKeptTableLeaf(old.table, old.then, kept.columns, kept.count, KeptFor::kNow, place);
      target = OpenTargetLeaf(copy.table, kInsertKept);
      conversions = KeepingConversionsLeaf(old.then, kept.columns, kept.count, target.table);
    }
    MemoryContextSwitchTo(of_row);
    ExecClearTuple(target.slot);
    for (int i = 0; i < kept.count; ++i) {
      const int column = kept.columns[i] - 1;
      target.slot->tts_isnull[i] = scan.nulls[column];
      if (!scan.nulls[column]) target.slot->tts_values[i] = ConvertedLeaf(&conversions[i], scan.values[column]);
    }
    InsertLeaf(target);
    MemoryContextSwitchTo(outside);
    MemoryContextReset(of_row);
  }
  CloseOldRowsLeaf(scan);
  MemoryContextDelete(of_row);
  if (copy.rows > 0) CloseTargetLeaf(target);
  EndOwnerLeaf(acting);
  CommandCounterIncrement();
  return copy;
}

KeptCopy FinishRowsLeaf(const KeptCopy& collected, Relation table, TupleDesc then, const KeptColumns& kept,
                        bool values_only, const KeepingPlace& place) {
  Relation const from = table_open(collected.table, AccessExclusiveLock);
  const ActingOwner acting = BecomeOwnerLeaf(table == nullptr ? from->rd_rel->relowner : table->rd_rel->relowner);
  MemoryContext const outside = CurrentMemoryContext;
  PushActiveSnapshot(GetLatestSnapshot());
  KeyLookup next = {};
  SameValue* same = nullptr;
  if (table != nullptr) {
    next = OpenSuccessorsLeaf(table, from, kept);
    if (next.index == nullptr) {
      if (!values_only || !AreSameTextsLeaf(from, table, kept)) RefuseLostKeyLeaf(table);
      PopActiveSnapshot();
      EndOwnerLeaf(acting);
      table_close(from, NoLock);
      DropKeptLeaf(collected.table);
      return {};
    }
    auto* const now = static_cast<AttrNumber*>(palloc0(sizeof(AttrNumber) * static_cast<Size>(kept.count + 1)));
    for (int i = 0; i < kept.count; ++i) now[i] = next.places[i].column;
    same = SameValuesLeaf(RelationGetDescr(from), RelationGetDescr(table), now, kept.count);
  }
  KeptCopy copy = {};
  Target target = {};
  ForEachRowLeaf(from, [&](TupleTableSlot* row) {
    const bool is_there = table != nullptr && FindByKeyLeaf(next, row);
    if (!is_there && values_only) return;
    Datum hashes = 0;
    if (is_there && !HashesLeaf(next, same, row, kept, &hashes)) return;
    if (copy.rows++ == 0) {
      MemoryContext const of_row = MemoryContextSwitchTo(outside);
      copy.table =
          MakeKeptTableLeaf(table == nullptr ? from : table, then, kept.columns, kept.count, KeptFor::kChanges, place);
      CreateComments(copy.table, RelationRelationId, 0, GetComment(collected.table, RelationRelationId, 0));
      target = OpenTargetLeaf(copy.table, kInsertKept);
      MemoryContextSwitchTo(of_row);
    }
    ExecClearTuple(target.slot);
    const Size columns = static_cast<Size>(kept.count);
    memcpy(target.slot->tts_values, row->tts_values, sizeof(Datum) * columns);
    memcpy(target.slot->tts_isnull, row->tts_isnull, sizeof(bool) * columns);
    target.slot->tts_isnull[kept.count] = !is_there;
    target.slot->tts_values[kept.count] = hashes;
    copy.checksum += HashOfRowLeaf(target.slot);
    InsertLeaf(target);
  });
  if (copy.rows > 0) CloseTargetLeaf(target);
  if (table != nullptr) CloseKeyLookupLeaf(next);
  PopActiveSnapshot();
  EndOwnerLeaf(acting);
  table_close(from, NoLock);
  DropKeptLeaf(collected.table);
  CommandCounterIncrement();
  return copy;
}

TextSum SumOfTextsLeaf(const OldTable& old, AttrNumber column) {
  const ActingOwner acting = BecomeOwnerLeaf(old.table->rd_rel->relowner);
  Form_pg_attribute const type = TupleDescAttr(old.then, column - 1);
  const bool is_time = IsTimeLeaf(type->atttypid);
  Conversion as_text = ConversionLeaf(type->atttypid, type->atttypmod, is_time ? TIMESTAMPOID : TEXTOID, -1);
  MemoryContext const of_row = AllocSetContextCreate(CurrentMemoryContext, "migrate value", ALLOCSET_DEFAULT_SIZES);
  TextSum sum = {};
  OldRowScan scan = OpenOldRowsLeaf(old, OldRows::kNow);
  while (NextOldRowLeaf(&scan)) {
    MemoryContext const before = MemoryContextSwitchTo(of_row);
    ++sum.rows;
    if (!scan.nulls[column - 1]) {
      const Datum value = ConvertedLeaf(&as_text, scan.values[column - 1]);
      sum.sum += is_time ? datum_image_hash(value, true, sizeof(Timestamp)) : datum_image_hash(value, false, -1);
    }
    MemoryContextSwitchTo(before);
    MemoryContextReset(of_row);
  }
  CloseOldRowsLeaf(scan);
  MemoryContextDelete(of_row);
  EndOwnerLeaf(acting);
  return sum;
}

}  // namespace migrate
