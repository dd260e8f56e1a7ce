#include "core/plan/plan.h"
#include "core/base/quote.h"

#include "core/plan/plan_parts.h"

namespace migrate {
namespace {

const char* CallOf(Action action) { return action == Action::kApply ? "CALL migrate_up()" : "CALL migrate_down()"; }

Error NonTransactional(const Step& step, const std::string& what) {
  return Error(sqlstate::kActiveTransaction,
               "migration " + Quoted(step.migration->id) + " can't run inside a transaction",
               (step.script().divided ? "It divides itself into transactions: "
                                      : "It holds what refuses a transaction block: ") +
                   what + ".",
               std::string("Use ") + CallOf(step.action) + ", outside of BEGIN, or migrate_start() from anywhere.");
}

// Who asked for a rehearsal is not sent to a call that commits.
Error StoppedHalfWay(const KnownMigration& migration, bool dry_run) {
  const Unfinished& run = *migration.unfinished;
  const bool applies = run.action == Action::kApply;
  return Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " stopped half way",
               std::string(applies ? "Applying" : "Rolling back") + " it stopped" + WhereItStopped(migration) + ".",
               (dry_run ? "Nothing can be tried before that run has ended. Call migrate_repair("
                        : std::string("Use ") + CallOf(run.action) + " to go on there, or migrate_repair(") +
                   Literal(migration.id) + ", 'forget') once nothing of it is left.");
}

// What stopped half way in the other direction has to be finished first, and so does what can't go on
// because its text is gone.
void AddUnfinished(Action action, bool dry_run, Plan& plan) {
  for (const auto& migration : plan.set->migrations) {
    if (!migration.unfinished->partial()) continue;
    const bool gone = migration.absent && !migration.applied();
    if (migration.unfinished->action == action && !gone) continue;
    plan.obstacles.push_back({migration.id, StoppedHalfWay(migration, dry_run)});
  }
}

}  // namespace

Plan StartPlan(MigrationSet given, Action action, bool dry_run) {
  Plan plan;
  plan.set = std::make_unique<const MigrationSet>(std::move(given));
  if (auto problem = GuardProblem(*plan.set)) {
    plan.obstacles.push_back({plan.set->newest.value_or(MigrationId{}), std::move(*problem)});
  }
  AddUnfinished(action, dry_run, plan);
  return plan;
}

Step& AddStep(Plan& plan, Action action, const KnownMigration& migration, std::string detail, Rare<Error> obstacle) {
  Step& step = plan.steps.emplace_back();
  step.action = action;
  step.migration = &migration;
  step.detail = std::move(detail);
  step.obstacle = std::move(obstacle);
  if (!step.script().transactional) AddRemark(step.detail, step.script().detail);
  if (step.resumes()) {
    AddRemark(step.detail, "goes on" + HowFar(migration));
  }
  return step;
}

std::optional<Error> GuardProblem(const MigrationSet& set) {
  const MigrationId newest = set.newest.value_or(MigrationId{});
  if (set.guard.present == set.has_history && (!set.guard.present || set.guard.id == newest)) return std::nullopt;
  const auto shown = [](const MigrationId& id) { return id.Label().empty() ? "nothing is applied" : Quoted(id); };
  return Error(sqlstate::kGuardAltered, "the version guard was altered by hand",
               "migrate.schema_version says " + (set.guard.present ? shown(set.guard.id) : "nothing") +
                   ", the history says " + (set.has_history ? shown(newest) : "nothing") + ".",
               newest.Label().empty()
                   ? "Find out who altered it; migrate_repair writes it anew."
                   : "Find out who altered it; migrate_repair(" + Literal(newest) + ", 'accept') writes it anew.");
}

void RequireRunnable(const Plan& plan) {
  if (!plan.obstacles.empty()) throw plan.obstacles.front().error;
  for (const auto& step : plan.steps) {
    if (step.obstacle) throw *step.obstacle;
  }
}

void RequireTransactional(const Plan& plan, const std::function<std::string(const Step&)>& refuses) {
  for (const auto& step : plan.steps) {
    if (step.only_records) continue;
    const std::string what = step.script().transactional ? "" : refuses(step);
    if (!what.empty()) throw NonTransactional(step, what);
    if (step.resumes()) throw StoppedHalfWay(*step.migration, false);
  }
}

}  // namespace migrate
