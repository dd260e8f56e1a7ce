#include <algorithm>
#include <string>
#include <vector>

#include "core/base/quote.h"
#include "core/set/order.h"
#include "server/base/extension.h"
#include "server/base/notify.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/supabase_history.h"

namespace migrate {

Datum Baseline(FunctionCallInfo info, Argument migration) {
  const std::string name = migration.Required("migration");
  const CallScope scope("migrate_baseline", CallKind::kWrites);
  MigrationSet set = ReadAll();
  RequireIntactGuard(set);
  const auto targets = FindMigrations(set, name);
  const KnownMigration& target = *std::max_element(targets.begin(), targets.end(), ComesBefore);
  std::sort(set.migrations.begin(), set.migrations.end(), ComesBefore);
  for (const auto& other : set.migrations) {
    if (!other.applied() || other.baselined() || other.repeatable || !ComesBefore(target, other)) continue;
    throw Error(sqlstate::kWrongState, "can't baseline at " + Quoted(target.id),
                "Migration " + Quoted(other.id) + ", which comes after it, is applied.",
                "Record single ones with migrate_repair(migration, 'applied').");
  }
  TakeBaseOnce();
  const Actor actor = CurrentActor("");
  std::vector<StepResult> results;
  for (const auto& other : set.migrations) {
    if (other.applied() || other.skipped() || other.is_hook() || other.absent || ComesBefore(target, other)) continue;
    WriteEvent("baseline", other, State::kApplied, actor, std::nullopt, std::nullopt, {});
    TellSupabaseIfOn(other, SupabaseChange::kRecorded);
    if (NotifyEnabled()) Announce({"baseline", other.id, actor.role});
    results.push_back({.version = other.id.version,
                       .name = other.id.name,
                       .action = "baselined",
                       .statements = "0",
                       .duration_ms = "0"});
  }
  if (!results.empty()) GuardWriter().Write(ReadNewest());
  return ReturnRows(info, results);
}

}  // namespace migrate
