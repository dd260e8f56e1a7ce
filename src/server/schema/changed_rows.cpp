#include "server/schema/changed_rows.h"

namespace migrate::schema {
namespace {

bool IsOurs(TransactionId id) { return TransactionIdIsNormal(id) && TransactionIdIsCurrentTransactionId(id); }

// The commands behind the moment that made this version of the row, or took it away; false if none did.
bool TouchedByLeaf(HeapTupleHeader row, CommandId since, Touch* touch, RowCounts* seen) {
  bool touched = false;
  Commands* const commands = &touch->commands;
  if (IsOurs(HeapTupleHeaderGetXmin(row)) && HeapTupleHeaderGetCmin(row) >= since) {
    commands->first = commands->last = HeapTupleHeaderGetCmin(row);
    touched = true;
    ++seen->made;
  }
  touch->is_made = touched;
  touch->was_there = !touched;
  if ((row->t_infomask & HEAP_XMAX_INVALID) != 0 || HEAP_XMAX_IS_LOCKED_ONLY(row->t_infomask)) return touched;
  if (!IsOurs(HeapTupleHeaderGetUpdateXid(row))) return touched;
  // Where several lock it, the command is not known.
  const bool is_multi = (row->t_infomask & HEAP_XMAX_IS_MULTI) != 0;
  const CommandId taken = is_multi ? since : HeapTupleHeaderGetCmax(row);
  if (taken < since) return touched;
  // Then it is not known either whether it is one of those that are looked for.
  if (!is_multi) ++seen->taken;
  if (!touched) commands->first = taken;
  commands->last = taken;
  return true;
}

// Rows are copied under the lock of their page and looked at after it: what looks up names may not hold one.
void ReadPageLeaf(Relation catalog, BlockNumber block, CommandId since, const RowReceiver& receiver, RowCounts* seen) {
  Buffer const buffer = ReadBuffer(catalog, block);
  LockBuffer(buffer, BUFFER_LOCK_SHARE);
  Page const page = BufferGetPage(buffer);
  const OffsetNumber last = PageGetMaxOffsetNumber(page);
  HeapTuple rows[MaxHeapTuplesPerPage];
  Touch touches[MaxHeapTuplesPerPage];
  int count = 0;
  for (OffsetNumber offset = FirstOffsetNumber; offset <= last; ++offset) {
    ItemId const item = PageGetItemId(page, offset);
    if (!ItemIdIsNormal(item)) continue;
    HeapTupleData row;
    row.t_data = reinterpret_cast<HeapTupleHeader>(PageGetItem(page, item));
    if (!TouchedByLeaf(row.t_data, since, &touches[count], seen)) continue;
    row.t_len = ItemIdGetLength(item);
    ItemPointerSet(&row.t_self, block, offset);
    row.t_tableOid = RelationGetRelid(catalog);
    rows[count++] = heap_copytuple(&row);
  }
  UnlockReleaseBuffer(buffer);
  for (int i = 0; i < count; ++i) {
    receiver.note_leaf(receiver.of, catalog, rows[i], touches[i]);
    heap_freetuple(rows[i]);
  }
}

bool IsOlderLeaf(Relation catalog, BlockNumber block, XLogRecPtr position) {
  Buffer const buffer = ReadBuffer(catalog, block);
  const bool is_older = BufferGetLSNAtomic(buffer) <= position;
  ReleaseBuffer(buffer);
  return is_older;
}

// Catalogs that grow large, with an index that has the rows of new objects last.
struct NewRows {
  Oid catalog, index;
  AttrNumber column;
};
constexpr NewRows kNewRows[] = {
    {RelationRelationId, ClassOidIndexId, Anum_pg_class_oid},
    {AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid},
    {AttrDefaultRelationId, AttrDefaultIndexId, Anum_pg_attrdef_adrelid},
    {IndexRelationId, IndexRelidIndexId, Anum_pg_index_indexrelid},
    {ConstraintRelationId, ConstraintOidIndexId, Anum_pg_constraint_oid},
    {TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid},
    {PolicyRelationId, PolicyOidIndexId, Anum_pg_policy_oid},
    {RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid},
    {SequenceRelationId, SequenceRelidIndexId, Anum_pg_sequence_seqrelid},
    {TypeRelationId, TypeOidIndexId, Anum_pg_type_oid},
    {ProcedureRelationId, ProcedureOidIndexId, Anum_pg_proc_oid},
    {DescriptionRelationId, DescriptionObjIndexId, Anum_pg_description_objoid},
};
// In pg_depend they stand by class.
constexpr Oid kDependents[] = {RelationRelationId, TypeRelationId,      ConstraintRelationId, AttrDefaultRelationId,
                               TriggerRelationId,  ProcedureRelationId, RewriteRelationId,    PolicyRelationId};

// A catalog while its pages are looked at.
struct Pages {
  Relation catalog;
  const RowCounts* wanted;  // null if that is not known
  const Moment* moment;
  const RowReceiver* receiver;
  BlockNumber count;
  RowCounts seen;
  static constexpr int kMostRead = 64;
  BlockNumber read[kMostRead];  // before all of them are
  int read_count;

