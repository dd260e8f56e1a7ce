// Planning back: what goes, the last applied first, and what holds it up.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/base/quote.h"
#include "core/plan/plan_parts.h"
#include "core/set/order.h"
#include "core/set/target.h"

namespace migrate {
namespace {

// The applied migrations that are to go, the last applied first.
std::vector<const KnownMigration*> ChooseRollback(const MigrationSet& set, const RollbackRequest& request) {
  std::vector<const KnownMigration*> chosen;
  for (const auto& migration : set.migrations) {
    if (migration.applied() && !migration.repeatable) chosen.push_back(&migration);
  }
  std::sort(chosen.begin(), chosen.end(), [](const KnownMigration* a, const KnownMigration* b) {
    return a->application->event_number > b->application->event_number;
  });
  if (request.only) {
    std::erase_if(chosen, [&](const KnownMigration* m) { return m->id != *request.only; });
  } else if (!request.target) {
    chosen.resize(std::min(chosen.size(), static_cast<size_t>(request.steps)));
  } else if (*request.target != kZero) {
    const KnownMigration* target = nullptr;
    for (const size_t hit : TargetIndex(set.migrations).Find(*request.target)) {
      const KnownMigration& candidate = set.migrations[hit];
      if (candidate.repeatable) {
        throw Error(sqlstate::kWrongState, "migration " + Quoted(candidate.id) + " is repeatable",
                    "It has no place in the order, and is never rolled back.",
                    "Name one with a version; to be rid of this one, undo it in a migration and remove its file.");
      }
      if (!candidate.applied()) continue;
      if (!target || ComesBefore(*target, candidate)) target = &candidate;
    }
    if (!target) {
      throw Error(sqlstate::kWrongState, "migration \"" + *request.target + "\" is not applied", {},
                  "The target of a rollback stays: name one that is applied, or \"zero\".");
    }
    std::erase_if(chosen, [&](const KnownMigration* m) { return !ComesBefore(*target, *m); });
  }
  return chosen;
}

Rare<Error> RollbackProblem(const KnownMigration& migration) {
  if (migration.baselined()) {
    return Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " is a baseline",
                 "It was recorded and not run here, so there is nothing to undo.",
                 "Roll back no further than to " + Quoted(migration.id) + ".");
  }
  const Reversible reversible = migration.reversible_now();
  const std::string& why = migration.irreversible_why_now();
  if (reversible == Reversible::kNo) {
    std::string hint = "Write a migration that goes forward instead.";
    if (migration.has_recorded_way() && migration.application->changes > 0) {
      hint += " Or read migrate_text(" + Literal(migration.id) + ", 'down'), and if it is good call migrate_repair(" +
              Literal(migration.id) + ", 'accept down').";
    }
    return Error(sqlstate::kIrreversible, "migration " + Quoted(migration.id) + " can't be rolled back",
                 why.empty() ? "" : "Reason: " + why + ".", hint);
  }
  if (reversible == Reversible::kComment && !migration.down_is_accepted()) {
    return Error(sqlstate::kIrreversible, "the down script of migration " + Quoted(migration.id) + " is not accepted",
                 "It was found in a closing comment of the migration.",
                 "Read it, then call migrate_repair(" + Literal(migration.id) + ", 'accept down').");
  }
  return {};
}

std::string RollbackRemarks(const KnownMigration& migration) {
  std::string remarks;
  if (migration.changed()) AddRemark(remarks, "text has changed: uses the down script kept when it was applied");
  if (migration.reversible_now() == Reversible::kGenerated) {
    AddRemark(remarks, "generated: takes its recorded changes back");
  }
  if (migration.undoes_nothing()) AddRemark(remarks, "its down script has no statement");
  return remarks;
}

// Says after each step what is the newest of those that are left.
void FollowNewest(Plan& plan) {
  const auto before = [](const KnownMigration* a, const KnownMigration* b) { return ComesBefore(*a, *b); };
  std::set<const KnownMigration*, decltype(before)> left(before);
  for (const auto& migration : plan.set->migrations) {
    if (migration.applied() && !migration.repeatable) left.insert(&migration);
  }
  for (auto& step : plan.steps) {
    left.erase(step.migration);
    if (!left.empty()) step.newest_after = &(*left.rbegin())->id;
  }
}

// What stays applied although it requires something that goes. A name that has become ambiguous
// since it was applied holds nothing up.
void AddDependents(Plan& plan) {
  const auto& migrations = plan.set->migrations;
  TargetIndex index(migrations);
  const auto find = [&](const std::string& name) {
    try {
      return index.Find(name);
    } catch (const Error&) {
      return std::vector<size_t>();
    }
  };
  std::unordered_map<const KnownMigration*, Step*> leaving;
  for (auto& step : plan.steps) leaving[step.migration] = &step;
  for (const auto& migration : migrations) {
    if (!migration.applied() || leaving.contains(&migration)) continue;
    for (const auto& name : migration.requirements) {
      for (const size_t required : find(name)) {
        const auto step = leaving.find(&migrations[required]);
        if (step == leaving.end() || step->second->obstacle) continue;
        step->second->obstacle =
            Error(sqlstate::kWrongState,
                  "migration " + Quoted(migrations[required].id) + " is required by " + Quoted(migration.id),
                  "That one would stay applied.", "Roll back " + Quoted(migration.id) + " first.");
      }
    }
  }
}

// Fewer than were asked for.
void AddShortfall(const RollbackRequest& request, Plan& plan) {
  const size_t asked = static_cast<size_t>(request.steps);
  if (request.target || request.only || plan.steps.size() >= asked) return;
  const size_t there = plan.steps.size();
  plan.remarks.push_back("asked to roll back " + std::to_string(asked) + (asked == 1 ? " migration" : " migrations") +
                         ", but " + (there == 0 ? "none" : "only " + std::to_string(there)) +
                         (there > 1 ? " are applied" : " is applied"));
}

// Those that stay although all around them may go.
void AddRepeatable(Plan& plan) {
  if (plan.steps.empty()) return;
  for (const auto& migration : plan.set->migrations) {
    if (!migration.applied() || !migration.repeatable) continue;
    plan.remarks.push_back("repeatable migration " + Quoted(migration.id) +
                           " is not rolled back: what it made stays, and it runs again when its text changes");
  }
}

}  // namespace

