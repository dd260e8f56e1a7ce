#include "server/store/store_adopt.h"

#include "core/base/json.h"

namespace migrate {
namespace {

Statement kLoaded = {
    R"(SELECT m.version, m.name, m.sort_key, m.sha256, m.applied_event IS NOT NULL,
           COALESCE(r.statements OPERATOR(pg_catalog.>) 0 OR r.unsure, false),
           m.options OPERATOR(pg_catalog.?) 'repeatable', m.options OPERATOR(pg_catalog.?) 'placeholders',
           m.options OPERATOR(pg_catalog.->>) 'requires',
           m.applied_checksum OPERATOR(pg_catalog.<>) m.checksum AND h.event OPERATOR(pg_catalog.=) 'adopt',
           CASE WHEN h.event OPERATOR(pg_catalog.=) 'adopt' THEN h.message END
         FROM migrate.migration m LEFT JOIN migrate.history r ON r.id OPERATOR(pg_catalog.=) m.unfinished_event
           LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) m.applied_event
        ORDER BY m.sort_key USING OPERATOR(pg_catalog.<), m.name COLLATE pg_catalog."C" USING OPERATOR(pg_catalog.<))",
    Rights::kOwner};
Statement kText = {"SELECT s.text FROM migrate.script s WHERE s.sha256 OPERATOR(pg_catalog.=) $1", Rights::kOwner};
Statement kAdoption = {
    R"(WITH event AS (
         INSERT INTO migrate.history (event, version, name, checksum, sha256, down_checksum, down_sha256, options,
             current_user_name, claimed_subject, occurred_at, message)
         SELECT 'adopt', m.version, m.name, m.checksum, m.sha256, m.down_checksum, m.down_sha256, m.options,
             $3::pg_catalog.name, $4,
             COALESCE($5::pg_catalog.timestamptz, pg_catalog.clock_timestamp()), $6
           FROM migrate.migration m WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2
         RETURNING history.id)
       UPDATE migrate.migration m
          SET applied_event = event.id, applied_checksum = m.checksum, applied_sha256 = m.sha256, unfinished_event = NULL
         FROM event WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2)",
    Rights::kOwner};

}  // namespace

LoadedSet ReadLoaded() {
  LoadedSet set;
  for (const auto& row : Query(kLoaded)) {
    adopt::Loaded loaded;
    loaded.id = {TextOf(row[0]), TextOf(row[1])};
    loaded.sort_key = TextOf(row[2]);
    set.sha256s.push_back(TextOf(row[3]));
    loaded.applied = BooleanOf(row[4]);
    loaded.partial = BooleanOf(row[5]);
    loaded.needs_values = BooleanOf(row[7]);
    loaded.repeatable = BooleanOf(row[6]);
    loaded.requirements = JsonStrings(TextOf(row[8]));
    loaded.reloaded = BooleanOf(row[9]);
    loaded.adopted_from = TextOf(row[10]);
    set.migrations.push_back(std::move(loaded));
  }
  return set;
}

std::optional<std::string> ReadKeptText(const std::string& sha256) {
  std::string text;
  if (!QueryText(kText, {sha256}, text)) return std::nullopt;
  return text;
}

void WriteAdoption(const MigrationId& id, const Actor& actor, const std::string& at, const std::string& source) {
  Query(kAdoption, {id.version, id.name, actor.role, OrNull(actor.claimed_subject), OrNull(at), OrNull(source)});
}

}  // namespace migrate
