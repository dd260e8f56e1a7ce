// The database of a run: this one, through this session. Statements run in portals of their own,
// migrations in subtransactions with settings of their own, the history is written by the store.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/run/database.h"
#include "server/base/pg_parser.h"
#include "server/base/starting_settings.h"
#include "server/run/expectations.h"
#include "server/run/held_locks.h"
#include "server/run/keeper.h"
#include "server/run/own_role.h"
#include "server/run/permit.h"
#include "server/run/probes.h"
#include "server/run/sequences.h"
#include "server/run/session_state.h"
#include "server/run/way_back.h"
#include "server/schema/recorder.h"
#include "server/store/store.h"

namespace migrate {

// For how long the settings that a migration starts from hold.
enum class SettingScope { kSubtransaction, kSession };

class PgDatabase : public Database {
 public:
  PgDatabase();

  SqlParser& Parser() override { return parser_; }
  std::string ReadText(const std::string& sha256) override;
  void InIsolation(const Script& script, const std::function<void()>& body) override;
  void InPart(const std::function<void()>& body, bool read_only) override;
  void Attempt(const std::function<void()>& body) override;
  void Rehearse(const std::function<void()>& body) override;
  void Undone(const std::function<void()>& body, bool read_only) override;
  void Run(const ScriptStatement& statement) override;
  void InHook(const std::function<void()>& body) override { PgDatabase::InPart(body, false); }
  void RunHook(const ScriptStatement& statement) override {
    in_hook_ = true;
    try {
      PgDatabase::Run(statement);
    } catch (...) {
      in_hook_ = false;
      throw;
    }
    in_hook_ = false;
  }
  std::string RunPlain(const ScriptStatement& statement) override;
  WayBack TakeBack(const KnownMigration& migration, const std::string& row_changes) override;
  Answer Check(const ScriptStatement& statement) override;
  void NoteExpectations() override { expectations_.Note(); }
  void RequireExpectations(const KnownMigration& migration, bool last) override {
    expectations_.Require(migration, last);
  }
  std::string LastingEffect(const ScriptStatement& statement) override;
  void MeasureProbes() override { probes_.Measure(); }
  std::optional<Error> CompareProbes(const KnownMigration& migration, bool is_committed) override {
    return probes_.Compare(migration.id, is_committed);
  }
  void FireDeferredTriggers() override;
  std::string WhyNotTopLevel() override;
  bool Distributes() override { return distributes_; }
  void EndRun() override;
  void Record(const Event& event) override;
  std::optional<Error> WhyStop() override { return permit_.obeys_freeze ? WhyFrozen() : std::nullopt; }
  bool HoldsUpItself() override;
  void NameBlockers(Error& error) override;
  void ShowPlace(const Place& place) override;
  void NoteFailure(const Step& step, const Error& error, double duration_ms) override;
  void Notice(const std::string& message) override;
  void Pause(int milliseconds) override;
  int64_t Microseconds() override { return GetCurrentTimestamp(); }
  double Random() override;

  // What lets it be run.
  void Use(Permit permit) { permit_ = std::move(permit); }

  // A way back may lose rows: it is undone, and only looked at.
  void LetRowsGo() { rows_ = Rows::kLetGo; }

  // A way back may rewrite tables.
  void AllowRewrites() { may_rewrite_ = true; }

  // The parts of a run in several transactions, for PgTransactions.
  void StartMigration(const Script& script, SettingScope scope);
  void EndMigration();              // what the session is to lose is dropped
  void EndMigrationAfterFailure();  // likewise; its own failure is nobody's business
  void RunAlone(const ScriptStatement& statement);
  void StartSegment();
  void EndSegment();
  void BecomeReadOnly();  // for the rest of the subtransaction
  std::string TakeLockReport();
  schema::ChangeRecorder& recorder() { return recorder_; }
  Keeper& keeper() { return keeper_; }
  Probes& probes() { return probes_; }
  const Actor& actor() const { return actor_; }
  bool notifies() const { return settings_.notify; }
  const Actor& NextActor();  // with the search_path of the migration that is about to start

 protected:
  // How long the next statement may take, in milliseconds; 0 is no limit.
  virtual int TimeLimit() { return statement_timeout_; }

  // What the migration that is recorded has done to the schema.
  virtual void Changed(const std::vector<schema::Change>&) {}

 private:
  // The settings of a run, read once.
  struct Settings {
    int lock_timeout;
    int statement_timeout;
    bool notify;
    bool supabase;
    int rehearse_size;
    bool keep_dropped;
    int keep_limit;
    int keep_days;
    int rewrite_limit;
  };

  void CodeRuns();
  void RequireRunner() const;  // 55000 if the role that runs it was dropped
  void CleanSession();
  void RunTree(const ScriptStatement& statement, Answer* answer, bool top_level);
  void RunInTransaction(const ScriptStatement& statement);
  void LeaveNothingToCommit();

  const SessionState session_;
  const Settings settings_;
  StartingSettings starting_;
  Actor actor_;     // with the search_path of the migration that runs
  const Oid role_;  // that called
  const OwnRole own_role_;
  const bool event_triggers_;
  const bool distributes_;
  PgParser parser_;
  GuardWriter guard_;
  HeldLocks locks_;
  Sequences sequences_;
  schema::ChangeRecorder recorder_;
  Keeper keeper_;
  std::vector<int64_t> brought_back_;  // of what was kept of the migration that is rolled back
  Permit permit_;
  Probes probes_;
  Expectations expectations_;
  bool in_hook_ = false;
  size_t recorded_ = 0;     // how many steps
  bool rehearses_ = false;  // all of it will be undone
  Rows rows_ = Rows::kRefuse;
  bool may_rewrite_ = false;
  int lock_timeout_ = 0;  // of the migration that runs, in milliseconds
  int statement_timeout_ = 0;
  bool code_ran_ = false;         // in the migration that runs
  bool constraints_set_ = false;  // by the migration that runs
  bool triggers_queued_ = true;   // by the caller or a migration, since they were fired last
};

}  // namespace migrate
