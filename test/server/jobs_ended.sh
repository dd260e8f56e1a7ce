#!/usr/bin/env bash
# Jobs whose database is dropped, or whose server restarts, on a cluster of their own: the job is lost, nothing that it
# had committed is, and the next one goes on where it stood.
. test/server/lib/tap.bash

own=$SCRATCH/own
CLUSTER_FSYNC=off scripts/cluster start "$own" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster of its own starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
trap 'scripts/cluster stop "$own" >/dev/null 2>&1' EXIT
use_cluster "$own"
restart() {
	as_server_user "$BIN/pg_ctl" -D "$own/data" -l "$own/log" -s -w -m "$1" restart </dev/null >"$SCRATCH/error" 2>&1
	ok $? "the server restarts: $1" || explain "$(cat "$SCRATCH/error")"
}
statuses() { sql ended "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()"; }
state() { sql ended "SELECT concat_ws(' ', state, sqlstate, finished_at IS NOT NULL) FROM migrate.job WHERE id = $1"; }
workers() { sql postgres "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'migrate job%'"; }

# Where a job stands when it ends, and what status says of its migration then.
declare -A place=(
	["a transaction"]="SELECT pg_sleep(seconds) FROM patience; CREATE TABLE made (a int);"
	["a segment"]=$'VACUUM held;\nCREATE TABLE made (a int);\nSELECT pg_sleep(seconds) FROM patience;'
	["a concurrent build"]=$'CREATE INDEX CONCURRENTLY held_a ON held (a);\nCREATE TABLE made (a int);'
	["a pause"]=$'CREATE TABLE made (a int);\nLOCK TABLE held;'
)
declare -A waits=(
	["a transaction"]="wait_event = 'PgSleep'"
	["a segment"]="wait_event = 'PgSleep'"
	["a concurrent build"]="wait_event_type = 'Lock'"
	["a pause"]="wait_event = 'Extension' AND backend_xid IS NULL AND query LIKE 'migrate apply%'"
)
declare -A left=(
	["a transaction"]="0001 applied, 0002 failed"
	["a segment"]="0001 applied, 0002 partial"
	["a concurrent build"]="0001 applied, 0002 partial"
	["a pause"]="0001 applied, 0002 failed"
)
# prepare: a fresh database, and a session that is in the way.
prepare() {
	migrate_database ended
	sql ended "CREATE TABLE patience AS SELECT 60 AS seconds" "CREATE TABLE held (a int)"
	add_migration ended 0001_before 'CREATE TABLE before (a int);'
	add_migration ended 0002_long "${place[$1]}"
}
# start PLACE: a job that stands there; JOB is its number.
start() {
	local lock='SELECT;'
	[ "$1" != "a concurrent build" ] || lock="LOCK TABLE held IN ROW EXCLUSIVE MODE;"
	[ "$1" != "a pause" ] || lock="LOCK TABLE held;"
	open_session holder ended
	send holder "BEGIN; $lock"
	answered holder
	JOB=$(sql ended "SET migrate.lock_timeout = '1ms'" "SET migrate.lock_retries = 1000" "SELECT migrate_start()")
	wait_until ended "SELECT ${waits[$1]} FROM pg_stat_activity WHERE backend_type = 'migrate job $JOB'"
}

for where in "${!place[@]}"; do
	for how in fast immediate; do
		prepare "$where"
		start "$where"
		lost=$JOB
		restart "$how"
		close_session holder
		is "$(workers) $(statuses)" "0 ${left[$where]}" "a $how restart in $where: no job goes on, what was committed stays"
		is "$(sql ended "SELECT to_regclass('made') IS NULL")" t "the rest is undone"
		is "$(state "$lost")" "running f" "nobody has looked for the job yet"
		sql ended "UPDATE patience SET seconds = 0"
		if [ "$how" = fast ]; then
			JOB=$(sql ended "SELECT migrate_start()")
			wait_until ended "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $JOB"
			is "$(state "$JOB")" "finished t" "the next job goes on there, to its end"
		else
			run ended "CALL migrate_up()"
			works "CALL migrate_up() goes on there, to its end"
		fi
		is "$(state "$lost") $(statuses)" "lost t 0001 applied, 0002 applied" "the first one is found to be lost"
		is "$(sql ended "SELECT to_regclass('made') IS NOT NULL, (SELECT count(*) FROM migrate.history WHERE event = 'apply'), (SELECT count(*) FROM pg_index WHERE NOT indisvalid)")" \
			"t|2|0" "everything is there, once"
	done
done

# DROP DATABASE

prepare "a segment"
start "a segment"
send holder '\c postgres'
answered holder
run postgres "DROP DATABASE ended"
fails 55006 "DROP DATABASE fails while a job runs there"
is "$(sql ended "SELECT state, (SELECT wait_event FROM pg_stat_activity WHERE backend_type = 'migrate job $JOB') FROM migrate.job")" \
	"running|PgSleep" "which is not disturbed"
close_session holder
started=$(sql postgres "SELECT pg_postmaster_start_time()")
open_session witness postgres
send witness "CREATE TEMP TABLE seen (a int);"
sql ended "SELECT migrate_cancel($JOB)" >/dev/null
for where in "${!place[@]}"; do
	prepare "$where"
	start "$where"
	run postgres "DROP DATABASE ended WITH (FORCE)"
	works "DROP DATABASE … WITH (FORCE) while a job is in $where"
	is "$(workers)" 0 "the job has ended with its database"
	close_session holder
done
send witness "SELECT count(*) FROM seen;"
answered witness
is "$OUT $(sql postgres "SELECT pg_postmaster_start_time() = '$started'")" "0 t" "other sessions and the server go on"
close_session witness

done_testing
