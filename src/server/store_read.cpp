#include <algorithm>
#include <cstdlib>
#include <unordered_set>
#include <utility>

#include "core/error.h"
#include "core/replacing.h"
#include "core/status.h"
#include "core/target.h"
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
  options " OPERATOR(pg_catalog.#>>) '{" key ",errors_only}', "                                   \
  options " OPERATOR(pg_catalog.#>>) '{" key ",lock_timeout}', "                                  \
  options " OPERATOR(pg_catalog.#>>) '{" key ",statement_timeout}', "
// A value, a unit separator, the next name, and so on, with record separators between the pairs.
#define MIGRATE_PLACEHOLDERS(options)                                                             \
  "CASE WHEN " options " OPERATOR(pg_catalog.?) 'placeholders' THEN ("                            \
  "  SELECT pg_catalog.string_agg(pg_catalog.concat(p.key, E'\\x1F', p.value), E'\\x1E')"         \
  "    FROM pg_catalog.jsonb_each_text(" options " OPERATOR(pg_catalog.->) 'placeholders') p) END, "
#define MIGRATE_COLUMNS                                                                           \
  "SELECT m.version, m.name, m.id, m.sort_key, m.source, m.added_by, m.absent, "                  \
  "m.version OPERATOR(pg_catalog.<>) '' AND EXISTS (SELECT FROM migrate.migration o "             \
  "  WHERE o.version OPERATOR(pg_catalog.=) m.version AND o.name OPERATOR(pg_catalog.<>) m.name), " \
  "m.accepted_down, m.options OPERATOR(pg_catalog.->>) 'reversible', "                            \
  "m.options OPERATOR(pg_catalog.->>) 'irreversible_why', "                                       \
  "CASE WHEN m.options OPERATOR(pg_catalog.?) 'requires' THEN pg_catalog.array_to_string(ARRAY("  \
  "  SELECT pg_catalog.jsonb_array_elements_text(m.options OPERATOR(pg_catalog.->) 'requires')), ',') END, " \
  "m.options OPERATOR(pg_catalog.->>) 'repeatable', m.options OPERATOR(pg_catalog.->>) 'replaces', " \
  "CASE WHEN m.options OPERATOR(pg_catalog.?) 'tags' THEN pg_catalog.array_to_string(ARRAY("      \
  "  SELECT pg_catalog.jsonb_array_elements_text(m.options OPERATOR(pg_catalog.->) 'tags')), ',') END, " \
  MIGRATE_PLACEHOLDERS("m.options")                                                               \
  "m.checksum, " MIGRATE_SCRIPT_COLUMNS("m.options", "up")                                        \
  "m.down_checksum, " MIGRATE_SCRIPT_COLUMNS("m.options", "down")                                 \
  "m.verify_checksum, " MIGRATE_SCRIPT_COLUMNS("m.options", "verify")                             \
  "h.event, h.id, m.applied_checksum, "                                                           \
  "h.down_checksum, " MIGRATE_SCRIPT_COLUMNS("h.options", "down")                                 \
  "h.options OPERATOR(pg_catalog.->>) 'reversible', h.options OPERATOR(pg_catalog.->>) 'irreversible_why', " \
  "h.occurred_at, h.current_user_name, h.duration_ms, " MIGRATE_PLACEHOLDERS("h.options")                                           \
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
                    "   OR m.options OPERATOR(pg_catalog.->) 'tags' OPERATOR(pg_catalog.?|) $3"
                    "   OR pg_catalog.concat(m.version, '_', m.name) OPERATOR(pg_catalog.=) ANY ($1)",
                    Rights::kOwner};
// Consolidated migrations, and what they replace.
Statement kReplacing = {MIGRATE_COLUMNS "WHERE m.options OPERATOR(pg_catalog.?) 'replaces'", Rights::kOwner};
Statement kRange = {MIGRATE_COLUMNS
                    "WHERE m.sort_key OPERATOR(pg_catalog.>=) $1 AND m.sort_key OPERATOR(pg_catalog.<=) $2",
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
Statement kLabels = {
    "SELECT CASE WHEN m.version OPERATOR(pg_catalog.=) '' THEN m.name WHEN m.name OPERATOR(pg_catalog.=) '' "
    "THEN m.version ELSE pg_catalog.concat(m.version, '_', m.name) END "
    "FROM migrate.migration m ORDER BY m.sort_key USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
Statement kScript = {
    "SELECT s.text FROM migrate.script s "
    "WHERE s.checksum OPERATOR(pg_catalog.=) $1",
    Rights::kOwner};
Statement kHasScript = {"SELECT s.text IS NOT NULL FROM migrate.script s WHERE s.checksum OPERATOR(pg_catalog.=) $1",
                        Rights::kOwner};
Statement kHistory = {
    "SELECT h.id, h.event, h.version, h.name, h.occurred_at, h.current_user_name, h.duration_ms, h.statements, "
    "h.checksum, h.sqlstate, CASE WHEN $1 OPERATOR(pg_catalog.=) 'yes' OR h.event OPERATOR(pg_catalog.=) 'repair' "
    "THEN h.message END FROM migrate.history h ORDER BY h.id USING OPERATOR(pg_catalog.>)",
    Rights::kOwner};

// Takes the values of a row one after the other.
class Cursor {
 public:
  explicit Cursor(const char* const* values) : at_(values) {}
  const char* Next() { return *at_++; }
  std::string Text() {
    const char* const text = Next();
    return text == nullptr ? std::string() : text;
  }
  int64_t Integer(int64_t otherwise = 0) {
    const char* const text = Next();
    return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
  }
  bool Boolean() {
    const char* const text = Next();
    return text != nullptr && *text == 't';
  }

 private:
  const char* const* at_;
};

Script ScriptOf(Cursor& cursor) {
  Script script;
  script.checksum = cursor.Text();
  script.first_line = static_cast<int>(cursor.Integer(1));
  script.statements = static_cast<int>(cursor.Integer());
  script.detail = cursor.Text();
  script.transactional = script.detail.empty();
  script.each_alone = cursor.Next() != nullptr;
  script.errors_only = cursor.Next() != nullptr;
  Timeouts timeouts{cursor.Text(), cursor.Text()};
  if (!timeouts.lock.empty() || !timeouts.statement.empty()) script.timeouts = std::move(timeouts);
  return script;
}

Placeholders PlaceholdersFrom(std::string_view text) {
  Placeholders placeholders;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('\x1E'));
    const size_t end = std::min(pair.find('\x1F'), pair.size());
    placeholders.emplace(pair.substr(0, end), pair.substr(std::min(end + 1, pair.size())));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
  }
  return placeholders;
}

