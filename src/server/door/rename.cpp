// Migrations with new names: applied by the old one, found by their text. They stay applied. Where the tool gives the
// names that is sure; elsewhere somebody has to say so.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/plan/renamed.h"
#include "core/set/order.h"
#include "server/door/find_migration.h"
#include "server/store/store.h"

namespace migrate {
namespace {

Statement kApplied = {
    R"(SELECT m.version, m.name, m.applied_checksum FROM migrate.migration m
        WHERE m.source OPERATOR(pg_catalog.=) $1 AND m.applied_event IS NOT NULL)",
    Rights::kOwner};
Statement kRename = {
    R"(UPDATE migrate.migration m SET version = $3, name = $4, sort_key = $5
        WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2)",
    Rights::kOwner};

Statement kAnyMissing = {
    "SELECT EXISTS (SELECT FROM migrate.migration m WHERE m.absent AND m.applied_checksum IS NOT NULL)",
    Rights::kOwner};
// $1 and $2 the applied one, $3 and $4 the pending one.
Statement kTakeName = {
    R"(WITH pending AS (
         DELETE FROM migrate.migration m
          WHERE m.version OPERATOR(pg_catalog.=) $3 AND m.name OPERATOR(pg_catalog.=) $4 AND m.applied_event IS NULL
         RETURNING m.*)
       UPDATE migrate.migration m
          SET version = p.version, name = p.name, sort_key = p.sort_key, checksum = p.checksum, sha256 = p.sha256,
              down_checksum = p.down_checksum, down_sha256 = p.down_sha256, verify_checksum = p.verify_checksum,
              verify_sha256 = p.verify_sha256, options = p.options, source = p.source, absent = p.absent,
              added_at = p.added_at, added_by = p.added_by
         FROM pending p WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2)",
    Rights::kOwner};

// Applied ones whose files are gone, by the checksum of what was applied.
using Gone = std::unordered_multimap<std::string, MigrationId>;

// The one of its text, and of its name where there are several; the end if that is no one.
Gone::iterator OldOf(const LoadedMigration& migration, Gone& gone) {
  const auto [first, last] = gone.equal_range(migration.up.checksum);
  auto by_name = gone.end();
  size_t texts = 0, names = 0;
  for (auto it = first; it != last; ++it) {
    ++texts;
    if (it->second.name != migration.id.name) continue;
    by_name = it;
    ++names;
  }
  if (names > 0) return names == 1 ? by_name : gone.end();
  return texts == 1 ? first : gone.end();
}

void RenameTo(const LoadedMigration& migration, const MigrationId& from, const Actor& actor) {
  const MigrationId& to = migration.id;
  Query(kRename, {from.version, from.name, to.version, to.name, SortKey(migration, 0)});
  KnownMigration renamed;
  renamed.id = to;
  WriteEvent("repair", renamed, State::kUnchanged, actor, std::nullopt, std::nullopt, "renamed from " + from.Label());
}

}  // namespace

std::map<MigrationId, MigrationId> RenameByText(const std::vector<LoadedMigration>& migrations,
                                                const std::string& source) {
  std::map<MigrationId, MigrationId> renamed;
  const std::vector<bool> known = WhichAreKnown(migrations);
  if (std::find(known.begin(), known.end(), false) == known.end()) return renamed;
  std::set<MigrationId> loaded;
  for (const auto& migration : migrations) loaded.insert(migration.id);
  Gone gone;
  for (const auto& row : Query(kApplied, {source})) {
    MigrationId old{TextOf(row[0]), TextOf(row[1])};
    if (!loaded.contains(old)) gone.emplace(TextOf(row[2]), std::move(old));
  }
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (known[i]) continue;
    const auto old = OldOf(migrations[i], gone);
    if (old == gone.end()) continue;
    if (renamed.empty()) RequireIntactGuard(ReadNamed(old->second.Label()));
    RenameTo(migrations[i], old->second, CurrentActor(""));
    renamed.emplace(migrations[i].id, old->second);
    gone.erase(old);
  }
  if (!renamed.empty()) GuardWriter().Write(ReadNewest());
  return renamed;
}

std::map<MigrationId, std::string> RemarksOnRenamed() {
  std::map<MigrationId, std::string> remarks;
  if (!BooleanOf(QueryValue(kAnyMissing))) return remarks;
  const MigrationSet set = ReadPending({});
  const Renamed renamed(set);
  for (const auto& migration : set.migrations) {
    const std::string remark = renamed.Remark(migration);
    if (!migration.absent && !remark.empty()) remarks.emplace(migration.id, remark);
  }
  return remarks;
}

void Rename(const MigrationId& applied, const MigrationId& pending) {
  Query(kTakeName, {applied.version, applied.name, pending.version, pending.name});
}

}  // namespace migrate
