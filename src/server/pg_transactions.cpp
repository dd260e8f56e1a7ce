#include "server/pg_transactions.h"

#include "server/catalog_lookup.h"
#include "server/extension.h"
#include "server/guard.h"
#include "server/session_settings.h"
#include "server/transaction.h"

namespace migrate {

void PgTransactions::Commit() { CommitTransaction(); }

void PgTransactions::RollBack() {
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
    database_.RequireRunner();
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
  if (statement.parsed.kind == StatementKind::kNonTransactional && !statement.parsed.concurrent) Commit();
  committed_before_failing_ = CurrentTransactionNumber() != began;
}

Found PgTransactions::LookUp(const ScriptStatement& statement, std::string& cleared) {
  return LookUpStatement(statement, database_.Parser(), *this, cleared);
}

void PgTransactions::Record(const Milestone& milestone) {
  const Step& step = *milestone.step;
  WriteProgress(*step.migration, database_.actor(),
                {milestone.kind,
                 step.action,
                 milestone.checksum.empty() ? step.script().checksum : milestone.checksum,
                 milestone.done,
                 milestone.unsure,
                 milestone.line,
                 milestone.duration_ms,
                 milestone.error,
                 {},
                 database_.TakeLockReport()});
}

}  // namespace migrate
