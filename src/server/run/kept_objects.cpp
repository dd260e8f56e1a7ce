#include "server/run/kept_objects.h"

#include "server/run/kept_rows.h"
#include "server/run/table_size.h"

namespace migrate {
namespace {

KeptObjects* active = nullptr;
object_access_hook_type next_access = nullptr;
bool hook_is_there = false;

KeptObject* AddLeaf(Relation relation, int column, Keeping keeping = Keeping::kDropped) {
  if (active->count == active->room) {
    const int room = active->room == 0 ? 16 : active->room * 2;
    const Size bytes = sizeof(KeptObject) * static_cast<Size>(room);
    active->objects = static_cast<KeptObject*>(active->room == 0 ? MemoryContextAlloc(active->context, bytes)
                                                                 : repalloc(active->objects, bytes));
    active->room = room;
  }
  KeptObject* const object = &active->objects[active->count++];
  *object = {};
  object->keeping = keeping;
  object->relation = RelationGetRelid(relation);
  object->column = column;
  MemoryContext const caller = MemoryContextSwitchTo(active->context);
  object->identity =
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)), RelationGetRelationName(relation));
  if (column != 0) {
    object->identity =
        psprintf("%s.%s", object->identity,
                 quote_identifier(get_attname(RelationGetRelid(relation), static_cast<AttrNumber>(column), false)));
  }
  MemoryContextSwitchTo(caller);
  return object;
}

void NoteColumnsLeaf(TupleDesc then, const AttrNumber* columns, int count, int keys, KeptObject* object) {
  MemoryContext const caller = MemoryContextSwitchTo(active->context);
  object->column_count = count;
  object->keys = keys;
  object->columns = static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * static_cast<Size>(count + 1)));
  object->names = static_cast<char**>(palloc(sizeof(char*) * static_cast<Size>(count + 1)));
  for (int i = 0; i < count; ++i) {
    object->columns[i] = columns[i];
    object->names[i] = pstrdup(NameStr(TupleDescAttr(then, columns[i] - 1)->attname));
  }
  MemoryContextSwitchTo(caller);
}

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

void CountBytesLeaf(Relation table, KeptObject* object) {
  object->bytes = BytesOfLeaf(RelationGetRelid(table));
  active->bytes += object->bytes;
  if (active->bytes <= active->most_bytes) return;
  ereport(ERROR, (errcode(kCantKeepCode), errmsg("keeping what is dropped would copy more than migrate.keep_limit"),
                  errdetail("With %s (%lld MB) it would be %lld MB; the limit is %lld MB.", object->identity,
                            static_cast<long long>(object->bytes >> 20), static_cast<long long>(active->bytes >> 20),
                            static_cast<long long>(active->most_bytes >> 20)),
                  errhint("Raise migrate.keep_limit, or let it go: SET migrate.keep_dropped = off.")));
}

bool IsKeptAlreadyLeaf(Oid relation) {
  for (int i = 0; i < active->count; ++i) {
    const KeptObject& object = active->objects[i];
    if (object.keeping == Keeping::kDropped && object.relation == relation && object.column == 0 && OidIsValid(object.copy.table) &&
        SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.copy.table))) {
      return true;
    }
  }
  return false;
}

bool IsStoredLeaf(Form_pg_attribute column) {
  return !column->attisdropped && (column->attgenerated == '\0' || column->attgenerated == ATTRIBUTE_GENERATED_STORED);
}

[[noreturn]] void RefuseColumnLeaf(Relation table, const char* column) {
  ereport(ERROR, (errcode(kCantKeepCode),
                  errmsg("the values of column \"%s\" of table %s can't be kept", column,
                         quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)),
                                                    RelationGetRelationName(table))),
                  errdetail("The table has no other column, or columns, that tell its rows apart."),
                  errhint("Give it a primary key, or let the values go: SET migrate.keep_dropped = off.")));
}

