#include "server/run/pg_database.h"

#include <utility>

#include "core/base/text.h"
#include "core/online/block.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/timers.h"
#include "server/base/transaction.h"
#include "server/run/alone_tables.h"
#include "server/run/copy_input.h"
#include "server/run/current_query.h"
#include "server/run/deferred.h"
#include "server/run/lasting_effects.h"
#include "server/run/lost_statement.h"
#include "server/run/other_extensions.h"
#include "server/run/plain_form.h"
#include "server/run/statement_runner.h"

namespace migrate {
namespace {

// They can run code after every definition; those of the guard run none.
Statement kEventTriggers = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled OPERATOR(pg_catalog.<>) 'D' "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension x "
    "ON x.oid OPERATOR(pg_catalog.=) d.refobjid AND x.extname OPERATOR(pg_catalog.=) 'migrate' "
    "WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_event_trigger'::pg_catalog.regclass "
    "AND d.objid OPERATOR(pg_catalog.=) e.oid AND d.deptype OPERATOR(pg_catalog.=) 'e' "
    "AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass))",
    Rights::kCaller};

void SetLeaf(const char* name, const char* value, GucAction action) {
  (void) set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, action, true, 0, false);
}

// A migration can become another role and drop the one that it was started by.
void RequireRole(Oid role) {
  if (Call([=]() noexcept { return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)); })) return;
  throw Error(sqlstate::kWrongState, "the migration dropped the role that runs it",
              "Nobody would be left to finish it and to be named in the history.", "Run it as another role.");
}

// What a part has committed, the next one could change again: the rows that were there first could not be told.
[[noreturn]] void RefuseToKeepRows() {
  throw Error(sqlstate::kFeatureNotSupported, "a migration that runs in several transactions can't keep rows",
              "It says \"-- migrate:keep-rows\".", "Change the rows in a migration of its own.");
}

std::optional<std::vector<uint32_t>> TablesItChanges(const ScriptStatement& statement) {
  const auto tables = online::TablesChangedBy(statement.text);
  if (tables) return TablesNamed(*tables);
  return TablesChangedAlone(static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt);
}

// What a statement fails with that wants another transaction than it has.
void AdviseOnTransaction(const ScriptStatement& statement, bool role_is_kept, bool rehearses, Error& error) {
  const std::string way = rehearses ? "." : ", and CALL migrate_up() or CALL migrate_down().";
  // In a marked migration it stood between BEGIN and COMMIT, or would have run alone.
  if (error.sqlstate == sqlstate::kInvalidTermination && statement.parsed.may_commit && statement.block == 0) {
    if (role_is_kept) AddHint(error, "No code can commit where a superuser logged in and became a role that is none.");
    AddHint(error,
            "A block of code that commits needs the line \"-- migrate:no-transaction\" above the first statement" +
                way);
  }
  // An isolation level that is set too late fails with the same code.
  if (error.sqlstate == sqlstate::kActiveTransaction && error.hint.empty() && !statement.parsed.is_setting) {
    AddHint(error,
            "What refuses a transaction block needs the line \"-- migrate:no-transaction\" above the first statement, "
            "a place outside of BEGIN and COMMIT" +
                way);
  }
}

}  // namespace

PgDatabase::PgDatabase()
    : settings_{LockTimeoutMs(),      StatementTimeoutMs(), NotifyEnabled(), SupabaseEnabled(), RehearseSizeKb(),
                KeepDroppedEnabled(), KeepLimitKb(),        KeepDays(),      RewriteLimitKb()},
      starting_(session_.HasTemporary()),
      actor_(CurrentActor(starting_.search_path())),
      role_(GetUserId()),
      event_triggers_(BooleanOf(QueryValue(kEventTriggers))),
      distributes_(CitusIsHere()),
      recorder_(RecordChangesEnabled() && !CallOnlyReads()),
      probes_(starting_, own_role_) {}

