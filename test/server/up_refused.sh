#!/usr/bin/env bash
# Where CALL migrate_up and migrate_down can't commit they are refused before anything runs; where they can, they work.
. test/server/lib/tap.bash

migrate_database up_refused
add_migration up_refused 0001_base 'CREATE TABLE base (a int);' 'DROP TABLE base;'
run up_refused "CALL migrate_up()"
works "by itself it works"
add_migration up_refused 0002_next 'CREATE TABLE next (a int); VACUUM base;' 'DROP TABLE next; VACUUM base;'
sql up_refused "CREATE FUNCTION up_function() RETURNS void LANGUAGE plpgsql AS 'BEGIN CALL migrate_up(); END'" \
	"CREATE PROCEDURE up_procedure() LANGUAGE plpgsql AS 'BEGIN CALL migrate_up(); END'" \
	"CREATE PROCEDURE committing_procedure() LANGUAGE plpgsql AS 'BEGIN COMMIT; CALL migrate_up(); END'" \
	"CREATE PROCEDURE down_procedure() LANGUAGE plpgsql AS 'BEGIN CALL migrate_down(); END'" \
	"CREATE PROCEDURE sql_procedure() LANGUAGE sql AS 'CALL migrate_up()'" \
	"CREATE FUNCTION up_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN CALL migrate_up(); RETURN NULL; END'" \
	"CREATE TABLE fired (a int)" "CREATE TRIGGER up_trigger AFTER INSERT ON fired FOR EACH ROW EXECUTE FUNCTION up_trigger()"
events=$(sql up_refused "SELECT count(*) FROM migrate.history")
open_session witness up_refused
send witness "SELECT 'witness', pg_backend_pid();"

nothing_ran() {
	is "$(sql up_refused "SELECT to_regclass('next') IS NULL AND to_regclass('base') IS NOT NULL, (SELECT status FROM migrate_status() WHERE version = '0002')") $(sql up_refused "SELECT count(*) FROM migrate.history")" \
		"t|pending $events" "nothing ran: $1"
}
# refused NAME STATEMENT...
refused() {
	local name=$1
	shift
	run up_refused "$@"
	fails 25001 "refused: $name"
	nothing_ran "$name"
}

refused "in a transaction block" "BEGIN" "CALL migrate_up()"
is "$MESSAGE" "migrate_up() can't commit here" "the message says why"
like "$DETAIL" 'transaction block' "the detail where"
like "$HINT" 'CALL migrate_up\(\) by itself; migrate_apply\(\) .* migrate_start\(\)' "the hint the ways out"
refused "down in a transaction block" "BEGIN" "CALL migrate_down()"
like "$HINT" 'CALL migrate_down\(\) by itself; migrate_rollback\(\)' "the hint is for that direction"
refused "behind a savepoint" "BEGIN" "SAVEPOINT s" "CALL migrate_up()"
refused "in a function" "SELECT up_function()"
refused "in a DO block" "DO 'BEGIN CALL migrate_up(); END'"
refused "in a DO block with a handler" "DO 'BEGIN CALL migrate_up(); EXCEPTION WHEN division_by_zero THEN NULL; END'"
refused "in a DO block that has committed" "DO 'BEGIN COMMIT; CALL migrate_up(); END'"
refused "in a procedure" "CALL up_procedure()"
refused "in a procedure that has committed" "CALL committing_procedure()"
refused "in a procedure in a DO block" "DO 'BEGIN CALL committing_procedure(); END'"
refused "down in a procedure" "CALL down_procedure()"
refused "in a procedure of SQL" "CALL sql_procedure()"
refused "in a trigger" "INSERT INTO fired VALUES (1)"
refused "behind another statement of one simple query" "SELECT 1; CALL migrate_up()"
refused "before another statement of one simple query" "CALL migrate_up(); SELECT 1"
refused "down with another statement of one simple query" "CALL migrate_down(); SELECT 1"
refused "twice in one simple query" "CALL migrate_up(); CALL migrate_up()"
run up_refused <<<$'\\set AUTOCOMMIT off\nCALL migrate_up();'
fails 25001 "refused: psql with AUTOCOMMIT off"
nothing_ran "psql with AUTOCOMMIT off"
run up_refused "SET default_transaction_read_only = on" "CALL migrate_up()"
fails 25006 "a read-only session is refused with the server's code"
nothing_ran "in a read-only session"

