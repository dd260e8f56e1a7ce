#include "server/run/watched_tables.h"

namespace migrate {
namespace {

// And the statement that made it necessary was not undone.
bool IsCollectedLeaf(const KeptObject& object) {
  return object.is_collected && SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.copy.table));
}

OldTable OldTableLeaf(const KeptObject& object, Relation table) {
  return {table, object.then, object.columns, object.keys, object.is_collected};
}

bool IsPlainColumnLeaf(Relation table, int column) {
  return IsPlainLeaf(TupleDescAttr(RelationGetDescr(table), column - 1)->atttypid);
}

void CollectLeaf(KeptObjects* objects, int number, Relation table, OldRows which) {
  KeptObject& object = objects->objects[number];
  if (IsCollectedLeaf(object)) return;
  int64_t left = objects->most_bytes - objects->bytes;
  const int64_t before = left;
  const KeptColumns columns = {object.columns, object.column_count, object.keys};
  const KeptCopy copy = CollectRowsLeaf(OldTableLeaf(object, table), which, columns, objects->place, &left);
  KeptObject& same = objects->objects[number];
  same.copy = copy;
  same.bytes = before - left;
  same.is_collected = OidIsValid(copy.table);
  objects->bytes += same.bytes;
}

// Without a key its values can't be told apart: then they must all be the same after it.
void CollectColumnLeaf(KeptObjects* objects, int number, Relation table) {
  KeptObject& object = objects->objects[number];
  AttrNumber columns[INDEX_MAX_KEYS + 1];
  int keys = KeyColumnsLeaf(table, static_cast<AttrNumber>(object.column), columns);
  for (int i = 0; i < keys; ++i) {
    if (columns[i] > object.then->natts) keys = 0;  // it is newer than the rows are
  }
  columns[keys] = static_cast<AttrNumber>(object.column);
  NoteColumnsLeaf(objects, object.then, columns, keys + 1, keys, &object);
  if (keys > 0) return CollectLeaf(objects, number, table, OldRows::kNow);
  object.is_summed = true;
  object.sum = SumOfTextsLeaf(OldTableLeaf(object, table), static_cast<AttrNumber>(object.column));
}

// What the table's columns were when its rows were written: as another column has it that gets another type by the same
// statement, which the catalog may show already.
TupleDesc ThenOfLeaf(KeptObjects* objects, Relation table, const KeptObject* but) {
  for (int i = 0; i < objects->count; ++i) {
    const KeptObject& object = objects->objects[i];
    if (&object != but && object.relation == RelationGetRelid(table) && object.keeping == Keeping::kRetyped &&
        !object.is_collected && !object.is_summed && !object.is_finished) {
      return object.then;
    }
  }
  MemoryContext const caller = MemoryContextSwitchTo(objects->context);
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

// Where nothing was written, nothing is read. Of one that was collected whole only the keys are looked at.
void LookForChangesLeaf(KeptObjects* objects, int number, Relation table) {
  if (!CheckRelationLockedByMe(table, RowExclusiveLock, true)) return;
  const KeptObject& object = objects->objects[number];
  if (!IsCollectedLeaf(object)) return CollectLeaf(objects, number, table, OldRows::kChanged);
  OldRowScan scan =
      OpenOldRowsLeaf({table, RelationGetDescr(table), object.columns, object.keys, true}, OldRows::kChanged);
  while (NextOldRowLeaf(&scan)) {
  }
  CloseOldRowsLeaf(scan);
}

void NameAfterLeaf(KeptObjects* objects, Relation table, KeptObject* object) {
  if (table == nullptr) return;
  MemoryContext const caller = MemoryContextSwitchTo(objects->context);
  object->identity_after =
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)), RelationGetRelationName(table));
  object->names_after = static_cast<char**>(palloc(sizeof(char*) * static_cast<Size>(object->column_count + 1)));
  for (int i = 0; i < object->column_count; ++i) {
    Form_pg_attribute const column = TupleDescAttr(RelationGetDescr(table), object->columns[i] - 1);
    object->names_after[i] = pstrdup(column->attisdropped ? "" : NameStr(column->attname));
  }
  MemoryContextSwitchTo(caller);
}

}  // namespace

// What is kept of a table that is changed, or of a column that gets another type; -1 if nothing is.
int FindChanged(const KeptObjects* objects, Oid relation, int column, Keeping keeping) {
  for (int i = 0; i < objects->count; ++i) {
    const KeptObject& object = objects->objects[i];
    if (object.keeping == keeping && object.relation == relation && object.column == column &&
        (object.is_collected || !object.is_finished)) {
      return i;
    }
  }
  return -1;
}

