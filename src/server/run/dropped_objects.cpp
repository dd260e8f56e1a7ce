#include "server/run/dropped_objects.h"

#include "core/schema/way/rewrite.h"
#include "server/run/kept_rows.h"
#include "server/run/row_writer.h"
#include "server/run/table_size.h"
#include "server/run/watched_tables.h"

namespace migrate {
namespace {

// The table whose long values these store. They go before it, their index first, and it could not be read any more.
Oid TableOfToastLeaf(Relation relation) {
  Oid table = InvalidOid;
  const bool is_index = relation->rd_rel->relkind == RELKIND_INDEX;
  const Oid toast = is_index ? relation->rd_index->indrelid : RelationGetRelid(relation);
  Relation const depend = table_open(DependRelationId, AccessShareLock);
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
  ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(toast));
  SysScanDesc const scan = systable_beginscan(depend, DependDependerIndexId, true, nullptr, 2, keys);
  for (HeapTuple row = systable_getnext(scan); HeapTupleIsValid(row); row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_depend>(GETSTRUCT(row));
    if (form->refclassid == RelationRelationId && form->deptype == DEPENDENCY_INTERNAL) table = form->refobjid;
  }
  systable_endscan(scan);
  table_close(depend, AccessShareLock);
  return table;
}

void CountBytesLeaf(KeptObjects* objects, Relation table, KeptObject* object) {
  object->bytes = BytesOfLeaf(RelationGetRelid(table));
  objects->bytes += object->bytes;
  if (objects->bytes <= objects->most_bytes) return;
  ereport(ERROR, (errcode(kCantKeepCode), errmsg("keeping what is dropped would copy more than migrate.keep_limit"),
                  errdetail("With %s (%lld MB) it would be %lld MB; the limit is %lld MB.", object->identity,
                            static_cast<long long>(object->bytes >> 20), static_cast<long long>(objects->bytes >> 20),
                            static_cast<long long>(objects->most_bytes >> 20)),
                  errhint("Raise migrate.keep_limit, or let it go: SET migrate.keep_dropped = off.")));
}

bool IsKeptAlreadyLeaf(KeptObjects* objects, Oid relation) {
  for (int i = 0; i < objects->count; ++i) {
    const KeptObject& object = objects->objects[i];
    if (object.keeping == Keeping::kDropped && object.relation == relation && object.column == 0 &&
        OidIsValid(object.copy.table) && SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.copy.table))) {
      return true;
    }
  }
  return false;
}

// A way back has moved it: its values are elsewhere, and what told its rows apart may be gone.
bool IsMoved(const char* name) {
  const size_t length = strlen(schema::kMovedPrefix);
  if (strncmp(name, schema::kMovedPrefix, length) != 0) return false;
  const char* const number = name + length;
  return *number != '\0' && number[strspn(number, "0123456789")] == '\0';
}

bool IsStoredLeaf(Form_pg_attribute column) {
  return !column->attisdropped && (column->attgenerated == '\0' || column->attgenerated == ATTRIBUTE_GENERATED_STORED);
}

void KeepTableLeaf(KeptObjects* objects, Relation table) {
  if (IsKeptAlreadyLeaf(objects, RelationGetRelid(table))) return;
  TupleDesc const description = RelationGetDescr(table);
  auto* const columns =
      static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * static_cast<Size>(description->natts + 1)));
  int count = 0;
  for (int i = 0; i < description->natts; ++i) {
    if (IsStoredLeaf(TupleDescAttr(description, i))) columns[count++] = static_cast<AttrNumber>(i + 1);
  }
  KeptObject* const object = AddLeaf(objects, table, 0);
  NoteColumnsLeaf(objects, description, columns, count, 0, object);
  CountBytesLeaf(objects, table, object);
  object->copy = KeepRowsLeaf(table, columns, count, objects->place);
}

