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
#include "server/planning.h"
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
  const ApplyRequest request = ApplyRequestOf(target, allow_out_of_order);
  const bool is_dry_run = dry_run.Required("dry_run");
  const auto expected = expected_plan.NotEmpty("expected_plan");
  const CallScope scope("migrate_apply", CallKind::kWrites);
  const Plan plan = MakePlan(request);
  RequireExpectedPlan(plan, expected);
  RequireRunnable(plan);
  RequireTransactional(plan);
  if (plan.steps.empty()) return ReturnRun(info, {});
  return ReturnRun(info, RunPlan(plan, is_dry_run));
}

Datum RollBack(FunctionCallInfo info, Argument target, Count steps, Flag dry_run) {
  const RollbackRequest request = RollbackRequestOf(target, steps);
  const bool is_dry_run = dry_run.Required("dry_run");
  const CallScope scope("migrate_rollback", CallKind::kWrites);
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  RequireTransactional(plan);
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
