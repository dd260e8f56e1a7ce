#include "server/run/held_locks.h"

#include "core/base/json.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

constexpr int kManyLocks = 1000;

struct TableLock {
  Oid table;
  LOCKMODE mode;  // the strongest
};

struct TableLocks {
  TableLock* locks;
  int count;
};

// A table that this transaction made is nobody else's yet; indexes and sequences go with their table.
const char* TableNameLeaf(Oid table) {
  const char kind = get_rel_relkind(table);
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_MATVIEW) return nullptr;
  if (IsCatalogNamespace(get_rel_namespace(table))) return nullptr;
  Relation relation = RelationIdGetRelation(table);
  if (relation == nullptr) return nullptr;
  const bool is_new = relation->rd_createSubid != InvalidSubTransactionId;
  RelationClose(relation);
  if (is_new) return nullptr;
  return quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
}

// The locks that conflict with what others do every day: from SHARE UPDATE EXCLUSIVE up. A count of -1
// means that too many are held to go through them.
TableLocks StrongLocksLeaf() {
  TableLocks found = {static_cast<TableLock*>(palloc(sizeof(TableLock) * kManyLocks)), 0};
  int seen = 0;
  VisitOwnLocks([&](const LOCKTAG& tag, LOCKMASK modes) {
    if (++seen >= kManyLocks) return false;
    if (tag.locktag_type != LOCKTAG_RELATION || tag.locktag_field1 != MyDatabaseId) return true;
    LOCKMODE mode = MaxLockMode;
    while (mode >= ShareUpdateExclusiveLock && (modes & LOCKBIT_ON(mode)) == 0) --mode;
    if (mode >= ShareUpdateExclusiveLock) found.locks[found.count++] = {tag.locktag_field2, mode};
    return true;
  });
  if (seen >= kManyLocks) found.count = -1;
  return found;
}

}  // namespace

void HeldLocks::Start(int64_t now) {
  locks_.clear();
  too_many_ = false;
  last_look_ = now;
  Note(now);
  for (auto& [key, lock] : locks_) lock.ours = false;
}

void HeldLocks::Note(int64_t now) {
  if (too_many_) return;
  const TableLocks found = Call([]() noexcept { return StrongLocksLeaf(); });
  too_many_ = found.count < 0;
  for (int i = 0; i < found.count; ++i) {
    const TableLock& lock = found.locks[i];
    if (locks_.contains({lock.table, lock.mode})) continue;
    const Oid table = lock.table;
    const char* const name = Call([=]() noexcept { return TableNameLeaf(table); });
    // Taken by the statement that has just ended, so at its beginning at the earliest.
    locks_[{lock.table, lock.mode}] = {name == nullptr ? "" : name, last_look_, true};
  }
  Call([=]() noexcept { pfree(found.locks); });
  last_look_ = now;
}

std::string HeldLocks::TakeReport(int64_t now) {
  std::string report;
  if (too_many_) return report;
  for (auto& [key, lock] : locks_) {
    if (!lock.ours || lock.table.empty()) continue;
    lock.ours = false;
    JsonObject object;
    object.Add("table", lock.table);
    object.Add("lock", GetLockmodeName(DEFAULT_LOCKMETHOD, key.second));
    object.Add("ms", static_cast<double>(now - lock.since) / 1000.0);
    report += (report.empty() ? "[" : ", ") + object.Text();
  }
  return report.empty() ? report : report + "]";
}

}  // namespace migrate
