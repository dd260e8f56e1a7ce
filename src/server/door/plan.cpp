#include "server/door/plan.h"

#include <string_view>

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/plan/plan_hash.h"
#include "core/set/target.h"
#include "server/base/extension.h"
#include "server/base/hash.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

// The plan that leads from here to the target: forward if it is pending, back if it is applied; to a repeatable one
// there is no way back.
Plan PlanTo(const std::optional<std::string>& target) {
  if (!target) return PlanApply(ReadPending({}), {});
  if (*target == kZero) return PlanRollback(ReadApplied(), {target, 0});
  const MigrationSet named = ReadNamed(*target);
  bool applied = true;
  for (const auto& migration : FindMigrations(named, *target)) {
    applied = applied && migration.applied() && !migration.repeatable;
  }
  if (applied) return PlanRollback(ReadApplied({*target}), {target, 0});
  return PlanApply(ReadPending({*target}), {target, false});
}

// What keeps a step from being run, without the name that stands beside it.
std::string Reason(const MigrationId& id, const Error& error) {
  const std::string name = "migration " + Quoted(id) + " ";
  constexpr std::string_view kReason = "Reason: ";
  std::string reason = error.message.substr(error.message.starts_with(name) ? name.size() : 0);
  if (error.detail.starts_with(kReason)) {
    reason += ": " + error.detail.substr(kReason.size(), error.detail.size() - kReason.size() - 1);
  }
  return reason;
}

// What runs around steps, and is none.
constexpr char kHookAction[] = "hook";

struct PlanResult {
  Cell step, action, version, name, detail;
};
constexpr Column<PlanResult> kPlanColumns[] = {
    {"step", &PlanResult::step}, {"action", &PlanResult::action}, {"version", &PlanResult::version},
    {"name", &PlanResult::name}, {"detail", &PlanResult::detail},
};

Plan PlanOf(const std::optional<std::string>& target) {
  Plan plan = PlanTo(target);
  RefuseWhatSupabaseHas(plan);
  return plan;
}

}  // namespace

std::vector<PlanLine> PlanLines(const std::optional<std::string>& target) {
  const Plan plan = PlanOf(target);
  const std::string caller = CurrentRole();
  std::vector<PlanLine> lines;
  for (const auto& obstacle : plan.obstacles) {
    lines.push_back({"refuse", obstacle.id, Reason(obstacle.id, obstacle.error)});
  }
  for (const auto& step : plan.steps) {
    const KnownMigration& m = *step.migration;
    const char* const action = step.only_records ? "baseline" : step.action == Action::kApply ? "apply" : "roll back";
    std::string detail = step.obstacle ? Reason(m.id, *step.obstacle) : step.detail;
    if (m.added_by != caller) AddRemark(detail, "text of " + m.added_by);
    lines.push_back({step.obstacle ? "refuse" : action, m.id, detail});
  }
  for (const auto* const hook : plan.hooks) lines.push_back({kHookAction, hook->id, HookName(hook->options->hook)});
  return lines;
}

Datum ShowPlan(FunctionCallInfo info, Argument target) {
  const CallScope scope("migrate_plan", CallKind::kReads);
  std::vector<PlanResult> results;
  for (const auto& line : PlanLines(target.NotEmpty("target"))) {
    results.push_back({.step = line.action == kHookAction ? Value() : Value(std::to_string(results.size() + 1)),
                       .action = line.action,
                       .version = line.id.version,
                       .name = line.id.name,
                       .detail = TextValue(line.detail)});
  }
  return ReturnRows(info, results, kPlanColumns);
}

Datum ShowPlanHash(Argument target) {
  const CallScope scope("migrate_plan_hash", CallKind::kReads);
  return ReturnText(PlanHash(PlanOf(target.NotEmpty("target")), NewSha256));
}

}  // namespace migrate