# What was caught leaves a session that goes on.
run up_refused "DO 'BEGIN CALL migrate_up(); EXCEPTION WHEN active_sql_transaction THEN RAISE NOTICE ''caught''; END'" "SELECT count(*) FROM migrate_plan()"
is "$STATE $OUT" "00000 1" "a caught refusal does no harm"

# Pipelines. pgbench: one file is one transaction of its own.
pipeline() {
	printf '%s\n' "\\startpipeline" "$@" "\\endpipeline" >"$SCRATCH/pipeline.sql"
	OUT=$(pgbench -n -M extended -t 1 -f "$SCRATCH/pipeline.sql" up_refused 2>&1)
}
sql up_refused "CREATE TABLE written (a int)"
pipeline "INSERT INTO written VALUES (1);" "CALL migrate_up();"
like "$OUT" "migrate_up\(\) can't commit here|cannot be executed within a pipeline|cannot run inside a transaction block" "refused: behind another statement of a pipeline"
nothing_ran "in a pipeline"
is "$(sql up_refused "SELECT count(*) FROM written")" 0 "and the statement before it is undone with it"
pipeline "SELECT 1;" "CALL migrate_down();"
like "$OUT" "migrate_down\(\) can't commit here" "refused: down in a pipeline"
nothing_ran "down in a pipeline"

# A migration that calls for migrations

for text in "CALL migrate_up();" "CALL migrate_down();" "SELECT migrate_start();" "SELECT migrate_apply();" \
	"DO 'BEGIN CALL migrate_up(); END';" "CALL committing_procedure();" "DO 'BEGIN COMMIT; CALL migrate_up(); END';"; do
	for form in '' $'-- migrate:no-transaction\n' $'VACUUM base;\n'; do
		add_migration up_refused 0002_next "$form$text"
		run up_refused "CALL migrate_up()"
		like "$STATE" '^(55000|25001|2D000)$' "a migration can't say: ${form//$'\n'/ }$text" || explain "$ERR"
		sql up_refused "SELECT migrate_repair('0002', 'forget')" >/dev/null
	done
done
is "$(sql up_refused "SELECT count(*) FROM migrate.job")" 0 "no job was started"
add_migration up_refused 0002_next 'CREATE TABLE next (a int); VACUUM base;' 'DROP TABLE next; VACUUM base;'

# What works

for protocol in simple extended prepared; do
	printf 'CALL migrate_up();\nCALL migrate_down();\n' >"$SCRATCH/bench.sql"
	OUT=$(pgbench -n -M $protocol -t 2 -f "$SCRATCH/bench.sql" up_refused 2>&1)
	ok $? "the $protocol protocol, up and down twice in one session" || explain "$OUT"
done
is "$(sql up_refused "SELECT count(*) FROM migrate.history WHERE version = '0002' AND event = 'apply'")" 6 "each call did its work once"
run up_refused "SET default_transaction_isolation = 'serializable'" "CALL migrate_up()" "CALL migrate_down()"
works "a session that is serializable by default"
pipeline "CALL migrate_up();"
is "$(sql up_refused "SELECT status FROM migrate_status() WHERE version = '0002'")" applied "alone in a pipeline it works" || explain "$OUT"
run up_refused "CREATE PROCEDURE nested() LANGUAGE plpgsql AS 'BEGIN PERFORM migrate_rollback(''0001''); END'" "BEGIN; COMMIT" "CALL migrate_down()"
works "behind a transaction that is over it works"
run up_refused <<<$'CALL migrate_up();\nCALL migrate_up(target => \'0002\');\nCALL migrate_down(steps => 1);\nSELECT migrate_version();'
is "$STATE $OUT" "00000 0001" "several in one script, one after the other"
send witness "SELECT 'witness', pg_backend_pid();"
answered witness
is "$(grep -c '^witness' <<<"$OUT") $(grep '^witness' <<<"$OUT" | sort -u | wc -l)" "2 1" "the server went on all the while"
close_session witness

sql postgres "DROP DATABASE up_refused"
done_testing
