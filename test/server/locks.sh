#!/usr/bin/env bash
# How migrate_up waits: for locks that others hold, for another migrator, for statements that take too long; whom it
# names, what it holds meanwhile, and what it says of its own locks afterwards.
. test/server/lib/tap.bash

migrate_database locks
role locks_owner LOGIN
sql locks "CREATE TABLE busy (a int)" "CREATE TABLE other (a int)" "ALTER TABLE busy OWNER TO locks_owner" \
	"INSERT INTO busy SELECT generate_series(1, 100)"
add() { add_migration locks "$@"; }
discard() { discard_migrations locks; }
status() { sql locks "SELECT string_agg(status, ' ') FROM migrate_status()"; }
told_times() { grep -cE "$1" <<<"$ERR"; }
# held: what the session "runner" holds and keeps others from: its locks but that of the migrator, its transaction, its snapshot.
held() {
	sql locks "SELECT (SELECT count(*) FROM pg_locks l WHERE l.pid = a.pid AND l.locktype NOT IN ('virtualxid', 'object')), backend_xid IS NULL, backend_xmin IS NULL,
		(SELECT string_agg(classid::regclass || ' ' || mode, ', ') FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'object')
		FROM pg_stat_activity a WHERE application_name = 'runner'"
}
quick=("SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 2")
once=("SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 0")
# Which role, application and state it is, is told.
PGUSER=locks_owner open_session holder locks

# Giving up

add 0001_alter $'CREATE TABLE made (a int);\nALTER TABLE busy ADD b int;' $'DROP TABLE made;\nALTER TABLE busy DROP b;'
hold "LOCK TABLE busy IN ACCESS SHARE MODE"
pid=$(sql locks "SELECT pid FROM pg_stat_activity WHERE application_name = 'holder'")
blocker="It waited for AccessExclusiveLock on public\.busy, held by session $pid of role locks_owner \(application \"holder\"\), idle in transaction, its transaction open for [0-9.]+ s, with AccessShareLock\."
run locks "${quick[@]}" "CALL migrate_up()"
fails 55P03 "a lock that another session keeps"
is "$MESSAGE" "canceling statement due to lock timeout" "with the server's message"
like "$CONTEXT" 'migration "0001_alter", line 2, column 1' "and the place"
like "$DETAIL" "^$blocker\$" "the detail names who blocks: process, role, application, state, how long, with what"
like "$HINT" 'migrate\.lock_timeout.*migrate\.lock_retries' "the hint says what to do"
is "$(told_times 'NOTICE:  00000: migration "0001_alter": canceling statement due to lock timeout; trying again in [0-9]+ ms \([12] of 2\)')" 2 "each new try is told"
is "$(told_times "^$blocker\$|DETAIL:  $blocker\$")" 3 "each time with who blocks"
pauses=$(sed -nE 's/.*trying again in ([0-9]+) ms.*/\1/p' <<<"$ERR" | paste -sd ' ')
status=0
read -r first second <<<"$pauses"
[ "$first" -ge 50 ] && [ "$first" -le 100 ] && [ "$second" -ge 100 ] && [ "$second" -le 200 ] || status=1
ok $status "the pauses grow, and vary" || explain "$pauses"
is "$(status) $(sql locks "SELECT to_regclass('made') IS NULL")" "failed t" "nothing stays"
like "$(sql locks "SELECT detail FROM migrate.history WHERE event = 'fail'")" "$blocker" "the history keeps who blocked"
run locks "${once[@]}" "CALL migrate_up()"
is "$STATE $(told_times NOTICE)" "55P03 0" "migrate.lock_retries = 0 tries once"
run locks "${once[@]}" "SELECT migrate_apply()"
like "$STATE $DETAIL" "^55P03 $blocker\$" "migrate_apply names who blocks, too"

# Between the tries nothing is held

