#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/quote.h"
#include "core/plan/plan.h"
#include "core/plan/plan_hash.h"
#include "core/run/execute.h"
#include "core/set/order.h"
#include "core/set/target.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/protected_settings.h"
#include "server/base/settings.h"
#include "server/door/allowed.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/find_migration.h"
#include "server/door/make_plan.h"
#include "server/door/result.h"
#include "server/run/pg_database.h"
#include "server/store/store.h"

namespace migrate {
namespace {

Datum ReturnRun(FunctionCallInfo info, const std::vector<RunRow>& run) {
  std::vector<StepResult> results;
  for (const auto& row : run) {
    const bool of_one = row.id != MigrationId();
    results.push_back({.version = of_one ? Value(row.id.version) : Value(),
                       .name = of_one ? Value(row.id.name) : Value(),
                       .action = row.action,
                       .statements = row.did_run ? Value(std::to_string(row.statements)) : Value(),
                       .duration_ms = row.did_run ? NumberValue(row.duration_ms) : Value()});
  }
  return ReturnRows(info, results);
}

std::vector<RunRow> RunPlan(const Plan& plan, const RunOptions& options, Permit permit = {}, bool rewrites = false) {
  if (!options.dry_run && !plan.steps.empty()) TakeBaseOnce();
  PgDatabase database;
  if (rewrites) database.AllowRewrites();
  database.Use(std::move(permit));
  return Execute(plan, database, options);
}

RunOptions OptionsOf(bool dry_run, bool allow_effects) {
  return {.dry_run = dry_run,
          .lock_retries = LockRetries(),
          .plain_indexes = PlainIndexesEnabled(),
          .allow_effects = allow_effects};
}

void RequireExpectedPlan(const Plan& plan, const std::optional<std::string>& expected) {
  if (!expected) return;
  const std::string hash = PlanHash(plan, NewSha256);
  if (hash == *expected) return;
  const auto shortly = [](const std::string& whole) { return whole.substr(0, kShownHashDigits); };
  throw Error(sqlstate::kPlanChanged, "the plan is not the expected one",
              "Its hash begins with " + shortly(hash) + ", that of the expected one with " + shortly(*expected) + ".",
              "Look at migrate_plan() again, then pass what migrate_plan_hash() returns.");
}

std::optional<std::string> ExpectedPlanOf(Argument argument) {
  auto expected = argument.NotEmpty("expected_plan");
  if (expected) expected = WholePlanHash(*expected, "expected_plan");
  return expected;
}

}  // namespace

Datum Apply(FunctionCallInfo info, Argument target, Flag dry_run, Flag allow_out_of_order, Argument expected_plan,
            Flag allow_effects) {
  const bool is_dry_run = dry_run.Required("dry_run");
  const ApplyRequest request = ApplyRequestOf(target, allow_out_of_order, is_dry_run);
  const auto expected = ExpectedPlanOf(expected_plan);
  const RunOptions options = OptionsOf(is_dry_run, allow_effects.Required("allow_effects"));
  const CallScope scope("migrate_apply", CallKind::kWrites);
  const Plan plan = MakePlan(request);
  RequireExpectedPlan(plan, expected);
  RequireRunnable(plan);
  if (plan.steps.empty()) {
    if (request.target && NoticesEnabled()) {
      RaiseNotice("nothing to do: all up to " + Quoted(*request.target) + " is applied");
    }
    return ReturnRun(info, {});
  }
  if (is_dry_run) {
    RequireTriable(plan);
    return ReturnRun(info, RunPlan(plan, options));
  }
  return ReturnRun(info, RunPlan(plan, options, RequireAllowed(plan, true)));
}

Datum RollBack(FunctionCallInfo info, Argument target, Count steps, Flag dry_run, Flag rewrite) {
  const bool is_dry_run = dry_run.Required("dry_run"), rewrites = rewrite.Required("rewrite");
  const RollbackRequest request = RollbackRequestOf(target, steps, is_dry_run);
  const CallScope scope("migrate_rollback", CallKind::kWrites);
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  if (plan.steps.empty() && plan.remarks.empty()) return ReturnRun(info, {});
  return ReturnRun(info, RunPlan(plan, OptionsOf(is_dry_run, false), {}, rewrites));
}

Datum VerifyApplied(FunctionCallInfo info, Argument migration) {
  const auto name = migration.NotEmpty("migration");
  const CallScope scope("migrate_verify", CallKind::kReads);
  std::vector<KnownMigration> migrations;
  if (name) {
    migrations = FindMigrations(ReadNamed(*name), *name);
    for (const auto& m : migrations) {
      if (m.applied()) continue;
      throw Error(sqlstate::kWrongState, "migration " + Quoted(m.id) + " is not applied", {},
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
