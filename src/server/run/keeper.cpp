#include "server/run/keeper.h"

#include <map>
#include <string>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/guard.h"
#include "server/run/table_size.h"

namespace migrate {

// As it was when it was dropped.
struct KeptObject {
  Oid relation;
  int column;  // 0 for the relation
  bool is_sequence;
  char* identity;
  KeptCopy copy;
  int64_t bytes;
  // What was copied: of a column its key, and itself.
  int column_count;
  AttrNumber* columns;
  char** names;  // as they were called then
  int64 last_value;
  bool is_called;
};

namespace {

constexpr char kSchema[] = "migrate_kept";

KeeperState* active = nullptr;
object_access_hook_type next_access = nullptr;
bool hook_is_there = false;

KeptObject* AddLeaf(Relation relation, int column) {
  if (active->count == active->room) {
    const int room = active->room == 0 ? 16 : active->room * 2;
    const Size bytes = sizeof(KeptObject) * static_cast<Size>(room);
    active->objects = static_cast<KeptObject*>(active->room == 0 ? MemoryContextAlloc(active->context, bytes)
                                                                 : repalloc(active->objects, bytes));
    active->room = room;
  }
  KeptObject* const object = &active->objects[active->count++];
  *object = {};
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

void NoteColumnsLeaf(Relation table, const AttrNumber* columns, int count, KeptObject* object) {
  MemoryContext const caller = MemoryContextSwitchTo(active->context);
  object->column_count = count;
  object->columns = static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * static_cast<Size>(count + 1)));
  object->names = static_cast<char**>(palloc(sizeof(char*) * static_cast<Size>(count + 1)));
  for (int i = 0; i < count; ++i) {
    object->columns[i] = columns[i];
    object->names[i] = pstrdup(NameStr(TupleDescAttr(RelationGetDescr(table), columns[i] - 1)->attname));
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
    if (object.relation == relation && object.column == 0 && OidIsValid(object.copy.table) &&
        SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.copy.table))) {
      return true;
    }
  }
  return false;
}

bool IsStoredLeaf(Form_pg_attribute column) {
  return !column->attisdropped && (column->attgenerated == '\0' || column->attgenerated == ATTRIBUTE_GENERATED_STORED);
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
  NoteColumnsLeaf(table, columns, count, object);
  CountBytesLeaf(table, object);
  object->copy = KeepRowsLeaf(table, columns, count, active->place);
}

void KeepColumnLeaf(Relation table, int column) {
  Form_pg_attribute const form = TupleDescAttr(RelationGetDescr(table), column - 1);
  // What is computed is computed again.
  if (form->attisdropped || form->attgenerated != '\0') return;
  AttrNumber columns[INDEX_MAX_KEYS + 1];
  const int keys = KeyColumnsLeaf(table, static_cast<AttrNumber>(column), columns);
  if (keys == 0 && RelationGetNumberOfBlocks(table) > 0) {
    ereport(ERROR, (errcode(kCantKeepCode),
                    errmsg("the values of column \"%s\" of table %s can't be kept", NameStr(form->attname),
                           quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)),
                                                      RelationGetRelationName(table))),
                    errdetail("The table has no other column, or columns, that tell its rows apart."),
                    errhint("Give it a primary key, or let the values go: SET migrate.keep_dropped = off.")));
  }
  columns[keys] = static_cast<AttrNumber>(column);
  KeptObject* const object = AddLeaf(table, column);
  NoteColumnsLeaf(table, columns, keys + 1, object);
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

void KeepLeaf(Oid oid, int column) {
  Relation relation = try_relation_open(oid, NoLock);
  if (relation == nullptr) return;
  if (IsToastNamespace(RelationGetNamespace(relation)) && column == 0) {
    const Oid table = TableOfToastLeaf(relation);
    relation_close(relation, NoLock);
    relation = OidIsValid(table) ? try_relation_open(table, NoLock) : nullptr;
    if (relation == nullptr) return;
  }
  const char kind = relation->rd_rel->relkind;
  const bool lasts = relation->rd_rel->relpersistence != RELPERSISTENCE_TEMP;
  const bool is_ours = RelationGetNamespace(relation) == active->place.schema;
  if (lasts && !is_ours && !IsOwnWork(relation)) {
    if (column > 0 && kind == RELKIND_RELATION) KeepColumnLeaf(relation, column);
    if (column == 0 && kind == RELKIND_RELATION) KeepTableLeaf(relation);
    if (column == 0 && kind == RELKIND_SEQUENCE) KeepSequenceLeaf(relation);
    // Its partitions have the rows.
    if (kind == RELKIND_PARTITIONED_TABLE) (void) AddLeaf(relation, column);
  }
  relation_close(relation, NoLock);
}

void KeepAccess(ObjectAccessType access, Oid catalog, Oid object, int column, void* argument) {
  if (next_access != nullptr) next_access(access, catalog, object, column, argument);
  if (active == nullptr || access != OAT_DROP || catalog != RelationRelationId) return;
  // A rewrite drops what has the old rows by then, which are not of the new columns.
  if (argument != nullptr && (static_cast<ObjectAccessDrop*>(argument)->dropflags & PERFORM_DELETION_INTERNAL) != 0)
    return;
  KeepLeaf(object, column);
}

// Once a session, and for good, as the hooks of Watch.
void InstallHook() {
  if (hook_is_there) return;
  hook_is_there = true;
  next_access = object_access_hook;
  object_access_hook = KeepAccess;
}

