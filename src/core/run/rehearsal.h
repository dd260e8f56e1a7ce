// Runs in one transaction what wants several: in a dry run, and where migrate.plain_indexes asks for it. Decides what
// becomes of a statement there, and keeps what is to be said of it. Knows no SQL: the parser says what a statement is.
#pragma once

#include <string>
#include <vector>

#include "core/run/database.h"

namespace migrate {

enum class RehearsalKind {
  kDryRun,  // all is undone: what can't be tried is left out
  kPlain,   // all is kept: nothing may be left out
};

// What is to be said of a step beside that it is done.
struct StepNotes {
  std::vector<std::string> not_tried;  // "VACUUM refuses a transaction block, line 4"
  std::string uncertain;               // what it failed with after something was not tried
  std::vector<int> plain_lines;        // of the statements that ran without CONCURRENTLY
  bool any_ran = false;

  // "line 3 without CONCURRENTLY"; empty if there is nothing to say.
  std::string Remark() const;
};

class Rehearsal {
 public:
  // `allow_effects`: what no transaction undoes is tried, too.
  Rehearsal(RehearsalKind kind, Database& database, bool allow_effects = false)
      : kind_(kind), allow_effects_(allow_effects), database_(database) {}

  bool is_dry() const { return kind_ == RehearsalKind::kDryRun; }

  // Forgets what another step, or a failed try of this one, has left.
  void StartStep() { notes_ = {}; }

  // Where a real run would begin a transaction.
  void StartTransaction() { own_labels_.clear(); }

  // Runs the statement as well as one transaction allows. Returns whether it ran.
  bool Run(const ScriptStatement& statement);

  // Whether a statement of a hook or a verify script, which `place` names, is left out for its effects; notes it then.
  bool LeavesOut(const ScriptStatement& statement, const std::string& place);

  // Notes that something of the step can't be tried, on this line if it is not 0.
  void NoteNotTried(const std::string& why, int line);

  // Notes what the step, or its verify script, failed with. False if it is a failure that a real run would have, too.
  bool NoteFailure(const Error& error);

  const StepNotes& notes() const { return notes_; }

 private:
  std::string EffectOf(const ScriptStatement& statement);
  void RunIt(const ScriptStatement& statement);
  bool CanNotBeTried(const Error& error, const ScriptStatement& statement) const;
  bool NeedsCommittedLabel(const Error& error) const;

  const RehearsalKind kind_;
  const bool allow_effects_;
  Database& database_;
  StepNotes notes_;
  bool left_out_ = false;                // something of the run was not tried
  bool labels_ = false;                  // a statement of the run may have added a label to an enum
  std::vector<std::string> own_labels_;  // that were added since a real run would have begun a transaction
};

// What has its cause outside of the migrations: cancelled, no lock, no memory, no disk, shutdown, a bug.
bool ComesFromOutside(const Error& error);

// What, beside CONCURRENTLY and COMMIT, keeps the step's script from running in one transaction: "line 3: VACUUM";
// empty for nothing.
std::string WithoutPlainForm(const Step& step, Database& database);

}  // namespace migrate