void KeepTableLeaf(Relation table) {
  if (IsKeptAlreadyLeaf(RelationGetRelid(table))) return;
  TupleDesc const description = RelationGetDescr(table);
  auto* const columns =
      static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * static_cast<Size>(description->natts + 1)));
  int count = 0;
  for (int i = 0; i < description->natts; ++i) {
    if (IsStoredLeaf(TupleDescAttr(description, i))) columns[count++] = static_cast<AttrNumber>(i + 1);
  }
  KeptObject* const object = AddLeaf(table, 0);
  NoteColumnsLeaf(description, columns, count, 0, object);
  CountBytesLeaf(table, object);
  object->copy = KeepRowsLeaf(table, columns, count, active->place);
}

void KeepColumnLeaf(Relation table, int column) {
  Form_pg_attribute const form = TupleDescAttr(RelationGetDescr(table), column - 1);
  // What is computed is computed again.
  if (form->attisdropped || form->attgenerated != '\0') return;
  AttrNumber columns[INDEX_MAX_KEYS + 1];
  const int keys = KeyColumnsLeaf(table, static_cast<AttrNumber>(column), columns);
  if (keys == 0 && RelationGetNumberOfBlocks(table) > 0) RefuseColumnLeaf(table, NameStr(form->attname));
  columns[keys] = static_cast<AttrNumber>(column);
  KeptObject* const object = AddLeaf(table, column);
  NoteColumnsLeaf(RelationGetDescr(table), columns, keys + 1, keys, object);
  CountBytesLeaf(table, object);
  object->copy = KeepRowsLeaf(table, columns, keys + 1, active->place);
}

void KeepSequenceLeaf(Relation sequence) {
  KeptObject* const object = AddLeaf(sequence, 0);
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

// Made by the migration that drops it: nothing that was there before is lost.
bool IsOwnWork(Relation relation) {
  return relation->rd_createSubid != InvalidSubTransactionId && relation->rd_createSubid >= active->since;
}

// What is kept of a table that is changed, or of a column that gets another type; -1 if nothing is.
int FindChanged(Oid relation, int column, Keeping keeping) {
  for (int i = 0; i < active->count; ++i) {
    const KeptObject& object = active->objects[i];
    if (object.keeping == keeping && object.relation == relation && object.column == column) return i;
  }
  return -1;
}

// And the statement that made it necessary was not undone.
bool IsCollectedLeaf(const KeptObject& object) {
  return object.is_collected && SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.copy.table));
}

OldTable OldTableLeaf(const KeptObject& object, Relation table) {
  return {table, object.then, object.columns, object.keys, object.is_collected};
}

void CollectLeaf(int number, Relation table, OldRows which) {
  KeptObject& object = active->objects[number];
  if (IsCollectedLeaf(object)) return;
  int64_t left = active->most_bytes - active->bytes;
  const int64_t before = left;
  const KeptColumns columns = {object.columns, object.column_count, object.keys};
  const KeptCopy copy = CollectRowsLeaf(OldTableLeaf(object, table), which, columns, active->place, &left);
  KeptObject& same = active->objects[number];
  same.copy = copy;
  same.bytes = before - left;
  same.is_collected = OidIsValid(copy.table);
  active->bytes += same.bytes;
}

// Without a key its values can't be told apart: then they must all be the same after it.
void CollectColumnLeaf(int number, Relation table) {
  KeptObject& object = active->objects[number];
  AttrNumber columns[INDEX_MAX_KEYS + 1];
  const int keys = KeyColumnsLeaf(table, static_cast<AttrNumber>(object.column), columns);
  columns[keys] = static_cast<AttrNumber>(object.column);
  NoteColumnsLeaf(object.then, columns, keys + 1, keys, &object);
  if (keys > 0) return CollectLeaf(number, table, OldRows::kNow);
  object.is_summed = true;
  object.sum = SumOfTextsLeaf(OldTableLeaf(object, table), static_cast<AttrNumber>(object.column));
}

