#include "server/store/store_changes.h"

#include <map>

namespace migrate {
namespace {

// $1 the event; the rest are lists, in which an empty text is no value.
Statement kWrite = {
    R"(WITH definitions AS (
         INSERT INTO migrate.definition (sha256, definition)
         SELECT DISTINCT d.sha256, d.definition
           FROM ROWS FROM (pg_catalog.unnest($2 OPERATOR(pg_catalog.||) $4),
             pg_catalog.unnest($3 OPERATOR(pg_catalog.||) $5)) AS d (sha256, definition)
          WHERE d.sha256 OPERATOR(pg_catalog.<>) ''
         ON CONFLICT (sha256) DO UPDATE SET definition = EXCLUDED.definition WHERE definition.definition IS NULL)
       INSERT INTO migrate.change (event, number, action, class, schema, name, identity, old_identity, before_sha256,
           after_sha256, line, line_column, bytes)
       SELECT $1::pg_catalog.int8, c.number, c.action, c.class, NULLIF(c.schema, ''), c.name, c.identity,
           NULLIF(c.old_identity, ''), NULLIF(c.before, ''), NULLIF(c.after, ''), NULLIF(c.line, '')::pg_catalog.int4,
           NULLIF(c.line_column, '')::pg_catalog.int4, NULLIF(c.bytes, '')::pg_catalog.int4
         FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($4), pg_catalog.unnest($6), pg_catalog.unnest($7),
           pg_catalog.unnest($8), pg_catalog.unnest($9), pg_catalog.unnest($10), pg_catalog.unnest($11),
           pg_catalog.unnest($12), pg_catalog.unnest($13), pg_catalog.unnest($14)) WITH ORDINALITY
           AS c (before, after, action, class, schema, name, identity, old_identity, line, line_column, bytes, number))",
    Rights::kOwner};
// Each part is an event of its own, up to the one that made the migration applied.
Statement kCountParts = {
    R"(SELECT m.version, m.name, r.changes
         FROM (SELECT pg_catalog.max(p.id) AS id, pg_catalog.sum(p.changes) AS changes
             FROM (SELECT e.version, e.name, e.id, e.changes,
                 pg_catalog.count(*) FILTER (WHERE e.event OPERATOR(pg_catalog.<>) 'statement')
                   OVER (PARTITION BY e.version, e.name ORDER BY e.id USING OPERATOR(pg_catalog.<)
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS run
               FROM migrate.history e
              WHERE e.event OPERATOR(pg_catalog.=) ANY (ARRAY['statement', 'apply', 'rollback'])
                AND EXISTS (SELECT FROM migrate.history s WHERE s.event OPERATOR(pg_catalog.=) 'statement'
                  AND s.version OPERATOR(pg_catalog.=) e.version AND s.name OPERATOR(pg_catalog.=) e.name)) p
            GROUP BY p.version, p.name, p.run) r
           JOIN migrate.migration m ON m.applied_event OPERATOR(pg_catalog.=) r.id
           JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) r.id AND h.changes IS NOT NULL)",
    Rights::kOwner, Planning::kEachTime};
// What a script made whose text was purged, unless one that was not has made the same.
#define MIGRATE_MADE_BY(is_purged)                                                                      \
  "EXISTS (SELECT FROM migrate.change c JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) c.event " \
  "  JOIN migrate.script s ON s.sha256 OPERATOR(pg_catalog.=) COALESCE(h.script_sha256, "               \
  "    CASE h.event WHEN 'rollback' THEN h.down_sha256 ELSE h.sha256 END) "                             \
  "  WHERE c.after_sha256 OPERATOR(pg_catalog.=) d.sha256 AND s.text " is_purged ")"
Statement kPurge = {
    "UPDATE migrate.definition d SET definition = NULL WHERE d.definition IS NOT NULL "
    "AND " MIGRATE_MADE_BY("IS NULL") " AND NOT " MIGRATE_MADE_BY("IS NOT NULL"),
    Rights::kOwner};
