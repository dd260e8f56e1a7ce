#include <deque>
#include <set>
#include <string>
#include <vector>

#include "core/plan/proof.h"
#include "core/set/status.h"
#include "server/base/extension.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/properties.h"
#include "server/door/result.h"
#include "server/door/status.h"
#include "server/store/store.h"
#include "server/store/store_proofs.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

struct PropertyResult {
  Cell property, value;
};
constexpr Column<PropertyResult> kPropertyColumns[] = {
    {"property", &PropertyResult::property},
    {"value", &PropertyResult::value},
};

}  // namespace

Datum ShowOne(FunctionCallInfo info, Argument migration) {
  const std::string name = migration.Required("migration");
  const CallScope scope("migrate_show", CallKind::kReads);
  // Supabase's order is a question to all of them.
  MigrationSet set = SupabaseEnabled() ? ReadAll() : ReadShown(name);
  const bool migrating = IsMigrating(set);
  // Why a run failed is for those who may read the history.
  const MayRead may_read = {CallerReadsHistory(), CallerReadsTexts()};
  for (auto& m : set.migrations) {
    if (m.unfinished && !may_read.history) m.unfinished.Make().message.clear();
  }
  auto statuses = MakeStatus(set, migrating);
  std::deque<KnownMigration> only_there;
  CompareWithSupabaseIfOn(statuses, only_there);
  TellOfDrift(set, statuses);
  // What only Supabase has is a row of the status, too.
  MigrationSet shown;
  for (const auto& row : statuses) shown.migrations.push_back(*row.migration);
  std::set<MigrationId> wanted;
  for (const auto& found : FindMigrations(shown, name)) wanted.insert(found.id);
  std::vector<PropertyResult> results;
  for (const auto& row : statuses) {
    if (!wanted.contains(row.migration->id)) continue;
    const auto proofs = ReadProofs({row.migration->id.Label()});
    const ProofRecord* const proof = NewestProof(proofs, *row.migration, kServerMajor, ProofRule::kAny);
    if (proof != nullptr) results.push_back({.property = "proof", .value = Shown(*proof)});
    for (const auto& [property, value] : Properties(row, ReadAbout(row.migration->id), may_read, migrating)) {
      results.push_back({.property = property, .value = value});
    }
  }
  return ReturnRows(info, results, kPropertyColumns);
}

}  // namespace migrate