// What the table's columns were when its rows were written: as another column has it that gets another type by the same
// statement, which the catalog may show already.
TupleDesc ThenOfLeaf(Relation table, const KeptObject* but) {
  for (int i = 0; i < active->count; ++i) {
    const KeptObject& object = active->objects[i];
    if (&object != but && object.relation == RelationGetRelid(table) && object.keeping == Keeping::kRetyped &&
        !object.is_collected && !object.is_summed) {
      return object.then;
    }
  }
  MemoryContext const caller = MemoryContextSwitchTo(active->context);
  TupleDesc const then = CreateTupleDescCopyConstr(RelationGetDescr(table));
  MemoryContextSwitchTo(caller);
  return then;
}

// As its row in the catalog has it, which nothing else shows yet.
bool HasOtherTypeLeaf(Oid table, Form_pg_attribute was) {
  Relation const catalog = table_open(AttributeRelationId, AccessShareLock);
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
  ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(was->attnum));
  SysScanDesc const scan = systable_beginscan(catalog, AttributeRelidNumIndexId, true, SnapshotSelf, 2, keys);
  HeapTuple const row = systable_getnext(scan);
  bool differs = false;
  if (HeapTupleIsValid(row)) {
    const auto* const is = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(row));
    differs = is->atttypid != was->atttypid || is->atttypmod != was->atttypmod;
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
  return differs;
}

// Whose rows may be lost.
bool IsOthersWork(Relation relation) {
  return relation->rd_rel->relpersistence != RELPERSISTENCE_TEMP &&
         RelationGetNamespace(relation) != active->place.schema && !IsOwnWork(relation);
}

bool IsPlainColumnLeaf(Relation table, int column) {
  return IsPlainLeaf(TupleDescAttr(RelationGetDescr(table), column - 1)->atttypid);
}

void KeepDroppedLeaf(Oid oid, int column) {
  Relation relation = try_relation_open(oid, NoLock);
  if (relation == nullptr) return;
  if (IsToastNamespace(RelationGetNamespace(relation)) && column == 0) {
    const Oid table = TableOfToastLeaf(relation);
    relation_close(relation, NoLock);
    relation = OidIsValid(table) ? try_relation_open(table, NoLock) : nullptr;
    if (relation == nullptr) return;
  }
  const char kind = relation->rd_rel->relkind;
  const int watched = FindChanged(RelationGetRelid(relation), 0, Keeping::kChanged);
  // What was changed before it went.
  if (watched >= 0 && column == 0) CollectLeaf(watched, relation, OldRows::kChanged);
  // Its type may go next, and its values can't be read then.
  if (watched >= 0 && column > 0 && !IsPlainColumnLeaf(relation, column)) CollectLeaf(watched, relation, OldRows::kAll);
  if (IsOthersWork(relation) && (active->keeps_dropped || watched >= 0)) {
    if (column > 0 && kind == RELKIND_RELATION) KeepColumnLeaf(relation, column);
    if (column == 0 && kind == RELKIND_RELATION) KeepTableLeaf(relation);
    if (column == 0 && kind == RELKIND_SEQUENCE) KeepSequenceLeaf(relation);
    // Its partitions have the rows.
    if (kind == RELKIND_PARTITIONED_TABLE) (void) AddLeaf(relation, column);
  }
  relation_close(relation, NoLock);
}

