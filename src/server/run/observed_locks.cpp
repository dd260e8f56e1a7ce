// What the statements of an observed run have locked.
#include <algorithm>

#include "server/base/guard.h"
#include "server/run/observed_database.h"
#include "server/run/references.h"

namespace migrate {
namespace {

using explain::kShareMode;

// Who takes a relation in this mode locks rows of it.
ObservedLock WithRows(ObservedLock lock) {
  lock.of_rows = lock.mode == RowShareLock && lock.relation >= FirstNormalObjectId;
  return lock;
}

}  // namespace

void ObservedDatabase::AddLock(Observed& now, const ObservedLock& lock) {
  const auto known = std::find_if(now.locks.begin(), now.locks.end(), [&](const ObservedLock& other) {
    return other.relation == lock.relation && other.mode == lock.mode;
  });
  if (known != now.locks.end()) {
    known->of_rows = known->of_rows || lock.of_rows;
  } else {
    now.locks.push_back(lock);
  }
  if (lock.relation >= FirstNormalObjectId && !made_.contains(lock.relation)) {
    if (lock.mode < AccessExclusiveLock) {
      weakly_locked_.insert(lock.relation);
    } else {
      weakly_locked_.erase(lock.relation);
    }
  }
  const bool blocks = (lock.mode >= kShareMode && lock.relation >= FirstNormalObjectId) || lock.of_rows;
  if (!blocks || blocks_since_ != 0 || made_.contains(lock.relation)) return;
  blocks_since_ = now.began;
  blocking_ = lock;
}

// A lock that an earlier migration of the run has taken is taken anew for real: that tells the parse tree alone.
void ObservedDatabase::LookAtHeldLocks(Observed& now) {
  const WatchState& state = watch_.state();
  for (int i = 0; i < state.count; ++i) {
    const Announced announced = state.announced[i];
    if (announced.what == Announcement::kMade) made_.insert(announced.relation);
    const bool loses = announced.what == Announcement::kDropped || announced.what == Announcement::kTruncated ||
                       announced.what == Announcement::kLosesPart;
    if (!loses) continue;
    if (locks_.Has(announced.relation, AccessExclusiveLock)) {
      AddLock(now, {announced.relation, AccessExclusiveLock, false});
    }
    // An index that an earlier statement has read by goes with its table, which alone is named.
    for (const auto& lock : locks_.TakeStronger(announced.relation)) AddLock(now, WithRows(lock));
  }
  for (int i = 0; i < state.effects.count; ++i) {
    const Effect effect = state.effects.items[i];
    if (locks_.Has(effect.relation, effect.mode)) AddLock(now, WithRows({effect.relation, effect.mode, false}));
    for (const auto& lock : locks_.TakeStronger(effect.relation)) AddLock(now, WithRows(lock));
  }
}

void ObservedDatabase::LookAtLocks(Observed& now) {
  for (const auto& taken : locks_.TakeNew()) {
    const ObservedLock lock = WithRows(taken);
    if (lock.of_rows) row_locked_.push_back(lock.relation);
    AddLock(now, lock);
  }
  for (const ObservedRows& rows : ChangedRows()) {
    const bool locks = rows.updated + rows.deleted > 0;
    AddLock(now, {rows.table, RowExclusiveLock, locks});
    if (locks) now.acts |= explain::kChangesRows;
    now.rows.push_back(rows);
  }
}

// 19 looks up what rows refer to without a query, whose lock on the index would tell.
void ObservedDatabase::LookAtReferences(Observed& now) {
  for (const ObservedRows& rows : now.rows) {
    for (const Oid table : ReferencesOf(rows)) {
      for (const auto& lock : locks_.TakeStronger(table)) AddLock(now, WithRows(lock));
    }
  }
}

// That no lock has become stronger without being noticed. An index is locked by what has locked its table, such as a
// new type of a column; for the rest, whatever did it, the whole transaction has to answer.
void ObservedDatabase::Prove() {
  if (statements_.empty() || statements_.back().step != step_) return;
  size_t first = statements_.size() - 1;
  while (first > 0 && statements_[first - 1].transaction == statements_.back().transaction) --first;
  const std::vector<Oid> relations(weakly_locked_.begin(), weakly_locked_.end());
  for (const Oid relation : relations) {
    for (const auto& lock : locks_.TakeStronger(relation)) {
      const Oid table = Call([=]() noexcept { return IndexGetRelation(relation, true); });
      const auto locker = std::find_if(
          statements_.begin() + static_cast<ptrdiff_t>(first), statements_.end(), [&](const Observed& one) {
            return std::any_of(one.locks.begin(), one.locks.end(), [&](const ObservedLock& other) {
              return other.relation == table && other.mode >= lock.mode;
            });
          });
      AddLock(locker == statements_.end() ? statements_[first] : *locker, lock);
    }
  }
}

}  // namespace migrate