std::string PgDatabase::ReadText(const std::string& sha256) { return ReadScript(sha256); }

// Two levels: the settings of the inner one end with the subtransaction, those that the migration
// itself set would go over to the caller, and end with the outer one. What the session is to lose is
// dropped inside the subtransaction, so that a failure of that is undone like any other.
void PgDatabase::InIsolation(const Script& script, const std::function<void()>& body) {
  const int level = Call([]() noexcept { return NewGUCNestLevel(); });
  const auto close = [=]() noexcept { AtEOXact_GUC(false, level); };
  try {
    InSubtransaction(Ending::kKeep, [&] {
      StartMigration(script, SettingScope::kSubtransaction);
      const MigrationRunning running;
      body();
      EndMigration();
    });
  } catch (...) {
    Call(close);
    EndMigrationAfterFailure();
    throw;
  }
  Call(close);
}

void PgDatabase::StartMigration(const Script& script, SettingScope scope) {
  code_ran_ = event_triggers_;
  lock_timeout_ = MillisecondsOf(script.timeouts->lock, settings_.lock_timeout);
  statement_timeout_ = MillisecondsOf(script.timeouts->statement, settings_.statement_timeout);
  const std::string timeout = std::to_string(lock_timeout_);
  const char* const timeout_text = timeout.c_str();
  const int watched = lock_timeout_;
  const GucAction action = scope == SettingScope::kSession ? GUC_ACTION_SET : GUC_ACTION_SAVE;
  actor_.search_path = starting_.search_path();
  starting_.Set(action);
  Call([=]() noexcept {
    SetLeaf("lock_timeout", timeout_text, action);
    WatchLocksLeaf(watched);
  });
  if (distributes_ && scope == SettingScope::kSubtransaction) SetLockTimeoutElsewhere(lock_timeout_);
  locks_.Start(Microseconds());
  recorder_.StartMigration();
  if (!script.keeps_rows->empty() && scope == SettingScope::kSession && !script.transactional) RefuseToKeepRows();
  keeper_.Start({settings_.keep_dropped || script.keeps_dropped, *script.keeps_rows, settings_.keep_limit});
  if (scope == SettingScope::kSubtransaction) recorder_.Start();
}

const Actor& PgDatabase::NextActor() {
  actor_.search_path = starting_.search_path();
  return actor_;
}

std::string PgDatabase::TakeLockReport() { return locks_.TakeReport(Microseconds()); }

void PgDatabase::StartSegment() {
  if (distributes_) SetLockTimeoutElsewhere(lock_timeout_);
  locks_.Start(Microseconds());
  keeper_.StartPart();
  recorder_.Start();
}

void PgDatabase::RequireRunner() const { RequireRole(role_); }

void PgDatabase::EndSegment() {
  RequireRunner();
  keeper_.Finish();
  LeaveNothingToCommit();
}

void PgDatabase::EndMigration() {
  RequireRunner();
  keeper_.Finish();
  keeper_.Stop();
  CleanSession();
  Call([]() noexcept { StopWatchingLocksLeaf(); });
}

void PgDatabase::CleanSession() {
  session_.DropTemporary();
  if (code_ran_) session_.DropNamed();
}

// The migration's own error is what the caller must see, whatever happens here.
void PgDatabase::EndMigrationAfterFailure() {
  keeper_.Drop();
  Call([]() noexcept { StopWatchingLocksLeaf(); });
  try {
    InSubtransaction(Ending::kKeep, [&] {
      CleanSession();
      session_.RestoreLocks();
    });
  } catch (const Error&) {
  }
}

void PgDatabase::EndRun() {
  session_.RestoreLocks();
  Call([]() noexcept { pgstat_report_activity(STATE_RUNNING, debug_query_string); });
}

