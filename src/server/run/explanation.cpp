#include "server/run/explanation.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/online/block.h"
#include "server/base/guard.h"
#include "server/run/table_size.h"

namespace migrate {
namespace {

using explain::kShareMode;

struct PlainRelation {
  const char* name;  // null if there is none
  char kind;
  bool is_toast;
  int64_t bytes;
  double rows;
};

PlainRelation FindLeaf(Oid oid) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
  if (!HeapTupleIsValid(tuple)) return {};
  const auto* const form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
  PlainRelation found = {quote_qualified_identifier(get_namespace_name(form->relnamespace), NameStr(form->relname)),
                         form->relkind, IsToastNamespace(form->relnamespace), 0, 0};
  ReleaseSysCache(tuple);
  found.bytes = BytesOfLeaf(oid);
  found.rows = RowsOfLeaf(oid);
  return found;
}

// Null if it holds no data of its own.
const char* ColumnLeaf(Oid table, int number) {
  HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(table), Int16GetDatum(number));
  if (!HeapTupleIsValid(tuple)) return nullptr;
  const auto* const column = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
  const char* const name = column->attgenerated == '\0' ? pstrdup(quote_identifier(NameStr(column->attname))) : nullptr;
  ReleaseSysCache(tuple);
  return name;
}

std::string RowsText(double rows) {
  const auto count = static_cast<int64_t>(std::llround(rows));
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

double Milliseconds(int64_t from, int64_t to) { return static_cast<double>(to - from) / 1000.0; }

const char* ModeName(int mode) { return GetLockmodeName(DEFAULT_LOCKMETHOD, mode); }

// Tables first that are locked most; what no one can wait for is of no interest in the catalogs.
void SortLocks(std::vector<explain::Lock>& locks) {
  std::stable_sort(locks.begin(), locks.end(), [](const auto& a, const auto& b) { return a.mode > b.mode; });
}

constexpr Work kLasts = kScans | kRewrites | kBuilds | kLocksRows | kForLong;

}  // namespace

Explanation::Explanation(const ObservedDatabase& database) : database_(database) {
  const auto& statements = database.statements();
  for (size_t i = 0; i < statements.size(); ++i) {
    if (!statements[i].not_tried.empty() || statements[i].was_stopped) left_out_[statements[i].transaction] = i + 1;
  }
  if (database.was_stopped() && !statements.empty()) left_out_[statements.back().transaction] = statements.size();
}

const Explanation::Found& Explanation::Find(Oid oid) {
  const auto [at, is_new] = found_.try_emplace(oid);
  if (!is_new) return at->second;
  const PlainRelation plain = Call([=]() noexcept { return FindLeaf(oid); });
  if (plain.name != nullptr) at->second = {true, plain.is_toast, plain.kind, {plain.name, plain.bytes, plain.rows}};
  return at->second;
}

std::string Explanation::NameOf(const ObservedLock& lock) {
  return std::string(ModeName(lock.mode)) + " on " + Find(lock.relation).table.name;
}

// Whether its transaction does more than was done here.
bool Explanation::LastsLonger(const Observed& observed) const {
  const auto left_out = left_out_.find(observed.transaction);
  if (left_out == left_out_.end()) return false;
  return static_cast<size_t>(&observed - database_.statements().data()) < left_out->second;
}

void Explanation::AddLocks(const Observed& observed, explain::Seen& seen) {
  std::vector<explain::Lock> of_toast;
  const bool is_long = LastsLonger(observed);
  for (const auto& lock : observed.locks) {
    const bool is_catalog = lock.relation < FirstNormalObjectId;
    if (is_catalog && lock.mode < kShareMode) continue;
    const Found& found = Find(lock.relation);
    if (!found.exists) continue;
    (found.is_toast ? of_toast : seen.locks)
        .push_back({.table = found.table,
                    .mode = lock.mode,
                    .mode_name = ModeName(lock.mode),
                    .of_rows = lock.of_rows,
                    .held_ms = Milliseconds(observed.began, database_.EndOf(observed.transaction)),
                    .held_by_apply_ms = Milliseconds(observed.began, database_.end()),
                    .for_long = is_long});
  }
  const auto blocks = [](const explain::Lock& lock) { return lock.mode >= kShareMode; };
  const bool toast_alone = std::none_of(seen.locks.begin(), seen.locks.end(), blocks);
  if (toast_alone) std::copy_if(of_toast.begin(), of_toast.end(), std::back_inserter(seen.locks), blocks);
  SortLocks(seen.locks);
}

