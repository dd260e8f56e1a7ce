#include "server/run/keeper.h"

#include <map>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/guard.h"
#include "server/run/keeper_hook.h"
#include "server/run/kept_table.h"
#include "server/run/watched_tables.h"

namespace migrate {
namespace {

constexpr char kSchema[] = "migrate_kept";

KeepingPlace FindPlaceLeaf() {
  const Oid schema = get_namespace_oid(kSchema, true);
  if (!OidIsValid(schema) || !OidIsValid(getExtensionOfObject(NamespaceRelationId, schema))) return {};
  HeapTuple const row = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
  const KeepingPlace place = {schema, reinterpret_cast<Form_pg_namespace>(GETSTRUCT(row))->nspowner};
  ReleaseSysCache(row);
  return place;
}

// Else it was not dropped after all, with what was kept, or nothing of it had to be.
bool IsKeptLeaf(const KeptObject& object) {
  if (object.keeping != Keeping::kDropped) return OidIsValid(object.copy.table);
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
  const bool table_goes = object.keeping == Keeping::kDropped && object.column == 0;
  if (found == changes.end()) return table_goes && !changes.empty() ? "" : object.names[i];
  if (found->second->action == schema::Change::Action::kCreated) return "";
  return found->second->before.name;
}

void NameColumns(const KeptObject& object, const ChangesByAddress& changes, schema::Kept& kept) {
  for (int i = 0; i < object.column_count; ++i) kept.columns.push_back(NameBefore(object, i, changes));
  for (size_t i = 0; i < static_cast<size_t>(object.keys); ++i) {
    if (!kept.columns[i].empty() || kept.rows == 0) continue;
    throw Error(sqlstate::kCantKeep, "the values of " + kept.kind + " " + kept.identity + " can't be kept",
                "What tells the rows apart, column " + Quoted(object.names[i]) + ", is the migration's own.",
                "Drop the column in a later migration, or let the values go: SET migrate.keep_dropped = off.");
  }
}

const char* KindOf(const KeptObject& object) {
  if (object.is_sequence) return "sequence";
  if (object.column != 0) return "table column";
  return object.keeping == Keeping::kChanged ? "rows" : "table";
}

schema::Kept KeptOf(const KeptObject& object) {
  schema::Kept kept;
  kept.kind = KindOf(object);
  kept.identity = object.identity;
  kept.address = {RelationRelationId, object.relation, object.column};
  kept.rows = object.copy.rows;
  kept.bytes = object.bytes;
  kept.keys = object.keys;
  if (object.identity_after != nullptr) kept.identity_after = object.identity_after;
  for (int i = 0; object.names_after != nullptr && i < object.column_count; ++i) {
    kept.columns_after.emplace_back(object.names_after[i]);
  }
  kept.is_of_change = object.keeping != Keeping::kDropped;
  const Oid table = object.copy.table;
  if (OidIsValid(table)) kept.table = Call([=]() noexcept { return get_rel_name(table); });
  if (!object.is_sequence) kept.checksum = Hexadecimal(object.copy.checksum);
  if (object.is_sequence) kept.last_value = std::to_string(object.last_value);
  kept.is_called = object.is_called;
  return kept;
}

// With those of a partitioned table, or a parent: they have its rows. Whoever may do nothing with it may not lock it.
void WatchLeaf(KeptObjects* objects, Oid named) {
  if (pg_class_aclmask(named, GetUserId(), ACL_ALL_RIGHTS_RELATION, ACLMASK_ANY) == ACL_NO_RIGHTS) {
    aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(named));
  }
  ListCell* cell;
  foreach (cell, find_all_inheritors(named, AccessShareLock, nullptr)) {
    Relation const table = relation_open(lfirst_oid(cell), NoLock);
    const char kind = table->rd_rel->relkind;
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) {
      ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                      errmsg("the rows of \"%s\" can't be kept", RelationGetRelationName(table)),
                      errdetail_relkind_not_supported(kind)));
    }
    if (kind == RELKIND_RELATION && table->rd_rel->relpersistence != RELPERSISTENCE_TEMP)
      WatchTableLeaf(objects, table);
    relation_close(table, NoLock);
  }
}

