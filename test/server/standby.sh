#!/usr/bin/env bash
# A standby and read-only transactions: what only reads answers there, what changes is refused with what to do.
. test/server/lib/tap.bash

primary=$PGHOST
standby=$SCRATCH/standby

migrate_database standby
sql standby "SELECT migrate_add('0001_a', 'CREATE TABLE a (x int)', NULL, 'SELECT true')" \
	"SELECT migrate_add('0002_b', 'ALTER TABLE a ALTER x TYPE bigint')" "SELECT migrate_apply('0001')" \
	"INSERT INTO migrate.job (direction, state, requested_by) VALUES ('up', 'finished', CURRENT_USER)" >/dev/null

finish() {
	as_server_user "$BIN/pg_ctl" -D "$standby" -s -m immediate stop >/dev/null 2>&1
	rm -rf "$standby"
}
trap finish EXIT

# The socket needs a short path: the scratch folder of the primary's own socket has one.
server_folder "$standby"
socket=$(as_server_user mktemp -d /tmp/migrate-standby-XXXXXX)
as_server_user "$BIN/pg_basebackup" -D "$standby" -h "$primary" -U postgres -R -X stream -c fast --no-sync 2>"$SCRATCH/error" &&
	as_server_user sh -c "echo \"unix_socket_directories = '$socket'\" >>'$standby/postgresql.conf'" &&
	as_server_user "$BIN/pg_ctl" -D "$standby" -s -w -l "$standby/log" start </dev/null >"$SCRATCH/error" 2>&1
ok $? "a standby of the test cluster starts" || {
	explain "$(cat "$SCRATCH/error" "$standby/log" 2>/dev/null)"
	exit 1
}
PGHOST=$socket
wait_until standby "SELECT pg_is_in_recovery()"

declare -A reads=(
	[migrate_status]="SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()"
	[migrate_report]="SELECT count(*) FROM unnest('{html,markdown,json}'::text[]) AS f WHERE migrate_report(f) ~ '0001_a.*0002'"
	[migrate_types]="SELECT migrate_types() ~ 'export type Database = .* public: .*export const Constants'"
	[migrate_plan]="SELECT step, action, version FROM migrate_plan()"
	[migrate_show]="SELECT value FROM migrate_show('0001') WHERE property = 'status'"
	[migrate_plan_hash]="SELECT length(migrate_plan_hash())"
	[migrate_job]="SELECT state FROM migrate_job(1)"
	[migrate_history]="SELECT event, version FROM migrate_history()"
	[migrate_schema]="SELECT count(*) > 0 FROM migrate_schema()"
	[migrate_changes]="SELECT count(*) > 0 FROM migrate_changes()"
	[migrate_schema_hash]="SELECT length(migrate_schema_hash())"
	[migrate_diff]="SELECT count(*) FROM migrate_diff((SELECT jsonb_agg(s) FROM migrate_schema() s))"
	[migrate_version]="SELECT migrate_version()"
	[migrate_require]="SELECT migrate_require('0001') IS NULL"
	[migrate_progress]="SELECT count(*) FROM migrate_progress()"
	[migrate_verify]="SELECT version, action FROM migrate_verify()"
	[migrate_export]="SELECT name FROM migrate_export()"
	[migrate_text]="SELECT line FROM migrate_text('0001') LIMIT 1"
	[migrate_lint]="SELECT version, line, rule FROM migrate_lint() WHERE level = 'error'"
	[migrate_health]="SELECT rule FROM migrate_health(deep => true) WHERE rule = 'counts'"
	[migrate_explain]="SELECT version, verdict, seen->'locks' IS NULL FROM migrate_explain(details => true)"
)
declare -A answers=(
	[migrate_status]="0001 applied, 0002 pending"
	[migrate_report]="3"
	[migrate_types]="t"
	[migrate_plan]="1|apply|0002"
	[migrate_show]="applied"
	[migrate_plan_hash]="64"
	[migrate_schema]="t"
	[migrate_changes]="t"
	[migrate_schema_hash]="64"
	[migrate_diff]="0"
	[migrate_job]="finished"
	[migrate_lint]="0002|1|changing-column-type"
	[migrate_health]="counts"
	[migrate_explain]="0002|brief lock, rewrites, estimated|f"
	[migrate_history]="apply|0001"
	[migrate_version]="0001"
	[migrate_require]="f"
	[migrate_progress]="0"
	[migrate_verify]="0001|verified"
	[migrate_export]="0001_a.sql"
	[migrate_text]="1"
)
declare -A writes=(
	[migrate_add]="SELECT migrate_add('0003_c', 'SELECT 1')"
	[migrate_run]="SELECT migrate_run('0003_c', 'SELECT 1')"
	[migrate_load]="SELECT migrate_load('[]')"
	[migrate_load_dir]="SELECT migrate_load_dir('/tmp')"
	[migrate_remove]="SELECT migrate_remove('0002')"
	[migrate_apply]="SELECT migrate_apply()"
	[migrate_online]="SELECT migrate_online('0002')"
	[migrate_probe]="SELECT migrate_probe('p', 'SELECT 1')"
	[migrate_prove]="SELECT migrate_prove()"
	[migrate_rollback]="SELECT migrate_rollback()"
	[migrate_reset]="SELECT migrate_reset()"
	[migrate_approve]="SELECT migrate_approve(repeat('0', 64))"
	[migrate_baseline]="SELECT migrate_baseline('0002')"
	[migrate_repair]="SELECT migrate_repair('0001', 'accept')"
	[migrate_adopt]="SELECT migrate_adopt('supabase')"
	[migrate_start]="SELECT migrate_start()"
	[migrate_cancel]="SELECT migrate_cancel(1)"
	[migrate_guard]="SELECT migrate_guard('record')"
	[migrate_drift]="SELECT migrate_drift('accept')"
	[migrate_squash]="SELECT migrate_squash('0001')"
	[migrate_generate]="SELECT migrate_generate('x', 'CREATE TABLE t ()')"
)
functions() { sql standby "SELECT proname FROM pg_proc WHERE proname ~ '^migrate_' AND prokind = 'f' AND prorettype <> 'event_trigger'::regtype AND $1 ORDER BY 1"; }