// The worst lock of the statements before it in its transaction: all of them would be too many.
void Explanation::AddCarried(const Observed& observed, explain::Seen& seen) {
  explain::Lock& carried = carried_[observed.transaction];
  const auto rank = [](const explain::Lock& lock) {
    return lock.mode >= explain::kAccessExclusiveMode ? 2 : lock.mode >= kShareMode || lock.of_rows ? 1 : 0;
  };
  explain::Lock worst = carried;
  for (const auto& lock : seen.locks) {
    if (rank(lock) <= rank(worst)) continue;
    worst = lock;
    worst.since_line = observed.position.line;
  }
  if (rank(carried) > 0) {
    std::erase_if(seen.locks, [&](const explain::Lock& lock) {
      return lock.table.name == carried.table.name && lock.mode == carried.mode;
    });
    seen.locks.push_back(carried);
  }
  carried = worst;
}

void Explanation::AddExpected(const Effect* effects, size_t count, explain::Seen& seen) {
  std::map<std::pair<Oid, int>, Work> locks;
  for (size_t i = 0; i < count; ++i) {
    locks[{effects[i].relation, effects[i].mode}] |= effects[i].work;
    const Found& found = Find(effects[i].relation);
    if (!found.exists) continue;
    if ((effects[i].work & kRewrites) != 0) AddOnce(seen.rewrites, found.table.name);
    if ((effects[i].work & kScans) != 0) AddOnce(seen.scans, found.table.name);
    if ((effects[i].work & kDestroys) != 0) AddDestroyed(effects[i].relation, effects[i].column, seen);
  }
  for (const auto& [lock, work] : locks) {
    const Found& found = Find(lock.first);
    const bool is_empty = found.table.rows == 0 && found.kind == RELKIND_RELATION;
    if (!found.exists) continue;
    seen.locks.push_back({.table = found.table,
                          .mode = lock.second,
                          .mode_name = ModeName(lock.second),
                          .of_rows = (work & kLocksRows) != 0,
                          .held_ms = {},
                          .for_long = (work & kLasts) != 0 && !is_empty});
  }
  SortLocks(seen.locks);
}

void Explanation::AddDestroyed(Oid relation, int column, explain::Seen& seen) {
  const Found& found = Find(relation);
  const bool is_table = found.kind == RELKIND_RELATION;
  if (!found.exists || !is_table || found.table.rows < 0.5) return;
  const std::string where = found.table.name + ", " + RowsText(found.table.rows);
  if (column == 0) return AddOnce(seen.destroyed, "table " + where);
  const char* const name = Call([=]() noexcept { return ColumnLeaf(relation, column); });
  if (name != nullptr) AddOnce(seen.destroyed, std::string("column ") + name + " of " + where);
}

explain::Seen Explanation::Seen(size_t index) {
  const Observed& observed = database_.statements()[index];
  explain::Seen seen;
  seen.acts = observed.acts;
  seen.is_code = observed.tag == "DO" || observed.tag == "CALL" || observed.tag == "SELECT";
  seen.lock_timeout_ms = observed.lock_timeout;
  const auto names = [&](const std::vector<Oid>& relations, std::vector<std::string>& to) {
    for (const Oid relation : relations) {
      if (Find(relation).exists && !Find(relation).is_toast) AddOnce(to, Find(relation).table.name);
    }
  };
  names(observed.rewritten, seen.rewrites);
  names(observed.scanned, seen.scans);
  for (const auto& [name, table] : observed.indexed) {
    if (Find(table).exists && !Find(table).is_toast) seen.indexes.push_back(name + " on " + Find(table).table.name);
  }
  for (const auto& rows : observed.rows) {
    const Found& found = Find(rows.table);
    if (!found.exists) continue;
    seen.rows.push_back({found.table.name, rows.inserted, rows.updated, rows.deleted});
    if (rows.deleted > 0) {
      seen.destroyed.push_back(RowsText(static_cast<double>(rows.deleted)) + " of " + found.table.name);
    }
  }
  for (const auto& [relation, column] : observed.dropped) AddDestroyed(relation, column, seen);
  for (const Oid relation : observed.truncated) AddDestroyed(relation, 0, seen);
  seen.objects = observed.objects;
  const bool was_run = observed.expected.empty();
  if (!was_run) AddExpected(observed.expected.data(), observed.expected.size(), seen);
  if (was_run) AddLocks(observed, seen);
  AddCarried(observed, seen);
  if (online::IsBlock(observed.text)) LetGo(seen);
  return seen;
}

// A block of an online form lets go after each batch, which in a rehearsal it can't; and the column that it drops has
// another one in its place.
void Explanation::LetGo(explain::Seen& seen) {
  for (auto& lock : seen.locks) {
    lock.held_ms = lock.held_by_apply_ms = 0;
    lock.for_long = false;
  }
  seen.destroyed.clear();
}

explain::Seen Explanation::Expected(const Effects& effects) {
  explain::Seen seen;
  seen.acts = effects.acts;
  seen.lock_timeout_ms = 1;  // it is not known
  AddExpected(effects.items, static_cast<size_t>(effects.count), seen);
  return seen;
}

}  // namespace migrate
