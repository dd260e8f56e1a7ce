#include <algorithm>
#include <unordered_set>

#include "core/error.h"
#include "core/status.h"
#include "core/text.h"
#include "core/version.h"
#include "server/store.h"

namespace migrate {
namespace {

// The columns of a KnownMigration, in the order in which MigrationOf takes them. `options` holds what
// is not the default: line 1, no statements, transactional, the setting's lock timeout.
// clang-format off
#define MIGRATE_SCRIPT_COLUMNS(options, key)                                                      \
  options " OPERATOR(pg_catalog.#>>) '{" key ",line}', "                                          \
  options " OPERATOR(pg_catalog.#>>) '{" key ",statements}', "                                    \
  options " OPERATOR(pg_catalog.#>>) '{" key ",not_transactional}', "                             \
  options " OPERATOR(pg_catalog.#>>) '{" key ",each_alone}', "                                    \
  options " OPERATOR(pg_catalog.#>>) '{" key ",lock_timeout}', "                                  \
  options " OPERATOR(pg_catalog.#>>) '{" key ",statement_timeout}', "
#define MIGRATE_COLUMNS                                                                           \
  "SELECT m.version, m.name, m.id, m.sort_key, m.source, m.added_by, m.absent, "                  \
  "m.version OPERATOR(pg_catalog.<>) '' AND EXISTS (SELECT FROM migrate.migration o "             \
  "  WHERE o.version OPERATOR(pg_catalog.=) m.version AND o.name OPERATOR(pg_catalog.<>) m.name), " \
  "m.accepted_down, m.applied_checksum, h.event, h.id, h.occurred_at, h.current_user_name, h.duration_ms, " \
  "m.options OPERATOR(pg_catalog.->>) 'reversible', m.options OPERATOR(pg_catalog.->>) 'irreversible_why', " \
  "h.options OPERATOR(pg_catalog.->>) 'reversible', h.options OPERATOR(pg_catalog.->>) 'irreversible_why', " \
  "CASE WHEN m.options OPERATOR(pg_catalog.?) 'requires' THEN pg_catalog.array_to_string(ARRAY("  \
  "  SELECT pg_catalog.jsonb_array_elements_text(m.options OPERATOR(pg_catalog.->) 'requires')), ',') END, " \
  "m.checksum, " MIGRATE_SCRIPT_COLUMNS("m.options", "up")                                        \
  "m.down_checksum, " MIGRATE_SCRIPT_COLUMNS("m.options", "down")                                 \
  "m.verify_checksum, " MIGRATE_SCRIPT_COLUMNS("m.options", "verify")                             \
  "h.down_checksum, " MIGRATE_SCRIPT_COLUMNS("h.options", "down")                                 \
  "r.event, r.action, r.statements, r.unsure, r.script_checksum, r.sqlstate, r.message, r.line, r.occurred_at " \
  "FROM migrate.migration m LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) m.applied_event " \
  "LEFT JOIN migrate.history r ON r.id OPERATOR(pg_catalog.=) m.unfinished_event "
// clang-format on

Statement kAll = {MIGRATE_COLUMNS, Rights::kOwner};
Statement kApplied = {MIGRATE_COLUMNS "WHERE m.applied_event IS NOT NULL", Rights::kOwner};
Statement kPending = {MIGRATE_COLUMNS "WHERE m.applied_event IS NULL", Rights::kOwner};
Statement kUnfinished = {MIGRATE_COLUMNS "WHERE m.unfinished_event IS NOT NULL", Rights::kOwner};
Statement kChanged = {MIGRATE_COLUMNS "WHERE m.applied_checksum OPERATOR(pg_catalog.<>) m.checksum", Rights::kOwner};
// $1 names as given, $2 the sort keys of those that could be versions.
Statement kNamed = {MIGRATE_COLUMNS
                    "WHERE m.version OPERATOR(pg_catalog.=) ANY ($1) OR m.name OPERATOR(pg_catalog.=) ANY ($1)"
                    "   OR m.sort_key OPERATOR(pg_catalog.=) ANY ($2)"
                    "   OR pg_catalog.concat(m.version, '_', m.name) OPERATOR(pg_catalog.=) ANY ($1)",
                    Rights::kOwner};
#define MIGRATE_NEWEST                                                                       \
  "ORDER BY m.sort_key USING OPERATOR(pg_catalog.>), m.name COLLATE pg_catalog.\"C\" USING " \
  "OPERATOR(pg_catalog.>), m.version COLLATE pg_catalog.\"C\" USING OPERATOR(pg_catalog.>) LIMIT 1"
Statement kNewest = {
    "SELECT m.version, m.name, m.sort_key FROM migrate.migration m WHERE m.applied_event IS NOT NULL " MIGRATE_NEWEST,
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
Statement kLabels = {
    "SELECT CASE WHEN m.version OPERATOR(pg_catalog.=) '' THEN m.name WHEN m.name OPERATOR(pg_catalog.=) '' "
    "THEN m.version ELSE pg_catalog.concat(m.version, '_', m.name) END "
    "FROM migrate.migration m ORDER BY m.sort_key USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
Statement kScript = {
    "SELECT s.text FROM migrate.script s "
    "WHERE s.checksum OPERATOR(pg_catalog.=) $1",
    Rights::kOwner};
Statement kHistory = {
    "SELECT h.id, h.event, h.version, h.name, h.occurred_at, h.current_user_name, h.duration_ms, h.statements, "
    "h.checksum, h.sqlstate, CASE WHEN $1 OPERATOR(pg_catalog.=) 'yes' OR h.event OPERATOR(pg_catalog.=) 'repair' "
    "THEN h.message END FROM migrate.history h ORDER BY h.id USING OPERATOR(pg_catalog.>)",
    Rights::kOwner};

// Takes the values of a row one after the other.
class Cursor {
 public:
  explicit Cursor(const Row& row) : at_(row.begin()) {}
  const Value& Next() { return *at_++; }
  std::string Text() { return TextOf(Next()); }

 private:
  Row::const_iterator at_;
};

Script ScriptOf(Cursor& cursor) {
  Script script;
  script.checksum = cursor.Text();
  const Value& line = cursor.Next();
  script.first_line = line ? static_cast<int>(IntegerOf(line)) : 1;
  script.statements = static_cast<int>(IntegerOf(cursor.Next()));
  script.detail = cursor.Text();
  script.transactional = script.detail.empty();
  script.each_alone = cursor.Next().has_value();
  script.lock_timeout = cursor.Text();
  script.statement_timeout = cursor.Text();
  return script;
}

Unfinished UnfinishedOf(Cursor& cursor) {
  Unfinished unfinished;
  unfinished.event = cursor.Text();
  unfinished.action = cursor.Text() == "rollback" ? Action::kRollBack : Action::kApply;
  unfinished.done = static_cast<int>(IntegerOf(cursor.Next()));
  unfinished.unsure = BooleanOf(cursor.Next());
  unfinished.checksum = cursor.Text();
  unfinished.sqlstate = cursor.Text();
  unfinished.message = cursor.Text();
  unfinished.line = static_cast<int>(IntegerOf(cursor.Next()));
  unfinished.occurred_at = cursor.Text();
  return unfinished;
}

KnownMigration MigrationOf(const Row& row) {
  Cursor cursor(row);
  KnownMigration m;
  m.id.version = cursor.Text();
  m.id.name = cursor.Text();
  m.number = IntegerOf(cursor.Next());
  m.sort_key = cursor.Text();
  m.source = cursor.Text();
  m.added_by = cursor.Text();
  m.absent = BooleanOf(cursor.Next());
  m.version_is_shared = BooleanOf(cursor.Next());
  m.accepted_down = cursor.Text();
  m.applied_checksum = cursor.Text();
  m.event = cursor.Text();
  m.event_number = IntegerOf(cursor.Next());
  m.applied_at = cursor.Text();
  m.applied_by = cursor.Text();
  m.duration_ms = cursor.Text();
  m.reversible = ReversibleFromName(cursor.Text());
  m.irreversible_why = cursor.Text();
  m.kept_reversible = ReversibleFromName(cursor.Text());
  m.kept_irreversible_why = cursor.Text();
  m.requirements = SplitList(cursor.Text(), ',');
  m.up = ScriptOf(cursor);
  m.down = ScriptOf(cursor);
  m.verify = ScriptOf(cursor);
  m.kept_down = ScriptOf(cursor);
  m.unfinished = UnfinishedOf(cursor);
  return m;
}

void Append(MigrationSet& set, const std::vector<Row>& rows) {
  std::unordered_set<int64_t> known;
  for (const auto& migration : set.migrations) known.insert(migration.number);
  for (const auto& row : rows) {
    KnownMigration migration = MigrationOf(row);
    if (known.insert(migration.number).second) set.migrations.push_back(std::move(migration));
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
  return set;
}

// Adds what the names could mean.
void AppendNamed(MigrationSet& set, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::vector<std::string> keys;
  for (const auto& name : names) {
    if (name[0] >= '0' && name[0] <= '9') keys.push_back(VersionSortKey(name));
  }
  Append(set, Query(kNamed, {names, keys}));
}

}  // namespace

MigrationSet ReadAll() {
  MigrationSet set = ReadState();
  Append(set, Query(kAll));
  return set;
}

MigrationSet ReadApplied(const std::vector<std::string>& names) {
  MigrationSet set = ReadState();
  Append(set, Query(kApplied));
  Append(set, Query(kUnfinished));
  AppendNamed(set, names);
  return set;
}

MigrationSet ReadPending(const std::vector<std::string>& names) {
  MigrationSet set = ReadState();
  Append(set, Query(kPending));
  Append(set, Query(kUnfinished));
  Append(set, Query(kChanged));
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

std::vector<std::string> ReadLabels() {
  std::vector<std::string> labels;
  for (const auto& row : Query(kLabels)) labels.push_back(TextOf(row.front()));
  return labels;
}

std::string ReadScript(const std::string& checksum) {
  std::string text;
  if (QueryText(kScript, {checksum}, text)) return text;
  throw Error(sqlstate::kWrongState, "the text with checksum " + checksum + " is gone",
              "It was purged by migrate_repair.", "Load the migration's file again.");
}

MigrationId ReadNewest() {
  const auto newest = Query(kNewest);
  return newest.empty() ? MigrationId{} : MigrationId{TextOf(newest[0][0]), TextOf(newest[0][1])};
}

std::vector<Row> ReadHistory(bool with_messages) { return Query(kHistory, {with_messages ? "yes" : "no"}); }

}  // namespace migrate
