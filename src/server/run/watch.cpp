#include "server/run/watch.h"

#include "server/base/guard.h"
#include "server/run/table_size.h"

namespace migrate {
namespace {

WatchState* active = nullptr;
ProcessUtility_hook_type next_utility = nullptr;
object_access_hook_type next_access = nullptr;
bool hooks_are_there = false;

// With a code that no handler of a block catches, so that it reaches whoever watches.
void StopLeaf(Oid table, int64_t bytes) {
  MemoryContext const caller = MemoryContextSwitchTo(active->context);
  active->stopped_by =
      psprintf("%s (%lld MB) is larger than migrate.rehearse_size",
               quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), get_rel_name(table)),
               static_cast<long long>(bytes / (1024 * 1024)));
  MemoryContextSwitchTo(caller);
  ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED), errmsg("%s", active->stopped_by)));
}

void StopIfLargeLeaf(Oid table) {
  const int64_t bytes = BytesOfLeaf(table);
  if (bytes > active->most_bytes) StopLeaf(table, bytes);
}

void NoteUtilityLeaf(Node* node) {
  Effects* const effects = &active->effects;
  const int before = effects->count;
  AddEffectsLeaf(node, effects);
  int64_t bytes = 0;
  for (int i = before; i < effects->count; ++i) {
    const Effect& effect = effects->items[i];
    if ((effect.work & kIsSure) != 0) bytes += BytesOfLeaf(effect.relation);
  }
  if (bytes > active->most_bytes) {
    int first = before;
    while ((effects->items[first].work & kIsSure) == 0) ++first;
    StopLeaf(effects->items[first].relation, bytes);
  }
}

void WatchUtility(PlannedStmt* statement, const char* text, bool read_only_tree, ProcessUtilityContext context,
                  ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                  QueryCompletion* completion) {
  // What a statement is made of is no statement of its own.
  if (active != nullptr && context != PROCESS_UTILITY_SUBCOMMAND) NoteUtilityLeaf(statement->utilityStmt);
  const auto next = next_utility == nullptr ? standard_ProcessUtility : next_utility;
  next(statement, text, read_only_tree, context, parameters, environment, receiver, completion);
}

void AddLeaf(Announcement what, Oid relation, Oid table, int column) {
  if (active->count == active->room) {
    const int room = active->room == 0 ? 16 : active->room * 2;
    const Size bytes = sizeof(Announced) * static_cast<Size>(room);
    active->announced = static_cast<Announced*>(active->room == 0 ? MemoryContextAlloc(active->context, bytes)
                                                                  : repalloc(active->announced, bytes));
    active->room = room;
  }
  active->announced[active->count++] = {what, relation, table, column};
}

// The row that was just written, which no cache has yet.
template <typename Use>
void WithNewRowLeaf(Oid catalog, Oid index, AttrNumber key_column, Oid oid, Use use) {
  Relation relation = table_open(catalog, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, key_column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
  SysScanDesc scan = systable_beginscan(relation, index, true, SnapshotSelf, 1, &key);
  HeapTuple const tuple = systable_getnext(scan);
  if (HeapTupleIsValid(tuple)) use(tuple);
  systable_endscan(scan);
  table_close(relation, AccessShareLock);
}

// A rewrite begins with a table of this name for the new rows, and an index is filled after it was made.
void NoteMadeLeaf(Oid relation, bool is_internal) {
  AddLeaf(Announcement::kMade, relation, InvalidOid, 0);
  char kind = 0;
  Oid rewritten = InvalidOid;
  WithNewRowLeaf(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, relation, [&](HeapTuple row) {
    const auto* const form = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
    kind = form->relkind;
    if (is_internal) (void) sscanf(NameStr(form->relname), "pg_temp_%u", &rewritten);
  });
  if (OidIsValid(rewritten)) {
    AddLeaf(Announcement::kRewritten, rewritten, InvalidOid, 0);
    StopIfLargeLeaf(rewritten);
  }
  if (kind != RELKIND_INDEX && kind != RELKIND_PARTITIONED_INDEX) return;
  Oid table = InvalidOid;
  WithNewRowLeaf(IndexRelationId, IndexRelidIndexId, Anum_pg_index_indexrelid, relation,
                 [&](HeapTuple row) { table = reinterpret_cast<Form_pg_index>(GETSTRUCT(row))->indrelid; });
  if (!OidIsValid(table)) return;
  AddLeaf(Announcement::kIndexed, relation, table, 0);
  StopIfLargeLeaf(table);
}

// A trigger, a policy or the like can go with a function that is dropped: then no statement names its table.
void NotePartLeaf(Oid catalog, Oid part) {
  Oid table = InvalidOid;
  if (catalog == TriggerRelationId) {
    WithNewRowLeaf(catalog, TriggerOidIndexId, Anum_pg_trigger_oid, part,
                   [&](HeapTuple row) { table = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(row))->tgrelid; });
  } else if (catalog == ConstraintRelationId) {
    WithNewRowLeaf(catalog, ConstraintOidIndexId, Anum_pg_constraint_oid, part,
                   [&](HeapTuple row) { table = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row))->conrelid; });
  } else if (catalog == PolicyRelationId) {
    WithNewRowLeaf(catalog, PolicyOidIndexId, Anum_pg_policy_oid, part,
                   [&](HeapTuple row) { table = reinterpret_cast<Form_pg_policy>(GETSTRUCT(row))->polrelid; });
  } else if (catalog == RewriteRelationId) {
    WithNewRowLeaf(catalog, RewriteOidIndexId, Anum_pg_rewrite_oid, part,
                   [&](HeapTuple row) { table = reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(row))->ev_class; });
  }
  if (OidIsValid(table)) AddLeaf(Announcement::kLosesPart, table, InvalidOid, 0);
}

void WatchAccess(ObjectAccessType access, Oid catalog, Oid object, int column, void* argument) {
  if (next_access != nullptr) next_access(access, catalog, object, column, argument);
  if (active == nullptr) return;
  if (access == OAT_DROP && catalog != RelationRelationId) NotePartLeaf(catalog, object);
  if (catalog != RelationRelationId) return;
  if (access == OAT_POST_CREATE && column == 0) {
    NoteMadeLeaf(object, argument != nullptr && static_cast<ObjectAccessPostCreate*>(argument)->is_internal);
  } else if (access == OAT_DROP) {
    AddLeaf(Announcement::kDropped, object, InvalidOid, column);
  } else if (access == OAT_TRUNCATE) {
    AddLeaf(Announcement::kTruncated, object, InvalidOid, 0);
  }
}

// Once a session, and for good: a library that is loaded meanwhile puts its own hooks before these, and would lose
// them.
void InstallHooks() {
  if (hooks_are_there) return;
  hooks_are_there = true;
  next_utility = ProcessUtility_hook;
  next_access = object_access_hook;
  ProcessUtility_hook = WatchUtility;
  object_access_hook = WatchAccess;
}

}  // namespace

Watch::Watch(int most_kilobytes) : state_{} {
  state_.context = Call(
      []() noexcept { return AllocSetContextCreate(CurrentMemoryContext, "migrate watch", ALLOCSET_DEFAULT_SIZES); });
  state_.effects.context = state_.context;
  state_.most_bytes = int64_t{most_kilobytes} * 1024;
  InstallHooks();
  active = &state_;
}

// The memory goes with its parent: destructors call no server.
Watch::~Watch() { active = nullptr; }

void Watch::Start() {
  state_.effects.count = state_.count = 0;
  state_.effects.acts = 0;
  state_.effects.is_unknown = false;
  state_.stopped_by = nullptr;
}

}  // namespace migrate
