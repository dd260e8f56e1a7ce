#!/usr/bin/env bash
# Jobs that can't begin, on a cluster of their own whose shared memory can be counted: the caller or the job says why, and
# nothing of them stays. One role leaves workers to the others.
. test/server/lib/tap.bash

own=$SCRATCH/own
CLUSTER_FSYNC=off CLUSTER_CONF='dynamic_shared_memory_type = mmap' scripts/cluster start "$own" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster of its own starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
trap 'scripts/cluster stop "$own" >/dev/null 2>&1' EXIT
use_cluster "$own"
migrate_database refused
migrate_database other
role refused_deploy LOGIN
role refused_owner NOLOGIN
for database in refused other; do
	sql "$database" "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO refused_deploy, refused_owner"
done
sql refused "GRANT refused_owner TO refused_deploy"
add_migration refused 0001_first 'SELECT 1;'
# A worker's are small; the server's own statistics grow by a megabyte at a time.
segments() { sql postgres "SELECT count(*) FROM pg_ls_dir('pg_dynshmem') name WHERE (pg_stat_file('pg_dynshmem/' || name, true)).size < 1024 * 1024"; }
workers() { sql postgres "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'migrate job%'"; }
no_worker() { wait_until postgres "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migrate job%')"; }
jobs() { sql refused "SELECT count(*) FROM migrate.job"; }
row() { sql refused "SELECT concat_ws(' ', state, sqlstate, message) FROM migrate.job WHERE id = $1"; }
before=$(segments)

# A worker that can't connect. Whoever is in already can still call.

PGUSER=refused_deploy open_session early refused
answered early
sql refused "REVOKE CONNECT, TEMPORARY ON DATABASE refused FROM PUBLIC"
send early "SELECT migrate_start();"
answered early
is "$STATE $MESSAGE" "42501 the background worker could not begin" "the caller gets the error of a worker that can't connect"
is "$DETAIL" 'It ended with: permission denied for database "refused".' "with its reason"
like "$HINT" 'CALL migrate_up\(\)' "and what to do"
is "$(jobs) $(workers) $(($(segments) - before))" "0 0 0" "no job, no worker, no memory stays"
add_migration refused 0001_first 'SELECT 1/0;'
send early "SET migrate.record_failures = on; SELECT migrate_apply();"
answered early
is "$STATE $(($(segments) - before))" "22012 0" "a failure that no worker can record is the caller's all the same"
add_migration refused 0001_first 'SELECT 1;'
sql refused "GRANT CONNECT ON DATABASE refused TO PUBLIC"
close_session early

# A worker that has connected, and can't become the role that it would run as

PGUSER=refused_deploy open_session early refused
send early "BEGIN; SET ROLE refused_owner; SELECT migrate_start();"
answered early
job=$(tail -n 1 <<<"$OUT")
sql refused "REVOKE refused_owner FROM refused_deploy"
is "$STATE $(workers)" "00000 1" "a job that waits for its caller"
send early "COMMIT;"
answered early
close_session early
no_worker
is "$(row "$job")" 'failed 42501 permission denied to set role "refused_owner"' "fails where its role was taken away meanwhile, and says so"
is "$(($(segments) - before))" 0 "no memory stays"

# One that is cancelled before its caller has committed

open_session early refused
send early "BEGIN; SELECT migrate_start();"
answered early
job=$(tail -n 1 <<<"$OUT")
sql refused "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE backend_type = 'migrate job $job'" >/dev/null
send early "COMMIT;"
answered early
close_session early
no_worker
is "$(row "$job" | cut -d ' ' -f 1-2)" "canceled 57014" "a worker that is cancelled while it waits says so when its caller has committed"
is "$(sql refused "SELECT status FROM migrate_status()")" pending "and runs nothing"

# No more than so many of one role

open_session many other
send many "SET SESSION AUTHORIZATION refused_deploy; BEGIN; SELECT migrate_start(), migrate_start(), migrate_start();"
answered many
is "$STATE $(workers)" "00000 3" "a role has workers in one database"
AS=refused_deploy run refused "BEGIN" "SELECT migrate_start()" "SELECT migrate_start()" "COMMIT"
fails 53400 "in all databases together no more than half of max_worker_processes"
is "$MESSAGE" 'role "refused_deploy" may have no more background workers at a time than 4' "the message names the role and the number"
like "$HINT" 'CALL migrate_up\(\).*migrate\.max_jobs' "the hint says what to do"
run refused "SELECT migrate_start()"
works "another role gets one still"
no_other() { wait_until postgres "SELECT count(*) = 3 FROM pg_stat_activity WHERE backend_type LIKE 'migrate job%'"; }
no_other
AS=refused_deploy run refused "SELECT migrate_version()" "SET migrate.max_jobs = 9"
fails 42501 "the role can't raise the limit"
sql postgres "ALTER ROLE refused_deploy SET migrate.max_jobs = 3"
AS=refused_deploy run refused "SELECT migrate_start()"
like "$STATE $MESSAGE" '^53400 .* than 3$' "a superuser sets another one"
sql postgres "ALTER ROLE refused_deploy SET migrate.max_jobs = 99"
jobs_before=$(jobs)
AS=refused_deploy run refused "SELECT migrate_start() FROM generate_series(1, 20)"
is "$STATE $MESSAGE" "53400 no background worker is free" "or gives it all that there are"
no_other
is "$(workers) $(jobs)" "3 $jobs_before" "what it began is undone"
send many "ROLLBACK;"
answered many
close_session many
no_worker
is "$(($(segments) - before))" 0 "no memory stays"

done_testing
