// What running a plan needs from a database. The server implements it; the unit tests' fake does,
// too. Everything here may throw Error.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/known.h"
#include "core/plan.h"
#include "core/script.h"

namespace migrate {

// What the history is told of one finished step.
struct Event {
  std::string kind;  // apply, rollback
  const KnownMigration* migration = nullptr;
  const MigrationId* newest = nullptr;  // for the version guard; null for nothing
  double duration_ms = 0;
  int statements = 0;
};

// Where a run stands, for whoever watches.
struct Place {
  const Step* step = nullptr;
  size_t number = 0;  // of the step, from 1
  size_t steps = 0;
  int statement = 0;  // from 1; 0 before the first
};

class Database {
 public:
  virtual ~Database() = default;

  virtual SqlParser& Parser() = 0;

  // The text with this checksum; 55000 if it was purged.
  virtual std::string ReadText(const std::string& checksum) = 0;

  // Runs `body` with the settings a migration starts from and the script's timeouts, in a
  // subtransaction. When it returns its effects stay, when it throws they are undone; what it did to
  // the session never stays.
  virtual void InIsolation(const Script& script, const std::function<void()>& body) = 0;

  // Runs `body` in a subtransaction that is always undone.
  virtual void Undone(const std::function<void()>& body, bool read_only) = 0;

  virtual void Run(const ScriptStatement& statement) = 0;

  // Runs a statement of a verify script. False for a row whose only column is false.
  virtual bool Check(const ScriptStatement& statement) = 0;

  // Fires what is deferred to the end of the transaction, so that it fails here and now.
  virtual void FireDeferredTriggers() = 0;

  // After the last step of a run, whether it is kept or undone.
  virtual void EndRun() {}

  // Writes the event, what it means for the migration's state, and the version guard.
  virtual void Record(const Event& event) = 0;

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
