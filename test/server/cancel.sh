#!/usr/bin/env bash
# pg_cancel_backend in every kind of statement and in every wait, in both directions: status and history say where, what
# was not committed is undone, the session is as before and holds nothing, and the next call goes on.
. test/server/lib/tap.bash

migrate_database cancel
add() { add_migration cancel "$@"; }
discard() { discard_migrations cancel; }
runner="FROM pg_stat_activity WHERE application_name = 'runner'"
# What may be waited for, and what is looked at between the cases.
sql cancel "CREATE TABLE held (a int)" "INSERT INTO held SELECT generate_series(1, 10)" "CREATE TABLE patience AS SELECT 60 AS seconds" \
	"CREATE TABLE watched (a int)" "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(seconds) FROM patience; RETURN NEW; END'" \
	"CREATE TRIGGER wait BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION wait()"\
	"CREATE TABLE parts (a int) PARTITION BY LIST (a)" "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1)"

open_session holder cancel
# What the session "runner" waits for, by the case's second field.
declare -A wait_for=(
	[sleep]="SELECT EXISTS (SELECT $runner AND wait_event = 'PgSleep')"
	[lock]="SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted)"
	[pause]="SELECT EXISTS (SELECT $runner AND wait_event = 'Extension' AND backend_xid IS NULL AND query LIKE 'migrate %')"
)
# begin CALL WAIT LOCK: runs it in the background until it waits.
begin() {
	local i
	[ -z "$3" ] || send holder "BEGIN; LOCK TABLE $3;"
	answered holder
	open_session runner cancel
	if [ "$2" = pause ]; then
		send runner "SET migrate.lock_timeout = '1ms'; SET migrate.lock_retries = 1000;"
	else
		send runner "SET migrate.lock_timeout = 0;"
	fi
	send runner "SET work_mem = '5MB'; SET cancel.mine = 'mine'; CALL $1;"
	# The pauses grow: only a long one lasts until the cancel comes.
	for ((i = 0; i < 200; i++)); do
		[ "$2" = pause ] && ! grep -qF '(4 of 1000)' "$SCRATCH/runner.out" || break
		sleep 0.05
	done
	wait_until cancel "${wait_for[$2]}"
}
# What it says of itself: status, and of the last failure the statements done, whether the next may be, the line.
told() {
	sql cancel "SELECT s.status, h.action, h.sqlstate, h.statements, h.unsure, h.line FROM migrate_status() s, migrate.history h WHERE h.event = 'fail' ORDER BY h.id DESC LIMIT 1"
}

# canceled NAME CALL WAIT LOCK WANTED [GOES_ON]: cancels what was added; WANTED is what is told. What it waited for goes,
# and the next call, of another session, says GOES_ON (00000), and 00000 once a human has said "resume here".
canceled() {
	begin "$2" "$3" "$4"
	sql cancel "SELECT pg_cancel_backend(pid) $runner" >/dev/null
	answered runner
	is "$STATE $MESSAGE" "57014 canceling statement due to user request" "$1: cancelled"
	is "$(told)" "$5" "$1: status and history"
	is "$(sql cancel "SELECT to_regclass('made') IS NULL")" t "$1: what was not committed is undone"
	is "$(sql cancel "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner'")" 0 "$1: it holds nothing"
	send runner "SELECT 'still', current_setting('work_mem'), current_setting('cancel.mine'), current_setting('search_path');"
	answered runner
	like "$OUT" 'still\|5MB\|mine\|"\$user", public$' "$1: the session is as before"
	send holder "ROLLBACK;"
	answered holder
	sql cancel "UPDATE patience SET seconds = 0"
	run cancel "CALL $2"
	is "$STATE" "${6:-00000}" "$1: the next call" || explain "$ERR"
	if [ -n "${6:-}" ]; then
		run cancel "SELECT migrate_repair('0001', 'resume here')" "CALL $2"
		works "$1: the one after a repair"
	fi
	close_session runner
	sql cancel "UPDATE patience SET seconds = 60"
}

