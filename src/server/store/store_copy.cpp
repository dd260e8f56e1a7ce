#include "server/store/store_copy.h"

#include "server/base/extension.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kMigrations = {"SELECT pg_catalog.to_jsonb(m) FROM migrate.migration m", Rights::kOwner};
// Those that say how a migration stands, and one that says that there is a history.
Statement kEvents = {
    "SELECT pg_catalog.to_jsonb(h) FROM migrate.history h WHERE h.id OPERATOR(pg_catalog.=) ANY (ARRAY("
    "  SELECT m.applied_event FROM migrate.migration m UNION SELECT m.unfinished_event FROM migrate.migration m)) "
    "OR h.id OPERATOR(pg_catalog.=) (SELECT pg_catalog.max(o.id) FROM migrate.history o "
    "  WHERE o.event OPERATOR(pg_catalog.<>) ALL (ARRAY['start', 'statement', 'fail']))",
    Rights::kOwner};
Statement kGuard = {"SELECT pg_catalog.to_jsonb(v) FROM migrate.schema_version v", Rights::kOwner};
Statement kScripts = {
    "SELECT pg_catalog.to_jsonb(s) FROM migrate.script s WHERE s.sha256 OPERATOR(pg_catalog.=) ANY (ARRAY("
    "  SELECT t.sha256 FROM migrate.migration m, pg_catalog.unnest(ARRAY[m.sha256, m.down_sha256, m.verify_sha256]) t(sha256) "
    "  WHERE m.options OPERATOR(pg_catalog.?) 'hook' OR CASE m.version WHEN '' THEN m.name "
    "    ELSE pg_catalog.concat(m.version, CASE WHEN m.name OPERATOR(pg_catalog.<>) '' THEN '_' END, m.name) END "
    "    OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])))",
    Rights::kOwner};

#define MIGRATE_ROWS(table)                               \
  "INSERT INTO migrate." table                            \
  " OVERRIDING SYSTEM VALUE SELECT r.* FROM "             \
  "pg_catalog.unnest($1::pg_catalog.text[]) AS j(said), " \
  "LATERAL pg_catalog.jsonb_populate_record(NULL::migrate." table ", j.said::pg_catalog.jsonb) AS r"
Statement kAddMigrations = {MIGRATE_ROWS("migration"), Rights::kOwner};
Statement kAddEvents = {MIGRATE_ROWS("history"), Rights::kOwner};
Statement kAddGuard = {MIGRATE_ROWS("schema_version"), Rights::kOwner};
Statement kAddScripts = {MIGRATE_ROWS("script"), Rights::kOwner};
Statement kNumbers = {
    "SELECT pg_catalog.setval('migrate.history_id_seq', (SELECT pg_catalog.max(h.id) FROM migrate.history h)), "
    "pg_catalog.setval('migrate.migration_id_seq', (SELECT pg_catalog.max(m.id) FROM migrate.migration m))",
    Rights::kOwner};
// Whoever makes the extension may read all of its tables.
Statement kHide = {
    "DO $$ BEGIN EXECUTE pg_catalog.format('REVOKE ALL ON migrate.script, migrate.migration, migrate.history, "
    "  migrate.definition FROM %I', CASE pg_catalog.current_setting('role') WHEN 'none' THEN session_user "
    "  ELSE pg_catalog.current_setting('role') END); END $$",
    Rights::kOwner};

std::vector<std::string> TextsOf(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.push_back(TextOf(row[0]));
  return texts;
}

}  // namespace

StoreCopy ReadCopy(const std::vector<std::string>& labels) {
  return {TextsOf(Query(kMigrations)), TextsOf(Query(kEvents)), TextsOf(Query(kGuard)),
          TextsOf(Query(kScripts, {labels})), CallerReadsTexts()};
}

void WriteCopy(const StoreCopy& copy) {
  (void) Query(kAddMigrations, {copy.migrations});
  (void) Query(kAddEvents, {copy.events});
  (void) Query(kAddGuard, {copy.guard});
  (void) Query(kAddScripts, {copy.scripts});
  (void) Query(kNumbers);
  if (!copy.shows_texts) (void) Query(kHide);
}

}  // namespace migrate
