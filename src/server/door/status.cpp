#include "server/door/status.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/store_base.h"
#include "server/store/store_changes.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

struct StatusResult {
  Cell version, name, status, applied_at, note;
};
constexpr Column<StatusResult> kStatusColumns[] = {
    {"version", &StatusResult::version},       {"name", &StatusResult::name}, {"status", &StatusResult::status},
    {"applied_at", &StatusResult::applied_at}, {"note", &StatusResult::note},
};

}  // namespace

bool IsMigrating(const MigrationSet& set) {
  const auto is_unfinished = [](const KnownMigration& m) { return static_cast<bool>(m.unfinished); };
  return std::any_of(set.migrations.begin(), set.migrations.end(), is_unfinished) && !DescribeMigrator().empty();
}

void TellOfDrift(const MigrationSet& set, std::vector<StatusRow>& statuses) {
  const auto newest = std::find_if(statuses.begin(), statuses.end(), [&](const StatusRow& row) {
    return set.newest && row.migration->id == *set.newest;
  });
  if (newest == statuses.end()) return;
  const int64_t seen = CountSeenSinceBase();
  if (seen == 0) return;
  const std::string count = std::to_string(seen);
  newest->AddRemark("drifted: " + count, count + (seen == 1 ? " object was" : " objects were") +
                                             " changed outside of migrations: migrate_drift() shows what differs");
}

Datum ShowStatus(FunctionCallInfo info) {
  const CallScope scope("migrate_status", CallKind::kReads);
  MigrationSet set = ReadOverview();
  CountParts(set);
  auto statuses = MakeStatus(set, IsMigrating(set));
  std::deque<KnownMigration> only_there;
  CompareWithSupabaseIfOn(statuses, only_there);
  TellOfDrift(set, statuses);
  std::vector<StatusResult> results;
  results.reserve(statuses.size());
  for (const auto& row : statuses) {
    const KnownMigration& m = *row.migration;
    results.push_back({.version = m.id.version,
                       .name = m.id.name,
                       .status = row.status,
                       .applied_at = TextValue(m.application->applied_at),
                       .note = TextValue(row.note)});
  }
  return ReturnRows(info, results, kStatusColumns);
}

}  // namespace migrate
