#include "server/pg_database.h"

#include "core/json.h"
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
};

void SetLeaf(const char* name, const char* value) {
  (void) set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void ResetOwnSettingsLeaf() {
  for (const char* name : kOwnSettings) {
    const char* reset = GetConfigOptionResetString(name);
    const char* now = GetConfigOption(name, false, false);
    if (reset != nullptr && (now == nullptr || strcmp(now, reset) != 0)) SetLeaf(name, reset);
  }
}

const char* ResetSearchPathLeaf() { return GetConfigOptionResetString("search_path"); }

std::string StartingSearchPath() {
  std::string path = MigrationSearchPath();
  if (path.empty()) path = Call([]() noexcept { return ResetSearchPathLeaf(); });
  return path;
}

// A migration can become another role and drop the one that it was started by.
void RequireRole(Oid role) {
  if (Call([=]() noexcept { return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)); })) return;
  throw Error(sqlstate::kWrongState, "the migration dropped the role that runs it",
              "Nobody would be left to finish it and to be named in the history.", "Run it as another role.");
}

void NotifyLeaf(const char* payload) {
  Async_Notify("migrate", payload);
  Async_Notify("pgrst", "reload schema");
}

// Only other sessions can see more of what ran than the event and whose it was.
std::string NotifyPayload(const Event& event) {
  JsonObject payload;
  payload.Add("event", event.kind).Add("version", event.migration->id.version).Add("name", event.migration->id.name);
  return payload.Text();
}

}  // namespace

PgDatabase::PgDatabase()
    : settings_{StartingSearchPath(), std::to_string(LockTimeoutMs()), NotifyEnabled()},
      actor_(CurrentActor(settings_.search_path)),
      role_(GetUserId()) {}

std::string PgDatabase::ReadText(const std::string& checksum) { return ReadScript(checksum); }

// Two levels: the settings of the inner one end with the subtransaction, those that the migration
// itself set would go over to the caller, and end with the outer one.
void PgDatabase::InIsolation(const std::string& lock_timeout, const std::function<void()>& body) {
  const int level = Call([]() noexcept { return NewGUCNestLevel(); });
  const auto close = [=]() noexcept { AtEOXact_GUC(false, level); };
  session_touched_ = false;
  try {
    InSubtransaction(Ending::kKeep, [&] {
      StartFromOwnSettings(lock_timeout);
      const MigrationRunning running;
      body();
      RequireRole(role_);
    });
  } catch (...) {
    Call(close);
    if (session_touched_) session_.RestoreObjects();
    EndRun();
    throw;
  }
  Call(close);
  if (session_touched_) session_.RestoreObjects();
}

void PgDatabase::EndRun() {
  if (locks_touched_) session_.RestoreLocks();
  locks_touched_ = false;
}

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
    if (read_only) Call([]() noexcept { SetLeaf("transaction_read_only", "on"); });
    body();
  });
}

void PgDatabase::Run(const ScriptStatement& statement) {
  const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
  MemoryContext const context = parser_.context();
  if (tree->touches_session) session_touched_ = locks_touched_ = true;
  if (tree->queues_triggers) triggers_queued_ = true;
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
  session_touched_ = locks_touched_ = true;
  return Call([=]() noexcept { return RunStatementLeaf(tree, context, true); });
}

void PgDatabase::FireDeferredTriggers() {
  // Most migrations only define things: nothing can have been deferred since the last time.
  if (triggers_queued_) FireDeferred();
  triggers_queued_ = false;
}

void PgDatabase::Record(const Event& event) {
  const State state = event.kind == "rollback" ? State::kPending : State::kApplied;
  WriteEvent(event.kind, *event.migration, state, actor_, event.duration_ms, event.statements, {});
  guard_.Write(event.newest);
  if (!settings_.notify) return;
  const std::string payload = NotifyPayload(event);
  const char* const text = payload.c_str();
  Call([=]() noexcept { NotifyLeaf(text); });
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
