// Short ways to plan, and to say what a plan is.
#pragma once

#include "core/plan/plan.h"
#include "fakes.h"

namespace migrate {

inline std::string Steps(const Plan& plan) {
  std::string steps;
  for (const auto& step : plan.steps) {
    steps += (steps.empty() ? "" : " ") + step.migration->id.Label() + (step.obstacle ? "!" : "");
  }
  return steps;
}

inline std::string NewestAfter(const Plan& plan) {
  std::string newest;
  for (const auto& step : plan.steps)
    newest += (newest.empty() ? "" : " ") + (step.newest_after ? step.newest_after->Label() : "");
  return newest;
}

inline Plan Apply(std::vector<KnownMigration> migrations, std::optional<std::string> target = {},
                  bool allow_out_of_order = false) {
  return PlanApply(SetOf(std::move(migrations)),
                   {.target = std::move(target), .allow_out_of_order = allow_out_of_order});
}

inline Plan RollBack(std::vector<KnownMigration> migrations, int steps = 1) {
  return PlanRollback(SetOf(std::move(migrations)), {std::nullopt, steps});
}

inline Plan RollBackTo(std::vector<KnownMigration> migrations, const std::string& target) {
  return PlanRollback(SetOf(std::move(migrations)), {target});
}

inline KnownMigration Absent(KnownMigration migration) {
  migration.absent = true;
  return migration;
}

inline KnownMigration Changed(KnownMigration migration) {
  SetHashes(migration.up, "other");
  return migration;
}

inline KnownMigration NonTransactional(KnownMigration migration) {
  for (Script* const script : {&migration.up, &migration.down}) {
    script->transactional = false;
    script->detail = "line 3: VACUUM";
  }
  return migration;
}

}  // namespace migrate