# paused NAME: runs it until it pauses for the fifth time, looks, and lets the holder go.
paused() {
	open_session runner locks
	send runner "SET migrate.lock_timeout = '20ms'; SET migrate.lock_retries = 20; CALL migrate_up();"
	prints runner '(5 of 20)'
	is "$(held)" "0|t|t|pg_extension ShareUpdateExclusiveLock" "in the pause nothing is held but the migrator's place: $1"
	let_go
	answered runner
	is "$STATE $(status)" "00000 applied" "and it succeeds when the other one has gone: $1"
	close_session runner
}
paused "an ordinary migration"
is "$(sql locks "SELECT count(*) FROM migrate.history WHERE event = 'apply'")" 1 "recorded once"
run locks "CALL migrate_down()"
discard
hold "LOCK TABLE busy IN ACCESS SHARE MODE"
add 0001_segments $'CREATE TABLE made (a int);\nVACUUM made;\nINSERT INTO made VALUES (1);\nLOCK TABLE other;\nALTER TABLE busy ADD b int;' $'DROP TABLE made;\nALTER TABLE busy DROP b;'
paused "a segment"
is "$(sql locks "SELECT count(*) FROM made")" 1 "what was undone ran once"
run locks "CALL migrate_down()"
discard
hold "LOCK TABLE busy IN SHARE UPDATE EXCLUSIVE MODE"
add 0001_vacuum $'SELECT 1;\nVACUUM busy;\nSELECT 2;'
paused "a statement that stands alone"
discard
hold "LOCK TABLE busy"
add 0001_verified 'VACUUM other;' 'SELECT 1' 'SELECT count(*) > 0 FROM busy;'
paused "a verify script behind what stands alone"
discard
add 0001_lost 'CREATE INDEX CONCURRENTLY busy_a ON busy (a);'
hold "LOCK TABLE busy IN ROW EXCLUSIVE MODE"
open_session runner locks
send runner "CALL migrate_up();"
wait_until locks "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted)"
sql locks "SELECT FROM pg_stat_activity, LATERAL pg_terminate_backend(pid, 10000) WHERE application_name = 'runner'"
close_session runner
let_go
hold "LOCK TABLE busy"
paused "looking for a statement that was lost"
sql locks "DROP INDEX busy_a"
discard
add 0001_down 'SELECT 1' 'ALTER TABLE busy ADD c int'
run locks "CALL migrate_up()"
hold "LOCK TABLE busy IN ACCESS SHARE MODE"
run locks "${quick[@]}" "CALL migrate_down()"
like "$STATE $DETAIL" "^55P03 It waited for AccessExclusiveLock on public\.busy" "down waits likewise"
is "$(status)" applied "and leaves it applied"
let_go
discard

# Several holders, and one without a session

add 0001_alter 'ALTER TABLE busy ADD b int;' 'ALTER TABLE busy DROP b;'
open_session second locks
send second "BEGIN; SELECT count(*) FROM busy;"
answered second
hold "INSERT INTO busy VALUES (0)"
run locks "${once[@]}" "CALL migrate_up()"
like "$DETAIL" 'application "holder"' "two holders: one is named"
like "$DETAIL" 'application "second"' "and the other"
like "$DETAIL" 'with (AccessShareLock, )?RowExclusiveLock' "each with its own lock"
let_go
send second "COMMIT; BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE; PREPARE TRANSACTION 'locks';"
answered second
run locks "${once[@]}" "CALL migrate_up()"
like "$STATE $DETAIL" '^55P03 It waited for AccessExclusiveLock on public.busy.*prepared transaction' "a prepared transaction"
sql locks "ROLLBACK PREPARED 'locks'"
close_session second
discard
add 0001_row 'UPDATE busy SET a = 0 WHERE a = 1;'
hold "UPDATE busy SET a = -1 WHERE a = 1"
run locks "${once[@]}" "CALL migrate_up()"
like "$STATE $DETAIL" '^55P03 It waited for ShareLock on .*transaction.*application "holder"' "a row that another transaction has changed"
let_go
discard
add 0001_nowait 'LOCK TABLE busy NOWAIT;'
hold "LOCK TABLE busy"
run locks "${quick[@]}" "CALL migrate_up()"
is "$STATE $(told_times 'could not obtain lock on relation "busy"; trying again')" "55P03 2" "NOWAIT is tried again, too"
let_go
discard
add 0001_code $'-- migrate:no-transaction\nDO \'BEGIN LOCK TABLE busy; END\';'
hold "LOCK TABLE busy IN ACCESS SHARE MODE"
run locks "${quick[@]}" "CALL migrate_up()"
is "$STATE $(told_times 'trying again')" "55P03 0" "a block of code that stands alone is not: it may have committed a part"
let_go
discard

# Concurrent builds may wait: they hold up nobody

add 0001_build $'-- migrate:lock-timeout 20ms\nCREATE INDEX CONCURRENTLY busy_a ON busy (a);' 'DROP INDEX CONCURRENTLY busy_a'
for direction in up down; do
	hold "INSERT INTO busy VALUES (0)"
	open_session runner locks
	send runner "SET migrate.lock_timeout = '20ms'; SET migrate.lock_retries = 0; CALL migrate_$direction();"
	wait_until locks "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'runner' AND wait_event_type = 'Lock' AND clock_timestamp() > query_start + interval '400 ms'"
	let_go
	answered runner
	is "$STATE" 00000 "a concurrent statement is exempt from the lock timeout: $direction"
	close_session runner