void PgDatabase::InPart(const std::function<void()>& body, bool is_read_only) {
  const int level = Call([]() noexcept { return NewGUCNestLevel(); });
  // What fails is undone with the whole migration, and its settings with it.
  InSubtransaction(Ending::kKeep, [&] {
    if (is_read_only) BecomeReadOnly();
    body();
  });
  Call([=]() noexcept { AtEOXact_GUC(false, level); });
}

void PgDatabase::Attempt(const std::function<void()>& body) { InSubtransaction(Ending::kKeep, body); }

void PgDatabase::Rehearse(const std::function<void()>& body) {
  rehearses_ = true;
  const auto set_forward = [&] {
    for (const auto& sentence : sequences_.SetForward()) RaiseNotice(sentence);
  };
  try {
    Undone(body, false);
  } catch (...) {
    // The first error is what the caller must see, whatever happens here.
    try {
      set_forward();
    } catch (const Error&) {
    }
    throw;
  }
  set_forward();
}

void PgDatabase::BecomeReadOnly() {
  Call([]() noexcept { BecomeReadOnlyLeaf(); });
}

void PgDatabase::Undone(const std::function<void()>& body, bool read_only) {
  InSubtransaction(Ending::kUndo, [&] {
    if (read_only) BecomeReadOnly();
    body();
  });
}

// With its data, if it is a COPY. `answer`: what it says if it is a check.
void PgDatabase::RunTree(const ScriptStatement& statement, Answer* answer, bool top_level) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  MemoryContext const context = parser_.context();
  const CurrentQuery current(tree->source);
  try {
    WithStatementTimeout(TimeLimit(), [&] {
      std::optional<CopyInput> input;
      if (statement.parsed.kind == StatementKind::kCopyFromStdin) {
        Call([=]() noexcept { PrepareCopyLeaf(tree, context); });
        input.emplace(statement.data);
      }
      Call([=]() noexcept {
        if (answer == nullptr) RefuseInvalidIndexLeaf(tree);
        RunStatementLeaf(tree, context, answer, top_level);
      });
    });
  } catch (Error& error) {
    error.statement = tree->source;
    throw;
  }
}

// What the session and the database had before must be known by then.
void PgDatabase::CodeRuns() {
  code_ran_ = true;
  if (rehearses_) sequences_.Note();
}

void PgDatabase::Run(const ScriptStatement& statement) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  if (tree->runs_code || event_triggers_) {
    CodeRuns();
    triggers_queued_ = true;
  }
  recorder_.Note(in_hook_ ? schema::StatementPlace()
                          : schema::StatementPlace{statement.position, statement.text.size()});
  const bool sets_start = IsA(tree->raw->stmt, AlterDatabaseSetStmt) || IsA(tree->raw->stmt, AlterRoleSetStmt);
  if (code_ran_ || sets_start) starting_.MayHaveChanged();
  if (IsA(tree->raw->stmt, ConstraintsSetStmt)) {
    constraints_set_ = true;
    if (!NameAllConstraints(tree, parser_.context())) return;
  }
  try {
    own_role_.Keep([&] { RunTree(statement, nullptr, WantsTopLevel(statement.parsed, distributes_)); });
  } catch (Error& error) {
    if (!in_hook_) AdviseOnTransaction(statement, own_role_.is_kept(), rehearses_, error);
    throw;
  }
  keeper_.EndStatement();
  locks_.Note(Microseconds());
}

std::string PgDatabase::RunPlain(const ScriptStatement& statement) {
  Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
  const Oid table = Call([=]() noexcept { return CheckConcurrentLeaf(node); });
  std::string too_large = LargerThan(table, settings_.rehearse_size);
  if (!too_large.empty()) return too_large;
  own_role_.Keep([&] { KeepPartitionConstraint(node); });
  Call([=]() noexcept { MakePlainLeaf(node); });
  Run(statement);
  return {};
}

