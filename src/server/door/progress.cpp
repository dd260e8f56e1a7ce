#include "server/door/progress.h"
#include "core/set/migration.h"
#include "server/base/extension.h"
#include "server/base/sql.h"
#include "server/door/commands.h"
#include "server/door/result.h"

namespace migrate {
namespace {

// Whoever holds the lock of the migrator, and what PgDatabase::ShowPlace has said of its run; jobs that
// wait stand below. Read with the owner's rights, from pg_catalog and schema migrate only: a reader
// need not be a member of the role that migrates. Shares are estimates: steps count alike, and so do the
// statements of a step; of a concurrent build, by its phase and the blocks of the table.
Statement kProgress = {
    R"SQL(WITH place AS (
         SELECT a.pid, a.usesysid, a.query_start,
                pg_catalog.regexp_match(a.query,
                  '^migrate (apply|rollback) ([0-9]+)/([0-9]+) statement ([0-9]+)/([0-9]+) version "(.*)" name "(.*)"$') AS p
           FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_get_activity(NULL) a ON a.pid OPERATOR(pg_catalog.=) l.pid
          WHERE l.locktype OPERATOR(pg_catalog.=) 'object' AND l.granted
            AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'
            AND l.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
            AND l.objid OPERATOR(pg_catalog.=) (SELECT e.oid FROM pg_catalog.pg_extension e
                                                 WHERE e.extname OPERATOR(pg_catalog.=) 'migrate')
            AND l.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
                                                    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
            AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()),
       run AS (
         SELECT place.pid, place.usesysid, place.query_start, place.p[1] AS action, place.p[2]::pg_catalog.int4 AS step,
                place.p[3]::pg_catalog.int4 AS steps, place.p[4]::pg_catalog.int4 AS statement,
                place.p[5]::pg_catalog.int4 AS statements, place.p[6] AS version, place.p[7] AS name,
                COALESCE(
                  (SELECT CASE c.phase
                            WHEN 'initializing' THEN 0 WHEN 'waiting for writers before build' THEN 0.02
                            WHEN 'waiting for writers before validation' THEN 0.6
                            WHEN 'index validation: scanning index' THEN 0.65
                            WHEN 'index validation: sorting tuples' THEN 0.75
                            WHEN 'index validation: scanning table' THEN 0.8
                            WHEN 'waiting for old snapshots' THEN 0.95
                            ELSE CASE WHEN c.phase OPERATOR(pg_catalog.~~) 'building index%'
                                 THEN 0.05::pg_catalog.float8 OPERATOR(pg_catalog.+) 0.5::pg_catalog.float8 OPERATOR(pg_catalog.*)
                                      COALESCE(c.blocks_done::pg_catalog.float8 OPERATOR(pg_catalog./) NULLIF(c.blocks_total, 0)::pg_catalog.float8, 0)
                                 ELSE 0.97 END END::pg_catalog.float8
                     FROM pg_catalog.pg_stat_progress_create_index c WHERE c.pid OPERATOR(pg_catalog.=) place.pid),
                  (SELECT c.bytes_processed::pg_catalog.float8 OPERATOR(pg_catalog./) NULLIF(c.bytes_total, 0)::pg_catalog.float8
                     FROM pg_catalog.pg_stat_progress_copy c WHERE c.pid OPERATOR(pg_catalog.=) place.pid),
                  0) AS of_statement
           FROM place),
       share AS (
         SELECT run.pid, CASE WHEN run.step IS NOT NULL THEN LEAST(1, (
                  (run.step OPERATOR(pg_catalog.-) 1)::pg_catalog.float8 OPERATOR(pg_catalog.+) LEAST(1,
                    (GREATEST(run.statement OPERATOR(pg_catalog.-) 1, 0)::pg_catalog.float8 OPERATOR(pg_catalog.+) run.of_statement)
                    OPERATOR(pg_catalog./) GREATEST(run.statements, 1)::pg_catalog.float8))
                  OPERATOR(pg_catalog./) GREATEST(run.steps, 1)::pg_catalog.float8) END AS share
           FROM run),
       waiting AS (
         SELECT w.pid, pg_catalog.concat(w.mode, ' on ', CASE
                    WHEN w.relation IS NOT NULL THEN COALESCE((SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
                         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                        WHERE c.oid OPERATOR(pg_catalog.=) w.relation), w.relation::pg_catalog.text)
                    WHEN w.locktype OPERATOR(pg_catalog.=) 'virtualxid' THEN 'an older transaction'
                    ELSE w.locktype END) AS lock,
                (SELECT pg_catalog.string_agg(pg_catalog.concat('session ', b.pid, ' of role ',
                          pg_catalog.pg_get_userbyid(b.usesysid), CASE WHEN b.application_name OPERATOR(pg_catalog.<>) ''
                            THEN pg_catalog.format(' (application "%s")', b.application_name) END, ', ', b.state), '; ')
                   FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) o(pid)
                     JOIN pg_catalog.pg_stat_get_activity(NULL) b ON b.pid OPERATOR(pg_catalog.=) o.pid
                  WHERE o.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()) AS blockers
           FROM pg_catalog.pg_locks w JOIN run ON run.pid OPERATOR(pg_catalog.=) w.pid WHERE NOT w.granted)
       SELECT j.id AS job, run.pid, pg_catalog.pg_get_userbyid(run.usesysid) AS role, run.action, run.version, run.name, run.step, run.steps,
              run.statement, run.statements,
              pg_catalog.round(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) run.query_start)
                OPERATOR(pg_catalog.*) 1000, 3) AS elapsed_ms,
              pg_catalog.round(share.share::pg_catalog.numeric, 3) AS share, waiting.lock AS waiting_for,
              waiting.blockers,
              CASE WHEN share.share IS NOT NULL THEN pg_catalog.format('[%s%s] %s %%',
                pg_catalog.repeat('#', (share.share OPERATOR(pg_catalog.*) 20)::pg_catalog.int4),
                pg_catalog.repeat('.', 20 OPERATOR(pg_catalog.-) (share.share OPERATOR(pg_catalog.*) 20)::pg_catalog.int4),
                pg_catalog.lpad(pg_catalog.round((share.share OPERATOR(pg_catalog.*) 100)::pg_catalog.numeric)::pg_catalog.text, 3)) END AS bar
         FROM run LEFT JOIN share ON share.pid OPERATOR(pg_catalog.=) run.pid
           LEFT JOIN waiting ON waiting.pid OPERATOR(pg_catalog.=) run.pid
           LEFT JOIN migrate.job j ON j.pid OPERATOR(pg_catalog.=) run.pid AND j.state OPERATOR(pg_catalog.=) 'running')SQL",
    Rights::kOwner};

}  // namespace

Datum ShowProgress(FunctionCallInfo info) {
  const CallScope scope("migrate_progress", CallKind::kReads);
  return ReturnRows(info, QueryNamed(kProgress));
}

void DescribeRunning(int64_t job, std::string& label, std::string& place) {
  const NamedRows running = QueryNamed(kProgress);
  for (const Row& row : running.rows) {
    const auto text = [&](const char* column) { return TextOf(running.At(row, column)); };
    if (IntegerOf(running.At(row, "job")) != job || !running.At(row, "action")) continue;
    label = MigrationId{text("version"), text("name")}.Label();
    place = "step " + text("step") + " of " + text("steps") + ", statement " + text("statement") + " of " +
            text("statements");
  }
}

}  // namespace migrate
