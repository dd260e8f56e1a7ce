#!/usr/bin/env bash
# migrate_start, migrate_cancel, migrate_progress and migrate.job: a background worker does what the caller asked for,
# as the caller, once the caller has committed. migrate.record_failures: a worker writes what a rollback undid.
. test/server/lib/tap.bash

migrate_database jobs
role jobs_deploy LOGIN
role jobs_owner NOLOGIN
sql jobs "GRANT jobs_owner TO jobs_deploy" "GRANT CREATE, USAGE ON SCHEMA public TO jobs_deploy, jobs_owner" \
	"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO jobs_deploy, jobs_owner" 2>/dev/null
add() { add_migration jobs "$@"; }
discard() { discard_migrations jobs; }
statuses() { sql jobs "SELECT string_agg(coalesce(nullif(version, ''), name) || ' ' || status, ', ') FROM migrate_status()"; }
no_worker() { wait_until jobs "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migrate job%')"; }
# row JOB: what became of it.
row() { sql jobs "SELECT concat_ws(' ', direction, coalesce(target, '-'), state, coalesce(sqlstate, '-'), coalesce(message, '-')) FROM migrate.job WHERE id = $1"; }
# ended JOB: waits until it has; its worker may be about to exit yet.
ended() {
	wait_until jobs "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $1"
	wait_until jobs "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'migrate job $1')"
}
# begin STATEMENT...: as run; JOB is the number that came back last. It waits for its end.
begin() {
	run jobs "$@"
	JOB=$(tail -n 1 <<<"$OUT")
	[ "$STATE" != 00000 ] || ended "$JOB"
}

# Up and down

add 0001_first 'CREATE TABLE first (a int);' 'DROP TABLE first;'
add 0002_second $'CREATE TABLE second (a int);\nCREATE INDEX CONCURRENTLY second_a ON second (a);' 'DROP TABLE second;'
begin "SELECT migrate_start()"
works "migrate_start returns at once"
is "$JOB $(row "$JOB") $(statuses)" "1 up - finished - - 0001 applied, 0002 applied" "with the number of a job that applies all, transactional or not"
is "$(sql jobs "SELECT requested_by = CURRENT_USER, session_user_name = SESSION_USER, pid > 0, requested_at <= started_at, started_at <= finished_at FROM migrate.job")" \
	"t|t|t|t|t" "its row says who, and when"
is "$(sql jobs "SELECT count(DISTINCT xmin::text) FROM migrate.history WHERE event = 'apply'")" 2 "each migration committed by itself"
begin "SELECT migrate_start(direction => 'down')"
is "$(row "$JOB") $(statuses)" "down - finished - - 0001 applied, 0002 pending" "down rolls back the last one"
begin "SELECT migrate_start('zero', 'down')"
is "$(row "$JOB") $(statuses)" "down zero finished - - 0001 pending, 0002 pending" "and all with target zero"
begin "SELECT migrate_start('0001')"
is "$(row "$JOB") $(statuses)" "up 0001 finished - - 0001 applied, 0002 pending" "up takes a target, too"
begin "SELECT migrate_start('0001')"
is "$(row "$JOB")" "up 0001 finished - -" "a job that has nothing to do finishes"

# Refused at once

jobs_before=$(sql jobs "SELECT count(*) FROM migrate.job")
run jobs "SELECT migrate_start('0009')"
fails 42704 "an unknown target is refused at once"
run jobs "SELECT migrate_start(direction => 'sideways')"
fails 22023 "so is a direction that is none"
run jobs "SELECT migrate_start(NULL, NULL)"
fails 22004 "or none at all"
run jobs "SELECT migrate_start('zero')"
fails 42704 "zero is no target for up"
sql jobs "CREATE FUNCTION definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT migrate_start()'"
run jobs "SELECT definer()"
fails 42501 "a SECURITY DEFINER function can't start one"
sql jobs "DROP FUNCTION definer()"
is "$(sql jobs "SELECT count(*) FROM migrate.job")" "$jobs_before" "none of them left a row"

