#include "server/store/store_base.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "core/schema/belonging.h"
#include "core/schema/definition.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/sql.h"
#include "server/store/store.h"

namespace migrate {
namespace {

using schema::Object;

Statement kHasBase = {"SELECT EXISTS (SELECT FROM migrate.base b)", Rights::kOwner};
Statement kForgetObjects = {"DELETE FROM migrate.base_object", Rights::kOwner};
// Under the migrator's lock, behind which nobody else writes an event that changes anything.
Statement kWrite = {
    R"(INSERT INTO migrate.base (event, major, taken_by)
       SELECT GREATEST((SELECT pg_catalog.max(h.id) FROM migrate.history h),
           (SELECT pg_catalog.max(o.id) FROM migrate.outside o), 0), $1::pg_catalog.int4, $2::pg_catalog.name
       ON CONFLICT (only_row) DO UPDATE SET event = EXCLUDED.event, major = EXCLUDED.major,
           taken_by = EXCLUDED.taken_by, taken_at = EXCLUDED.taken_at)",
    Rights::kOwner};
// A definition that was purged stays purged.
Statement kWriteObjects = {
    R"(WITH objects AS MATERIALIZED (
         SELECT o.class, o.schema, o.name, o.identity, o.sha256, o.definition
           FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4),
             pg_catalog.unnest($5), pg_catalog.unnest($6)) AS o (class, schema, name, identity, sha256, definition)),
       definitions AS (
         INSERT INTO migrate.definition (sha256, definition)
         SELECT DISTINCT o.sha256, o.definition FROM objects o ON CONFLICT (sha256) DO NOTHING)
       INSERT INTO migrate.base_object (class, schema, name, identity, sha256)
       SELECT o.class, NULLIF(o.schema, ''), o.name, o.identity, o.sha256 FROM objects o)",
    Rights::kOwner, Planning::kEachTime};

Statement kBase = {"SELECT b.event, b.major FROM migrate.base b", Rights::kOwner};
Statement kObjects = {
    R"(SELECT o.class, o.schema, o.name, o.identity, o.sha256, d.definition
         FROM migrate.base_object o LEFT JOIN migrate.definition d ON d.sha256 OPERATOR(pg_catalog.=) o.sha256)",
    Rights::kOwner, Planning::kEachTime};
Statement kChanges = {
    R"(SELECT c.class, c.schema, c.name, c.identity, c.before_sha256, b.definition, c.after_sha256, a.definition,
           c.event, c.action, c.old_identity, pg_catalog.split_part(h.server_version, '.', 1)
         FROM migrate.change c JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) c.event
           LEFT JOIN migrate.definition b ON b.sha256 OPERATOR(pg_catalog.=) c.before_sha256
           LEFT JOIN migrate.definition a ON a.sha256 OPERATOR(pg_catalog.=) c.after_sha256
        WHERE c.event OPERATOR(pg_catalog.>) $1::pg_catalog.int8
        ORDER BY c.event USING OPERATOR(pg_catalog.<), c.number USING OPERATOR(pg_catalog.<))",
    Rights::kOwner, Planning::kEachTime};
// What was not recorded, or is not there any more. Of a migration that ran in parts, or several times, the newest event
// is told.
Statement kGaps = {
    R"(SELECT g.id, CASE WHEN h.version OPERATOR(pg_catalog.=) '' THEN h.name WHEN h.name OPERATOR(pg_catalog.=) ''
             THEN h.version ELSE pg_catalog.concat(h.version, '_', h.name) END,
           h.session_user_name, h.occurred_at, CASE h.event WHEN 'statement' THEN h.action ELSE h.event END
         FROM (SELECT pg_catalog.max(e.id) AS id FROM migrate.history e
                WHERE e.id OPERATOR(pg_catalog.>) $1::pg_catalog.int8
                  AND e.event OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback', 'statement'])
                  AND (SELECT pg_catalog.count(*) FROM migrate.change c WHERE c.event OPERATOR(pg_catalog.=) e.id)
                    IS DISTINCT FROM e.changes
                GROUP BY e.version, e.name) g JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) g.id
        ORDER BY g.id USING OPERATOR(pg_catalog.<))",
    Rights::kOwner};
Statement kSightings = {
    R"(SELECT o.id, o.class, o.identity, o.old_identity, o.session_user_name, pg_catalog.date_trunc('second', o.occurred_at), o.command
         FROM migrate.outside o WHERE o.id OPERATOR(pg_catalog.>) $1::pg_catalog.int8
        ORDER BY o.id USING OPERATOR(pg_catalog.<))",
    Rights::kOwner};
