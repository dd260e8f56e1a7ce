// Runs one step that can't be, or is no longer, a single transaction: each run of ordinary statements
// in a transaction, every other statement outside of any, and a milestone after each, so that a later
// run goes on where this one stopped.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/run/database.h"
#include "core/run/step_runner.h"
#include "core/run/transactions.h"
#include "core/text/script.h"

namespace migrate {

class SegmentedStep {
 public:
  SegmentedStep(const Place& place, int lock_retries, Database& database, Transactions& transactions);

  // All statements that are not done yet, and the verify script. Everything is committed then.
  void Run();

  // How far it has come, and by which script; also when Run has thrown. A text that is not known to
  // begin like the one that ran counts nothing.
  const std::string& sha256() const { return sha256_; }
  int done() const { return done_; }
  bool unsure() const { return unsure_; }

 private:
  void RunStatements();
  void RequireSameStart();
  void SkipDone();
  void Settle();
  Found LookUp(const std::optional<ScriptStatement>& statement, int retries, const std::function<void()>& reread,
               std::string& cleared);
  bool FoundDone(int retries);
  void RunHooks(bool before);
  void RunAlone();
  void RunSegment();
  void Try(const std::function<void()>& body, const std::function<void()>& undo, int retries);
  void BeginIsolated();
  bool EndsSegment(int block, int part) const;
  void Advance();
  void RewindTo(const ScriptReader& reader);
  void Mark(const char* kind, int done);
  void Notice(const std::string& message);
  void ShowPlace(int statement);

  const Step& step() const { return *place_.step; }

  Place place_;
  const int lock_retries_;
  Database& database_;
  Transactions& transactions_;
  const StepTexts texts_;
  std::optional<ScriptReader> reader_;
  std::optional<ScriptReader> before_next_;  // the reader as it was before it read next_
  std::optional<ScriptStatement> next_;
  std::string sha256_;
  int done_ = 0;
  bool unsure_ = false;
};

}  // namespace migrate
