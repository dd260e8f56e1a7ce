#include "server/run/pg_transactions.h"

#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/notify.h"
#include "server/base/session_settings.h"
#include "server/base/transaction.h"
#include "server/run/lost_statement.h"
#include "server/store/store_changes.h"
#include "server/store/store_kept.h"
#include "server/store/store_probes.h"

namespace migrate {

void PgTransactions::Commit() { CommitTransaction(); }

void PgTransactions::RollBack() {
  database_.recorder().Drop();
  database_.keeper().Drop();
  RollBackTransaction();
  RetakeMigratorLock();
}

// The server would put the settings back at the end of a function; a commit on the way makes them the
// session's, on failure, too. What is put back must be committed: the caller's error rolls back.
void PgTransactions::InSession(const Script& script, const std::function<void()>& body) {
  const SessionSettings before;
  try {
    database_.StartMigration(script, SettingScope::kSession);
    Commit();
    const MigrationRunning running;
    body();
    database_.EndMigration();
  } catch (const Error&) {
    try {
      RollBackTransaction();
      before.Restore();
      database_.EndMigrationAfterFailure();
      Commit();
      RetakeMigratorLock();
    } catch (const Error&) {
    }
    throw;
  }
  before.Restore();
  Commit();
}

void PgTransactions::SetIsolation(const std::string& level) { SetTransactionIsolation(level); }

void PgTransactions::InSegment(const std::function<void()>& body) {
  database_.StartSegment();
  InSubtransaction(Ending::kKeep, [&] {
    body();
    database_.EndSegment();
  });
}

void PgTransactions::RunAlone(const ScriptStatement& statement) {
  const LocalTransactionId began = CurrentTransactionNumber();
  committed_before_failing_ = false;
  try {
    database_.RunAlone(statement);
  } catch (const Error&) {
    committed_before_failing_ = CurrentTransactionNumber() != began;
    throw;
  }
  // What these do outside of the transaction, to the files of a database for example, is not undone with it.
  const bool acts_outside = statement.parsed.kind == StatementKind::kNonTransactional || statement.parsed.may_refuse;
  if (acts_outside && !statement.parsed.concurrent) Commit();
  committed_before_failing_ = CurrentTransactionNumber() != began;
}

Found PgTransactions::LookUp(const ScriptStatement& statement, std::string& cleared) {
  return LookUpStatement(statement, database_.Parser(), *this, cleared);
}

void PgTransactions::Record(const Milestone& milestone) {
  const Step& step = *milestone.step;
  const auto changes = milestone.kind == "statement" ? database_.recorder().Take() : std::nullopt;
  const auto kept = database_.keeper().Take(changes ? &*changes : nullptr);
  const int64_t id =
      WriteProgress(*step.migration, milestone.kind == "start" ? database_.NextActor() : database_.actor(),
                    {milestone.kind,
                     step.action,
                     milestone.sha256.empty() ? step.script().sha256 : milestone.sha256,
                     milestone.done,
                     milestone.unsure,
                     milestone.line,
                     milestone.duration_ms,
                     milestone.error,
                     {},
                     database_.TakeLockReport(),
                     CountOf(changes)});
  if (changes) WriteChanges(id, *changes);
  if (milestone.error != nullptr) WriteProbeResults(id, database_.probes().Take());
  WriteKept(id, step.migration->id, kept);
  if (milestone.error == nullptr || !database_.notifies()) return;
  Announce({milestone.kind,
            step.migration->id,
            database_.actor().role,
            milestone.duration_ms,
            {},
            milestone.error->sqlstate});
}

}  // namespace migrate