std::string RollbackOutlook(const KnownMigration& migration) {
  if (!migration.applied()) return {};
  if (migration.repeatable) return "refused: it is repeatable";
  if (migration.unfinished->partial() && migration.unfinished->action == Action::kApply) {
    return "refused: it stopped half way";
  }
  const Rare<Error> problem = RollbackProblem(migration);
  if (!problem) return migration.reversible_now() == Reversible::kGenerated ? "generated" : "script";
  if (migration.baselined()) return "refused: it is a baseline";
  if (migration.reversible_now() == Reversible::kComment) return "refused: its closing comment is not accepted";
  const std::string& why = migration.irreversible_why_now();
  return "refused: " + (why.empty() ? "it has no down script" : why) +
         (why == kNoDownScript && !migration.application->has_changes ? ", and no changes are taken back" : "");
}

Plan PlanRollback(MigrationSet given, const RollbackRequest& request) {
  Plan plan = StartPlan(std::move(given), Action::kRollBack, request.dry_run);
  for (const KnownMigration* migration : ChooseRollback(*plan.set, request)) {
    AddStep(plan, Action::kRollBack, *migration, RollbackRemarks(*migration), RollbackProblem(*migration));
  }
  FollowNewest(plan);
  if (!request.only) AddDependents(plan);
  AddShortfall(request, plan);
  AddRepeatable(plan);
  return plan;
}

}  // namespace migrate
