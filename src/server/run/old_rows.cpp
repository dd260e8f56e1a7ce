#include "server/run/old_rows.h"

#include "server/run/kept_table.h"

namespace migrate {
namespace {

// By this transaction: what a subtransaction did that was undone does not count.
bool IsGone(HeapTupleHeader row) {
  if ((row->t_infomask & HEAP_XMAX_INVALID) != 0 || HEAP_XMAX_IS_LOCKED_ONLY(row->t_infomask)) return false;
  return TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(row));
}

[[noreturn]] void RefuseLeaf(Relation table, const char* why) {
  ereport(ERROR, (errcode(kCantKeepCode),
                  errmsg("the rows of table %s can't be kept",
                         quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)),
                                                    RelationGetRelationName(table))),
                  errdetail_internal("%s", why),
                  errhint("Change them in a migration of its own, with a down script, and without keeping them.")));
}

// The server marks a version whose successor has another key, of any unique index: then it is looked at.
void RequireSameKeyLeaf(const OldRowScan& scan, HeapTuple row) {
  const OldTable& old = scan.old;
  if (HeapTupleHeaderIndicatesMovedPartitions(row->t_data)) {
    RefuseLeaf(old.table, "The migration moves rows to another partition.");
  }
  if ((row->t_data->t_infomask2 & HEAP_KEYS_UPDATED) == 0) return;
  if (ItemPointerEquals(&row->t_data->t_ctid, &row->t_self)) return;  // deleted
  HeapTupleData next;
  Buffer buffer;
  next.t_self = row->t_data->t_ctid;
  if (!heap_fetch(old.table, SnapshotAny, &next, &buffer, false)) return;
  bool is_same = true;
  for (int i = 0; i < old.keys; ++i) {
    Form_pg_attribute const column = TupleDescAttr(old.then, old.key[i] - 1);
    bool was_null, is_null;
    const Datum was = heap_getattr(row, old.key[i], old.then, &was_null);
    const Datum is = heap_getattr(&next, old.key[i], RelationGetDescr(old.table), &is_null);
    is_same = is_same && was_null == is_null && (was_null || datum_image_eq(was, is, column->attbyval, column->attlen));
  }
  ReleaseBuffer(buffer);
  if (!is_same) RefuseLeaf(old.table, "The migration changes the key that tells them apart.");
}

}  // namespace

OldRowScan OpenOldRowsLeaf(const OldTable& old, OldRows which) {
  OldRowScan scan = {};
  scan.old = old;
  scan.which = which;
  scan.snapshot = RegisterSnapshot(GetLatestSnapshot());
  scan.scan = table_beginscan_strat(old.table, SnapshotAny, 0, nullptr, true, false);
  scan.slot = MakeSingleTupleTableSlot(RelationGetDescr(old.table), &TTSOpsBufferHeapTuple);
  const Size columns = static_cast<Size>(old.then->natts);
  scan.values = static_cast<Datum*>(palloc(sizeof(Datum) * (columns + 1)));
  scan.nulls = static_cast<bool*>(palloc(sizeof(bool) * (columns + 1)));
  return scan;
}

bool NextOldRowLeaf(OldRowScan* scan) {
  while (table_scan_getnextslot(scan->scan, ForwardScanDirection, scan->slot)) {
    CHECK_FOR_INTERRUPTS();
    auto* const slot = reinterpret_cast<BufferHeapTupleTableSlot*>(scan->slot);
    HeapTuple const row = slot->base.tuple;
    LockBuffer(slot->buffer, BUFFER_LOCK_SHARE);
    const bool was_there = !TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(row->t_data));
    const bool is_gone = IsGone(row->t_data);
    const bool is_there =
        scan->which != OldRows::kChanged && !is_gone && HeapTupleSatisfiesVisibility(row, scan->snapshot, slot->buffer);
    LockBuffer(slot->buffer, BUFFER_LOCK_UNLOCK);
    const bool is_wanted = scan->which == OldRows::kNow ? is_there : was_there && (is_gone || is_there);
    if (is_gone && (was_there || scan->old.is_rewritten)) RequireSameKeyLeaf(*scan, row);
    if (!is_wanted) continue;
    heap_deform_tuple(row, scan->old.then, scan->values, scan->nulls);
    scan->bytes = row->t_len;
    return true;
  }
  return false;
}

void CloseOldRowsLeaf(const OldRowScan& scan) {
  ExecDropSingleTupleTableSlot(scan.slot);
  table_endscan(scan.scan);
  UnregisterSnapshot(scan.snapshot);
}

}  // namespace migrate