# Verify scripts may call what is volatile, so their runner is: yet it undoes all they do and changes nothing. Explaining
# tries where it can write, and reads where it can't.
stable=$(functions "(provolatile IN ('s', 'i') OR proname IN ('migrate_verify', 'migrate_explain'))")
volatile=$(functions "provolatile = 'v' AND proname NOT IN ('migrate_verify', 'migrate_explain')")
for name in $stable; do
	run standby "${reads[$name]-SELECT 'no example of $name in this test'}"
	is "$STATE $OUT" "00000 ${answers[$name]-?}" "standby: $name() answers"
done
for name in $volatile; do
	run standby "${writes[$name]-SELECT 'no example of $name in this test'}"
	fails 25006 "standby: $name() is refused"
	is "$MESSAGE" "$name() can't run on a standby" "standby: $name() says why"
	is "$HINT" "Connect to the primary." "standby: $name() says what to do"
done
run standby "SELECT migrate_guard()"
is "$STATE $OUT" "00000 off" "standby: migrate_guard() without a mode answers"
run standby "SELECT count(*) FROM migrate_drift()"
is "$STATE $OUT" "00000 0" "standby: migrate_drift() without an action answers"
run standby "SELECT migrate_text('0001', 'down')"
is "$STATE $MESSAGE" "25006 migrate_text() can't run on a standby" "standby: migrate_text() of a way back, which is tried, is refused"
for name in migrate_up migrate_down; do
	run standby "CALL $name()"
	fails 25006 "standby: $name() is refused"
	is "$MESSAGE" "$name() can't run on a standby" "standby: $name() says why"
done
run standby "SELECT migrate_apply(dry_run => true)"
fails 25006 "standby: a dry run is refused, too"
run standby "SELECT migrate_require('0002')"
fails MG005 "standby: migrate_require() raises there what it raises here"

PGHOST=$primary
for mode in "BEGIN READ ONLY" "SET default_transaction_read_only = on"; do
	for name in $stable; do
		run standby "$mode" "${reads[$name]-}"
		is "$STATE $OUT" "00000 ${answers[$name]-?}" "$mode: $name() answers"
	done
	for name in $volatile; do
		run standby "$mode" "${writes[$name]-}"
		fails 25006 "$mode: $name() is refused"
		is "$MESSAGE" "$name() can't run in a read-only transaction" "$mode: $name() says why"
		like "$HINT" 'READ WRITE' "$mode: $name() says what to do"
	done
done
run standby "SET default_transaction_read_only = on" "BEGIN READ WRITE" "SELECT version FROM migrate_apply()" "COMMIT"
is "$STATE $OUT" "00000 0002" "a transaction that says READ WRITE applies"
run standby "BEGIN" "SELECT migrate_version()" "SET TRANSACTION READ ONLY" "SELECT migrate_rollback()"
fails 25006 "a transaction made read-only later is refused"
run standby "BEGIN" "SAVEPOINT s" "SET TRANSACTION READ ONLY" "ROLLBACK TO s" "SELECT migrate_add('0003_c', 'SELECT 1')" "COMMIT"
works "one made read-only in a subtransaction that is over is not"

PGHOST=$socket
wait_until standby "SELECT migrate_version() = '0002' AND (SELECT count(*) = 3 FROM migrate_status())"
ok $? "standby: what is applied on the primary arrives"

# One transaction on the primary is one step here: history, version guard and tables together, in order.
PGHOST=$primary
sql standby "SELECT FROM migrate_apply()" >/dev/null
for i in 1 2 3 4 5 6; do
	sql standby "SELECT FROM migrate_add('001$i', 'CREATE TABLE t$i (a int)', 'DROP TABLE t$i')" >/dev/null