Options OptionsOf(Cursor& cursor) {
  Options options;
  options.replaces = cursor.Text();
  options.tags = SplitList(cursor.Text(), ',');
  options.placeholders = PlaceholdersFrom(cursor.Text());
  return options;
}

Application ApplicationOf(Cursor& cursor) {
  Application application;
  application.event = cursor.Text();
  application.event_number = cursor.Integer();
  application.checksum = cursor.Text();
  application.down = ScriptOf(cursor);
  application.reversible = ReversibleFromName(cursor.Text());
  application.irreversible_why = cursor.Text();
  application.applied_at = cursor.Text();
  application.applied_by = cursor.Text();
  application.duration_ms = cursor.Text();
  application.placeholders = PlaceholdersFrom(cursor.Text());
  return application;
}

Unfinished UnfinishedOf(Cursor& cursor) {
  Unfinished unfinished;
  unfinished.event = cursor.Text();
  unfinished.action = cursor.Text() == "rollback" ? Action::kRollBack : Action::kApply;
  unfinished.done = static_cast<int>(cursor.Integer());
  unfinished.unsure = cursor.Boolean();
  unfinished.checksum = cursor.Text();
  unfinished.sqlstate = cursor.Text();
  unfinished.message = cursor.Text();
  unfinished.line = static_cast<int>(cursor.Integer());
  unfinished.occurred_at = cursor.Text();
  return unfinished;
}

KnownMigration MigrationOf(Cursor cursor) {
  KnownMigration m;
  m.id.version = cursor.Text();
  m.id.name = cursor.Text();
  m.number = cursor.Integer();
  m.sort_key = cursor.Text();
  m.source = cursor.Text();
  m.added_by = cursor.Text();
  m.absent = cursor.Boolean();
  m.version_is_shared = cursor.Boolean();
  m.accepted_down = cursor.Text();
  m.reversible = ReversibleFromName(cursor.Text());
  m.irreversible_why = cursor.Text();
  m.requirements = SplitList(cursor.Text(), ',');
  m.repeatable = cursor.Next() != nullptr;
  Options options = OptionsOf(cursor);
  if (!options.replaces.empty() || !options.tags.empty() || !options.placeholders.empty()) {
    m.options = std::move(options);
  }
  m.up = ScriptOf(cursor);
  m.down = ScriptOf(cursor);
  m.verify = ScriptOf(cursor);
  if (Application application = ApplicationOf(cursor); !application.event.empty()) {
    m.application = std::move(application);
  }
  if (Unfinished unfinished = UnfinishedOf(cursor); !unfinished.event.empty()) m.unfinished = std::move(unfinished);
  return m;
}

void Append(MigrationSet& set, Statement& statement, std::initializer_list<Parameter> parameters = {}) {
  std::unordered_set<int64_t> known;
  for (const auto& migration : set.migrations) known.insert(migration.number);
  QueryEach(statement, parameters, [&](const char* const* values) {
    KnownMigration migration = MigrationOf(Cursor(values));
    if (known.insert(migration.number).second) set.migrations.push_back(std::move(migration));
  });
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
  for (const auto& range : ranges) Append(set, kRange, {range.first, range.last});
}

}  // namespace

MigrationSet ReadAll() {
  MigrationSet set = ReadState();
  Append(set, kAll);
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
  Append(set, kUnfinished);
  Append(set, kChanged);
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

bool HasScript(const std::string& checksum) { return BooleanOf(QueryValue(kHasScript, {checksum})); }

MigrationId ReadNewest() {
  const auto newest = Query(kNewest);
  return newest.empty() ? MigrationId{} : MigrationId{TextOf(newest[0][0]), TextOf(newest[0][1])};
}

std::vector<Row> ReadHistory(bool with_messages) { return Query(kHistory, {with_messages ? "yes" : "no"}); }

}  // namespace migrate
