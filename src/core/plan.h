// Plans: the ordered steps from what is applied now to a target, and what stands in their way. Pure:
// everything it needs is in the set.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/known.h"
#include "core/rare.h"
#include "core/text.h"

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

  Placeholders placeholders() const {
    return action == Action::kApply ? migration->options->placeholders : migration->placeholders_now();
  }

  // Whether part of it stays from a run that stopped half way.
  bool resumes() const { return migration->unfinished->partial() && migration->unfinished->action == action; }

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
  std::vector<std::string> remarks;  // that whoever runs it should read
};

struct ApplyRequest {
  std::optional<std::string> target;
  bool allow_out_of_order = false;
};

struct RollbackRequest {
  std::optional<std::string> target;  // stays; "zero" leaves nothing
  int steps = 1;                      // without a target
};

// The set must hold what is pending, what has changed and what the target and the requirements name.
Plan PlanApply(MigrationSet set, const ApplyRequest& request);

// The set must hold everything applied. `steps` or `target`, as the request says.
Plan PlanRollback(MigrationSet set, const RollbackRequest& request);

// What to say if the version guard is not what the history says; nothing if all is well.
std::optional<Error> GuardProblem(const MigrationSet& set);

// A hash of what the plan would run, in order: the same plan has the same hash anywhere.
std::string PlanHash(const Plan& plan, Hasher& hasher);

// Throws the first thing that stands in the plan's way.
void RequireRunnable(const Plan& plan);

// Throws if a step can't run inside one transaction: it refuses one, or stopped half way.
void RequireTransactional(const Plan& plan);

}  // namespace migrate
