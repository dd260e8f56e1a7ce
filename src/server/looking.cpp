#include <vector>

#include "core/plan.h"
#include "core/status.h"
#include "core/target.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/guard.h"
#include "server/hash.h"
#include "server/lookup.h"
#include "server/result.h"
#include "server/settings.h"
#include "server/store.h"
#include "server/supabase.h"

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

std::string Reason(const Error& error) {
  return error.detail.empty() ? error.message : error.message + " (" + error.detail + ")";
}

// Whether another session migrates, if a run is unfinished. Why a run failed is for those who may read
// the history.
bool IsMigrating(MigrationSet& set) {
  bool unfinished = false;
  const bool may_read = CallerReadsHistory();
  for (auto& migration : set.migrations) {
    if (!migration.unfinished) continue;
    unfinished = true;
    if (!may_read) migration.unfinished.Make().message.clear();
  }
  return unfinished && !DescribeMigrator().empty();
}

// Applied, and not half rolled back.
bool IsThere(const KnownMigration& migration) { return migration.applied() && !migration.unfinished->partial(); }

Datum TextResult(const std::string& text) {
  const char* const data = text.data();
  const int size = static_cast<int>(text.size());
  return Call([=]() noexcept { return PointerGetDatum(cstring_to_text_with_len(data, size)); });
}

}  // namespace

Datum ShowStatus(FunctionCallInfo info) {
  const CallScope scope("migrate_status", CallKind::kReads);
  MigrationSet set = ReadAll();
  auto statuses = MakeStatus(set, IsMigrating(set));
  std::deque<KnownMigration> only_there;
  CompareWithSupabaseIfOn(statuses, only_there);
  std::vector<Row> rows;
  for (const auto& status : statuses) {
    const KnownMigration& m = *status.migration;
    rows.push_back({m.id.version, m.id.name, status.status, TextValue(m.application->applied_at),
                    TextValue(m.application->applied_by), TextValue(m.application->duration_ms),
                    m.up.exists() ? BooleanValue(m.up.transactional) : Value(), status.reversible,
                    TextValue(m.up.checksum), TextValue(status.detail)});
  }
  return ReturnRows(info, rows);
}

Datum ShowPlan(FunctionCallInfo info, Argument target) {
  const auto wanted = target.NotEmpty("target");
  const CallScope scope("migrate_plan", CallKind::kReads);
  Plan plan = PlanTo(wanted);
  RefuseWhatSupabaseHas(plan);
  const std::string hash = PlanHash(plan, *NewSha256());
  std::vector<Row> rows;
  for (const auto& obstacle : plan.obstacles) {
    rows.push_back({std::to_string(rows.size() + 1), "refuse", obstacle.id.version, obstacle.id.name, Value(), Value(),
                    Value(), Reason(obstacle.error), hash});
  }
  for (const auto& step : plan.steps) {
    const KnownMigration& m = *step.migration;
    const char* action = step.only_records ? "baseline" : step.action == Action::kApply ? "apply" : "roll back";
    rows.push_back({std::to_string(rows.size() + 1), step.obstacle ? "refuse" : action, m.id.version, m.id.name,
                    BooleanValue(step.script().transactional), std::to_string(step.script().statements), m.added_by,
                    step.obstacle ? Reason(*step.obstacle) : TextValue(step.detail), hash});
  }
  return ReturnRows(info, rows);
}

Datum ShowHistory(FunctionCallInfo info) {
  const CallScope scope("migrate_history", CallKind::kReads);
  return ReturnRows(info, ReadHistory(CallerReadsHistory()));
}

Datum ShowVersion(FunctionCallInfo info) {
  const CallScope scope("migrate_version", CallKind::kReads);
  const MigrationSet set = ReadNamed("");
  const MigrationId& id = set.guard.id;
  if (id.Label().empty()) {
    info->isnull = true;
    return static_cast<Datum>(0);
  }
  return TextResult(id.version.empty() ? id.name : id.version);
}

Datum Require(Argument migration) {
  auto name = migration.NotEmpty("migration");
  if (!name) name = RequiredMigration();
  if (name->empty()) {
    throw Error(sqlstate::kInvalidParameter, "no migration is required", "The argument and migrate.required are empty.",
                "Pass a migration, or set it: ALTER ROLE authenticator SET migrate.required = '0003_add_email'.");
  }
  const CallScope scope("migrate_require", CallKind::kReads);
  const MigrationSet set = ReadNamed(*name);
  const auto hits = TargetIndex(set.migrations).Find(*name);
  bool applied = !hits.empty();
  for (const size_t hit : hits) applied = applied && IsThere(set.migrations[hit]);
  if (applied) return static_cast<Datum>(0);
  const std::string current = set.guard.id.Label();
  throw Error(sqlstate::kNotApplied, "migration \"" + *name + "\" is required and not applied",
              current.empty() ? "No migration is applied." : "The newest applied is \"" + current + "\".",
              "Apply it with migrate_apply() before this application starts.");
}

}  // namespace migrate