Statement kEvery = {
    "SELECT c.action, c.class, c.identity, c.old_identity FROM migrate.change c "
    "ORDER BY c.event USING OPERATOR(pg_catalog.<), c.number USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
Statement kRead = {
    R"(SELECT c.event AS id, h.version, h.name,
           CASE WHEN h.event OPERATOR(pg_catalog.=) 'statement' THEN h.action ELSE h.event END AS event,
           c.action, c.class, c.identity, c.line,
           CASE WHEN $3 OPERATOR(pg_catalog.=) 'yes' THEN b.definition END AS before,
           CASE WHEN $3 OPERATOR(pg_catalog.=) 'yes' THEN a.definition END AS after
         FROM migrate.change c JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) c.event
           LEFT JOIN migrate.definition b ON b.sha256 OPERATOR(pg_catalog.=) c.before_sha256
           LEFT JOIN migrate.definition a ON a.sha256 OPERATOR(pg_catalog.=) c.after_sha256
        WHERE $4 OPERATOR(pg_catalog.=) 'yes' OR EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS m (version, name)
          WHERE m.version OPERATOR(pg_catalog.=) h.version AND m.name OPERATOR(pg_catalog.=) h.name)
        ORDER BY c.event USING OPERATOR(pg_catalog.<), c.number USING OPERATOR(pg_catalog.<))",
    Rights::kOwner, Planning::kEachTime};

// $1 version, $2 name, $3 the event that applied it: that, and the parts that were committed before it.
#define MIGRATE_EVENTS                                                                               \
  "WITH e AS (SELECT h.id, h.changes FROM migrate.history h"                                         \
  "  WHERE h.version OPERATOR(pg_catalog.=) $1 AND h.name OPERATOR(pg_catalog.=) $2"                 \
  "    AND h.id OPERATOR(pg_catalog.<=) $3::pg_catalog.int8"                                         \
  "    AND (h.event OPERATOR(pg_catalog.=) 'apply'"                                                  \
  "      OR h.event OPERATOR(pg_catalog.=) 'statement' AND h.action OPERATOR(pg_catalog.=) 'apply')" \
  "    AND h.id OPERATOR(pg_catalog.>) COALESCE((SELECT max(p.id) FROM migrate.history p"            \
  "      WHERE p.version OPERATOR(pg_catalog.=) $1 AND p.name OPERATOR(pg_catalog.=) $2"             \
  "        AND p.id OPERATOR(pg_catalog.<) $3::pg_catalog.int8"                                      \
  "        AND p.event OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback', 'baseline', 'adopt', 'repair'])), 0)) "
Statement kHasGap = {MIGRATE_EVENTS "SELECT EXISTS (SELECT FROM e WHERE changes IS NULL)", Rights::kOwner};
Statement kReadOf = {
    MIGRATE_EVENTS
    "SELECT c.action, c.class, c.schema, c.name, c.identity, c.old_identity, b.definition, a.definition, c.event"
    " FROM e JOIN migrate.change c ON c.event OPERATOR(pg_catalog.=) e.id"
    " LEFT JOIN migrate.definition b ON b.sha256 OPERATOR(pg_catalog.=) c.before_sha256"
    " LEFT JOIN migrate.definition a ON a.sha256 OPERATOR(pg_catalog.=) c.after_sha256"
    " ORDER BY c.event USING OPERATOR(pg_catalog.<), c.number USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};

// $1 the event that applied the migration, $2 identities.
Statement kReadLater = {
    "SELECT pg_catalog.concat_ws('_', NULLIF(m.version, ''), NULLIF(m.name, '')) FROM migrate.migration m "
    "WHERE m.applied_event OPERATOR(pg_catalog.>) $1::pg_catalog.int8 AND EXISTS (SELECT FROM migrate.change c "
    "  JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) c.event "
    "  WHERE c.event OPERATOR(pg_catalog.>) $1::pg_catalog.int8 AND h.version OPERATOR(pg_catalog.=) m.version "
    "    AND h.name OPERATOR(pg_catalog.=) m.name AND (c.identity OPERATOR(pg_catalog.=) ANY ($2) "
    "      OR c.old_identity OPERATOR(pg_catalog.=) ANY ($2))) "
    "ORDER BY m.applied_event USING OPERATOR(pg_catalog.>)",
    Rights::kOwner, Planning::kEachTime};

}  // namespace

