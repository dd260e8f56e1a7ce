// What the committing forms need beyond Database: transactions of their own, and statements that
// refuse one. The server implements it, the unit tests' fake, too. Everything here may throw Error.
#pragma once

#include <functional>
#include <string>

#include "core/run/database.h"

namespace migrate {

// What the history is told of a step that is under way.
struct Milestone {
  std::string kind;  // start, statement, fail
  const Step* step = nullptr;
  int done = 0;         // statements that are done for sure
  bool unsure = false;  // the one after those may be done, too
  int line = 0;         // of that one; 0 if there is none, or it is not known yet
  double duration_ms = 0;
  const Error* error = nullptr;  // of a fail
  std::string sha256 = {};       // of the script that ran; empty if it is the step's
};

// What the catalog says of a statement that was begun and never recorded.
enum class Found { kDone, kNotDone, kUnknown };

class Transactions {
 public:
  virtual ~Transactions() = default;

  // Commits what was done and begins anew. Afterwards nothing is held but the place of the migrator.
  virtual void Commit() = 0;

  // Rolls back what was done since the last commit and begins anew, whatever state an error has left.
  virtual void RollBack() = 0;

  // Runs `body`, which may commit, with the settings a migration starts from and the script's
  // timeouts. What `body` sets stays until it ends, and goes no further. When it throws, what it had
  // not committed is rolled back.
  virtual void InSession(const Script& script, const std::function<void()>& body) = 0;

  // Gives the transaction, in which nothing was run yet, this isolation level.
  virtual void SetIsolation(const std::string& level) = 0;

  // Runs `body` in a subtransaction: undone when it throws.
  virtual void InSegment(const std::function<void()>& body) = 0;

  // Nothing can be written any more until the segment ends that is running.
  virtual void BecomeReadOnly() = 0;

  // Runs a statement outside of any transaction block; nothing may be pending.
  virtual void RunAlone(const ScriptStatement& statement) = 0;

  // Whether the last statement that ran alone had committed anything on its way.
  virtual bool CommittedBeforeFailing() = 0;

  // Looks for what the statement would have made, and clears away what a failed try has left, which
  // `cleared` then names.
  virtual Found LookUp(const ScriptStatement& statement, std::string& cleared) = 0;

  // Writes the milestone and makes it the migration's state.
  virtual void Record(const Milestone& milestone) = 0;
};

}  // namespace migrate
