// migrate_run(): one call that registers a migration and applies it alone.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/plan/plan.h"
#include "core/run/execute.h"
#include "core/run/step_runner.h"
#include "core/set/environment.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/protected_settings.h"
#include "server/base/settings.h"
#include "server/door/allowed.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/lint.h"
#include "server/door/load.h"
#include "server/door/result.h"
#include "server/run/pg_database.h"
#include "server/store/store.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

Datum ReturnOne(FunctionCallInfo info, const MigrationId& id, const std::string& action, const std::string& detail) {
  const std::vector<ActionResult> results = {
      {.version = id.version, .name = id.name, .action = action, .detail = TextValue(detail)}};
  return ReturnRows(info, results);
}

// Where a change can go instead.
std::string NextFree() {
  const std::string next = ReadNextVersion();
  return next.empty() ? "Give it a name of its own." : "The next free version is \"" + next + "\".";
}

Error OtherText(const MigrationId& id) {
  return Error(sqlstate::kTextChanged, "migration " + Quoted(id) + " is applied with another text",
               "What is applied is never run again with a text that has changed.",
               "Make the change a migration of its own. " + NextFree());
}

// The plan of that migration alone.
Plan PlanOnly(const MigrationId& id, MigrationSet set) {
  Plan plan = PlanApply(std::move(set), {.only = id});
  for (auto& step : plan.steps) {
    if (step.obstacle && step.obstacle->sqlstate == sqlstate::kOutOfOrder) {
      step.obstacle.Make().hint = "Give it a newer version. " + NextFree();
    }
  }
  RefuseWhatSupabaseHas(plan);
  RequireRunnable(plan);
  return plan;
}

}  // namespace

Datum RunOne(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify) {
  const std::string given_name = name.Required("name");
  if (up.is_null) throw Error(sqlstate::kNullNotAllowed, "up must not be null");
  const CallScope scope("migrate_run", CallKind::kWrites);
  const Loaded loaded = StoreAll(AssembleOne(given_name, up, down, verify), kAddSource).front();
  const MigrationId& id = loaded.id;
  if (loaded.action == "changed") throw OtherText(id);
  MigrationSet set = ReadPending({id.Label()});
  const auto& known = set.migrations;
  const auto own = std::find_if(known.begin(), known.end(), [&](const KnownMigration& m) { return m.id == id; });
  if (own == known.end()) throw Error("XX000", "a migration that was just stored is gone");
  if (own->applied() && !own->reruns()) {
    return ReturnOne(info, id, loaded.action, loaded.detail.empty() ? "is applied with this text" : loaded.detail);
  }
  if (own->is_hook()) {
    return ReturnOne(info, id, "registered",
                     std::string("a hook: runs ") + HookName(own->options->hook) + " of what is applied");
  }
  if (own->skipped()) {
    return ReturnOne(info, id, "skipped", ForWhom(*own->options) + "; this is " + Environment());
  }
  const Plan plan = PlanOnly(id, std::move(set));
  if (!plan.steps.front().script().transactional) {
    ObeyLint(plan);
    for (const auto& remark : plan.remarks) RaiseNotice(remark);
    RaiseNotice("migration \"" + id.Label() +
                "\" can't run inside a transaction: " + plan.steps.front().script().detail);
    return ReturnOne(info, id, "registered", "run SELECT migrate_start(" + Literal(id) + ")");
  }
  Permit permit = RequireAllowed(plan, true);
  TakeBaseOnce();
  PgDatabase database;
  database.Use(std::move(permit));
  const auto rows = Execute(plan, database, {false, LockRetries()});
  return ReturnOne(info, id, rows.front().action, Took(rows.front().statements, rows.front().duration_ms));
}

}  // namespace migrate