# The caller's transaction

run jobs "BEGIN" "SELECT migrate_start()" "SELECT state FROM migrate.job ORDER BY id DESC LIMIT 1" "SELECT pg_sleep(0.3)" "SELECT count(*) FROM migrate_status() WHERE status = 'pending'" "ROLLBACK"
is "$STATE $(sed -n 2p <<<"$OUT") $(tail -n 1 <<<"$OUT")" "00000 queued 1" "a job is queued while the caller's transaction is open"
no_worker
is "$(sql jobs "SELECT count(*) FROM migrate.job") $(statuses)" "$jobs_before 0001 applied, 0002 pending" "rolled back, it leaves no row and does nothing"
run jobs "BEGIN" "SAVEPOINT s" "SELECT migrate_start()" "ROLLBACK TO s" "COMMIT"
no_worker
is "$STATE $(sql jobs "SELECT count(*) FROM migrate.job") $(statuses)" "00000 $jobs_before 0001 applied, 0002 pending" "so does a savepoint"
run jobs "SELECT migrate_start() FROM generate_series(1, 99)"
fails 53400 "more than the server has workers for is refused"
no_worker
is "$(sql jobs "SELECT count(*) FROM migrate.job") $(statuses)" "$jobs_before 0001 applied, 0002 pending" "and takes those before it along"
add 0003_third 'CREATE TABLE third (a int);' 'DROP TABLE third;'
run jobs "INSERT INTO migrate.job (direction, requested_by, requested_at) VALUES ('up', CURRENT_USER, now() - interval '1 hour')"
works "a row that nobody started"
sleep 0.3
is "$(statuses)" "0001 applied, 0002 pending, 0003 pending" "runs nothing"
forged=$(sql jobs "SELECT max(id) FROM migrate.job")
begin "BEGIN" "SELECT migrate_start()" "SELECT migrate_start()" "COMMIT"
ended "$((JOB - 1))"
is "$(row "$((JOB - 1))"), $(row "$JOB"), $(statuses)" "up - finished - -, up - finished - -, 0001 applied, 0002 applied, 0003 applied" "two jobs take turns"
is "$(sql jobs "SELECT count(*) FROM migrate.history WHERE event = 'apply' AND version = '0003'")" 1 "and do nothing twice"
is "$(row "$forged")" "up - lost - -" "the row that nobody started is marked as lost"
begin "SELECT migrate_start(direction => 'down')"

# A failing migration

add 0003_third $'CREATE TABLE third (a int);\nSELECT 1/0;'
begin "SELECT migrate_start()"
is "$(row "$JOB") $(statuses)" "up - failed 22012 - 0001 applied, 0002 applied, 0003 failed" "a failing migration fails the job, which has no message"
is "$(sql jobs "SELECT version, sqlstate, message, line FROM migrate.history WHERE event = 'fail'")" "0003|22012|division by zero|2" "the history has it"
add 0003_third 'SELECT pg_sleep(60);'
begin "SET migrate.statement_timeout = '20ms'" "SELECT migrate_start()"
is "$(row "$JOB") $(statuses)" "up - failed 57014 - 0001 applied, 0002 applied, 0003 failed" "a job whose statement is out of time has failed; nobody canceled it"
add 0003_third 'SELECT 1;' 'SELECT 1;'
sql jobs "ALTER ROLE jobs_deploy SET default_transaction_read_only = on"
AS=jobs_deploy begin "BEGIN READ WRITE" "SELECT migrate_start()" "COMMIT"
is "$(row "$JOB") $(statuses)" "up - failed 25006 migrate_up() can't run in a read-only transaction 0001 applied, 0002 applied, 0003 failed" \
	"a job of a role whose transactions only read says so"
sql jobs "ALTER ROLE jobs_deploy RESET ALL"

# Canceled

