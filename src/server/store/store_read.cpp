#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/plan/replacing.h"
#include "core/set/status.h"
#include "core/set/target.h"
#include "core/set/version.h"
#include "server/base/settings.h"
#include "server/store/store.h"
#include "server/store/store_rows.h"

namespace migrate {
namespace {

Statement kAll = {MIGRATE_COLUMNS, Rights::kOwner};
Statement kApplied = {MIGRATE_COLUMNS "WHERE m.applied_event IS NOT NULL", Rights::kOwner};
Statement kPending = {MIGRATE_COLUMNS "WHERE m.applied_event IS NULL", Rights::kOwner};
// Applied, and gone from its source: of those with the text of a pending one.
Statement kRenamed = {MIGRATE_COLUMNS
                      "WHERE m.absent AND m.applied_checksum IS NOT NULL AND EXISTS (SELECT FROM migrate.migration p"
                      "  WHERE p.applied_event IS NULL AND p.checksum OPERATOR(pg_catalog.=) m.applied_checksum)",
                      Rights::kOwner};
Statement kUnfinished = {MIGRATE_COLUMNS "WHERE m.unfinished_event IS NOT NULL", Rights::kOwner};
Statement kChanged = {MIGRATE_COLUMNS "WHERE m.applied_checksum OPERATOR(pg_catalog.<>) m.checksum", Rights::kOwner};
// What would run is not what ran: here by the values of its placeholders.
Statement kRevalued = {MIGRATE_COLUMNS
                       "WHERE m.options OPERATOR(pg_catalog.?) 'repeatable' AND m.applied_event IS NOT NULL"
                       "  AND h.options OPERATOR(pg_catalog.->) 'placeholders' IS DISTINCT FROM"
                       "      m.options OPERATOR(pg_catalog.->) 'placeholders'",
                       Rights::kOwner};
// Of most migrations a status says little more than where they stand: those are read in few columns. The last says of
// the others that they are to be read in full.
Statement kOverview = {MIGRATE_OVERVIEW, Rights::kOwner};
Statement kNumbered = {MIGRATE_COLUMNS "WHERE m.id OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.int8[])", Rights::kOwner,
                       Planning::kEachTime};
// $1 names as given, $2 the sort keys of those that could be versions.
Statement kNamed = {MIGRATE_COLUMNS
                    "WHERE m.version OPERATOR(pg_catalog.=) ANY ($1) OR m.name OPERATOR(pg_catalog.=) ANY ($1)"
                    "   OR m.sort_key OPERATOR(pg_catalog.=) ANY ($2)"
                    "   OR m.options OPERATOR(pg_catalog.->) 'tags' OPERATOR(pg_catalog.?|) $3"
                    "   OR pg_catalog.concat(m.version, '_', m.name) OPERATOR(pg_catalog.=) ANY ($1)",
                    Rights::kOwner};
// Consolidated migrations, and what they replace.
Statement kReplacing = {MIGRATE_COLUMNS "WHERE m.options OPERATOR(pg_catalog.?) 'replaces'", Rights::kOwner};
// $1 the first keys and $2 the last of ranges that do not overlap, in order.
Statement kRanges = {MIGRATE_COLUMNS
                     "WHERE m.sort_key OPERATOR(pg_catalog.<=) ($2)[pg_catalog.width_bucket(m.sort_key, $1)]",
                     Rights::kOwner};
// The newest of those that count: repeatable migrations don't.
#define MIGRATE_COUNTS "AND m.sort_key OPERATOR(pg_catalog.<) '~~' "
#define MIGRATE_NEWEST                                                                       \
  "ORDER BY m.sort_key USING OPERATOR(pg_catalog.>), m.name COLLATE pg_catalog.\"C\" USING " \
  "OPERATOR(pg_catalog.>), m.version COLLATE pg_catalog.\"C\" USING OPERATOR(pg_catalog.>) LIMIT 1"
Statement kNewest = {
    "SELECT m.version, m.name, m.sort_key FROM migrate.migration m WHERE m.applied_event IS NOT NULL " MIGRATE_COUNTS
        MIGRATE_NEWEST,
    Rights::kOwner};
// Plain names come last: below their keys stand those of versions.
Statement kNewestNumbered = {
    "SELECT m.version, m.name, m.sort_key FROM migrate.migration m WHERE m.applied_event IS NOT NULL "
    "AND m.sort_key OPERATOR(pg_catalog.<) '~' " MIGRATE_NEWEST,
    Rights::kOwner};
Statement kGuard = {"SELECT g.version, g.name FROM migrate.schema_version g", Rights::kOwner};
// Whether the guard was ever written: a run that did not finish writes events, but not the guard.
Statement kHasHistory = {
    "SELECT EXISTS (SELECT FROM migrate.history h WHERE h.event OPERATOR(pg_catalog.<>) ALL "
    "(ARRAY['start', 'statement', 'fail']))",
    Rights::kOwner};
void Append(MigrationSet& set, Statement& statement, std::initializer_list<Parameter> parameters = {}) {
  std::unordered_set<int64_t> known;
  for (const auto& migration : set.migrations) known.insert(migration.number);
  QueryEach(statement, parameters, [&](const char* const* values) {
    KnownMigration migration = MigrationOf(values);
    if (known.insert(migration.number).second) set.migrations.push_back(std::move(migration));
  });
}

void MarkShared(std::vector<KnownMigration>& migrations) {
  std::unordered_map<std::string_view, KnownMigration*> first;
  first.reserve(migrations.size());
  for (auto& migration : migrations) {
    if (migration.id.version.empty()) continue;
    const auto [other, is_new] = first.emplace(migration.id.version, &migration);
    if (!is_new) migration.version_is_shared = other->second->version_is_shared = true;
  }
}

MigrationSet ReadState() {
  MigrationSet set;
  if (const auto newest = Query(kNewest); !newest.empty()) {
    set.newest = MigrationId{TextOf(newest[0][0]), TextOf(newest[0][1])};
    set.newest_key = TextOf(newest[0][2]);
  }
  set.newest_numbered = set.newest;
  set.newest_numbered_key = set.newest_key;
  if (set.newest && set.newest->version.empty()) {
    const auto numbered = Query(kNewestNumbered);
    set.newest_numbered.reset();
    if (!numbered.empty()) {
      set.newest_numbered = MigrationId{TextOf(numbered[0][0]), TextOf(numbered[0][1])};
      set.newest_numbered_key = TextOf(numbered[0][2]);
    }
  }
  if (const auto guard = Query(kGuard); !guard.empty()) {
    set.guard.present = true;
    set.guard.id = {TextOf(guard[0][0]), TextOf(guard[0][1])};
  }
  set.has_history = BooleanOf(QueryValue(kHasHistory));
  set.search_path = MigrationSearchPath();
  return set;
}

// Adds what the names could mean.
void AppendNamed(MigrationSet& set, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::vector<std::string> keys;
  for (const auto& name : names) {
    if (name[0] >= '0' && name[0] <= '9') keys.push_back(VersionSortKey(name));
  }
  std::vector<std::string> tags;
  for (const auto& name : names) tags.push_back(WithoutAt(name));
  Append(set, kNamed, {names, keys, tags});
}

void AppendReplaced(MigrationSet& set) {
  Append(set, kReplacing);
  std::vector<VersionRange> ranges;
  for (const auto& migration : set.migrations) {
    if (!migration.options->replaces.empty()) ranges.push_back(ParseVersionRange(migration.options->replaces));
  }
  if (ranges.empty()) return;
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> first, last;
  for (const auto& range : ranges) {
    if (first.empty() || range.first > last.back()) {
      first.push_back(range.first);
      last.push_back(range.last);
    } else {
      last.back() = std::max(last.back(), range.last);
    }
  }
  Append(set, kRanges, {first, last});
}

}  // namespace

MigrationSet ReadAll() {
  MigrationSet set = ReadState();
  Append(set, kAll);
  return set;
}

MigrationSet ReadOverview(size_t in_full) {
  MigrationSet set = ReadState();
  std::vector<std::string> others;
  QueryEach(kOverview, {std::to_string(in_full)}, [&](const char* const* values) {
    const char* const number = FillOverview(values, set.migrations.emplace_back());
    if (number == nullptr) return;
    others.emplace_back(number);
    set.migrations.pop_back();
  });
  if (!others.empty()) Append(set, kNumbered, {others});
  MarkShared(set.migrations);
  return set;
}

MigrationSet ReadApplied(const std::vector<std::string>& names) {
  MigrationSet set = ReadState();
  Append(set, kApplied);
  Append(set, kUnfinished);
  AppendNamed(set, names);
  return set;
}

MigrationSet ReadPending(const std::vector<std::string>& names) {
  MigrationSet set = ReadState();
  Append(set, kPending);
  if (!set.migrations.empty()) Append(set, kRenamed);
  Append(set, kUnfinished);
  Append(set, kChanged);
  Append(set, kRevalued);
  AppendReplaced(set);
  std::vector<std::string> wanted = names;
  std::unordered_set<std::string> seen(names.begin(), names.end());
  for (const auto& migration : set.migrations) {
    if (migration.applied()) continue;
    for (const auto& name : migration.requirements) {
      if (seen.insert(name).second) wanted.push_back(name);
    }
  }
  AppendNamed(set, wanted);
  return set;
}

MigrationSet ReadNamed(const std::string& name) {
  MigrationSet set = ReadState();
  AppendNamed(set, {name});
  return set;
}

MigrationSet ReadShown(const std::string& name) {
  MigrationSet set = ReadNamed(name);
  Append(set, kRenamed);
  return set;
}

MigrationId ReadNewest() {
  const auto newest = Query(kNewest);
  return newest.empty() ? MigrationId{} : MigrationId{TextOf(newest[0][0]), TextOf(newest[0][1])};
}

}  // namespace migrate
