#!/usr/bin/env bash
# migrate_job: how a job stands or ended, for whoever may know it. migrate_start with wait_ms: the call returns when the
# job has ended.
. test/server/lib/tap.bash

migrate_database waited
for name in waited_deploy waited_other; do
	role "$name" LOGIN
	sql waited "GRANT CREATE, USAGE ON SCHEMA public TO $name" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO $name"
done
add() { add_migration waited "$@"; }
# job NUMBER: its row.
job() {
	run waited "SELECT concat_ws(' / ', state, coalesce(migration, '-'), coalesce(place, '-'), coalesce(sqlstate, '-'), coalesce(message, '-')) FROM migrate_job($1)"
	echo "$OUT"
}
# start ARGUMENTS: waits for the end of the job, whose number is JOB.
start() {
	run waited "SELECT migrate_start($1)"
	JOB=$OUT
}

# Waiting

add 0001_first 'CREATE TABLE first (a int);' 'DROP TABLE first;'
add 0002_index $'CREATE INDEX CONCURRENTLY first_a ON first (a);' 'DROP INDEX first_a;'
start "'0001', wait_ms => 60000"
works "migrate_start waits"
is "$(job "$JOB") $(sql waited "SELECT to_regclass('first') IS NOT NULL")" "finished / - / - / - / - t" "and the job has ended then"
is "$(sql waited "SELECT direction, target, requested_by = CURRENT_USER, session_user_name = SESSION_USER, pid > 0, requested_at <= started_at, started_at <= finished_at FROM migrate.job")" \
	"up|0001|t|t|t|t|t" "its row says what any other does"
start "'0001', 'down', 60000"
works "no older migration is in the way"
start "'zero', 'down', 60000"
is "$(job "$JOB") $(sql waited "SELECT to_regclass('first') IS NULL")" "finished / - / - / - / - t" "down waits, too"
AS=waited_deploy start "'0001', wait_ms => 60000"
is "$(sql waited "SELECT requested_by, session_user_name, (SELECT relowner::regrole FROM pg_class WHERE relname = 'first') FROM migrate.job WHERE id = $JOB")" \
	"waited_deploy|waited_deploy|waited_deploy" "it runs as whoever called"
sql waited "ALTER TABLE first OWNER TO postgres"
# The build waits for the snapshot of the call: it ends behind it.
SECONDS=0
start "wait_ms => 60000"
[ "$SECONDS" -lt 40 ]
ok $? "a call does not wait for a build that waits for it"
wait_until waited "SELECT state = 'finished' FROM migrate_job($JOB)"
is "$(sql waited "SELECT indisvalid FROM pg_index WHERE indexrelid = 'first_a'::regclass")" t "and ends once the call has"
run waited "SELECT migrate_start(wait_ms => 0)"
wait_until waited "SELECT state = 'finished' FROM migrate_job($OUT)"
ok $? "wait_ms 0 starts one at once"
run waited "BEGIN" "CREATE TABLE written ()" "SELECT migrate_start(wait_ms => 1000)"
fails 25001 "not in a transaction that has written"
is "$DETAIL" "The job begins at once then, and does not see what is not committed." "and says why"
run waited "SELECT migrate_start(wait_ms => -1)"
fails 22023 "nor for a negative time"
run waited "SELECT migrate_start('0009', wait_ms => 1000)"
fails 42704 "nor to an unknown target"

# How it failed

add 0003_fails $'CREATE TABLE third (a int);\n\nSELECT 1/0 AS secret;'
AS=waited_deploy start "wait_ms => 60000"
works "a job that fails is no error of the call that waits"
is "$(job "$JOB")" "failed / 0003_fails / line 3 / 22012 / division by zero" "migrate_job says which migration, where and why"
is "$(AS=waited_deploy job "$JOB")" "failed / 0003_fails / line 3 / 22012 / division by zero" "whoever started it may know"
is "$(AS=waited_other job "$JOB")" "failed / 0003_fails / line 3 / 22012 / -" "others don't get the message, which may hold data"
is "$(sql waited "SELECT message IS NULL, failure = (SELECT max(id) FROM migrate.history WHERE event = 'fail') FROM migrate.job WHERE id = $JOB")" \
	"t|t" "nor does the table hold it"
start ""
wait_until waited "SELECT state = 'failed' FROM migrate_job($JOB)"
is "$(job "$JOB")" "failed / 0003_fails / line 3 / 22012 / division by zero" "the same of one that nobody waited for"
sql waited "SELECT migrate_remove('0003')" >/dev/null

# What never came to a migration

sql waited "UPDATE migrate.schema_version SET version = '9'"
start "wait_ms => 60000"
is "$(job "$JOB")" "failed / - / - / MG003 / the version guard was altered by hand" "what kept it from starting is said to all"
is "$(AS=waited_other job "$JOB")" "failed / - / - / MG003 / the version guard was altered by hand" "who may call it"
sql waited "SELECT migrate_repair('0001', 'accept')" >/dev/null

# While it runs

add 0004_slow $'CREATE TABLE fourth (a int);\nSELECT pg_sleep(600);'
start ""
wait_until waited "SELECT place LIKE '%statement 2%' FROM migrate_job($JOB)"
is "$(job "$JOB")" "running / 0004_slow / step 1 of 1, statement 2 of 2 / - / -" "while it runs its place is told"
sql waited "SELECT migrate_cancel($JOB)" >/dev/null
wait_until waited "SELECT state = 'canceled' FROM migrate_job($JOB)"
is "$(job "$JOB")" "canceled / 0004_slow / line 2 / 57014 / canceling statement due to user request" "canceled it says where"
start ""
wait_until waited "SELECT place LIKE '%statement 2%' FROM migrate_job($JOB)"
sql waited "SELECT pg_terminate_backend(pid) FROM migrate.job WHERE id = $JOB" >/dev/null
wait_until waited "SELECT state = 'lost' FROM migrate_job($JOB)"
is "$(sql waited "SELECT state FROM migrate.job WHERE id = $JOB")" "running" "a lost one is known before anybody has written it down"

# Canceling the call leaves the job alone

run waited "SET statement_timeout = '700ms'" "SELECT migrate_start(wait_ms => 60000)"
fails 57014 "a call that waits can be canceled"
JOB=$(sql waited "SELECT max(id) FROM migrate.job")
is "$(sql waited "SELECT state FROM migrate_job($JOB)")" running "its job goes on"
sql waited "SELECT migrate_cancel($JOB)" >/dev/null
wait_until waited "SELECT state = 'canceled' FROM migrate_job($JOB)"

# Which are none

run waited "SELECT migrate_job(999)"
fails 42704 "a job that does not exist"
run waited "SELECT migrate_job(NULL)"
fails 22004 "or none at all"
run waited "BEGIN READ ONLY" "SELECT state FROM migrate_job($JOB)"
is "$STATE $OUT" "00000 canceled" "it only reads"

done_testing
