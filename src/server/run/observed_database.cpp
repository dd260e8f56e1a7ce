#include "server/run/observed_database.h"

#include <algorithm>

#include "core/explain/verdict.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

// It is there as long as its statement has not been undone.
std::string IndexName(Oid index) {
  const char* const name = Call([=]() noexcept -> const char* { return get_rel_name(index); });
  return name == nullptr ? std::string() : name;
}

bool OnlyAdds(const ScriptStatement& statement) {
  Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
  return IsA(node, InsertStmt) || IsA(node, CopyStmt) || IsA(node, CreateTableAsStmt);
}

bool IsUtility(const ScriptStatement& statement) {
  Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
  return !IsA(node, InsertStmt) && !IsA(node, UpdateStmt) && !IsA(node, DeleteStmt) && !IsA(node, MergeStmt) &&
         !IsA(node, SelectStmt) && !IsA(node, CopyStmt) && !IsA(node, DoStmt) && !IsA(node, CallStmt);
}

// For the rest of the subtransaction: without them nobody knows which rows a statement has changed.
void CountRowsLeaf() {
  if (pgstat_track_counts) return;
  (void) set_config_option("track_counts", "on", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

}  // namespace

ObservedDatabase::ObservedDatabase(int rehearse_size, int hold)
    : watch_(rehearse_size), hold_(int64_t{hold} * 1000), ends_{0} {}

void ObservedDatabase::StartTransaction() {
  EndTransaction();
  ends_.push_back(0);
}

void ObservedDatabase::EndTransaction() {
  end_ = Microseconds();
  if (ends_.back() == 0) ends_.back() = end_;
}

// The locks of what was undone are gone.
void ObservedDatabase::UndoneSince(int64_t blocked_since) {
  locks_.StartAnew();
  blocks_since_ = blocked_since;
  if (blocks_since_ == 0 && !was_stopped_) blocking_.reset();
}

// What was locked since the last statement is of no migration.
void ObservedDatabase::InIsolation(const Script& script, const std::function<void()>& body) {
  StartTransaction();
  const int64_t blocked_since = blocks_since_;
  try {
    PgDatabase::InIsolation(script, [&] {
      Call([]() noexcept { CountRowsLeaf(); });
      (void) locks_.TakeNew();
      body();
      Prove();
    });
  } catch (...) {
    EndTransaction();
    UndoneSince(blocked_since);
    throw;
  }
  EndTransaction();
}

// What is recorded of a migration belongs to its transaction: the locks are held until that is done.
void ObservedDatabase::Record(const Event& event) {
  PgDatabase::Record(event);
  end_ = ends_.back() = Microseconds();
}

void ObservedDatabase::InPart(const std::function<void()>& body, bool read_only) {
  StartTransaction();
  PgDatabase::InPart(body, read_only);
  StartTransaction();
}

void ObservedDatabase::Attempt(const std::function<void()>& body) {
  const int64_t blocked_since = blocks_since_;
  try {
    PgDatabase::Attempt(body);
  } catch (...) {
    UndoneSince(blocked_since);
    throw;
  }
}

void ObservedDatabase::ShowPlace(const Place& place) {
  step_ = place.number;
  number_ = place.statement;
  PgDatabase::ShowPlace(place);
}

// A setting, which is made again behind the part that a real run would commit, or that an earlier run has committed.
bool ObservedDatabase::RunsAgain() const {
  if (number_ == 0) return true;
  return !statements_.empty() && statements_.back().step == step_ && statements_.back().number == number_;
}

Observed& ObservedDatabase::Begin(const ScriptStatement& statement) {
  StopIfHeldTooLong();
  Observed now;
  now.step = step_;
  now.number = number_;
  now.position = statement.position;
  now.text = explain::Shortened(statement.text, explain::kStatementCharacters);
  now.tag = statement.parsed.tag;
  now.began = now.ended = Microseconds();
  now.transaction = ends_.size() - 1;
  now.lock_timeout = LockTimeout;
  statements_.push_back(std::move(now));
  watch_.Start();
  return statements_.back();
}

void ObservedDatabase::NotTried(const std::string& why) {
  const bool has_begun =
      !statements_.empty() && statements_.back().step == step_ && statements_.back().number == number_;
  if (!has_begun) {
    Observed now;
    now.step = step_;
    now.number = number_;
    now.transaction = ends_.size() - 1;
    statements_.push_back(std::move(now));
  }
  statements_.back().not_tried = why;
}

// What is stopped is undone alone, and the rehearsal goes on behind it.
void ObservedDatabase::Run(const ScriptStatement& statement) {
  if (in_plain_) return RunWatched(statement);
  if (RunsAgain()) return PgDatabase::Run(statement);
  Observed& now = Begin(statement);
  const int64_t blocked_since = blocks_since_;
  only_adds_ = OnlyAdds(statement);
  try {
    RunWatched(statement);
  } catch (const Error& error) {
    now.ended = Microseconds();
    if (watch_.state().stopped_by == nullptr) throw;
    KeepExpected(now);
    UndoneSince(blocked_since);
    throw LeftOut(error.sqlstate, watch_.state().stopped_by);
  }
}

void ObservedDatabase::RunWatched(const ScriptStatement& statement) {
  const bool is_utility = IsUtility(statement);
  const size_t index = statements_.size() - 1;
  InSubtransaction(Ending::kKeep, [&] {
    try {
      PgDatabase::Run(statement);
    } catch (const Error& error) {
      // Only memory is read: the transaction has failed.
      LookAtHeldLocks(statements_[index]);
      LookAtLocks(statements_[index]);
      NoteHeldTooLong(error);
      throw;
    }
    Look(statements_[index], is_utility);
  });
}

// Its locks are those that the form with CONCURRENTLY takes; that they are held here is nobody's business.
std::string ObservedDatabase::RunPlain(const ScriptStatement& statement) {
  Observed& now = Begin(statement);
  only_adds_ = false;
  Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
  Effects effects = {CurrentMemoryContext, nullptr, 0, 0, 0, false};
  Effects* const filled = &effects;
  Call([=]() noexcept { AddEffectsLeaf(node, filled); });
  now.expected.assign(effects.items, effects.items + effects.count);
  now.acts = effects.acts;
  in_plain_ = true;
  std::string too_large;
  try {
    too_large = PgDatabase::RunPlain(statement);
  } catch (const Error& error) {
    in_plain_ = false;
    if (watch_.state().stopped_by != nullptr) throw LeftOut(error.sqlstate, watch_.state().stopped_by);
    throw;
  }
  in_plain_ = false;
  now.is_plain = too_large.empty();
  now.acts = effects.acts;
  now.locks.clear();
  now.scanned.clear();
  now.ended = Microseconds();
  return too_large;
}

Answer ObservedDatabase::Check(const ScriptStatement& statement) {
  only_adds_ = true;
  try {
    return PgDatabase::Check(statement);
  } catch (const Error& error) {
    NoteHeldTooLong(error);
    throw;
  }
}

// What is deferred is done by the last statement.
void ObservedDatabase::FireDeferredTriggers() {
  only_adds_ = true;
  const int limit = HoldLimit();
  hold_limits_ = is_limited_ = limit > 0;
  try {
    InSubtransaction(Ending::kKeep, [&] {
      WithStatementTimeout(limit, [&] { PgDatabase::FireDeferredTriggers(); });
      if (!statements_.empty() && statements_.back().step == step_) LookAtLocks(statements_.back());
    });
  } catch (const Error& error) {
    NoteHeldTooLong(error);
    throw;
  }
}

// In milliseconds; 0 is no limit. Whether a statement will block somebody is not known before: all but those that only
// add rows are ended in time.
int ObservedDatabase::HoldLimit() {
  if (hold_ == 0 || (blocks_since_ == 0 && only_adds_)) return 0;
  const int64_t left = blocks_since_ == 0 ? hold_ : blocks_since_ + hold_ - Microseconds();
  return static_cast<int>(std::clamp<int64_t>(left / 1000, 1, INT_MAX));
}

int ObservedDatabase::TimeLimit() {
  const int own = PgDatabase::TimeLimit();
  const int limit = HoldLimit();
  hold_limits_ = limit > 0 && (own == 0 || limit < own);
  is_limited_ = own > 0 || limit > 0;
  return hold_limits_ ? limit : own;
}

void ObservedDatabase::StopIfHeldTooLong() {
  if (hold_ == 0 || blocks_since_ == 0 || Microseconds() < blocks_since_ + hold_) return;
  was_stopped_ = true;
  throw Error(sqlstate::kQueryCanceled, "locks were held for too long");
}

void ObservedDatabase::NoteHeldTooLong(const Error& error) {
  if (error.sqlstate != sqlstate::kQueryCanceled || !TimedOut() || !hold_limits_) return;
  was_stopped_ = true;
  if (!statements_.empty()) statements_.back().was_stopped = true;
}

void ObservedDatabase::LookAtAnnounced(Observed& now) {
  const WatchState& state = watch_.state();
  for (int i = 0; i < state.count; ++i) {
    const Announced& announced = state.announced[i];
    switch (announced.what) {
      case Announcement::kMade:
      case Announcement::kLosesPart: break;
      case Announcement::kIndexed: now.indexed.emplace_back(IndexName(announced.relation), announced.table); break;
      case Announcement::kRewritten: AddOnce(now.rewritten, announced.relation); break;
      case Announcement::kDropped: now.dropped.emplace_back(announced.relation, announced.column); break;
      case Announcement::kTruncated: AddOnce(now.truncated, announced.relation); break;
    }
  }
}

void ObservedDatabase::Look(Observed& now, bool is_utility) {
  now.ended = Microseconds();
  LookAtHeldLocks(now);
  LookAtLocks(now);
  LookAtAnnounced(now);
  LookAtReferences(now);
  if (!is_utility) {
    for (const Oid relation : row_locked_) AddLock(now, {relation, RowShareLock, true});
  }
  const WatchState& state = watch_.state();
  now.acts |= state.effects.acts;
  for (int i = 0; i < state.effects.count; ++i) {
    const Effect effect = state.effects.items[i];
    if ((effect.work & kRewrites) != 0 && (effect.work & kIsSure) != 0) AddOnce(now.rewritten, effect.relation);
    const int64_t scans = Call([=]() noexcept { return CountOfScans(effect.relation); });
    if (scans > effect.scans) AddOnce(now.scanned, effect.relation);
  }
  std::erase_if(now.scanned, [&](Oid table) {
    return std::find(now.rewritten.begin(), now.rewritten.end(), table) != now.rewritten.end() ||
           std::any_of(now.indexed.begin(), now.indexed.end(),
                       [&](const auto& index) { return index.second == table; });
  });
}

// What a statement that was stopped was about to do.
void ObservedDatabase::KeepExpected(Observed& now) {
  const WatchState& state = watch_.state();
  now.acts |= state.effects.acts;
  now.expected.assign(state.effects.items, state.effects.items + state.effects.count);
  for (int i = 0; i < state.count; ++i) {
    const Announced& announced = state.announced[i];
    const bool rewrites = announced.what == Announcement::kRewritten;
    if (rewrites) now.expected.push_back({announced.relation, AccessExclusiveLock, kRewrites, 0, 0});
    if (announced.what == Announcement::kIndexed) now.expected.push_back({announced.table, ShareLock, kBuilds, 0, 0});
  }
}

void ObservedDatabase::Changed(const std::vector<schema::Change>& changes) {
  for (const auto& change : changes) {
    const Position place = change.statement.position;
    for (auto at = statements_.rbegin(); at != statements_.rend() && at->step == step_; ++at) {
      const bool did_it =
          change.statement.length > 0 && at->position.line == place.line && at->position.column == place.column;
      if (!did_it) continue;
      at->objects.push_back(std::string(schema::ActionName(change.action)) + " " + change.object().kind + " " +
                            change.object().identity);
      break;
    }
  }
}

}  // namespace migrate
