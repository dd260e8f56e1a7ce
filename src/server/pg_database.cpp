#include "server/pg_database.h"

#include <algorithm>

#include "core/text.h"
#include "server/announce.h"
#include "server/deferred.h"
#include "server/extension.h"
#include "server/guard.h"
#include "server/settings.h"
#include "server/statement_runner.h"

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

void SetLeaf(const char* name, const char* value) {
  (void) set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

// For the rest of the subtransaction. A function's SET, GUC_ACTION_SAVE, is refused from 16 on.
void BecomeReadOnlyLeaf() {
  (void) set_config_option("transaction_read_only", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

void ResetOwnSettingsLeaf() {
  for (const char* name : kOwnSettings) {
    const char* reset = GetConfigOptionResetString(name);
    const char* now = GetConfigOption(name, false, false);
    if (reset != nullptr && (now == nullptr || strcmp(now, reset) != 0)) SetLeaf(name, reset);
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

}  // namespace

PgDatabase::PgDatabase()
    : settings_{StartingSearchPath(session_), std::to_string(LockTimeoutMs()), NotifyEnabled()},
      actor_(CurrentActor(settings_.search_path)),
      role_(GetUserId()),
      event_triggers_(BooleanOf(QueryValue(kEventTriggers))) {}

std::string PgDatabase::ReadText(const std::string& checksum) { return ReadScript(checksum); }

// Two levels: the settings of the inner one end with the subtransaction, those that the migration
// itself set would go over to the caller, and end with the outer one. What the session is to lose is
// dropped inside the subtransaction, so that a failure of that is undone like any other.
void PgDatabase::InIsolation(const std::string& lock_timeout, const std::function<void()>& body) {
  const int level = Call([]() noexcept { return NewGUCNestLevel(); });
  const auto close = [=]() noexcept { AtEOXact_GUC(false, level); };
  code_ran_ = event_triggers_;
  try {
    InSubtransaction(Ending::kKeep, [&] {
      StartFromOwnSettings(lock_timeout);
      const MigrationRunning running;
      body();
      RequireRole(role_);
      CleanSession();
    });
  } catch (...) {
    Call(close);
    CleanSessionAfterFailure();
    throw;
  }
  Call(close);
}

void PgDatabase::CleanSession() {
  session_.DropTemporary();
  if (code_ran_) session_.DropNamed();
}

// The migration's own error is what the caller must see, whatever happens here.
void PgDatabase::CleanSessionAfterFailure() {
  try {
    InSubtransaction(Ending::kKeep, [&] {
      CleanSession();
      EndRun();
    });
  } catch (const Error&) {
  }
}

void PgDatabase::EndRun() { session_.RestoreLocks(); }

void PgDatabase::StartFromOwnSettings(const std::string& lock_timeout) {
  const char* const search_path = settings_.search_path.c_str();
  const char* const timeout = lock_timeout.empty() ? settings_.lock_timeout.c_str() : lock_timeout.c_str();
  Call([=]() noexcept {
    ResetOwnSettingsLeaf();
    SetLeaf("search_path", search_path);
    SetLeaf("lock_timeout", timeout);
  });
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
  if (statement.parsed.kind == StatementKind::kCopyFromStdin) {
    const char* const data = statement.data.data();
    const size_t size = statement.data.size();
    Call([=]() noexcept { RunCopyLeaf(tree, context, data, size); });
  } else {
    Call([=]() noexcept { (void) RunStatementLeaf(tree, context, false); });
  }
}

bool PgDatabase::Check(const ScriptStatement& statement) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  MemoryContext const context = parser_.context();
  code_ran_ = true;
  return Call([=]() noexcept { return RunStatementLeaf(tree, context, true); });
}

void PgDatabase::FireDeferredTriggers() {
  // Most migrations only define things: nothing can have been deferred since the last time.
  if (triggers_queued_ || constraints_set_) FireDeferred(constraints_set_);
  triggers_queued_ = constraints_set_ = false;
}

void PgDatabase::Record(const Event& event) {
  const State state = event.kind == "rollback" ? State::kPending : State::kApplied;
  WriteEvent(event.kind, *event.migration, state, actor_, event.duration_ms, event.statements, {});
  guard_.Write(event.newest);
  if (settings_.notify) Announce(event.kind, event.migration->id);
}

void PgDatabase::Notice(const std::string& message) {
  const char* const text = message.c_str();
  Call([=]() noexcept { ereport(NOTICE, (errmsg_internal("%s", text))); });
}

void PgDatabase::Pause(int milliseconds) {
  Call([=]() noexcept { PauseLeaf(milliseconds); });
}

int64_t PgDatabase::Microseconds() { return GetCurrentTimestamp(); }

double PgDatabase::Random() { return pg_prng_double(&pg_global_prng_state); }

}  // namespace migrate