  bool HasAll() const { return wanted != nullptr && seen == *wanted; }
  bool HasRead(BlockNumber block) const {
    for (int i = 0; i < read_count; ++i) {
      if (read[i] == block) return true;
    }
    return false;
  }
};

void ReadIfNewerLeaf(Pages* pages, BlockNumber block) {
  CHECK_FOR_INTERRUPTS();
  if (IsOlderLeaf(pages->catalog, block, pages->moment->position)) return;
  ReadPageLeaf(pages->catalog, block, pages->moment->command, *pages->receiver, &pages->seen);
}

void ReadFirstLeaf(Pages* pages, BlockNumber block) {
  if (block >= pages->count || pages->read_count == Pages::kMostRead || pages->HasRead(block)) return;
  pages->read[pages->read_count++] = block;
  ReadIfNewerLeaf(pages, block);
}

void ReadByIndexLeaf(Pages* pages, Oid index, int count, ScanKeyData* keys) {
  SysScanDesc const scan = systable_beginscan(pages->catalog, index, true, SnapshotAny, count, keys);
  HeapTuple row;
  while (!pages->HasAll() && (row = systable_getnext(scan)) != nullptr) {
    ReadFirstLeaf(pages, ItemPointerGetBlockNumber(&row->t_self));
  }
  systable_endscan(scan);
}

// The page that the last new row went to, and those of new objects. Mostly nothing else was touched.
void ReadLikelyLeaf(Pages* pages) {
  ReadFirstLeaf(pages, RelationGetTargetBlock(pages->catalog));
  const Oid oid = pages->moment->oid;
  if (!OidIsValid(oid)) return;
  ScanKeyData keys[2];
  for (const NewRows& rows : kNewRows) {
    if (rows.catalog != RelationGetRelid(pages->catalog)) continue;
    ScanKeyInit(&keys[0], rows.column, BTGreaterEqualStrategyNumber, F_OIDGE, ObjectIdGetDatum(oid));
    ReadByIndexLeaf(pages, rows.index, 1, keys);
  }
  if (RelationGetRelid(pages->catalog) != DependRelationId) return;
  for (const Oid dependent : kDependents) {
    ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(dependent));
    ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTGreaterEqualStrategyNumber, F_OIDGE, ObjectIdGetDatum(oid));
    ReadByIndexLeaf(pages, DependDependerIndexId, 2, keys);
  }
}

}  // namespace

RowCounts CountRowsLeaf(Oid catalog) {
  RowCounts counts;
  const Oid database = IsSharedRelation(catalog) ? InvalidOid : MyDatabaseId;
  const PgStat_EntryRef* const entry = pgstat_fetch_pending_entry(PGSTAT_KIND_RELATION, database, catalog);
  if (entry == nullptr) return counts;
  for (const auto* level = static_cast<PgStat_TableStatus*>(entry->pending)->trans; level != nullptr;
       level = level->upper) {
    counts.made += level->tuples_inserted + level->tuples_updated;
    counts.taken += level->tuples_updated + level->tuples_deleted;
  }
  return counts;
}

void ReadChangedRowsLeaf(Oid catalog, const RowCounts* wanted, const Moment& moment, const RowReceiver& receiver) {
  Pages pages = {};
  pages.catalog = table_open(catalog, AccessShareLock);
  pages.wanted = wanted;
  pages.moment = &moment;
  pages.receiver = &receiver;
  pages.count = RelationGetNumberOfBlocks(pages.catalog);
  if (wanted != nullptr) ReadLikelyLeaf(&pages);
  for (BlockNumber block = pages.count; block > 0 && !pages.HasAll(); --block) {
    if (!pages.HasRead(block - 1)) ReadIfNewerLeaf(&pages, block - 1);
  }
  table_close(pages.catalog, AccessShareLock);
}

}  // namespace migrate::schema
