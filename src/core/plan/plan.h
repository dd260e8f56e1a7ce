// Plans: the ordered steps from what is applied now to a target, and what stands in their way. Pure:
// everything it needs is in the set.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/rare.h"
#include "core/base/text.h"
#include "core/set/known.h"

namespace migrate {

struct Step {
  Action action = Action::kApply;
  bool only_records = false;                  // that it is there: another migration has done what it does
  const KnownMigration* migration = nullptr;  // of the plan's set
  std::string detail;                         // why it stands here
  Rare<Error> obstacle;
  const MigrationId* newest_after = nullptr;  // what the version guard says after the step; null for nothing

  // The script to run.
  const Script& script() const { return action == Action::kApply ? migration->up : migration->down_now(); }

  Placeholders placeholders() const { return migration->ValuesFor(action, migration->options->placeholders); }
  // … as they were when it stopped half way.
  Placeholders placeholders_then() const { return migration->ValuesFor(action, migration->unfinished->placeholders); }

  // Whether part of it stays from a run that stopped half way.
  bool resumes() const { return migration->unfinished->partial() && migration->unfinished->action == action; }

  // Whether its recorded changes are taken back, for there is no script.
  bool generated() const {
    return action == Action::kRollBack && migration->reversible_now() == Reversible::kGenerated;
  }

  // The event that the history keeps of it.
  const char* event() const { return only_records ? "baseline" : action == Action::kApply ? "apply" : "rollback"; }

  Section section() const { return action == Action::kApply ? Section::kUp : Section::kDown; }
};

// What stops a run although no step is to blame, such as a changed text.
struct Obstacle {
  MigrationId id;
  Error error;
};

struct Plan {
  std::unique_ptr<const MigrationSet> set;  // what the steps refer to
  std::vector<Step> steps;
  std::vector<Obstacle> obstacles;
  std::vector<const KnownMigration*> hooks = {};  // of the set: what runs around the steps, in order
  std::vector<std::string> remarks;               // that whoever runs it should read
};

struct ApplyRequest {
  std::optional<std::string> target = {};
  bool allow_out_of_order = false;
  bool dry_run = false;
  std::optional<MigrationId> only = {};  // this one, whatever else is pending
};

struct RollbackRequest {
  std::optional<std::string> target;  // stays; "zero" leaves nothing
  int steps = 1;                      // without a target
  bool dry_run = false;
  std::optional<MigrationId> only = {};  // this one, whatever was applied after it or requires it
};

// The set must hold what is pending, what has changed, what is gone and has the text of a pending one, and what the
// target and the requirements name.
Plan PlanApply(MigrationSet set, const ApplyRequest& request);

// The set must hold everything applied. `steps` or `target`, as the request says.
Plan PlanRollback(MigrationSet set, const RollbackRequest& request);

// What a rollback of it would do, as far as can be said beforehand: "script", "generated", or "refused: " and why.
// Empty for what is not applied.
std::string RollbackOutlook(const KnownMigration& migration);

// What to say if the version guard is not what the history says; nothing if all is well.
std::optional<Error> GuardProblem(const MigrationSet& set);

// Throws the first thing that stands in the plan's way.
void RequireRunnable(const Plan& plan);

// Throws if a step can't run inside one transaction: it stopped half way, or wants several. Of those that do, `refuses`
// says what keeps them from running in one all the same, as "line 3: VACUUM"; empty for nothing.
void RequireTransactional(const Plan& plan, const std::function<std::string(const Step&)>& refuses);

}  // namespace migrate