# name | wait | lock | status going up | statements, unsure, line | state of the next call | text
cases=(
	"a statement|sleep||failed|0|f|2||CREATE TABLE made (a int);
SELECT pg_sleep(seconds) FROM patience;"
	"a wait for a lock|lock|held IN ACCESS SHARE MODE|failed|0|f|2||CREATE TABLE made (a int);
ALTER TABLE held ADD b int; ALTER TABLE held DROP b;"
	"a COPY|sleep||failed|0|f|2||CREATE TABLE made (a int);
COPY watched FROM stdin;
1
\\.
"
	"the pause between two tries|pause|held|failed|0|f|||CREATE TABLE made (a int);
LOCK TABLE held;"
	"a segment|sleep||partial|1|f|3||VACUUM held;
CREATE TABLE made (a int);
SELECT pg_sleep(seconds) FROM patience;"
	"a segment that waits for a lock|lock|held IN ACCESS SHARE MODE|partial|1|f|3||VACUUM pg_class;
CREATE TABLE made (a int);
LOCK TABLE held;
VACUUM pg_class;"
	"the pause between two tries of a segment|pause|held|partial|1|f|||VACUUM pg_class;
CREATE TABLE made (a int);
LOCK TABLE held;"
	"VACUUM|lock|held IN SHARE UPDATE EXCLUSIVE MODE|partial|1|t|2||SELECT 1;
VACUUM held;
CREATE TABLE made (a int);"
	"the pause between two tries of VACUUM|pause|held IN SHARE UPDATE EXCLUSIVE MODE|partial|1|t|||SELECT 1;
VACUUM held;
CREATE TABLE made (a int);"
	"CREATE INDEX CONCURRENTLY|lock|held IN ROW EXCLUSIVE MODE|partial|1|t|2||SELECT 1;
CREATE INDEX CONCURRENTLY held_new ON held (a);
CREATE TABLE made (a int);"
	"REINDEX INDEX CONCURRENTLY|lock|held IN ROW EXCLUSIVE MODE|partial|0|t|1||REINDEX INDEX CONCURRENTLY held_old;
CREATE TABLE made (a int);"
	"DROP INDEX CONCURRENTLY|lock|held IN ROW EXCLUSIVE MODE|partial|0|t|1||DROP INDEX CONCURRENTLY held_gone;
CREATE TABLE made (a int);"
	"DETACH PARTITION CONCURRENTLY|lock|parts IN ACCESS SHARE MODE|partial|0|t|1||ALTER TABLE parts DETACH PARTITION part CONCURRENTLY;
CREATE TABLE made (a int);"
	"a DO block with a transaction of its own|sleep||partial|1|f|3||-- migrate:no-transaction
SELECT 1;
DO 'BEGIN CREATE TABLE made (a int); PERFORM pg_sleep(seconds) FROM patience; END';"
	"a DO block that has committed|sleep||partial|0|t|2|55000|-- migrate:no-transaction
DO 'BEGIN COMMIT; CREATE TABLE IF NOT EXISTS made (a int); PERFORM pg_sleep(seconds) FROM patience; END';"
	"a block of statements|sleep||partial|1|f|4||-- migrate:no-transaction
SELECT 1;
BEGIN; CREATE TABLE made (a int);
SELECT pg_sleep(seconds) FROM patience; COMMIT;"
)
# clear: what the case before has made goes, and what it has dropped is there again.
clear() {
	sql cancel "SET client_min_messages = warning" "DROP TABLE IF EXISTS made" "TRUNCATE watched" "DROP INDEX IF EXISTS held_new" \
		"CREATE INDEX IF NOT EXISTS held_old ON held (a)" "CREATE INDEX IF NOT EXISTS held_gone ON held (a)" \
		"DO 'BEGIN IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = ''part''::regclass) THEN ALTER TABLE parts ATTACH PARTITION part FOR VALUES IN (1); END IF; END'"
}
for case in "${cases[@]}"; do
	IFS='|' read -rd '' name wait lock status statements unsure line state text <<<"$case"
	for direction in up down; do
		clear
		if [ $direction = up ]; then
			add 0001_canceled "$text"
			wanted="$status|apply"
		else
			add 0001_canceled 'SELECT 1;' "$text"
			run cancel "CALL migrate_up()"
			wanted="${status/failed/applied}|rollback"
		fi
		canceled "$name, $direction" "migrate_$direction()" "$wait" "$lock" "$wanted|57014|$statements|$unsure|$line" "$state"
		is "$(sql cancel "SELECT s.status, to_regclass('made') IS NOT NULL, (SELECT count(*) FROM pg_index WHERE NOT indisvalid) FROM migrate_status() s")" \
			"$([ $direction = up ] && echo applied || echo pending)|t|0" "$name, $direction: which did all of it"
		discard
	done