bool HasValuesLeaf(Relation table, int column) {
  PushActiveSnapshot(GetLatestSnapshot());
  TableScanDesc const scan = table_beginscan_strat(table, GetActiveSnapshot(), 0, nullptr, true, false);
  TupleTableSlot* const slot = table_slot_create(table, nullptr);
  bool has_any = false;
  while (!has_any && table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    has_any = !slot_attisnull(slot, column);
  }
  ExecDropSingleTupleTableSlot(slot);
  table_endscan(scan);
  PopActiveSnapshot();
  return has_any;
}

void KeepColumnLeaf(KeptObjects* objects, Relation table, int column) {
  Form_pg_attribute const form = TupleDescAttr(RelationGetDescr(table), column - 1);
  // What is computed is computed again.
  if (form->attisdropped || form->attgenerated != '\0' || IsMoved(NameStr(form->attname))) return;
  AttrNumber columns[INDEX_MAX_KEYS + 1];
  const int keys = KeyColumnsLeaf(table, static_cast<AttrNumber>(column), columns);
  // Where there is no value none is lost; but a column with a default comes back with that.
  if (keys == 0 && (form->atthasdef ? RelationGetNumberOfBlocks(table) > 0 : HasValuesLeaf(table, column))) {
    RefuseColumnLeaf(table, NameStr(form->attname));
  }
  columns[keys] = static_cast<AttrNumber>(column);
  KeptObject* const object = AddLeaf(objects, table, column);
  NoteColumnsLeaf(objects, RelationGetDescr(table), columns, keys + 1, keys, object);
  CountBytesLeaf(objects, table, object);
  if (keys > 0) object->copy = KeepRowsLeaf(table, columns, keys + 1, objects->place);
}

void KeepSequenceLeaf(KeptObjects* objects, Relation sequence) {
  if (IsMoved(RelationGetRelationName(sequence))) return;
  KeptObject* const object = AddLeaf(objects, sequence, 0);
  object->is_sequence = true;
  Buffer const buffer = ReadBuffer(sequence, 0);
  LockBuffer(buffer, BUFFER_LOCK_SHARE);
  Page const page = BufferGetPage(buffer);
  HeapTupleData row;
  row.t_data = reinterpret_cast<HeapTupleHeader>(PageGetItem(page, PageGetItemId(page, FirstOffsetNumber)));
  const auto* const data = reinterpret_cast<Form_pg_sequence_data>(GETSTRUCT(&row));
  object->last_value = data->last_value;
  object->is_called = data->is_called;
  UnlockReleaseBuffer(buffer);
}

}  // namespace

void KeepDroppedLeaf(KeptObjects* objects, Oid oid, int column) {
  Relation relation = try_relation_open(oid, NoLock);
  if (relation == nullptr) return;
  if (IsToastNamespace(RelationGetNamespace(relation)) && column == 0) {
    const Oid table = TableOfToastLeaf(relation);
    relation_close(relation, NoLock);
    relation = OidIsValid(table) ? try_relation_open(table, NoLock) : nullptr;
    if (relation == nullptr) return;
  }
  const char kind = relation->rd_rel->relkind;
  BeforeDropLeaf(objects, relation, column);
  const bool is_watched = FindChanged(objects, RelationGetRelid(relation), 0, Keeping::kChanged) >= 0;
  if (IsOthersWork(objects, relation) && (objects->keeps_dropped || is_watched)) {
    if (column > 0 && kind == RELKIND_RELATION) KeepColumnLeaf(objects, relation, column);
    if (column == 0 && kind == RELKIND_RELATION) KeepTableLeaf(objects, relation);
    if (column == 0 && kind == RELKIND_SEQUENCE) KeepSequenceLeaf(objects, relation);
    // Its partitions have the rows.
    if (kind == RELKIND_PARTITIONED_TABLE) (void) AddLeaf(objects, relation, column);
  }
  relation_close(relation, NoLock);
}

}  // namespace migrate
