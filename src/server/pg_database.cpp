#include "server/pg_database.h"

#include <algorithm>

#include "core/text.h"
#include "server/announce.h"
#include "server/deferred.h"
#include "server/extension.h"
#include "server/failures.h"
#include "server/guard.h"
#include "server/settings.h"
#include "server/statement_runner.h"
#include "server/supabase.h"
#include "server/timers.h"

namespace migrate {
namespace {

// What makes the same file give the same schema, whoever runs it: each starts from the value that
// the role and the database have set. search_path is handled apart.
constexpr const char* kOwnSettings[] = {
    "check_function_bodies",
    "session_replication_role",
    "standard_conforming_strings",
    "default_tablespace",
    "default_table_access_method",
    "default_toast_compression",
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "row_security",
    "array_nulls",
    "transform_null_equals",
    "xmloption",
    "bytea_output",
    "extra_float_digits",
    "lc_monetary",
    "backslash_quote",
    "default_text_search_config",
    "xmlbinary",
    "lc_time",
    "lc_numeric",
    "password_encryption",
};

// They can run code after every definition.
Statement kEventTriggers = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled OPERATOR(pg_catalog.<>) 'D')",
    Rights::kCaller};

void SetLeaf(const char* name, const char* value, GucAction action) {
  (void) set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, action, true, 0, false);
}

// For the rest of the subtransaction. A function's SET, GUC_ACTION_SAVE, is refused from 16 on.
void BecomeReadOnlyLeaf() {
  (void) set_config_option("transaction_read_only", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

void ResetOwnSettingsLeaf(GucAction action) {
  for (const char* name : kOwnSettings) {
    const char* reset = GetConfigOptionResetString(name);
    const char* now = GetConfigOption(name, false, false);
    if (reset != nullptr && (now == nullptr || strcmp(now, reset) != 0)) SetLeaf(name, reset, action);
  }
}

const char* ResetSearchPathLeaf() { return GetConfigOptionResetString("search_path"); }

// Temporary tables of the caller must not stand in for what a migration names: pg_temp goes last.
std::string StartingSearchPath(const SessionState& session) {
  std::string path = MigrationSearchPath();
  if (path.empty()) path = Call([]() noexcept { return ResetSearchPathLeaf(); });
  const auto schemas = SplitList(path, ',');
  const bool named = std::find(schemas.begin(), schemas.end(), "pg_temp") != schemas.end();
  if (!session.HasTemporary() || named) return path;
  return path.empty() ? "pg_temp" : path + ", pg_temp";
}

// A migration can become another role and drop the one that it was started by.
void RequireRole(Oid role) {
  if (Call([=]() noexcept { return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)); })) return;
  throw Error(sqlstate::kWrongState, "the migration dropped the role that runs it",
              "Nobody would be left to finish it and to be named in the history.", "Run it as another role.");
}

// In a marked migration it stood between BEGIN and COMMIT, or would have run alone.
void AdviseOnCommit(const ScriptStatement& statement, Error& error) {
  if (error.sqlstate != sqlstate::kInvalidTermination || !statement.parsed.may_commit || statement.block != 0) return;
  AddHint(error,
          "A block of code that commits needs the line \"-- migrate:no-transaction\" above the first statement, "
          "and CALL migrate_up() or CALL migrate_down().");
}

}  // namespace

PgDatabase::PgDatabase()
    : settings_{StartingSearchPath(session_), LockTimeoutMs(), StatementTimeoutMs(), NotifyEnabled(),
                SupabaseEnabled()},
      actor_(CurrentActor(settings_.search_path)),
      role_(GetUserId()),
      event_triggers_(BooleanOf(QueryValue(kEventTriggers))) {}

std::string PgDatabase::ReadText(const std::string& checksum) { return ReadScript(checksum); }

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
  const char* const search_path = settings_.search_path.c_str();
  const std::string timeout = std::to_string(lock_timeout_);
  const char* const timeout_text = timeout.c_str();
  const int watched = lock_timeout_;
  const GucAction action = scope == SettingScope::kSession ? GUC_ACTION_SET : GUC_ACTION_SAVE;
  Call([=]() noexcept {
    ResetOwnSettingsLeaf(action);
    SetLeaf("search_path", search_path, action);
    SetLeaf("lock_timeout", timeout_text, action);
    WatchLocksLeaf(watched);
  });
  locks_.Start(Microseconds());
}

std::string PgDatabase::TakeLockReport() { return locks_.TakeReport(Microseconds()); }

void PgDatabase::StartSegment() { locks_.Start(Microseconds()); }

void PgDatabase::RequireRunner() const { RequireRole(role_); }

void PgDatabase::EndMigration() {
  RequireRunner();
  CleanSession();
  Call([]() noexcept { StopWatchingLocksLeaf(); });
}

void PgDatabase::CleanSession() {
  session_.DropTemporary();
  if (code_ran_) session_.DropNamed();
}

