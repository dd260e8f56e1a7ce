// The database of a run: this one, through this session. Statements run in portals of their own,
// migrations in subtransactions with settings of their own, the history is written by the store.
#pragma once

#include <optional>
#include <string>

#include "core/database.h"
#include "server/pg_parser.h"
#include "server/session_state.h"
#include "server/store.h"

namespace migrate {

class PgDatabase : public Database {
 public:
  PgDatabase();

  SqlParser& Parser() override { return parser_; }
  std::string ReadText(const std::string& checksum) override;
  void InIsolation(const std::string& lock_timeout, const std::function<void()>& body) override;
  void Undone(const std::function<void()>& body, bool read_only) override;
  void Run(const ScriptStatement& statement) override;
  bool Check(const ScriptStatement& statement) override;
  void FireDeferredTriggers() override;
  void EndRun() override;
  void Record(const Event& event) override;
  void Notice(const std::string& message) override;
  void Pause(int milliseconds) override;
  int64_t Microseconds() override;
  double Random() override;

 private:
  // The settings of a run, read once.
  struct Settings {
    std::string search_path;
    std::string lock_timeout;
    bool notify;
  };

  void CleanSession();
  void CleanSessionAfterFailure();
  void StartFromOwnSettings(const std::string& lock_timeout);

  const SessionState session_;
  const Settings settings_;
  const Actor actor_;
  const Oid role_;  // that called
  const bool event_triggers_;
  PgParser parser_;
  GuardWriter guard_;
  bool code_ran_ = false;         // in the migration that runs
  bool constraints_set_ = false;  // by the migration that runs
  bool triggers_queued_ = true;   // by the caller or a migration, since they were fired last
};

}  // namespace migrate
