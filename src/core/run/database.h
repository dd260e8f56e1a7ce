// What running a plan needs from a database. The server implements it; the unit tests' fake does,
// too. Everything here may throw Error.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/set/known.h"
#include "core/text/script.h"

namespace migrate {

// What the history is told of one finished step.
struct Event {
  std::string kind;  // apply, rollback
  const KnownMigration* migration = nullptr;
  const MigrationId* newest = nullptr;  // for the version guard; null for nothing
  double duration_ms = 0;
  int statements = 0;
  std::string remark = {};   // what it did otherwise than its text says
  std::string verdict = {};  // see VerdictOf
};

class Hooks;

// Where a run stands, for whoever watches.
struct Place {
  const Step* step = nullptr;
  size_t number = 0;  // of the step, from 1
  size_t steps = 0;
  int statement = 0;  // from 1; 0 before the first
  const Hooks* hooks = nullptr;
};

// What a statement of a verify script said in a row of a single column. Anything else, and no row at all, is no
// objection.
enum class Answer { kPassed, kFalse, kNull };

// How a migration was rolled back without a script.
struct WayBack {
  std::vector<std::string> statements = {};  // that did it, in order
  std::string verdict = {};                  // what it has led to: exact, or what differs or is lost
  std::vector<std::string> going = {};       // tables and columns that went with what they held
  std::vector<std::string> settings = {};    // statements that set what a session may have otherwise
  std::vector<int64_t> brought = {};         // numbers of what was kept, and has come back
  bool touches_others = false;               // something else was dropped on the way and made again
};

// Why a statement was stopped before it did its work, and undone. A rehearsal goes on behind it.
struct LeftOut : public Error {
  using Error::Error;
};

class Database {
 public:
  virtual ~Database() = default;

  virtual SqlParser& Parser() = 0;

  // The text whose bytes have this SHA-256; 55000 if it was purged.
  virtual std::string ReadText(const std::string& sha256) = 0;

  // Runs `body` with the settings a migration starts from and the script's timeouts, in a
  // subtransaction. When it returns its effects stay, when it throws they are undone; what it did to
  // the session never stays.
  virtual void InIsolation(const Script& script, const std::function<void()>& body) = 0;

  // Runs `body` in a subtransaction, as if a transaction ended with it: no setting stays.
  virtual void InPart(const std::function<void()>& body, bool read_only) = 0;

  // Runs `body` in a subtransaction: undone when it throws.
  virtual void Attempt(const std::function<void()>& body) = 0;

  // Runs `body` in a subtransaction that is always undone.
  virtual void Undone(const std::function<void()>& body, bool read_only) = 0;

  // Runs `body` in a subtransaction that is always undone, and puts right what no transaction undoes.
  virtual void Rehearse(const std::function<void()>& body) { Undone(body, false); }

  virtual void Run(const ScriptStatement& statement) = 0;

  // Runs a hook's statements, so that no setting of it stays.
  virtual void InHook(const std::function<void()>& body) { InPart(body, false); }
  // Runs a statement of a hook, which is none of the migration.
  virtual void RunHook(const ScriptStatement& statement) { Run(statement); }

  // Runs it without CONCURRENTLY, after the checks that only the concurrent form makes. A table that is too large to be
  // locked until the end is returned, as "app.orders (12 GB)", and nothing is run.
  virtual std::string RunPlain(const ScriptStatement& statement) = 0;

  // Takes back what was recorded of a migration without a down script. `row_changes`: the statements of it that may
  // have changed rows, which nothing brings back, as "UPDATE in line 3".
  virtual WayBack TakeBack(const KnownMigration&, const std::string& row_changes) { return {{}, row_changes}; }

  // Runs a statement of a verify script.
  virtual Answer Check(const ScriptStatement& statement) = 0;

  // What applied migrations expect of the schema is to be kept by the steps that follow. A second call does nothing.
  virtual void NoteExpectations() {}
  // Behind a step that applied it: MG001 if it has not what it expects, or broke what others do. Behind the `last` step
  // what was not met before has to be, too.
  virtual void RequireExpectations(const KnownMigration&, bool) {}

  // What the statement would do that no transaction undoes, as "COPY TO PROGRAM"; empty for nothing that can be seen.
  virtual std::string LastingEffect(const ScriptStatement&) { return {}; }

  // Measures the queries that must not get slower, unless that was done behind an earlier step of the run.
  virtual void MeasureProbes() {}
  // … again, behind a step that was applied, and may be committed. What is wrong if one got slower, or fails now.
  virtual std::optional<Error> CompareProbes(const KnownMigration&, bool is_committed) {
    (void) is_committed;
    return std::nullopt;
  }

  // Fires what is deferred to the end of the transaction, so that it fails here and now.
  virtual void FireDeferredTriggers() = 0;

  // What a rehearsal says of the statement that runs, or ran last: why it is left out, or that its failure is
  // uncertain.
  virtual void NotTried(const std::string&) {}

  // What keeps a statement from running at the top level, where some must run; empty if nothing does.
  virtual std::string WhyNotTopLevel() { return {}; }

  // Whether all must run there, since an extension distributes tables.
  virtual bool Distributes() { return false; }

  // After the last step of a run, whether it is kept or undone.
  virtual void EndRun() {}

  // Why nothing more is to be applied now, asked between two steps that commit.
  virtual std::optional<Error> WhyStop() { return std::nullopt; }

  // Writes the event, what it means for the migration's state, and the version guard.
  virtual void Record(const Event& event) = 0;

  // Whether a session that the last failed wait was for waits in turn for what this one has locked. After what failed
  // was undone, it is a lock from before, and another try would end as the first.
  virtual bool HoldsUpItself() { return false; }

  // Adds to the error of a lock that was not to be had who holds it. After what failed was undone.
  virtual void NameBlockers(Error&) {}

  virtual void ShowPlace(const Place&) {}

  // A step of a run in one transaction has failed, which will undo all of it.
  virtual void NoteFailure(const Step&, const Error&, double) {}

  virtual void Notice(const std::string& message) = 0;

  // Waits, and can be cancelled.
  virtual void Pause(int milliseconds) = 0;

  virtual int64_t Microseconds() = 0;

  // From 0 to 1.
  virtual double Random() = 0;
};

}  // namespace migrate