run jobs "SELECT migrate_cancel($JOB)"
is "$STATE $OUT" "00000 f" "one that is over can't be canceled"
run jobs "SELECT migrate_cancel(987654321)"
fails 42704 "nor one that never was"
run jobs "SELECT migrate_cancel(NULL)"
fails 22004 "nor null"
begin "BEGIN" "SELECT migrate_start()" "SELECT 'canceled ' || migrate_cancel(max(id)) FROM migrate.job" "COMMIT" "SELECT max(id) FROM migrate.job"
like "$OUT" 'canceled true' "one that is queued is canceled"
is "$(row "$JOB") $(statuses)" "up - canceled - - 0001 applied, 0002 applied, 0003 failed" "and runs nothing"
add 0004_slow $'CREATE TABLE slow (a int);\nSELECT pg_sleep(60);' 'DROP TABLE slow;'
JOB=$(sql jobs "SELECT migrate_start()")
wait_until jobs "SELECT statement = 2 FROM migrate_progress() WHERE job = $JOB"
AS=jobs_deploy run jobs "SELECT migrate_cancel($JOB)"
fails 42501 "who may not cancel its worker may not cancel a job"
run jobs "SELECT migrate_cancel($JOB)"
is "$STATE $OUT" "00000 t" "one that runs is canceled"
ended "$JOB"
is "$(row "$JOB" | cut -d ' ' -f 1-4) $(statuses)" "up - canceled 57014 0001 applied, 0002 applied, 0003 applied, 0004 failed" "and says so; what it committed before stays"
is "$(sql jobs "SELECT to_regclass('slow') IS NULL")" t "what ran is undone"
discard
sql jobs "DROP TABLE first, second"

# Progress

sql jobs "CREATE TABLE busy (a int)"
add 0001_quick 'SELECT 1;'
add 0002_held $'SELECT 1;\nALTER TABLE busy ADD b int;'
is "$(sql jobs "SELECT count(*) FROM migrate_progress()")" 0 "nothing runs: no row"
open_session holder jobs
send holder "BEGIN; SELECT FROM busy;"
answered holder
JOB=$(sql jobs "SET migrate.lock_timeout = '60s'" "SELECT migrate_start()")
wait_until jobs "SELECT waiting_for IS NOT NULL AND blockers IS NOT NULL FROM migrate_progress()"
is "$(sql jobs "SELECT p.job, p.pid = j.pid, role = CURRENT_USER, action, version, p.name, step, steps, statement, statements, elapsed_ms > 0, share FROM migrate_progress() p JOIN migrate.job j ON j.id = p.job")" \
	"$JOB|t|t|apply|0002|held|2|2|2|2|t|0.75" "another session sees the job, and where it is"
is "$(sql jobs "SELECT waiting_for, bar FROM migrate_progress()")" "AccessExclusiveLock on public.busy|[###############.....]  75 %" "what it waits for, and a bar"
like "$(sql jobs "SELECT blockers FROM migrate_progress()")" '^session [0-9]+ of role [a-z]+ \(application "holder"\), idle in transaction$' "and who holds it up"
send holder "COMMIT;"
answered holder
close_session holder
ended "$JOB"
is "$(row "$JOB") $(statuses)" "up - finished - - 0001 applied, 0002 applied" "then it goes on"
discard

# Lost

add 0001_killed 'SELECT pg_sleep(60);'
JOB=$(sql jobs "SELECT migrate_start()")
wait_until jobs "SELECT statement = 1 FROM migrate_progress() WHERE job = $JOB"
sql jobs "SELECT pg_terminate_backend(pid, 5000) FROM migrate.job WHERE id = $JOB" >/dev/null
lost=$JOB
add 0001_killed 'CREATE TABLE killed (a int);' 'DROP TABLE killed;'
is "$(statuses)" "0001 failed" "a terminated worker leaves a migration that failed"
begin "SELECT migrate_start()"
is "$(row "$lost")" "up - lost - -" "the next start finds that the job is lost"
is "$(row "$JOB") $(statuses)" "up - finished - - 0001 applied" "and does its work"
run jobs "SELECT migrate_cancel($lost)"
is "$STATE $OUT" "00000 f" "a lost one can't be canceled"
discard

