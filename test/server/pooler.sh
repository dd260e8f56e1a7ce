#!/usr/bin/env bash
# PgBouncer in transaction mode, with one connection to the server: whatever a migration does and however it ends, the
# next client gets that connection as it was before.
. test/server/lib/tap.bash

migrate_database pooler
role pooler_other NOLOGIN
sql pooler "CREATE TABLE pooled (a int)"
add() { add_migration pooler "$@"; }
discard() { discard_migrations pooler; }
statuses() { sql pooler "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()"; }

folder=$SCRATCH/bouncer
PATH=$PATH:/usr/sbin
stop_bouncer() {
	local i pid
	pid=$(cat "$folder/pid" 2>/dev/null) || return 0
	kill "$pid"
	for ((i = 0; i < 100; i++)); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.05
	done
}
trap stop_bouncer EXIT
server_folder "$folder"
cat >"$folder/ini" <<-END
	[databases]
	pooler = host=$PGHOST port=$PGPORT
	pooler_statement = host=$PGHOST port=$PGPORT dbname=pooler pool_mode=statement
	[pgbouncer]
	unix_socket_dir = $folder
	listen_port = 6432
	auth_type = trust
	auth_file = $folder/users
	logfile = $folder/log
	pidfile = $folder/pid
	pool_mode = transaction
	default_pool_size = 1
	min_pool_size = 0
END
echo '"postgres" ""' >"$folder/users"
as_server_user pgbouncer -q -d "$folder/ini" >"$SCRATCH/error" 2>&1
ok $? "PgBouncer starts" || {
	explain "$(cat "$SCRATCH/error" "$folder/log" 2>/dev/null)"
	exit 1
}

# pooled COMMAND...: with the environment of a client of the pooler. Options at the start are not a pooler's to give.
pooled() { PGHOST=$folder PGPORT=6432 PGOPTIONS='' "$@"; }

cat >"$SCRATCH/state.sql" <<'END'
SELECT 'process', pg_backend_pid();
SELECT 'setting', name, setting, source FROM pg_settings WHERE name !~ '^transaction_' ORDER BY name;
SELECT 'custom', coalesce(current_setting('pooler.mine', true), '');
SELECT 'role', session_user, current_user;
SELECT 'prepared', name, statement FROM pg_prepared_statements;
SELECT 'cursor', name FROM pg_cursors WHERE name <> '';
SELECT 'temporary', relname FROM pg_class WHERE relnamespace = pg_my_temp_schema();
SELECT 'lock', locktype, classid, objid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype NOT IN ('relation', 'virtualxid');
SELECT 'channel', c FROM pg_listening_channels() c;
END
# state: what a client finds that comes anew.
state() { pooled psql -XAtq -d pooler -f "$SCRATCH/state.sql" >"$SCRATCH/state"; }
# clean NAME: it found what the first one did. If not, that is told once, and no later case suffers.
clean() {
	state
	same "$SCRATCH/first" "$SCRATCH/state" "$1: the next client finds the connection as it was"
	cmp -s "$SCRATCH/first" "$SCRATCH/state" || pooled sql pooler "DISCARD ALL"
}
# Modules that are loaded bring settings.
pooled run pooler "LOAD 'plpgsql'" "CALL migrate_up()"
works "CALL migrate_up() runs through the pooler"
state
cp "$SCRATCH/state" "$SCRATCH/first"

# The list above sees what it is to see.
pooled sql pooler "SET work_mem = '9MB'; PREPARE theirs AS SELECT 2; CREATE TEMP TABLE theirs (a int); SELECT pg_advisory_lock(8)" >/dev/null
state
is "$(diff "$SCRATCH/first" "$SCRATCH/state" | sed -n 's/^> \([a-z]*\)|.*/\1/p' | paste -sd ' ')" "setting prepared temporary lock" "what a client leaves itself, the next one gets"
pooled sql pooler "DISCARD ALL"
clean "after DISCARD ALL"

# Each migration does all of this to its session.
body="SET work_mem = '9MB'; SET TIME ZONE 'Asia/Tokyo'; SET DateStyle = 'German'; SET statement_timeout = '1h'; SET lock_timeout = '1h';
SELECT set_config('pooler.mine', 'theirs', false), set_config('search_path', 'public', false);
PREPARE theirs AS SELECT 2; EXECUTE theirs;
DECLARE theirs CURSOR WITH HOLD FOR SELECT generate_series(1, 9);
CREATE TEMP TABLE theirs (a int); CREATE TEMP VIEW their_view AS SELECT 1;
SELECT pg_advisory_lock(8), pg_advisory_lock_shared(9);
SET default_transaction_isolation = 'serializable';
SET ROLE pooler_other;"
commit="DO \$\$ BEGIN COMMIT; END \$\$;"
declare -A forms=(
	["one transaction"]="$body"
	["segments"]="VACUUM pooled; $body VACUUM pooled; SELECT 1;"
	["the last segment"]="VACUUM pooled; $body"
	["no transaction"]=$'-- migrate:no-transaction\n'"$commit $body $commit"
)