Statement kCountSeen = {
    R"(SELECT pg_catalog.count(DISTINCT ROW(o.class, o.identity)) FROM migrate.outside o
        WHERE o.id OPERATOR(pg_catalog.>) (SELECT GREATEST(b.event, (SELECT pg_catalog.max(h.id) FROM migrate.history h
          WHERE h.event OPERATOR(pg_catalog.=) 'repair' AND h.message OPERATOR(pg_catalog.=) $1)) FROM migrate.base b))",
    Rights::kOwner};

std::string Text(const char* value) { return value == nullptr ? std::string() : std::string(value); }
int64_t Number(const char* value) { return value == nullptr ? 0 : std::stoll(value); }

// Class, schema, name and identity; the rest is put in its place by Define.
Object ObjectOf(const char* const* values) {
  return {Text(values[0]), Text(values[1]), Text(values[2]), Text(values[3]), {}, {}};
}

void Define(Object& object, const char* sha256, const char* definition, schema::History& history) {
  object.hash = Text(sha256);
  object.definition = Text(definition);
  if (sha256 != nullptr && definition == nullptr) history.purged.insert(object.hash);
}

schema::Change::Action ActionOf(std::string_view name) {
  using Action = schema::Change::Action;
  for (const auto action : {Action::kCreated, Action::kAltered}) {
    if (name == schema::ActionName(action)) return action;
  }
  return Action::kDropped;
}

schema::RecordedChange ChangeOf(const char* const* values, schema::History& history) {
  schema::RecordedChange recorded{Number(values[8]), static_cast<int>(Number(values[11])), {}};
  schema::Change& change = recorded.change;
  change.action = ActionOf(values[9]);
  if (change.action != schema::Change::Action::kCreated) {
    change.before = ObjectOf(values);
    if (values[10] != nullptr) schema::SetIdentity(change.before, values[10]);
    Define(change.before, values[4], values[5], history);
  }
  if (change.action != schema::Change::Action::kDropped) {
    change.after = ObjectOf(values);
    Define(change.after, values[6], values[7], history);
  }
  return recorded;
}

}  // namespace

bool HasBase() {
  Call([]() noexcept { PushActiveSnapshot(GetLatestSnapshot()); });
  bool has = false;
  {
    const ActiveSnapshotOnly reading;
    has = BooleanOf(QueryValue(kHasBase));
  }
  Call([]() noexcept { PopActiveSnapshot(); });
  return has;
}

void WriteBase(std::vector<Object> objects) {
  schema::AddHashes(objects, NewSha256);
  Query(kForgetObjects);
  Query(kWrite, {std::to_string(kServerMajor), CurrentRole()});
  constexpr size_t kAtOnce = 10000;
  for (size_t from = 0; from < objects.size(); from += kAtOnce) {
    std::vector<std::string> classes, schemas, names, identities, hashes, definitions;
    for (size_t i = from; i < std::min(from + kAtOnce, objects.size()); ++i) {
      classes.push_back(objects[i].kind);
      schemas.push_back(objects[i].schema);
      names.push_back(objects[i].name);
      identities.push_back(objects[i].identity);
      hashes.push_back(objects[i].hash);
      definitions.push_back(objects[i].definition);
    }
    Query(kWriteObjects, {classes, schemas, names, identities, hashes, definitions});
  }
}

std::optional<schema::History> ReadHistorySinceBase() {
  const auto rows = Query(kBase);
  if (rows.empty()) return std::nullopt;
  schema::History history;
  history.base.event = IntegerOf(rows.front()[0]);
  history.base.major = static_cast<int>(IntegerOf(rows.front()[1]));
  const std::string event = std::to_string(history.base.event);
  QueryEach(kObjects, {}, [&](const char* const* values) {
    Object object = ObjectOf(values);
    Define(object, values[4], values[5], history);
    history.base.objects.push_back(std::move(object));
  });
  QueryEach(kChanges, {event},
            [&](const char* const* values) { history.changes.push_back(ChangeOf(values, history)); });
  for (const auto& row : Query(kGaps, {event})) {
    history.gaps.push_back({IntegerOf(row[0]), TextOf(row[1]), {TextOf(row[2]), TextOf(row[3]), TextOf(row[4])}});
  }
  QueryEach(kSightings, {event}, [&](const char* const* values) {
    history.sightings.push_back({Number(values[0]),
                                 Text(values[1]),
                                 Text(values[2]),
                                 Text(values[3]),
                                 {Text(values[4]), Text(values[5]), Text(values[6])}});
  });
  return history;
}

int64_t CountSeenSinceBase() { return IntegerOf(QueryValue(kCountSeen, {kDriftKept})); }

}  // namespace migrate
