// What both ways to run a plan share: one statement, one verify script, one whole step in a
// subtransaction, and the tries for a lock.
#pragma once

#include <functional>
#include <string>

#include "core/run/database.h"
#include "core/run/outcome.h"

namespace migrate {

class Rehearsal;

class StopWatch {
 public:
  explicit StopWatch(Database& database) : database_(&database), start_(database.Microseconds()) {}
  double Milliseconds() const { return static_cast<double>(database_->Microseconds() - start_) / 1000.0; }

 private:
  Database* database_;
  int64_t start_;
};

bool FitsOneTransaction(const Step& step);

inline ScriptUse UseOf(const Script& script) {
  return script.each_alone ? ScriptUse::kEachAlone : ScriptUse::kMigration;
}

// Says what a user can do about errors whose own hint can't know that a migration was running.
void Advise(Error& error, Form form);

// Runs `body` for a statement and gives its error the place in the migration.
template <typename Body>
void AtStatement(const ScriptStatement& statement, Body body) {
  try {
    body();
  } catch (Error& error) {
    Locate(error, statement);
    throw;
  }
}

// Runs the verify script in a subtransaction that is undone. MG001 if a check is false.
void RunVerifyScript(const KnownMigration& migration, const std::string& text, Database& database,
                     Rehearsal* rehearsal = nullptr);

// Runs `body` again while it does not get a lock in time, or ends in a deadlock that another try can avoid. `undo`
// takes back what a failed try has left; `release` lets go, before each pause, of what was taken since to name who
// blocks. The last error names them, too.
void TryForLock(const MigrationId& id, int retries, Database& database, const std::function<void()>& body,
                const std::function<void()>& undo, const std::function<void()>& release, Form form = Form::kCommitting);

// Whether the probes are measured around it.
inline bool IsProbed(const Step& step) { return step.action == Action::kApply && !step.only_records; }

// Measures them behind a step that can still be undone. Throws if one got slower, or fails.
void CompareProbes(const Step& step, Database& database);

// Tells the client of what the reader skips in a migration.
ScriptReader::NoticeFunction NoticesOf(const MigrationId& id, Database& database);

// For listeners: of an apply, how it can be rolled back; of a rollback, what it has led to.
std::string VerdictOf(const Step& step, const WayBack& way);

struct StepTexts {
  std::string script;
  std::string verify;  // empty if none is to run
};

// Reads what a step runs. Its error has the migration in its context.
// What became of a step that is done, for messages and rows.
const char* Done(const Step& step);

StepTexts ReadTexts(const Step& step, Database& database);

// Runs the script of a step and its verify script; returns what ran. What fails has migration, line and
// column in its context. Only with a rehearsal may the script want more than one transaction.
struct Ran {
  int statements = 0;
  std::string remark;  // what the history keeps of it
  WayBack way = {};    // of one that was rolled back without a script
};
Ran RunScripts(const Place& place, const StepTexts& texts, Database& database, Rehearsal* rehearsal = nullptr);

// Milliseconds before try number `attempt` (1 is the first repetition): exponential with jitter.
int BackOff(int attempt, double random);

// What a step took, for whoever reads it: "2 statements, 1.3 ms".
std::string Took(int statements, double milliseconds);

}  // namespace migrate