// A column is about to get another type, which only its own row shows yet. What is read of the table from now on, until
// its rows are written anew, is read as it was.
void NoteRetypedLeaf(Oid oid, int column) {
  Relation const table = try_relation_open(oid, NoLock);
  if (table == nullptr) return;
  const int watched = FindChanged(oid, 0, Keeping::kChanged);
  const bool is_ours = active->keeps_dropped && watched < 0 && table->rd_rel->relkind == RELKIND_RELATION &&
                       IsOthersWork(table) && FindChanged(oid, column, Keeping::kRetyped) < 0;
  if (watched >= 0 && !IsPlainColumnLeaf(table, column)) CollectLeaf(watched, table, OldRows::kAll);
  Form_pg_attribute const form = TupleDescAttr(RelationGetDescr(table), column - 1);
  if (is_ours && !form->attisdropped && form->attgenerated == '\0' && HasOtherTypeLeaf(oid, form)) {
    KeptObject* const object = AddLeaf(table, column, Keeping::kRetyped);
    object->then = ThenOfLeaf(table, object);
  }
  relation_close(table, NoLock);
}

// The table is emptied, or its rows are written anew: the last moment at which they can be read as they were.
void BeforeRewriteLeaf(Oid oid, bool is_emptied) {
  bool is_watched = false;
  for (int i = 0; i < active->count; ++i) {
    const KeptObject& object = active->objects[i];
    is_watched = is_watched || (object.relation == oid && object.keeping != Keeping::kDropped && !IsCollectedLeaf(object));
  }
  if (!is_watched) return;
  // TRUNCATE announces itself before it has its lock.
  if (is_emptied) LockRelationOid(oid, AccessExclusiveLock);
  Relation const table = try_relation_open(oid, NoLock);
  if (table == nullptr) return;
  for (int i = 0; i < active->count; ++i) {
    const KeptObject& object = active->objects[i];
    if (object.relation != oid || IsCollectedLeaf(object)) continue;
    if (object.keeping == Keeping::kChanged) CollectLeaf(i, table, OldRows::kAll);
    if (object.keeping == Keeping::kRetyped && !is_emptied) CollectColumnLeaf(i, table);
  }
  relation_close(table, NoLock);
}

// Rows are written anew into a table that is made for that, and named after theirs.
Oid RewrittenLeaf(Oid made) {
  Oid table = InvalidOid;
  Relation const relation = RelationIdGetRelation(made);
  if (!RelationIsValid(relation)) return table;
  char end;
  if (sscanf(RelationGetRelationName(relation), "pg_temp_%u%c", &table, &end) != 1) table = InvalidOid;
  RelationClose(relation);
  return table;
}

void KeepAccess(ObjectAccessType access, Oid catalog, Oid object, int column, void* argument) {
  if (next_access != nullptr) next_access(access, catalog, object, column, argument);
  if (active == nullptr || catalog != RelationRelationId) return;
  if (access == OAT_TRUNCATE) return BeforeRewriteLeaf(object, true);
  if (access == OAT_POST_CREATE && column == 0) {
    const Oid table = RewrittenLeaf(object);
    if (OidIsValid(table)) BeforeRewriteLeaf(table, false);
  }
  if (access == OAT_POST_ALTER && column > 0) NoteRetypedLeaf(object, column);
  if (access != OAT_DROP) return;
  // A rewrite drops what has the old rows by then, which are not of the new columns.
  if (argument != nullptr && (static_cast<ObjectAccessDrop*>(argument)->dropflags & PERFORM_DELETION_INTERNAL) != 0)
    return;
  KeepDroppedLeaf(object, column);
}

// Once a session, and for good, as the hooks of Watch.
void InstallHookLeaf() {
  if (hook_is_there) return;
  hook_is_there = true;
  next_access = object_access_hook;
  object_access_hook = KeepAccess;
}

// Where nothing was written, nothing is read. Of one that was collected whole only the keys are looked at.
void LookForChangesLeaf(int number, Relation table) {
  if (!CheckRelationLockedByMe(table, RowExclusiveLock, true)) return;
  const KeptObject& object = active->objects[number];
  if (!IsCollectedLeaf(object)) return CollectLeaf(number, table, OldRows::kChanged);
  OldRowScan scan = OpenOldRowsLeaf({table, RelationGetDescr(table), object.columns, object.keys, true}, OldRows::kChanged);
  while (NextOldRowLeaf(&scan)) {
  }
  CloseOldRowsLeaf(scan);
}