done
discard
add 0001_build $'SET lock_timeout = \'30ms\';\nCREATE INDEX CONCURRENTLY busy_a ON busy (a);'
hold "INSERT INTO busy VALUES (0)"
open_session runner locks
send runner "SET migrate.lock_retries = 20; CALL migrate_up();"
prints runner '(3 of 20)'
let_go
answered runner
is "$STATE $(sql locks "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ') FROM pg_index WHERE indrelid = 'busy'::regclass")" "00000 busy_a true" \
	"unless the migration limits it itself: then it is tried again"
like "$OUT" 'dropped the invalid index public.busy_a' "and what each try leaves is dropped first"
close_session runner
sql locks "DROP INDEX busy_a"
discard

# Time limits

add 0001_slow $'SELECT 1;\nSELECT pg_sleep(8);'
run locks "SET migrate.statement_timeout = '100ms'" "CALL migrate_up()" 
fails 57014 "migrate.statement_timeout"
is "$MESSAGE" "canceling statement of a migration due to its timeout of 100 ms" "with a message of its own"
like "$HINT" 'migrate\.statement_timeout.*-- migrate:statement-timeout 10min' "and the ways out"
like "$CONTEXT" 'migration "0001_slow", line 2, column 1' "at the statement"
is "$(status)" failed "the migration failed"
run locks "SET migrate.statement_timeout = '100ms'" "SELECT migrate_apply()"
fails 57014 "in migrate_apply, too"
add 0001_slow $'-- migrate:statement-timeout 100ms\nVACUUM other;\nSELECT pg_sleep(8);'
run locks "SET migrate.statement_timeout = '1min'" "CALL migrate_up()"
is "$STATE $(status)" "57014 partial" "a migration's own limit goes before the setting"
discard
add 0001_slow $'-- migrate:statement-timeout 1min\nSELECT pg_sleep(0.3);'
run locks "SET migrate.statement_timeout = '100ms'" "CALL migrate_up()" "SELECT pg_sleep(0.3)"
is "$STATE $(status)" "00000 applied" "in both ways; afterwards nothing is limited"
discard
add 0001_slow "$(printf 'SELECT pg_sleep(0.25);\n%.0s' 1 2 3 4 5 6)"
run locks "SET migrate.statement_timeout = '1s'" "CALL migrate_up()"
works "each statement has its own time"
discard
for text in $'-- migrate:no-transaction\nDO \'BEGIN PERFORM pg_sleep(8); END\';' "DO 'BEGIN PERFORM pg_sleep(8); EXCEPTION WHEN OTHERS THEN NULL; END';"; do
	add 0001_slow "$text"
	run locks "SET migrate.statement_timeout = '100ms'" "CALL migrate_up()"
	is "$STATE $(status)" "57014 failed" "in a DO block, too: ${text%%$'\n'*}"
	discard
done
add 0001_slow 'SELECT 1;' '' 'SELECT pg_sleep(8) IS NOT NULL;'
run locks "SET migrate.statement_timeout = '100ms'" "CALL migrate_up()"
is "$STATE $(status)" "57014 failed" "in a verify script, too"
discard
add 0001_slow 'CREATE INDEX CONCURRENTLY busy_a ON busy (a);'
hold "INSERT INTO busy VALUES (0)"
run locks "SET migrate.statement_timeout = '200ms'" "CALL migrate_up()"
is "$STATE $(status)" "57014 partial" "a concurrent build is not exempt from that one"
let_go
run locks "CALL migrate_up()"
works "and can go on"
sql locks "DROP INDEX busy_a"
discard
add 0001_slow 'SELECT pg_sleep(8);'
run locks "SET statement_timeout = '200ms'" "CALL migrate_up()"
is "$STATE $MESSAGE" "57014 canceling statement due to statement timeout" "the caller's own statement_timeout counts for the whole call"
for value in soon -5s '2 parsecs' ''; do
	run locks "SELECT migrate_add('0001_slow', E'-- migrate:statement-timeout $value\nSELECT 1;')"
	like "$STATE" '^(22023|42601)$' "a limit that makes no sense: '$value'"
done
discard

# Waiting for another migrator