done
clear

# Verify scripts come last, and only going up

add 0001_canceled 'CREATE TABLE made (a int);' '' 'SELECT pg_sleep(seconds) IS NOT NULL FROM patience;'
canceled "a verify script" "migrate_up()" sleep "" "failed|apply|57014|0|f|1"
discard
clear
add 0001_canceled 'VACUUM held;' '' 'SELECT pg_sleep(seconds) IS NOT NULL FROM patience;'
canceled "a verify script behind VACUUM" "migrate_up()" sleep "" "partial|apply|57014|1|f|1"
is "$(sql cancel "SELECT string_agg(event, ' ' ORDER BY id) FROM migrate.history")" "start statement fail start apply" "VACUUM did not run again"
discard

# Waiting for another session that migrates

add 0001_canceled 'SELECT pg_sleep(seconds) FROM patience;'
open_session other cancel
send other "CALL migrate_up();"
wait_until cancel "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'other' AND wait_event = 'PgSleep')"
open_session runner cancel
send runner "SET work_mem = '5MB'; CALL migrate_up();"
wait_until cancel "SELECT EXISTS (SELECT $runner AND wait_event = 'Extension')"
sql cancel "SELECT pg_cancel_backend(pid) $runner" >/dev/null
answered runner
is "$STATE $MESSAGE" "57014 canceling statement due to user request" "cancelled while another session migrates"
is "$(sql cancel "SELECT string_agg(event, ' '), (SELECT status FROM migrate_status()) FROM migrate.history")" "start|pending" "leaves no trace"
send runner "SET migrate.wait_timeout = 0; CALL migrate_up();"
answered runner
like "$STATE $DETAIL" '^55P03 Session [0-9]+ of role postgres holds it \(application "other"\)' "and the other one its place"
sql cancel "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'other'" "UPDATE patience SET seconds = 0" >/dev/null
answered other
send runner "SELECT 'still', current_setting('work_mem'); CALL migrate_up();"
answered runner
like "$OUT" 'still\|5MB.*migration "0001_canceled" applied' "the session is as before, and has its turn"
close_session other
close_session runner
sql cancel "UPDATE patience SET seconds = 60"
discard

# A migration that cancels itself

add 0001_canceled $'SELECT 1;\nSELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5);'
run cancel "CALL migrate_up()"
is "$STATE $(told)" "57014 failed|apply|57014|0|f|2" "cancelled by itself"
discard

# A load: nothing of the server's own looks for a cancel while a long text is read

for text in "'/* ' || repeat('a', 200000000)" "repeat('-- a' || chr(13), 50000000)"; do
	run cancel "SET migrate.max_text_size = '500MB'" "SET statement_timeout = '100ms'" "SELECT migrate_add('0009_long', $text)"
	is "$STATE" 57014 "a load is cancelled on its way: $text"
done

close_session holder
sql postgres "DROP DATABASE cancel"
done_testing