# As whom, and with which settings

# shellcheck disable=SC2016
add 0001_who 'CREATE TABLE who AS SELECT SESSION_USER::text AS s, CURRENT_USER::text AS c, current_setting($$jobs.mine$$, true) AS mine, current_setting($$work_mem$$) AS memory, current_setting($$application_name$$) AS application;'
AS=jobs_deploy begin "SET ROLE jobs_owner" "SET jobs.mine = 'it''s mine'" "SET work_mem = '9MB'" "SET application_name = 'caller'" "SELECT migrate_start()"
works "a role that logged in becomes one that can't, and starts a job"
is "$(row "$JOB")" "up - finished - -" "which finishes"
is "$(sql jobs "SELECT requested_by, session_user_name FROM migrate.job WHERE id = $JOB")" "jobs_owner|jobs_deploy" "the job has both roles"
is "$(sql jobs "SELECT current_user_name, session_user_name FROM migrate.history WHERE event = 'apply'")" "jobs_owner|jobs_deploy" "so has the history"
is "$(sql jobs "SELECT s, c, tableowner FROM who, pg_tables WHERE tablename = 'who'")" "jobs_deploy|jobs_owner|jobs_owner" "and the migration itself"
is "$(sql jobs "SELECT mine, memory, application <> 'caller' FROM who")" "it's mine|9MB|t" "the caller's settings travel, but not its application_name"
discard
sql jobs "DROP TABLE who"
# as_whom: the session's role and the current one of the migration, and whether one of them was a superuser.
as_whom() { sql jobs "SELECT s, c, (SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname IN (s, c)) FROM who"; }
begin_who() {
	# shellcheck disable=SC2016
	add 0001_who 'CREATE TABLE who AS SELECT SESSION_USER::text AS s, CURRENT_USER::text AS c;'
	begin "$@"
}
begin_who "SET ROLE jobs_deploy" "SELECT migrate_start()"
is "$(row "$JOB") $(as_whom)" "up - finished - - jobs_deploy|jobs_deploy|f" "a superuser who has become another role starts a job that is no superuser's"
discard
sql jobs "DROP TABLE who"
# Only from 17 on can a worker run as a role that may not log in.
skips_login=$(sql jobs "SELECT current_setting('server_version_num')::int >= 170000")
refused_login() {
	is "$STATE $MESSAGE" "42501 migrate_start() needs a role that may log in" "$1 is refused up to 16"
	like "$HINT" '^Log in as a role that is no superuser and a member of it, or give it LOGIN' "the hint says what to do"
	is "$(statuses) $(sql jobs "SELECT count(*) FROM migrate.job WHERE state = 'queued'")" "0001 pending 0" "nothing runs, no job is left"
}
begin_who "SET ROLE jobs_owner" "SELECT migrate_start()"
if [ "$skips_login" = t ]; then
	is "$(row "$JOB") $(as_whom)" "up - finished - - jobs_owner|jobs_owner|f" "a superuser who has become a role that may not log in starts a job from 17 on"
	sql jobs "DROP TABLE who"
else
	refused_login "a superuser who has become a role that may not log in"
fi
discard
PGUSER=jobs_deploy open_session leaving jobs
answered leaving
sql jobs "ALTER ROLE jobs_deploy NOLOGIN"
add 0001_who 'CREATE TABLE who AS SELECT SESSION_USER::text AS s, CURRENT_USER::text AS c;'
send leaving "SELECT migrate_start();"
answered leaving
if [ "$skips_login" = t ]; then
	ended "$(tail -n 1 <<<"$OUT")"
	is "$(as_whom)" "jobs_deploy|jobs_deploy|f" "a role that may not log in any more starts a job from 17 on"
	sql jobs "DROP TABLE who"
else
	refused_login "a role that may not log in any more"
