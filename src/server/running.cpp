#include <algorithm>
#include <vector>

#include "core/execute.h"
#include "core/order.h"
#include "core/plan.h"
#include "core/target.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/hash.h"
#include "server/lookup.h"
#include "server/pg_database.h"
#include "server/result.h"
#include "server/settings.h"
#include "server/store.h"

namespace migrate {
namespace {

Datum ReturnRun(FunctionCallInfo info, const std::vector<RunRow>& run) {
  std::vector<Row> rows;
  for (const auto& row : run) {
    rows.push_back(
        {row.id.version, row.id.name, row.action, std::to_string(row.statements), NumberValue(row.duration_ms)});
  }
  return ReturnRows(info, rows);
}

std::vector<RunRow> RunPlan(const Plan& plan, bool dry_run) {
  PgDatabase database;
  return Execute(plan, database, {dry_run, LockRetries()});
}

void RequireExpectedPlan(const Plan& plan, const std::optional<std::string>& expected) {
  if (!expected) return;
  const std::string hash = PlanHash(plan, *NewSha256());
  if (hash == *expected) return;
  throw Error(sqlstate::kPlanChanged, "the plan is not the expected one",
              "Its hash is " + hash + ", expected was " + *expected + ".",
              "Look at migrate_plan() again, then pass its plan_hash.");
}

}  // namespace

Datum Apply(FunctionCallInfo info, Argument target, Flag dry_run, Flag allow_out_of_order, Argument expected_plan) {
  const ApplyRequest request{target.NotEmpty("target"), allow_out_of_order.Required("allow_out_of_order")};
  if (request.target == kZero) {
    throw Error(sqlstate::kInvalidParameter, "\"zero\" is a target for migrate_rollback() only");
  }
  const bool is_dry_run = dry_run.Required("dry_run");
  const auto expected = expected_plan.NotEmpty("expected_plan");
  const CallScope scope("migrate_apply", CallKind::kWrites);
  const MigrationSet set =
      ReadPending(request.target ? std::vector<std::string>{*request.target} : std::vector<std::string>{});
  if (request.target) RequireKnown(set, *request.target);
  const Plan plan = PlanApply(set, request);
  RequireExpectedPlan(plan, expected);
  RequireRunnable(plan);
  if (plan.steps.empty()) return ReturnRun(info, {});
  return ReturnRun(info, RunPlan(plan, is_dry_run));
}

Datum RollBack(FunctionCallInfo info, Argument target, Count steps, Flag dry_run) {
  RollbackRequest request{target.NotEmpty("target"), 1};
  const bool is_dry_run = dry_run.Required("dry_run");
  if (request.target && !steps.is_null) {
    throw Error(sqlstate::kInvalidParameter, "target and steps can't be given together", {}, "Give one of them.");
  }
  if (!steps.is_null) request.steps = steps.value;
  if (request.steps < 1) {
    throw Error(sqlstate::kInvalidParameter, "steps must be at least 1", {},
                "To roll back everything call with target => 'zero'.");
  }
  const CallScope scope("migrate_rollback", CallKind::kWrites);
  const bool has_target = request.target && *request.target != kZero;
  const MigrationSet set =
      ReadApplied(has_target ? std::vector<std::string>{*request.target} : std::vector<std::string>{});
  if (has_target) RequireKnown(set, *request.target);
  const Plan plan = PlanRollback(set, request);
  RequireRunnable(plan);
  if (plan.steps.empty()) return ReturnRun(info, {});
  return ReturnRun(info, RunPlan(plan, is_dry_run));
}

Datum VerifyApplied(FunctionCallInfo info, Argument migration) {
  const auto name = migration.NotEmpty("migration");
  const CallScope scope("migrate_verify", CallKind::kReads);
  std::vector<KnownMigration> migrations;
  if (name) {
    migrations = FindMigrations(ReadNamed(*name), *name);
    for (const auto& m : migrations) {
      if (m.applied()) continue;
      throw Error(sqlstate::kWrongState, "migration \"" + m.id.Label() + "\" is not applied", {},
                  "Its verify script runs when it is applied.");
    }
  } else {
    migrations = ReadApplied().migrations;
    std::sort(migrations.begin(), migrations.end(), ComesBefore);
  }
  PgDatabase database;
  return ReturnRun(info, Verify(migrations, database));
}

}  // namespace migrate