void NameAfterLeaf(Relation table, KeptObject* object) {
  if (table == nullptr) return;
  MemoryContext const caller = MemoryContextSwitchTo(active->context);
  object->identity_after =
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)), RelationGetRelationName(table));
  object->names_after =
      static_cast<char**>(palloc(sizeof(char*) * static_cast<Size>(object->column_count + 1)));
  for (int i = 0; i < object->column_count; ++i) {
    Form_pg_attribute const column = TupleDescAttr(RelationGetDescr(table), object->columns[i] - 1);
    object->names_after[i] = pstrdup(column->attisdropped ? "" : NameStr(column->attname));
  }
  MemoryContextSwitchTo(caller);
}

}  // namespace

void ListenLeaf(KeptObjects* objects) {
  active = objects;
  if (objects != nullptr) InstallHookLeaf();
}

void StopListening(const KeptObjects* objects) {
  if (active == objects) active = nullptr;
}

void WatchTableLeaf(Relation table) {
  KeptObject* const object = AddLeaf(table, 0, Keeping::kChanged);
  object->then = ThenOfLeaf(table, object);
  TupleDesc const then = object->then;
  AttrNumber key[INDEX_MAX_KEYS];
  const int keys = KeyColumnsLeaf(table, 0, key);
  if (keys == 0) {
    ereport(ERROR, (errcode(kCantKeepCode), errmsg("the rows of table %s can't be kept", object->identity),
                    errdetail("The table has no column, or columns, that tell its rows apart."),
                    errhint("Give it a primary key, or leave it out of \"-- migrate:keep-rows\".")));
  }
  auto* const columns = static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * static_cast<Size>(then->natts + keys)));
  memcpy(columns, key, sizeof(AttrNumber) * static_cast<Size>(keys));
  int count = keys;
  for (int i = 0; i < then->natts; ++i) {
    Form_pg_attribute const column = TupleDescAttr(then, i);
    bool is_key = false;
    for (int k = 0; k < keys; ++k) is_key = is_key || key[k] == column->attnum;
    // What is computed is computed again.
    if (!is_key && !column->attisdropped && column->attgenerated == '\0') columns[count++] = column->attnum;
  }
  NoteColumnsLeaf(then, columns, count, keys, object);
}

void CheckSumsLeaf() {
  for (int i = 0; i < active->count; ++i) {
    KeptObject& object = active->objects[i];
    if (!object.is_summed || object.is_finished) continue;
    object.is_finished = true;
    Relation const table = try_relation_open(object.relation, AccessShareLock);
    if (table == nullptr) continue;
    const AttrNumber column = static_cast<AttrNumber>(object.column);
    const TextSum sum = SumOfTextsLeaf({table, RelationGetDescr(table), nullptr, 0, true}, column);
    if (sum.rows != object.sum.rows || sum.sum != object.sum.sum) RefuseColumnLeaf(table, object.names[0]);
    relation_close(table, NoLock);
  }
}

void FinishChangedLeaf() {
  for (int i = 0; i < active->count; ++i) {
    KeptObject* const object = &active->objects[i];
    if (object->keeping == Keeping::kDropped || object->is_finished || object->is_summed) continue;
    object->is_finished = true;
    Relation const table = try_relation_open(object->relation, AccessShareLock);
    if (object->keeping == Keeping::kChanged && table != nullptr) LookForChangesLeaf(i, table);
    if (IsCollectedLeaf(*object)) {
      const KeptColumns columns = {object->columns, object->column_count, object->keys};
      object->copy = FinishRowsLeaf(object->copy, table, object->then, columns, object->keeping == Keeping::kRetyped,
                                    active->place);
      NameAfterLeaf(table, object);
    } else {
      object->copy = {};
    }
    if (table != nullptr) relation_close(table, NoLock);
  }
}

}  // namespace migrate