fi
close_session leaving
sql jobs "ALTER ROLE jobs_deploy LOGIN"
discard
sql jobs "CREATE SCHEMA elsewhere"
add 0001_path 'CREATE TABLE placed (a int);' 'DROP TABLE placed;'
begin "SET migrate.search_path = 'elsewhere'" "SELECT migrate_start()"
is "$(row "$JOB") $(sql jobs "SELECT to_regclass('elsewhere.placed') IS NOT NULL")" "up - finished - - t" "migrate.search_path travels, too"
discard
add 0001_gone 'SELECT 1;'
begin "CREATE TEXT SEARCH CONFIGURATION gone (COPY = simple)" "SET default_text_search_config = 'public.gone'" "DROP TEXT SEARCH CONFIGURATION gone" "SELECT migrate_start()"
is "$(row "$JOB")" "up - finished - -" "a setting that names what is gone stays behind"
discard

# Failures that a rollback undid

fail_events() { sql jobs "SELECT count(*) FROM migrate.history WHERE event = 'fail'"; }
add 0001_bad $'SELECT 1;\nSELECT 1/0;'
AS=jobs_deploy run jobs "SELECT migrate_apply()"
sleep 0.3
no_worker
is "$STATE $(fail_events)" "22012 0" "by default a failed migrate_apply leaves nothing"
AS=jobs_deploy run jobs "SET migrate.record_failures = on" "SELECT migrate_apply(dry_run => true)"
sleep 0.3
no_worker
is "$STATE $(fail_events)" "22012 0" "nor does a dry run"
run jobs "SET migrate.record_failures = on" "SELECT migrate_apply()"
sleep 0.3
no_worker
is "$STATE $(fail_events)" "22012 0" "nor one of a superuser"
AS=jobs_deploy run jobs "SET migrate.record_failures = on" "SELECT migrate_apply()"
fails 22012 "with migrate.record_failures the error is the caller's still"
wait_until jobs "SELECT count(*) = 1 FROM migrate.history WHERE event = 'fail'"
is "$(sql jobs "SELECT version, name, action, sqlstate, message, line, current_user_name, session_user_name FROM migrate.history WHERE event = 'fail'")" \
	"0001|bad|apply|22012|division by zero|2|jobs_deploy|jobs_deploy" "and the history has it"
is "$(statuses)" "0001 failed" "as status has"
no_worker
run jobs "SET migrate.record_failures = on" "SET ROLE jobs_owner" "SELECT migrate_apply()"
sleep 0.3
no_worker
is "$STATE $(fail_events)" "22012 1" "a superuser's is not, whatever role it has"
add 0001_bad 'SELECT 1;' 'SELECT 1/0;'
AS=jobs_deploy run jobs "SELECT migrate_apply()" "SET migrate.record_failures = on" "SELECT migrate_rollback()"
fails 22012 "migrate_rollback fails"
wait_until jobs "SELECT count(*) = 2 FROM migrate.history WHERE event = 'fail'"
is "$(sql jobs "SELECT action FROM migrate.history WHERE event = 'fail' ORDER BY id DESC LIMIT 1") $(sql jobs "SELECT count(*) FROM migrate_history() WHERE event = 'apply'")" "rollback 1" "and is recorded, too"
no_worker
discard

# What a transaction has seen of the sessions once, it goes on seeing: a job that came since is not lost.
add 0001_slow 'SELECT pg_sleep(1);'
open_session watcher jobs
send watcher "BEGIN; SELECT count(*) > 0 FROM pg_stat_activity;"
answered watcher
running=$(sql jobs "SELECT migrate_start()")
wait_until jobs "SELECT state = 'running' FROM migrate.job WHERE id = $running"
send watcher "SELECT migrate_start(); COMMIT; SELECT state FROM migrate.job WHERE id = $running;"
answered watcher
is "$(tail -n 1 <<<"$OUT")" running "a job that was started meanwhile is not taken for lost"
close_session watcher
wait_until jobs "SELECT state = 'finished' FROM migrate.job WHERE id = $running"
no_worker
discard

sql postgres "DROP DATABASE jobs"
done_testing
