#include "server/store/store_report.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/json.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

#define MIGRATE_AT "pg_catalog.to_char(pg_catalog.timezone('UTC', h.occurred_at), 'YYYY-MM-DD HH24:MI:SS')"

Statement kEvents = {
    "SELECT h.id, h.event, h.version, h.name, " MIGRATE_AT
    ", h.current_user_name, h.duration_ms, m.applied_event, h.action, h.line, h.sqlstate, h.message, h.detail "
    "FROM migrate.history h LEFT JOIN migrate.migration m ON m.applied_event OPERATOR(pg_catalog.=) h.id "
    "WHERE h.event OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback', 'fail', 'baseline', 'adopt', 'repair']) "
    "OR h.event OPERATOR(pg_catalog.=) ANY (ARRAY['start', 'statement']) AND h.changes OPERATOR(pg_catalog.>) 0 "
    "ORDER BY h.id USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};

#define MIGRATE_COUNT(class)                                                  \
  "COALESCE(pg_catalog.sum(CASE c.action WHEN 'created' THEN 1 ELSE -1 END) " \
  "FILTER (WHERE c.class OPERATOR(pg_catalog.=) '" class "'), 0)"
Statement kGrowth = {
    "SELECT c.event, " MIGRATE_COUNT("table") ", " MIGRATE_COUNT("table column") ", "
    MIGRATE_COUNT("index") ", " MIGRATE_COUNT("policy") " FROM migrate.change c "
    "WHERE c.class OPERATOR(pg_catalog.=) ANY (ARRAY['table', 'table column', 'index', 'policy']) "
    "AND c.action OPERATOR(pg_catalog.<>) 'altered' GROUP BY c.event ORDER BY c.event USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};

Statement kLocks = {
    "SELECT h.id, h.version, h.name, h.event, l.\"table\", l.lock, l.ms FROM migrate.history h, "
    "pg_catalog.jsonb_to_recordset(h.locks) AS l(\"table\" text, lock text, ms double precision) "
    "WHERE h.locks IS NOT NULL ORDER BY h.id USING OPERATOR(pg_catalog.>) LIMIT $1::pg_catalog.int4",
    Rights::kOwner};

Statement kHeaders = {
    "SELECT m.version, m.name, m.options OPERATOR(pg_catalog.->>) 'metadata' FROM migrate.migration m "
    "JOIN ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS w (version, name) "
    "  ON m.version OPERATOR(pg_catalog.=) w.version AND m.name OPERATOR(pg_catalog.=) w.name "
    "WHERE m.options OPERATOR(pg_catalog.?) 'metadata'",
    Rights::kOwner, Planning::kEachTime};

std::string Text(const char* value) { return value == nullptr ? "" : value; }
int Number(const char* value) { return value == nullptr ? 0 : std::atoi(value); }
double Real(const char* value) { return value == nullptr ? 0 : std::atof(value); }
int64_t Id(const char* value) { return std::atoll(value); }

}  // namespace

std::vector<RecordedEvent> ReadEvents() {
  std::vector<RecordedEvent> events;
  QueryEach(kEvents, {}, [&](const char* const* v) {
    RecordedEvent& event = events.emplace_back();
    event.id = Id(v[0]);
    event.event = Text(v[1]);
    event.migration = {Text(v[2]), Text(v[3])};
    event.at = Text(v[4]);
    event.by = Text(v[5]);
    event.duration_ms = Real(v[6]);
    event.applied = v[7] != nullptr;
    if (!event.failed()) return;
    event.action = Text(v[8]);
    event.line = Number(v[9]);
    event.sqlstate = Text(v[10]);
    event.message = Text(v[11]);
    event.detail = Text(v[12]);
  });
  return events;
}

std::vector<RecordedGrowth> ReadGrowth() {
  std::vector<RecordedGrowth> growth;
  QueryEach(kGrowth, {}, [&](const char* const* v) {
    growth.push_back({Id(v[0]), Number(v[1]), Number(v[2]), Number(v[3]), Number(v[4])});
  });
  return growth;
}

std::vector<RecordedLock> ReadLocks(int most) {
  std::vector<RecordedLock> locks;
  QueryEach(kLocks, {std::to_string(most)}, [&](const char* const* v) {
    locks.push_back({Id(v[0]), {Text(v[1]), Text(v[2])}, Text(v[3]), Text(v[4]), Text(v[5]), Real(v[6])});
  });
  std::reverse(locks.begin(), locks.end());
  return locks;
}

std::map<MigrationId, Headers> ReadHeaders(const std::vector<MigrationId>& migrations) {
  std::vector<std::string> versions, names;
  for (const auto& id : migrations) {
    versions.push_back(id.version);
    names.push_back(id.name);
  }
  std::map<MigrationId, Headers> headers;
  for (const auto& row : Query(kHeaders, {versions, names})) {
    const auto texts = JsonStrings(TextOf(row[2]));
    Headers& of_one = headers[{TextOf(row[0]), TextOf(row[1])}];
    for (size_t i = 0; i + 1 < texts.size(); i += 2) of_one.emplace_back(texts[i], texts[i + 1]);
  }
  return headers;
}

}  // namespace migrate
