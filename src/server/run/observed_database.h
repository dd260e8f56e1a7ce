// A rehearsal that notes what each statement does to the tables of others: locks, rewrites, scans, rows. It reads the
// session's own locks and counts, and what the server announces; it decides nothing of it. See explanation.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "server/base/timers.h"
#include "server/run/own_locks.h"
#include "server/run/pg_database.h"
#include "server/run/watch.h"

namespace migrate {

// All OIDs are those of the run: what it has made does not exist any more.
struct Observed {
  size_t step = 0;  // from 1
  int number = 0;   // of the statement in its script, from 1
  Position position = {};
  std::string text, tag;
  int64_t began = 0, ended = 0;  // in microseconds
  size_t transaction = 0;        // that `up` would run it in
  std::vector<ObservedLock> locks;
  std::vector<ObservedRows> rows;
  std::vector<Oid> rewritten, scanned;
  std::vector<std::pair<std::string, Oid>> indexed;  // name, table
  std::vector<std::pair<Oid, int>> dropped;          // relation, column or 0
  std::vector<Oid> truncated;
  std::vector<std::string> objects;
  std::vector<Effect> expected;  // where it was not run as it will be for real
  uint32_t acts = 0;
  int lock_timeout = 0;
  bool is_plain = false;     // ran without CONCURRENTLY
  bool was_stopped = false;  // on its way
  std::string not_tried;     // why; empty if it ran
};

template <typename Value>
void AddOnce(std::vector<Value>& values, const Value& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

class ObservedDatabase : public PgDatabase {
 public:
  // `hold`: for how long locks that block somebody may be held, in milliseconds; 0 is no limit.
  ObservedDatabase(int rehearse_size, int hold);

  void InIsolation(const Script& script, const std::function<void()>& body) override;
  void InPart(const std::function<void()>& body, bool read_only) override;
  void Attempt(const std::function<void()>& body) override;
  void Run(const ScriptStatement& statement) override;
  std::string RunPlain(const ScriptStatement& statement) override;
  Answer Check(const ScriptStatement& statement) override;
  void FireDeferredTriggers() override;
  void NotTried(const std::string& why) override;
  void ShowPlace(const Place& place) override;
  void Record(const Event& event) override;

  // Another plan is run: what it does is no repetition of what the last one did.
  void StartRun() {
    statements_.clear();
    step_ = 0;
    number_ = 0;
  }

  // Throws if locks that block somebody have been held for longer than they may.
  void StopIfHeldTooLong();

  // Of which the last is the one that ran when the run ended, however it did.
  const std::vector<Observed>& statements() const { return statements_; }
  int64_t EndOf(size_t transaction) const { return ends_[transaction]; }
  int64_t end() const { return end_; }

  // Whether what ran last has taken longer than it may, rather than being cancelled.
  bool TimedOut() const { return is_limited_ && StatementTimedOut(); }

  // Whether locks were held for too long, so that the run was ended; and the first of them, if there was one.
  bool was_stopped() const { return was_stopped_; }
  const std::optional<ObservedLock>& blocking() const { return blocking_; }

 protected:
  int TimeLimit() override;
  void Changed(const std::vector<schema::Change>& changes) override;

  // What was locked by what is undone now is free, and nobody has been blocked but since then; 0 for nobody.
  void UndoneSince(int64_t blocked_since);
  int64_t blocked_since() const { return blocks_since_; }

 private:
  bool RunsAgain() const;
  Observed& Begin(const ScriptStatement& statement);
  void RunWatched(const ScriptStatement& statement);
  void Look(Observed& now, bool is_utility);
  void LookAtHeldLocks(Observed& now);
  void LookAtLocks(Observed& now);
  void LookAtAnnounced(Observed& now);
  void LookAtReferences(Observed& now);
  void AddLock(Observed& now, const ObservedLock& lock);
  void KeepExpected(Observed& now);
  void Prove();
  void StartTransaction();
  void EndTransaction();
  int HoldLimit();
  void NoteHeldTooLong(const Error& error);

  Watch watch_;
  const int64_t hold_;  // in microseconds
  OwnLocks locks_;
  std::vector<Observed> statements_;
  std::vector<int64_t> ends_;  // of the transactions
  std::unordered_set<Oid> made_;
  std::unordered_set<Oid> weakly_locked_;  // relations that were there before
  std::vector<Oid> row_locked_;            // by way of foreign keys, or for update: seen once in the run
  size_t step_ = 0;
  int number_ = 0;
  bool in_plain_ = false;
  bool only_adds_ = false;    // the statement that runs adds rows, and so holds up nobody
  bool hold_limits_ = false;  // what runs, rather than its own timeout
  bool is_limited_ = false;   // in time
  bool was_stopped_ = false;
  int64_t blocks_since_ = 0;  // 0 while nothing is blocked
  std::optional<ObservedLock> blocking_;
  int64_t end_ = 0;
};

}  // namespace migrate