std::vector<std::string> ReadLaterChangers(const KnownMigration& migration,
                                           const std::vector<std::string>& identities) {
  std::vector<std::string> labels;
  for (const auto& row : Query(kReadLater, {std::to_string(migration.application->event_number), identities})) {
    labels.push_back(TextOf(row[0]));
  }
  return labels;
}

std::optional<int> CountOf(const std::optional<std::vector<schema::Change>>& changes) {
  if (!changes) return std::nullopt;
  return static_cast<int>(changes->size());
}

void CountParts(MigrationSet& set) {
  std::map<MigrationId, int> counts;
  for (const auto& row : Query(kCountParts)) {
    counts[{TextOf(row[0]), TextOf(row[1])}] = static_cast<int>(IntegerOf(row[2]));
  }
  if (counts.empty()) return;
  for (auto& migration : set.migrations) {
    const auto count = counts.find(migration.id);
    if (count != counts.end() && migration.applied()) migration.application.Make().changes = count->second;
  }
}

void WriteChanges(int64_t event, const std::vector<schema::Change>& changes) {
  if (changes.empty()) return;
  std::vector<std::string> before_hashes, before, after_hashes, after, actions, classes, schemas, names, identities,
      old_identities, lines, columns, bytes;
  for (const auto& change : changes) {
    const schema::Object& object = change.object();
    const bool is_renamed =
        change.action == schema::Change::Action::kAltered && change.before.identity != object.identity;
    const bool has_place = change.statement.length > 0;
    const auto place = [&](auto number) { return has_place ? std::to_string(number) : std::string(); };
    before_hashes.push_back(change.before.hash);
    before.push_back(change.before.definition);
    after_hashes.push_back(change.after.hash);
    after.push_back(change.after.definition);
    actions.emplace_back(ActionName(change.action));
    classes.push_back(object.kind);
    schemas.push_back(object.schema);
    names.push_back(object.name);
    identities.push_back(object.identity);
    old_identities.push_back(is_renamed ? change.before.identity : "");
    lines.push_back(place(change.statement.position.line));
    columns.push_back(place(change.statement.position.column));
    bytes.push_back(place(change.statement.length));
  }
  Query(kWrite, {std::to_string(event), before_hashes, before, after_hashes, after, actions, classes, schemas, names,
                 identities, old_identities, lines, columns, bytes});
}

std::optional<std::vector<std::vector<schema::Change>>> ReadChangesOf(const KnownMigration& migration) {
  const std::string event = std::to_string(migration.application->event_number);
  if (BooleanOf(QueryValue(kHasGap, {migration.id.version, migration.id.name, event}))) return std::nullopt;
  std::vector<std::vector<schema::Change>> parts;
  Value last;
  for (const auto& row : Query(kReadOf, {migration.id.version, migration.id.name, event})) {
    using Action = schema::Change::Action;
    const std::string action = TextOf(row[0]);
    schema::Change change;
    change.action = action == "created" ? Action::kCreated : action == "dropped" ? Action::kDropped : Action::kAltered;
    const schema::Object object{TextOf(row[1]), TextOf(row[2]), TextOf(row[3]), TextOf(row[4]), {}, {}};
    if (change.action != Action::kCreated) {
      change.before = object;
      change.before.definition = TextOf(row[6]);
      if (row[5]) change.before.identity = *row[5];
    }
    if (change.action != Action::kDropped) {
      change.after = object;
      change.after.definition = TextOf(row[7]);
    }
    if (parts.empty() || row[8] != last) parts.emplace_back();
    last = row[8];
    parts.back().push_back(std::move(change));
  }
  return parts;
}

schema::Made ReadMade() {
  schema::Made made;
  QueryEach(kEvery, {}, [&](const char* const* values) {
    made.Follow(values[0], values[1], values[2], values[3] == nullptr ? "" : values[3]);
  });
  return made;
}

void PurgeDefinitions() { Query(kPurge); }

NamedRows ReadChanges(const std::optional<std::vector<MigrationId>>& migrations, bool with_definitions) {
  const char* const shown = with_definitions ? "yes" : "no";
  std::vector<std::string> versions, names;
  if (migrations) {
    for (const auto& id : *migrations) {
      versions.push_back(id.version);
      names.push_back(id.name);
    }
  }
  return QueryNamed(kRead, {versions, names, shown, migrations ? "no" : "yes"});
}

}  // namespace migrate
