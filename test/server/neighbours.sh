#!/usr/bin/env bash
# Beside extensions and tools that change a schema of their own accord: pg_cron runs jobs, pg_partman makes and drops
# partitions, pg_repack rewrites tables. Migrations that set them up, work beside them and undo it again; and a
# migration that is run by pg_cron itself. What is not installed is named, and left out.
. test/server/lib/tap.bash

own=$SCRATCH/c
folder=$("${PG_CONFIG:-pg_config}" --sharedir)/extension
has() { [ -e "$folder/$1.control" ] || { echo "# $1 is not installed here: not tried" >&2; false; }; }
preloaded=''
! has pg_cron || preloaded=pg_cron
CLUSTER_FSYNC=off CLUSTER_CONF="shared_preload_libraries = '$preloaded'
cron.database_name = 'neighbours'
cron.use_background_workers = on" scripts/cluster start "$own" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a server with its neighbours starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
trap 'scripts/cluster stop "$own" >/dev/null 2>&1' EXIT
use_cluster "$own"
migrate_database neighbours
add() { add_migration neighbours "$@"; }

# pg_cron; its job migrates another database while the rest of this file runs

if [ -n "$preloaded" ]; then
	add 0001_cron "CREATE EXTENSION pg_cron; SELECT cron.schedule('tidy', '0 4 * * *', 'VACUUM');" \
		"SELECT cron.unschedule('tidy'); DROP EXTENSION pg_cron;"
	run neighbours "SELECT migrate_apply()"
	works "a migration makes pg_cron and a job of it"
	is "$(sql neighbours "SELECT jobname || ': ' || command FROM cron.job")" "tidy: VACUUM" "the job is there"
	run neighbours "SELECT migrate_rollback(dry_run => true)" "SELECT migrate_rollback()" "SELECT migrate_apply()"
	works "it goes down and up again"
	migrate_database scheduled
	add_migration scheduled 0001_by_cron "CREATE TABLE by_cron (a int); CREATE INDEX CONCURRENTLY by_cron_a ON by_cron (a);"
	# Up to 1.4 it knows no seconds.
	run neighbours "SELECT cron.schedule_in_database('migrate', CASE WHEN extversion < '1.5' THEN '* * * * *' ELSE '1 second' END,
		'CALL migrate_up()', 'scheduled') FROM pg_extension WHERE extname = 'pg_cron'"
	works "pg_cron is told to migrate"
	discard_migrations neighbours
fi

# pg_partman

if has pg_partman; then
	add 0001_partman "CREATE SCHEMA partman; CREATE EXTENSION pg_partman SCHEMA partman;"
	add 0002_events "
		CREATE TABLE public.events (at timestamptz NOT NULL, what text) PARTITION BY RANGE (at);
		SELECT partman.create_parent(p_parent_table => 'public.events', p_control => 'at', p_interval => '1 day',
		    p_type => CASE WHEN (SELECT extversion ~ '^4' FROM pg_extension WHERE extname = 'pg_partman') THEN 'native' ELSE 'range' END);" \
		"DELETE FROM partman.part_config WHERE parent_table = 'public.events'; DROP TABLE public.events CASCADE;
		DROP TABLE IF EXISTS partman.template_public_events;"
	run neighbours "CALL migrate_up()"
	works "migrations make pg_partman and a table that it keeps"
	is "$(sql neighbours "SELECT count(*) > 3 FROM pg_inherits WHERE inhparent = 'events'::regclass")" t "it has made partitions"
	sql neighbours "UPDATE partman.part_config SET premake = premake + 2" "SELECT partman.run_maintenance()" >/dev/null
	add 0003_column "ALTER TABLE events ADD COLUMN who text; CREATE INDEX ON events (who);" "ALTER TABLE events DROP COLUMN who;"
	run neighbours "SELECT migrate_apply()"
	works "behind its maintenance the next migration works on all partitions"
	is "$(sql neighbours "SELECT count(DISTINCT attnum IS NOT NULL) FROM pg_inherits LEFT JOIN pg_attribute
		ON attrelid = inhrelid AND attname = 'who' WHERE inhparent = 'events'::regclass")" 1 "each partition has the column"
	open_session holder neighbours
	hold "SELECT partman.run_maintenance(); LOCK TABLE events IN ACCESS EXCLUSIVE MODE"
	run neighbours "SET migrate.lock_timeout = '50ms'" "SET migrate.lock_retries = 1" "SELECT migrate_rollback()"
	fails 55P03 "while its maintenance holds the table, a migration gives up in time"
	like "$DETAIL" 'held by session .*application "holder"' "and says who was in the way"
	let_go
	close_session holder
	run neighbours "SELECT migrate_rollback(steps => 2)"
	works "the table and what pg_partman knew of it are rolled back"
	is "$(sql neighbours "SELECT count(*) FROM partman.part_config")" 0 "nothing is left of it"
	discard_migrations neighbours
fi

# pg_repack, which holds its table for as long as it copies it

repack=$("${PG_CONFIG:-pg_config}" --bindir)/pg_repack
if has pg_repack && [ -x "$repack" ]; then
	add 0001_repacked "CREATE EXTENSION pg_repack; CREATE TABLE repacked (a int PRIMARY KEY, b text);
		INSERT INTO repacked SELECT i, repeat('x', 100) FROM generate_series(1, 20000) AS i; DELETE FROM repacked WHERE a % 2 = 0;"
	add 0002_column "ALTER TABLE repacked ADD COLUMN c int;" "ALTER TABLE repacked DROP COLUMN c;"
	run neighbours "SELECT migrate_apply('0001')"
	works "a migration makes pg_repack and a table for it"
	# Without -D it ends the sessions of others that change its table.
	"$repack" -D -d neighbours -t public.repacked >"$SCRATCH/repack" 2>&1 &
	run neighbours "SET migrate.lock_timeout = '200ms'" "SET migrate.lock_retries = 50" "CALL migrate_up()"
	works "a migration of the table while pg_repack is at it"
	wait
	"$repack" -d neighbours -t public.repacked >"$SCRATCH/repack" 2>&1
	ok $? "pg_repack works behind it" || explain "$(cat "$SCRATCH/repack")"
	run neighbours "CALL migrate_down()"
	works "the migration is rolled back on the repacked table"
	is "$(sql neighbours "SELECT count(*) FROM repacked")" 10000 "no row was lost"
fi

if [ -n "$preloaded" ]; then
	for ((i = 0; i < 8; i++)); do
		! wait_until scheduled "SELECT status = 'applied' FROM migrate_status()" 2>/dev/null || break
	done
	is "$(sql scheduled "SELECT status FROM migrate_status()")" applied "a job of pg_cron runs CALL migrate_up(), a concurrent build included"
fi

done_testing