done
PGHOST=$socket
(
	PGHOST=$primary
	for i in 1 2 3 4 5; do sql standby "SELECT FROM migrate_apply('001$i')"; done
	sql standby "SELECT FROM migrate_rollback()"
) >/dev/null 2>"$SCRATCH/error" &
applying=$!
rm -f "$SCRATCH/seen"
for ((i = 0; i < 2000; i++)); do
	OUT=$(sql standby "BEGIN ISOLATION LEVEL REPEATABLE READ" "SELECT COALESCE((SELECT version FROM migrate.schema_version), '-')
		|| ' ' || (SELECT count(*) FROM migrate.history WHERE version ~ '^001')
		|| ' ' || (SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]$')
		|| ' ' || (SELECT count(*) FROM migrate_status() WHERE version ~ '^001' AND status = 'applied')" "COMMIT")
	[ "$OUT" = "$(tail -n 1 "$SCRATCH/seen" 2>/dev/null)" ] || echo "$OUT" >>"$SCRATCH/seen"
	[ "$OUT" != "0014 6 4 4" ] || break
done
wait "$applying"
ok $? "standby: meanwhile the primary applies five and rolls one back" || explain "$(cat "$SCRATCH/error")"
is "$(tail -n 1 "$SCRATCH/seen")" "0014 6 4 4" "standby: all of it arrives"
cat >"$SCRATCH/order" <<-'END'
	0003 0 0 0
	0011 1 1 1
	0012 2 2 2
	0013 3 3 3
	0014 4 4 4
	0015 5 5 5
	0014 6 4 4
END
# Each state that was seen is one of these, and they were seen in this order.
is "$(awk 'NR == FNR { state[NR] = $0; n = NR; next } { while (at <= n && state[at] != $0) at++; if (at > n) print }' at=1 "$SCRATCH/order" "$SCRATCH/seen")" \
	"" "standby: history, version guard, tables and status appear together, and in the primary's order"
is "$(sql standby "SELECT string_agg(event || ' ' || version, ', ' ORDER BY id) FROM migrate.history WHERE version ~ '^001'")" \
	"apply 0011, apply 0012, apply 0013, apply 0014, apply 0015, rollback 0015" "standby: its history is the primary's"

# The primary fails in the middle of a migration: what it had committed is here, what it had not is nowhere.
PGHOST=$primary
sql standby "SELECT FROM migrate_add('0017', 'CREATE TABLE t7 (a int); SELECT pg_advisory_lock(7)', 'DROP TABLE t7')" >/dev/null
sql standby "SELECT FROM migrate_apply('0015')" >/dev/null
open_session holder standby
send holder "SELECT pg_advisory_lock(7);"
answered holder
open_session applier standby
send applier "SELECT version FROM migrate_apply();"
wait_until standby "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'applier' AND wait_event = 'advisory'"
ok $? "the primary is in the middle of applying 0016 and 0017"
lsn=$(sql standby "SELECT pg_current_wal_flush_lsn()")
PGHOST=$socket
wait_until standby "SELECT pg_last_wal_replay_lsn() >= '$lsn'"
is "$(sql standby "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status() WHERE version >= '0015'")" \
	"0015 applied, 0016 pending, 0017 pending" "standby: none of it shows"

# The standby becomes a primary and goes on, while the old one is still at it.
as_server_user "$BIN/pg_ctl" -D "$standby" -s -w promote >/dev/null 2>&1
is "$(sql standby "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status() WHERE version >= '0015'")" \
	"0015 applied, 0016 pending, 0017 pending" "promoted: what was committed is there, and nothing else"
is "$(sql standby "SELECT to_regclass('t6') IS NULL AND to_regclass('t7') IS NULL")" t "promoted: nor is any table of what was not"
run standby "SELECT version, action FROM migrate_apply()"
is "$STATE $OUT" "00000 0016|applied
0017|applied" "promoted: it applies what the primary had not finished; no lock of the primary's is in its way"
is "$(sql standby "SELECT count(*) = count(DISTINCT id) FROM migrate.history")" t "promoted: no id collides"
run standby "SELECT version FROM migrate_rollback(target => '0015')" "SELECT migrate_version()"
is "$STATE $OUT" "00000 0017
0016
0015" "promoted: it rolls back what it applied itself"
run standby "SELECT count(*) FROM migrate_rollback(target => '0003')"
is "$STATE $OUT" "00000 5" "promoted: and what the old primary applied"

PGHOST=$primary
send holder "SELECT pg_advisory_unlock(7);"
answered applier
is "$STATE $(tail -n 2 <<<"$OUT" | paste -sd ' ')" "00000 0016 0017" "the old primary, left to itself, ends its own apply"
close_session applier
close_session holder

finish
trap - EXIT
rm -rf "$socket"
sql postgres "DROP DATABASE standby"
done_testing
