// The database of a run: this one, through this session. Statements run in portals of their own,
// migrations in subtransactions with settings of their own, the history is written by the store.
#pragma once

#include <optional>
#include <string>

#include "core/database.h"
#include "server/held_locks.h"
#include "server/pg_parser.h"
#include "server/session_state.h"
#include "server/store.h"

namespace migrate {

// For how long the settings that a migration starts from hold.
enum class SettingScope { kSubtransaction, kSession };

class PgDatabase : public Database {
 public:
  PgDatabase();

  SqlParser& Parser() override { return parser_; }
  std::string ReadText(const std::string& checksum) override;
  void InIsolation(const Script& script, const std::function<void()>& body) override;
  void Undone(const std::function<void()>& body, bool read_only) override;
  void Run(const ScriptStatement& statement) override;
  bool Check(const ScriptStatement& statement) override;
  void FireDeferredTriggers() override;
  void EndRun() override;
  void Record(const Event& event) override;
  void NameBlockers(Error& error) override;
  void ShowPlace(const Place& place) override;
  void NoteFailure(const Step& step, const Error& error, double duration_ms) override;
  void Notice(const std::string& message) override;
  void Pause(int milliseconds) override;
  int64_t Microseconds() override;
  double Random() override;

  // The parts of a run in several transactions, for PgTransactions.
  void StartMigration(const Script& script, SettingScope scope);
  void EndMigration();              // what the session is to lose is dropped
  void EndMigrationAfterFailure();  // likewise; its own failure is nobody's business
  void RunAlone(const ScriptStatement& statement);
  void StartSegment();
  void RequireRunner() const;  // 55000 if the role that runs it was dropped
  std::string TakeLockReport();
  const Actor& actor() const { return actor_; }

 private:
  // The settings of a run, read once.
  struct Settings {
    std::string search_path;
    int lock_timeout;
    int statement_timeout;
    bool notify;
    bool supabase;
  };

  void CleanSession();

  const SessionState session_;
  const Settings settings_;
  const Actor actor_;
  const Oid role_;  // that called
  const bool event_triggers_;
  PgParser parser_;
  GuardWriter guard_;
  HeldLocks locks_;
  int lock_timeout_ = 0;  // of the migration that runs, in milliseconds
  int statement_timeout_ = 0;
  bool code_ran_ = false;         // in the migration that runs
  bool constraints_set_ = false;  // by the migration that runs
  bool triggers_queued_ = true;   // by the caller or a migration, since they were fired last
};

}  // namespace migrate