// What can't be looked up is an effect, too: what was found by then stays.
std::string PgDatabase::LastingEffect(const ScriptStatement& statement) {
  Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
  ::migrate::LastingEffect effect = {nullptr};
  auto* const found = &effect;
  (void) TryCall([=]() noexcept { FindLastingEffectLeaf(node, found); });
  return effect.name == nullptr ? std::string() : effect.name;
}

// What is left to a commit would run there without its role being kept.
void PgDatabase::LeaveNothingToCommit() {
  if (!own_role_.is_kept()) return;
  FireDeferredTriggers();
  session_.DropNamed();
}

// A block of code could change its role between its commits, where nothing keeps it: it is run as part of a
// transaction, in which it can't commit.
void PgDatabase::RunInTransaction(const ScriptStatement& statement) {
  Run(statement);
  LeaveNothingToCommit();
}

// What holds up nobody while it waits may wait, unless the migration itself has set a limit.
void PgDatabase::RunAlone(const ScriptStatement& statement) {
  if (own_role_.is_kept() && (statement.parsed.may_commit || statement.parsed.may_call)) {
    return RunInTransaction(statement);
  }
  code_ran_ = triggers_queued_ = true;
  starting_.MayHaveChanged();
  locks_.Start(Microseconds());
  keeper_.StartPart();
  recorder_.StartAlone(TablesItChanges(statement));
  recorder_.Note({statement.position, statement.text.size()});
  const bool unlimited = statement.parsed.concurrent && LockTimeout == lock_timeout_;
  if (unlimited) Call([]() noexcept { SetLeaf("lock_timeout", "0", GUC_ACTION_SET); });
  RunTree(statement, nullptr, true);
  keeper_.EndStatement();
  locks_.Note(Microseconds());
  const std::string timeout = std::to_string(lock_timeout_);
  const char* const text = timeout.c_str();
  if (unlimited) Call([=]() noexcept { SetLeaf("lock_timeout", text, GUC_ACTION_SET); });
  const auto blocks = online::TablesChangedBy(statement.text);
  recorder_.EndAlone(blocks ? TablesNamed(*blocks).value_or(std::vector<uint32_t>()) : std::vector<uint32_t>());
}

Answer PgDatabase::Check(const ScriptStatement& statement) {
  CodeRuns();
  Answer answer = Answer::kPassed;
  own_role_.Keep([&] { RunTree(statement, &answer, false); });
  return answer;
}

WayBack PgDatabase::TakeBack(const KnownMigration& migration, const std::string& row_changes) {
  code_ran_ = triggers_queued_ = true;
  WayBack way;
  const Rows rows = rows_ == Rows::kRefuse && keeper_.keeps_dropped() ? Rows::kKeep : rows_;
  std::optional<int64_t> rewrite_bytes;
  if (may_rewrite_) rewrite_bytes = int64_t{settings_.rewrite_limit} * 1024;
  own_role_.Keep([&] { way = TakeBackChanges(migration, row_changes, rows, rewrite_bytes); });
  brought_back_ = way.brought;
  return way;
}

std::string PgDatabase::WhyNotTopLevel() { return migrate::WhyNotTopLevel(); }

void PgDatabase::FireDeferredTriggers() {
  // Most migrations only define things: nothing can have been deferred since the last time.
  if (triggers_queued_ || constraints_set_) {
    own_role_.Keep([&] { FireDeferred(constraints_set_); });
    if (own_role_.is_kept()) RequireNoneDeferred();
  }
  triggers_queued_ = constraints_set_ = false;
}

bool PgDatabase::HoldsUpItself() { return migrate::HoldsUpItself(); }

void PgDatabase::NameBlockers(Error& error) {
  const std::string blockers = DescribeBlockers();
  if (blockers.empty()) return;
  error.detail += (error.detail.empty() ? "" : "\n") + blockers;
}

void PgDatabase::Pause(int milliseconds) {
  Call([=]() noexcept { PauseLeaf(milliseconds); });
}

double PgDatabase::Random() { return pg_prng_double(&pg_global_prng_state); }

}  // namespace migrate
