// What is read of the tables to be shown as it is, not to be planned with.
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/set/version.h"
#include "server/store/store.h"
#include "server/store/store_probes.h"

namespace migrate {
namespace {

// Consolidated ones stand behind what they replace: their own versions count.
Statement kLastVersion = {
    "SELECT m.version, pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.clock_timestamp()), 'YYYYMMDDHH24MISS') "
    "FROM migrate.migration m WHERE m.sort_key OPERATOR(pg_catalog.<) '~' "
    "ORDER BY m.sort_key USING OPERATOR(pg_catalog.>) LIMIT 1",
    Rights::kOwner};
Statement kLabels = {
    "SELECT CASE WHEN m.version OPERATOR(pg_catalog.=) '' THEN m.name WHEN m.name OPERATOR(pg_catalog.=) '' "
    "THEN m.version ELSE pg_catalog.concat(m.version, '_', m.name) END "
    "FROM migrate.migration m ORDER BY m.sort_key USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
// Messages of failures may hold data: their place says enough here. What the guard has recorded stands between the
// events, numbered by the same sequence.
Statement kHistory = {
    "SELECT e.id, e.event, e.version, e.name, pg_catalog.date_trunc('second', e.occurred_at) AS occurred_at, e.actor, "
    "e.note FROM (SELECT h.id, h.event, h.version, h.name, h.occurred_at, h.current_user_name AS actor, "
    "NULLIF(pg_catalog.concat_ws(', ', CASE WHEN h.event OPERATOR(pg_catalog.=) 'fail' "
    "  THEN pg_catalog.concat(h.sqlstate, ' at line ' OPERATOR(pg_catalog.||) h.line::pg_catalog.text) "
    "WHEN h.event OPERATOR(pg_catalog.=) 'statement' "
    "  THEN pg_catalog.concat(h.statements, ' done', CASE WHEN h.unsure THEN ', perhaps more' END) "
    "WHEN h.event OPERATOR(pg_catalog.=) ANY (ARRAY['repair', 'adopt']) THEN h.message "
    "ELSE pg_catalog.round(h.duration_ms::pg_catalog.numeric, CASE WHEN h.duration_ms OPERATOR(pg_catalog.<) 10 "
    "  THEN 1 ELSE 0 END)::pg_catalog.text OPERATOR(pg_catalog.||) ' ms' END, "
    "CASE WHEN h.changes OPERATOR(pg_catalog.=) 1 THEN '1 change' WHEN h.changes OPERATOR(pg_catalog.>) 1 "
    "  THEN h.changes OPERATOR(pg_catalog.||) ' changes' END, "
    "CASE WHEN h.event OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback']) THEN h.message END), '') AS note "
    "FROM migrate.history h UNION ALL "
    "SELECT o.id, 'outside', NULL, o.identity, o.occurred_at, o.current_user_name, o.command FROM migrate.outside o) e "
    "WHERE $1 IS NULL OR e.occurred_at OPERATOR(pg_catalog.>=) $1::pg_catalog.timestamptz "
    "ORDER BY e.id USING OPERATOR(pg_catalog.>) LIMIT $2::pg_catalog.int8",
    Rights::kOwner};
// What a KnownMigration does not hold.
Statement kAbout = {
    "SELECT m.added_at, m.options OPERATOR(pg_catalog.->>) 'metadata', h.statements, h.session_user_name, "
    "h.client_address, h.claimed_subject, h.search_path, h.server_version, r.detail, "
    // Of a migration that ran in parts each is an event of its own.
    "CASE WHEN h.changes IS NOT NULL THEN (SELECT pg_catalog.sum(e.changes) FROM migrate.history e "
    "  WHERE e.version OPERATOR(pg_catalog.=) m.version AND e.name OPERATOR(pg_catalog.=) m.name "
    "    AND e.id OPERATOR(pg_catalog.<=) h.id AND e.id OPERATOR(pg_catalog.>) COALESCE((SELECT pg_catalog.max(b.id) "
    "      FROM migrate.history b WHERE b.version OPERATOR(pg_catalog.=) m.version "
    "        AND b.name OPERATOR(pg_catalog.=) m.name AND b.event OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback']) "
    "        AND b.id OPERATOR(pg_catalog.<) h.id), 0)) END "
    "FROM migrate.migration m LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) m.applied_event "
    "LEFT JOIN migrate.history r ON r.id OPERATOR(pg_catalog.=) m.unfinished_event "
    "WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2",
    Rights::kOwner};

}  // namespace

std::string ReadNextVersion() {
  const auto last = Query(kLastVersion);
  if (last.empty()) return {};
  const std::string version = TextOf(last[0][0]), now = TextOf(last[0][1]);
  const bool is_time = version.size() == now.size() && version.find_first_not_of("0123456789") == version.npos;
  return is_time && version < now ? now : NextVersion(version);
}

std::vector<std::string> ReadLabels() {
  std::vector<std::string> labels;
  for (const auto& row : Query(kLabels)) labels.push_back(TextOf(row.front()));
  return labels;
}

NamedRows ReadHistory(const std::optional<std::string>& since, const std::optional<std::string>& limit) {
  return QueryNamed(kHistory, {since, limit});
}

About ReadAbout(const MigrationId& id) {
  const auto rows = Query(kAbout, {id.version, id.name});
  if (rows.empty()) return {};
  const Row& row = rows.front();
  About about{TextOf(row[0]), {},
              TextOf(row[2]), TextOf(row[3]),
              TextOf(row[4]), TextOf(row[5]),
              TextOf(row[6]), TextOf(row[7]),
              TextOf(row[8]), TextOf(row[9])};
  const auto metadata = JsonStrings(TextOf(row[1]));
  for (size_t i = 0; i + 1 < metadata.size(); i += 2) about.metadata.emplace_back(metadata[i], metadata[i + 1]);
  for (const auto& [name, text] : ReadProbeResults(id)) about.probes.push_back(Join({name, text}, ": "));
  return about;
}

}  // namespace migrate