add 0001_long 'SELECT pg_sleep(20);' 'SELECT 1'
open_session first locks
send first "SET migrate.notices = off; CALL migrate_up();"
wait_until locks "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'first' AND wait_event = 'PgSleep')"
run locks "SET migrate.wait_timeout = 0" "CALL migrate_up()"
like "$STATE $DETAIL" '^55P03 Session [0-9]+ of role postgres holds it \(application "first"\)' "migrate.wait_timeout = 0 does not wait, and names the migrator"
run locks "SET migrate.wait_timeout = '200ms'" "CALL migrate_up()"
fails 55P03 "a short one gives up"
like "$ERR" 'NOTICE:  00000: waiting for another session that migrates. Session [0-9]+ of role postgres holds it \(application "first"\)' "having said that it waits"
run locks "SELECT migrate_apply()"
fails 55P03 "a function does not wait by default"
open_session runner locks
send runner "CALL migrate_up();"
wait_until locks "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'runner' AND wait_event = 'Extension')"
sleep 0.2
is "$(held)" "0|t|t|" "while it waits it holds nothing, and no snapshot"
sql locks "SELECT FROM pg_stat_activity, LATERAL pg_cancel_backend(pid) WHERE application_name = 'first'"
answered first
wait_until locks "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'runner' AND wait_event = 'PgSleep')"
ok $? "by default it waits for its turn, then makes its plan"
sql locks "SELECT FROM pg_stat_activity, LATERAL pg_cancel_backend(pid) WHERE application_name = 'runner'"
answered runner
fails 57014 "and runs"
close_session first
close_session runner
discard

# Which locks it held, and for how long

add 0001_alter $'ALTER TABLE busy ADD b int;\nCREATE TABLE made (a int REFERENCES other);\nINSERT INTO busy VALUES (1);\nSELECT pg_sleep(0.2);' $'DROP TABLE made;\nALTER TABLE busy DROP b;'
sql locks "ALTER TABLE other ADD PRIMARY KEY (a)"
run locks "CALL migrate_up()"
is "$(sql locks "SELECT string_agg(l ->> 'table' || ' ' || (l ->> 'lock') || ' ' || ((l ->> 'ms')::float BETWEEN 200 AND 5000), ', ' ORDER BY l ->> 'table') FROM migrate.history, jsonb_array_elements(locks) l WHERE event = 'apply'")" \
	"public.busy AccessExclusiveLock true, public.other ShareRowExclusiveLock true" "the history keeps which strong lock on which table, and how long"
run locks "CALL migrate_down()"
is "$(sql locks "SELECT count(*) FROM migrate.history, jsonb_array_elements(locks) l WHERE event = 'rollback' AND l ->> 'table' = 'public.busy' AND l ->> 'lock' = 'AccessExclusiveLock'")" 1 "of a rollback, too"
discard
add 0001_weak $'CREATE TABLE made (a int);\nALTER TABLE made ADD b int;\nINSERT INTO busy VALUES (1);\nSELECT count(*) FROM other;' 'DROP TABLE made'
run locks "CALL migrate_up()"
is "$STATE $(sql locks "SELECT count(locks) FROM migrate.history")" "00000 0" "none of its own tables, and none that everybody takes"
run locks "CALL migrate_down()"
discard
add 0001_mixed $'LOCK TABLE other IN SHARE MODE;\nVACUUM busy;\nALTER TABLE busy ADD b int;\nSELECT 1;' 'ALTER TABLE busy DROP b'
run locks "CALL migrate_up()"
is "$(sql locks "SELECT string_agg(statements || ' ' || (l ->> 'table') || ' ' || (l ->> 'lock'), ', ' ORDER BY h.id) FROM migrate.history h, jsonb_array_elements(locks) l")" \
	"1 public.other ShareLock, 4 public.busy AccessExclusiveLock" "with the segment that held it"
run locks "CALL migrate_down()"
discard
add 0001_apply 'ALTER TABLE busy ADD b int' 'ALTER TABLE busy DROP b'
run locks "SELECT migrate_apply()" "SELECT migrate_rollback()"
is "$(sql locks "SELECT string_agg(event || ' ' || (l ->> 'table'), ', ' ORDER BY h.id) FROM migrate.history h, jsonb_array_elements(locks) l WHERE event IN ('apply', 'rollback')")" \
	"apply public.busy, rollback public.busy" "migrate_apply and migrate_rollback keep them, too"

close_session holder
sql postgres "DROP DATABASE locks"
done_testing