// The migration's own error is what the caller must see, whatever happens here.
void PgDatabase::EndMigrationAfterFailure() {
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

void PgDatabase::Undone(const std::function<void()>& body, bool read_only) {
  InSubtransaction(Ending::kUndo, [&] {
    if (read_only) Call([]() noexcept { BecomeReadOnlyLeaf(); });
    body();
  });
}

void PgDatabase::Run(const ScriptStatement& statement) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  MemoryContext const context = parser_.context();
  if (tree->runs_code || event_triggers_) code_ran_ = triggers_queued_ = true;
  if (IsA(tree->raw->stmt, ConstraintsSetStmt)) {
    constraints_set_ = true;
    const auto* const set = reinterpret_cast<const ConstraintsSetStmt*>(tree->raw->stmt);
    if (set->constraints == NIL) return SetAllConstraints(set->deferred);
  }
  try {
    WithStatementTimeout(statement_timeout_, [&] {
      if (statement.parsed.kind == StatementKind::kCopyFromStdin) {
        const char* const data = statement.data.data();
        const size_t size = statement.data.size();
        Call([=]() noexcept { RunCopyLeaf(tree, context, data, size); });
      } else {
        Call([=]() noexcept { (void) RunStatementLeaf(tree, context, false); });
      }
    });
  } catch (Error& error) {
    AdviseOnCommit(statement, error);
    throw;
  }
  locks_.Note(Microseconds());
}

// What holds up nobody while it waits may wait, unless the migration itself has set a limit.
void PgDatabase::RunAlone(const ScriptStatement& statement) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  MemoryContext const context = parser_.context();
  code_ran_ = triggers_queued_ = true;
  const bool unlimited = statement.parsed.concurrent && LockTimeout == lock_timeout_;
  if (unlimited) Call([]() noexcept { SetLeaf("lock_timeout", "0", GUC_ACTION_SET); });
  WithStatementTimeout(statement_timeout_,
                       [&] { Call([=]() noexcept { (void) RunStatementLeaf(tree, context, false, true); }); });
  const std::string timeout = std::to_string(lock_timeout_);
  const char* const text = timeout.c_str();
  if (unlimited) Call([=]() noexcept { SetLeaf("lock_timeout", text, GUC_ACTION_SET); });
}

bool PgDatabase::Check(const ScriptStatement& statement) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  MemoryContext const context = parser_.context();
  code_ran_ = true;
  bool passed = false;
  WithStatementTimeout(statement_timeout_,
                       [&] { passed = Call([=]() noexcept { return RunStatementLeaf(tree, context, true); }); });
  return passed;
}

void PgDatabase::FireDeferredTriggers() {
  // Most migrations only define things: nothing can have been deferred since the last time.
  if (triggers_queued_ || constraints_set_) FireDeferred(constraints_set_);
  triggers_queued_ = constraints_set_ = false;
}

void PgDatabase::Record(const Event& event) {
  const State state = event.kind == "rollback" ? State::kPending : State::kApplied;
  WriteEvent(event.kind, *event.migration, state, actor_, event.duration_ms, event.statements, {}, TakeLockReport());
  guard_.Write(event.newest == nullptr ? MigrationId{} : *event.newest);
  if (settings_.supabase) {
    const bool applied = state == State::kApplied;
    TellSupabase(*event.migration, applied ? SupabaseChange::kApplied : SupabaseChange::kForgotten);
  }
  if (settings_.notify) Announce(event.kind, event.migration->id);
}

void PgDatabase::NameBlockers(Error& error) {
  const std::string blockers = DescribeBlockers();
  if (blockers.empty()) return;
  error.detail += (error.detail.empty() ? "" : "\n") + blockers;
}

// migrate_progress() reads this text: see kProgress in progressing.cpp.
void PgDatabase::ShowPlace(const Place& place) {
  const Step& step = *place.step;
  const std::string text = std::string("migrate ") + (step.action == Action::kApply ? "apply " : "rollback ") +
                           std::to_string(place.number) + "/" + std::to_string(place.steps) + " statement " +
                           std::to_string(place.statement) + "/" + std::to_string(step.script().statements) +
                           " version \"" + step.migration->id.version + "\" name \"" + step.migration->id.name + "\"";
  const char* const activity = text.c_str();
  Call([=]() noexcept { pgstat_report_activity(STATE_RUNNING, activity); });
}

void PgDatabase::NoteFailure(const Step& step, const Error& error, double duration_ms) {
  if (RecordFailuresEnabled()) RecordFailureAfterwards(step, error, duration_ms);
}

void PgDatabase::Notice(const std::string& message) { RaiseNotice(message); }

void PgDatabase::Pause(int milliseconds) {
  Call([=]() noexcept { PauseLeaf(milliseconds); });
}

int64_t PgDatabase::Microseconds() { return GetCurrentTimestamp(); }

double PgDatabase::Random() { return pg_prng_double(&pg_global_prng_state); }

}  // namespace migrate