KeepingPlace FindPlaceLeaf() {
  const Oid schema = get_namespace_oid(kSchema, true);
  if (!OidIsValid(schema) || !OidIsValid(getExtensionOfObject(NamespaceRelationId, schema))) return {};
  HeapTuple const row = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
  const KeepingPlace place = {schema, reinterpret_cast<Form_pg_namespace>(GETSTRUCT(row))->nspowner};
  ReleaseSysCache(row);
  return place;
}

// It was not kept after all, or its drop was undone, with what was kept.
bool IsGoneLeaf(const KeptObject& object) {
  if (OidIsValid(object.copy.table) && !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.copy.table)))
    return false;
  if (object.column == 0) return !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object.relation));
  HeapTuple const row = SearchSysCache2(ATTNUM, ObjectIdGetDatum(object.relation), Int16GetDatum(object.column));
  if (!HeapTupleIsValid(row)) return true;
  const bool is_dropped = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(row))->attisdropped;
  ReleaseSysCache(row);
  return is_dropped;
}

std::string Hexadecimal(uint64 number) {
  char text[17];
  snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(number));
  return text;
}

// The changes of the migration by the object that they are of.
using ChangesByAddress = std::map<schema::Address, const schema::Change*>;

// The name that a column had before the migration; empty if the migration has made it.
std::string NameBefore(const KeptObject& object, int i, const ChangesByAddress& changes) {
  const auto found = changes.find({RelationRelationId, object.relation, object.columns[i]});
  const bool table_goes = object.column == 0;
  if (found == changes.end()) return table_goes && !changes.empty() ? "" : object.names[i];
  if (found->second->action == schema::Change::Action::kCreated) return "";
  return found->second->before.name;
}

void NameColumns(const KeptObject& object, const ChangesByAddress& changes, schema::Kept& kept) {
  for (int i = 0; i < object.column_count; ++i) kept.columns.push_back(NameBefore(object, i, changes));
  const bool is_column = object.column != 0;
  if (!is_column) return;
  for (size_t i = 0; i + 1 < kept.columns.size(); ++i) {
    if (!kept.columns[i].empty() || kept.rows == 0) continue;
    throw Error(sqlstate::kCantKeep, "the values of " + kept.kind + " " + kept.identity + " can't be kept",
                "What tells the rows apart, column " + Quoted(object.names[i]) + ", is the migration's own.",
                "Drop the column in a later migration, or let the values go: SET migrate.keep_dropped = off.");
  }
}

schema::Kept KeptOf(const KeptObject& object) {
  schema::Kept kept;
  kept.kind = object.is_sequence ? "sequence" : object.column == 0 ? "table" : "table column";
  kept.identity = object.identity;
  kept.address = {RelationRelationId, object.relation, object.column};
  kept.rows = object.copy.rows;
  kept.bytes = object.bytes;
  const Oid table = object.copy.table;
  if (OidIsValid(table)) kept.table = Call([=]() noexcept { return get_rel_name(table); });
  if (!object.is_sequence) kept.checksum = Hexadecimal(object.copy.checksum);
  if (object.is_sequence) kept.last_value = std::to_string(object.last_value);
  kept.is_called = object.is_called;
  return kept;
}

}  // namespace

// The memory goes with its parent: destructors call no server.
Keeper::~Keeper() {
  if (active == &state_) active = nullptr;
}

void Keeper::Start(int most_kilobytes) {
  Stop();
  state_.most_bytes = int64_t{most_kilobytes} * 1024;
  state_.place = Call([]() noexcept { return FindPlaceLeaf(); });
  if (state_.place.schema == 0) {
    throw Error(
        sqlstate::kWrongState, "schema \"migrate_kept\" is not what the extension made",
        "What is dropped is kept there.",
        "Make it a member again: ALTER EXTENSION migrate ADD SCHEMA migrate_kept. Or SET migrate.keep_dropped = off.");
  }
  // It outlives the transactions of a call, and serves the next one.
  static MemoryContext const context =
      Call([]() noexcept { return AllocSetContextCreate(TopMemoryContext, "migrate keeper", ALLOCSET_DEFAULT_SIZES); });
  state_.context = context;
  InstallHook();
  active = &state_;
  is_on_ = true;
  StartPart();
}

void Keeper::StartPart() {
  if (state_.context == nullptr) return;
  MemoryContext const context = state_.context;
  Call([=]() noexcept { MemoryContextReset(context); });
  state_.objects = nullptr;
  state_.count = state_.room = 0;
  state_.bytes = 0;
  state_.since = GetCurrentSubTransactionId();
}

std::vector<schema::Kept> Keeper::Take(const std::vector<schema::Change>* changes) {
  if (state_.count == 0) return {};
  ChangesByAddress by_address;
  if (changes != nullptr) {
    for (const auto& change : *changes) by_address.emplace(change.object().address, &change);
  }
  std::map<schema::Address, schema::Kept> found;
  for (int i = 0; i < state_.count; ++i) {
    const KeptObject& object = state_.objects[i];
    if (Call([&]() noexcept { return IsGoneLeaf(object); })) {
      schema::Kept kept = KeptOf(object);
      const auto change = by_address.find(kept.address);
      if (change != by_address.end() && change->second->action != schema::Change::Action::kCreated) {
        kept.identity = change->second->before.identity;
      }
      NameColumns(object, by_address, kept);
      found.insert_or_assign(kept.address, std::move(kept));
    }
  }
  std::vector<schema::Kept> all;
  for (auto& [address, kept] : found) all.push_back(std::move(kept));
  StartPart();
  return all;
}

void Keeper::Drop() {
  Stop();
  state_.count = 0;
}

void Keeper::Stop() {
  if (active == &state_) active = nullptr;
  is_on_ = false;
}

}  // namespace migrate