// As the search path of the migration finds it; 0 if there is none.
Oid NamedLeaf(const char* name) {
  LOCAL_FCINFO(call, 1);
  InitFunctionCallInfoData(*call, nullptr, 1, InvalidOid, nullptr, nullptr);
  call->args[0].value = CStringGetTextDatum(name);
  call->args[0].isnull = false;
  const Datum found = to_regclass(call);
  return call->isnull ? InvalidOid : DatumGetObjectId(found);
}

// To be kept, by the line of the migration.
void WatchTable(KeptObjects* objects, const std::string& name) {
  const char* const text = name.c_str();
  const Oid table = Call([=]() noexcept { return NamedLeaf(text); });
  if (table == InvalidOid) {
    throw Error(sqlstate::kUndefinedTable, "table " + name + " is not there, whose rows are to be kept",
                "The migration says \"-- migrate:keep-rows\".",
                "Name tables that are there before it, perhaps with their schema.");
  }
  Call([=]() noexcept { WatchLeaf(objects, table); });
}

}  // namespace

// The memory goes with its parent: destructors call no server.
Keeper::~Keeper() { StopListening(&state_); }

void Keeper::Start(Scope scope) {
  Stop();
  scope_ = std::move(scope);
  if (!scope_.dropped && scope_.tables.empty()) return;
  state_.most_bytes = int64_t{scope_.most_kilobytes} * 1024;
  state_.keeps_dropped = scope_.dropped;
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
  ListenLeaf(&state_);
  is_on_ = true;
  StartPart();
}

void Keeper::Reset() {
  if (state_.context == nullptr) return;
  MemoryContext const context = state_.context;
  Call([=]() noexcept { MemoryContextReset(context); });
  state_.objects = nullptr;
  state_.count = state_.room = 0;
  state_.bytes = 0;
  state_.since = GetCurrentSubTransactionId();
}

void Keeper::StartPart() {
  Reset();
  if (!is_on_) return;
  for (const auto& table : scope_.tables) WatchTable(&state_, table);
}

void Keeper::EndStatement() {
  if (is_on_ && state_.count > 0) Call([this]() noexcept { CheckSumsLeaf(&state_); });
}

void Keeper::Finish() {
  if (is_on_ && state_.count > 0) Call([this]() noexcept { FinishChangedLeaf(&state_); });
}

std::vector<schema::Kept> Keeper::Take(const std::vector<schema::Change>* changes) {
  Finish();
  if (state_.count == 0) return {};
  ChangesByAddress by_address;
  if (changes != nullptr) {
    for (const auto& change : *changes) by_address.emplace(change.object().address, &change);
  }
  std::map<std::pair<Keeping, schema::Address>, schema::Kept> found;
  for (int i = 0; i < state_.count; ++i) {
    const KeptObject& object = state_.objects[i];
    if (Call([&]() noexcept { return IsKeptLeaf(object); })) {
      schema::Kept kept = KeptOf(object);
      const auto change = by_address.find(kept.address);
      if (change != by_address.end() && change->second->action != schema::Change::Action::kCreated) {
        kept.identity = change->second->before.identity;
      }
      NameColumns(object, by_address, kept);
      // A column that the migration has made goes with it.
      if (object.keeping == Keeping::kRetyped && kept.columns.back().empty()) {
        Call([&]() noexcept { DropKeptLeaf(object.copy.table); });
        continue;
      }
      found.insert_or_assign({object.keeping, kept.address}, std::move(kept));
    }
  }
  std::vector<schema::Kept> all;
  for (auto& [address, kept] : found) all.push_back(std::move(kept));
  Reset();
  return all;
}

void Keeper::Drop() {
  Stop();
  state_.count = 0;
}

void Keeper::Stop() {
  StopListening(&state_);
  is_on_ = false;
}

}  // namespace migrate