# failed NAME: as the last run did, in the migration's own last statement.
failed() { is "$STATE" 22012 "$1 fails" || explain "$ERR"; }

for form in "${!forms[@]}"; do
	text=${forms[$form]}
	add 0001_does "$text" "$text"
	pooled run pooler "CALL migrate_up()"
	works "CALL migrate_up(), $form"
	clean "CALL migrate_up(), $form"
	pooled run pooler "CALL migrate_down()"
	works "CALL migrate_down(), $form"
	clean "CALL migrate_down(), $form"
	add 0001_does "$text SELECT 1/0;"
	pooled run pooler "CALL migrate_up()"
	failed "CALL migrate_up(), $form, which"
	clean "CALL migrate_up(), $form, failing"
	discard
	add 0001_does "SELECT 1;" "$text SELECT 1/0;"
	pooled run pooler "CALL migrate_up()" "CALL migrate_down()"
	failed "CALL migrate_down(), $form, which"
	clean "CALL migrate_down(), $form, failing"
	discard
	add 0001_does "$text SELECT pg_sleep(60);"
	pooled open_session client pooler
	send client "CALL migrate_up();"
	wait_until pooler "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"
	sql pooler "SELECT FROM pg_stat_activity, LATERAL pg_cancel_backend(pid) WHERE wait_event = 'PgSleep'"
	answered client
	fails 57014 "CALL migrate_up(), $form, is canceled"
	close_session client
	clean "CALL migrate_up(), $form, canceled"
	discard
	add 0001_does "$text"
	job=$(pooled sql pooler "SELECT migrate_start()")
	wait_until pooler "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $job"
	is "$(sql pooler "SELECT state FROM migrate.job WHERE id = $job") $(statuses)" "finished 0001 applied" "migrate_start(), $form"
	clean "migrate_start(), $form"
	discard
done

text=${forms["one transaction"]}
add 0001_does "$text" "$text"
for call in "migrate_apply(dry_run => true)" "migrate_apply()" "migrate_rollback(dry_run => true)" "migrate_rollback()"; do
	pooled run pooler "SELECT $call"
	works "$call"
	clean "$call"
done
add 0001_does "$text" "$text SELECT 1/0;"
pooled run pooler "BEGIN" "SELECT migrate_apply()" "ROLLBACK"
is "$STATE $(statuses)" "00000 0001 pending" "migrate_apply() in a transaction that is rolled back"
clean "rolled back"
pooled run pooler "SELECT migrate_apply()" "SELECT migrate_rollback()"
failed "migrate_rollback()"
clean "migrate_rollback(), failing"
add 0002_does "$text SELECT 1/0;"
pooled run pooler "SELECT migrate_apply()"
failed "migrate_apply()"
clean "migrate_apply(), failing"
discard

# One that runs keeps its connection: whoever comes meanwhile waits, and gets it afterwards.

add 0001_first 'CREATE TABLE first (a int);'
add 0002_slow $'VACUUM pooled;\nSELECT pg_sleep(0.5);\nSET work_mem = \'9MB\';'
add 0003_last 'CREATE TABLE last (a int);'
pooled open_session client pooler
send client "CALL migrate_up();"
wait_until pooler "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"
clean "a client that came in the middle of a run"
is "$(statuses)" "0001 applied, 0002 applied, 0003 applied" "the run had ended when its turn came"
answered client
works "and was not disturbed"
close_session client
discard

mkdir "$SCRATCH/migrations"
echo 'SELECT 1;' >"$SCRATCH/migrations/0001_one.sql"
pooled scripts/push --up "$SCRATCH/migrations" -d pooler_statement >"$SCRATCH/out" 2>"$SCRATCH/error"
like "$? $(cat "$SCRATCH/error")" "^1 .*transaction blocks not allowed in statement pooling mode.*HINT:  Migrations need transactions. Connect to" \
	"a pool in statement mode: push says what is wrong, and where to connect"

stop_bouncer
sql postgres "DROP DATABASE pooler"
done_testing