// A column is about to get another type, which only its own row shows yet. What is read of the table from now on, until
// its rows are written anew, is read as it was.
void NoteRetypedLeaf(KeptObjects* objects, Oid oid, int column) {
  Relation const table = try_relation_open(oid, NoLock);
  if (table == nullptr) return;
  const int watched = FindChanged(objects, oid, 0, Keeping::kChanged);
  const bool is_ours = objects->keeps_dropped && watched < 0 && table->rd_rel->relkind == RELKIND_RELATION &&
                       IsOthersWork(objects, table) && FindChanged(objects, oid, column, Keeping::kRetyped) < 0;
  Form_pg_attribute const form = TupleDescAttr(RelationGetDescr(table), column - 1);
  const bool is_retyped = (is_ours || watched >= 0) && !form->attisdropped && HasOtherTypeLeaf(oid, form);
  if (is_retyped && watched >= 0 && !IsPlainLeaf(form->atttypid)) {
    CollectLeaf(objects, watched, table, OldRows::kAll);
  }
  if (is_retyped && is_ours && form->attgenerated == '\0') {
    KeptObject* const object = AddLeaf(objects, table, column, Keeping::kRetyped);
    object->then = ThenOfLeaf(objects, table, object);
  }
  relation_close(table, NoLock);
}

// The table is emptied, or its rows are written anew: the last moment at which they can be read as they were.
void BeforeRewriteLeaf(KeptObjects* objects, Oid oid, bool is_emptied) {
  bool is_watched = false;
  for (int i = 0; i < objects->count; ++i) {
    const KeptObject& object = objects->objects[i];
    is_watched = is_watched || (object.relation == oid && object.keeping != Keeping::kDropped && !object.is_finished &&
                                !IsCollectedLeaf(object));
  }
  if (!is_watched) return;
  // TRUNCATE announces itself before it has its lock.
  if (is_emptied) LockRelationOid(oid, AccessExclusiveLock);
  Relation const table = try_relation_open(oid, NoLock);
  if (table == nullptr) return;
  for (int i = 0; i < objects->count; ++i) {
    const KeptObject& object = objects->objects[i];
    if (object.relation != oid || object.is_finished || object.is_summed || IsCollectedLeaf(object)) continue;
    if (object.keeping == Keeping::kChanged) CollectLeaf(objects, i, table, OldRows::kAll);
    if (object.keeping == Keeping::kRetyped && !is_emptied) CollectColumnLeaf(objects, i, table);
  }
  relation_close(table, NoLock);
}

void BeforeDropLeaf(KeptObjects* objects, Relation table, int column) {
  const int watched = FindChanged(objects, RelationGetRelid(table), 0, Keeping::kChanged);
  if (watched < 0) return;
  if (column == 0) CollectLeaf(objects, watched, table, OldRows::kChanged);
  // Its type may go next, and its values can't be read then.
  if (column > 0 && !IsPlainColumnLeaf(table, column)) CollectLeaf(objects, watched, table, OldRows::kAll);
}

void WatchTableLeaf(KeptObjects* objects, Relation table) {
  // By two names, or as a child of another one.
  if (FindChanged(objects, RelationGetRelid(table), 0, Keeping::kChanged) >= 0) return;
  KeptObject* const object = AddLeaf(objects, table, 0, Keeping::kChanged);
  object->then = ThenOfLeaf(objects, table, object);
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
  NoteColumnsLeaf(objects, then, columns, count, keys, object);
}

void CheckSumsLeaf(KeptObjects* objects) {
  for (int i = 0; i < objects->count; ++i) {
    KeptObject& object = objects->objects[i];
    if (object.keeping != Keeping::kRetyped || object.is_collected || object.is_finished) continue;
    object.is_finished = true;
    // Without a rewrite no value has changed.
    Relation const table = object.is_summed ? try_relation_open(object.relation, AccessShareLock) : nullptr;
    if (table == nullptr) continue;
    const AttrNumber column = static_cast<AttrNumber>(object.column);
    if (!TupleDescAttr(RelationGetDescr(table), column - 1)->attisdropped) {
      const TextSum sum = SumOfTextsLeaf({table, RelationGetDescr(table), nullptr, 0, true}, column);
      if (sum.rows != object.sum.rows || sum.sum != object.sum.sum) RefuseColumnLeaf(table, object.names[0]);
    }
    relation_close(table, NoLock);
  }
}

void FinishChangedLeaf(KeptObjects* objects) {
  for (int i = 0; i < objects->count; ++i) {
    KeptObject* const object = &objects->objects[i];
    if (object->keeping == Keeping::kDropped || object->is_finished || object->is_summed) continue;
    object->is_finished = true;
    Relation const table = try_relation_open(object->relation, AccessShareLock);
    if (object->keeping == Keeping::kChanged && table != nullptr) LookForChangesLeaf(objects, i, table);
    if (IsCollectedLeaf(*object)) {
      const KeptColumns columns = {object->columns, object->column_count, object->keys};
      object->copy = FinishRowsLeaf(object->copy, table, object->then, columns, object->keeping == Keeping::kRetyped,
                                    objects->place);
      NameAfterLeaf(objects, table, object);
    } else {
      object->copy = {};
    }
    if (table != nullptr) relation_close(table, NoLock);
  }
}

}  // namespace migrate
