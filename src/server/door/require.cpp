// What an application asks before it works: whether the schema is the one that it was written for.
#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/set/order.h"
#include "core/set/target.h"
#include "server/base/extension.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/store/store.h"

namespace migrate {
namespace {

// Applied, and not half rolled back.
bool IsThere(const KnownMigration& migration) { return migration.applied() && !migration.unfinished->partial(); }

void RequireNothingPending() {
  constexpr size_t kNamed = 3;
  const Plan plan = PlanApply(ReadPending({}), {});
  std::vector<std::string> labels;
  for (const auto& step : plan.steps) labels.push_back(Quoted(step.migration->id));
  for (const auto& migration : plan.set->migrations) {
    if (migration.applied() && !IsThere(migration)) labels.push_back(Quoted(migration.id));
  }
  if (labels.empty()) return;
  const size_t count = labels.size();
  std::string detail;
  if (count > 1) {
    labels.resize(std::min(count, kNamed));
    detail = Join(labels, ", ") + (count > kNamed ? " and " + std::to_string(count - kNamed) + " more." : ".");
  }
  throw Error(sqlstate::kNotApplied,
              count == 1 ? "migration " + labels[0] + " is pending" : std::to_string(count) + " migrations are pending",
              detail, "Apply what is pending with migrate_apply() before this application starts.");
}

// The last in order of those that the name means.
const KnownMigration& LastOf(const std::vector<size_t>& hits, const MigrationSet& set) {
  size_t last = hits.front();
  for (const size_t hit : hits) {
    if (ComesBefore(set.migrations[last], set.migrations[hit])) last = hit;
  }
  return set.migrations[last];
}

void RequireNewest(const KnownMigration& required, const MigrationSet& set) {
  KnownMigration newest;
  newest.id = set.newest.value_or(MigrationId{});
  newest.sort_key = set.newest_key;
  if (!ComesBefore(required, newest)) return;
  throw Error(sqlstate::kNewerThanRequired, "the database is newer than migration " + Quoted(required.id),
              "The newest applied is " + Quoted(newest.id) + ".",
              "Start a version of this application that was written for it.");
}

}  // namespace

Datum Require(Argument migration, Flag newest) {
  auto name = migration.NotEmpty("migration");
  const bool must_be_newest = newest.Required("newest");
  const CallScope scope("migrate_require", CallKind::kReads);
  if (!name) name = RequiredMigration();
  if (name->empty()) {
    if (must_be_newest) {
      throw Error(sqlstate::kInvalidParameter, "no migration is required that could be the newest",
                  "The argument migration and the setting migrate.required are empty.",
                  "Pass a migration, or set it: ALTER ROLE authenticator SET migrate.required = '0003_add_email'.");
    }
    RequireNothingPending();
    return static_cast<Datum>(0);
  }
  const MigrationSet set = ReadNamed(*name);
  const auto hits = TargetIndex(set.migrations).Find(*name);
  bool applied = !hits.empty();
  for (const size_t hit : hits) applied = applied && (IsThere(set.migrations[hit]) || set.migrations[hit].skipped());
  if (!applied) {
    const std::string current = set.guard.id.Label();
    throw Error(sqlstate::kNotApplied, "migration \"" + *name + "\" is required and not applied",
                current.empty() ? "No migration is applied." : "The newest applied is \"" + current + "\".",
                "Apply it with migrate_apply() before this application starts.");
  }
  if (must_be_newest) RequireNewest(LastOf(hits, set), set);
  return static_cast<Datum>(0);
}

}  // namespace migrate
