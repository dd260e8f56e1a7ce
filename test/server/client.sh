#!/usr/bin/env bash
# How clients other than psql at a prompt call: RPC in one transaction under another role, the extended protocol,
# LISTEN, two-phase commit.
. test/server/lib/tap.bash

migrate_database client
role client_deploy NOLOGIN
role client_authenticator 'LOGIN NOINHERIT'
sql client "GRANT client_deploy TO client_authenticator" \
	"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO client_deploy" \
	"GRANT CREATE, USAGE ON SCHEMA public TO client_deploy"

# rpc CALL [SUBJECT]: what PostgREST sends for one HTTP call.
rpc() {
	AS=client_authenticator run client "BEGIN" "SET LOCAL ROLE client_deploy" \
		"SELECT FROM (SELECT set_config('search_path', 'public, extensions', true), set_config('request.jwt.claims', '{\"role\": \"client_deploy\", \"sub\": \"${2:-9b2e}\"}', true)) s" \
		"$1" "COMMIT"
}

# Named arguments, one call a transaction

rpc "SELECT coalesce(json_agg(r), '[]') FROM migrate_add(name => '0001_notes', up => 'CREATE TABLE notes (id int)', down => 'DROP TABLE notes') r"
works "add by RPC"
is "$OUT" '[{"version":"0001","name":"notes","action":"added","detail":null}]' "its rows read as JSON"
rpc "SELECT json_agg(r) FROM migrate_add(up => 'ALTER TABLE notes ADD body text', name => '0002_body', down => 'ALTER TABLE notes DROP body') r"
works "named arguments come in any order"
rpc "SELECT migrate_load(files => '[{\"name\": \"0003_more.sql\", \"content\": \"CREATE TABLE more (id int);\\n-- migrate:down\\nDROP TABLE more;\"}]'::jsonb, source => 'rpc')"
works "load by RPC, as jsonb"
rpc "SELECT json_agg(json_build_object('version', version, 'action', action)) FROM migrate_plan(target => '0002')"
is "$STATE $OUT" '00000 [{"version" : "0001", "action" : "apply"}, {"version" : "0002", "action" : "apply"}]' "plan by RPC"
rpc "SELECT version, name, action FROM migrate_apply(target => '0002')"
is "$STATE $OUT" "00000 0001|notes|applied
0002|body|applied" "apply by RPC"
is "$(sql client "SELECT session_user_name, current_user_name, claimed_subject FROM migrate.history ORDER BY id DESC LIMIT 1")" \
	"client_authenticator|client_deploy|9b2e" "the history knows who called: session, role and claimed subject"
is "$(sql client "SELECT relowner::regrole FROM pg_class WHERE relname = 'notes'")" client_deploy "the migration ran as the role of the call"
is "$(sql client "SELECT $(property applied_by) FROM migrate_status() WHERE version = '0002'")" client_deploy "and status names it"
rpc "SELECT version, action FROM migrate_rollback(steps => 1, dry_run => true)"
is "$STATE $OUT" $'00000 0002|would roll back\n|1 passed, 0 not tried, 0 uncertain' "a dry run of a rollback by RPC"
rpc "SELECT version, action FROM migrate_apply(dry_run => true, expected_plan => migrate_plan_hash())"
is "$STATE $OUT" $'00000 0003|would apply\n|1 passed, 0 not tried, 0 uncertain' "a dry run with the expected plan by RPC"
rpc "SELECT version, action FROM migrate_apply(expected_plan => repeat('0', 64))"
fails MG004 "a plan that has changed since is refused"
rpc "SELECT json_agg(r) FROM (SELECT version, status FROM migrate_status()) r"
is "$OUT" '[{"version":"0001","status":"applied"}, 
 {"version":"0002","status":"applied"}, 
 {"version":"0003","status":"pending"}]' "status by RPC"
rpc "SELECT migrate_version()"
is "$STATE $OUT" "00000 0002" "version by RPC"
AS=client_authenticator run client "SELECT migrate_version()"
fails 42501 "without the role of the call nothing goes"
for setting in "''" "'no json'" "'[1]'" "'{\"sub\": 5}'" "'{\"sub\": null}'" "'{}'" "'\"text\"'"; do
	run client "BEGIN" "SELECT FROM set_config('request.jwt.claims', $setting, true)" \
		"SELECT action FROM migrate_apply(target => '0003')" \
		"SELECT claimed_subject FROM migrate.history ORDER BY id DESC LIMIT 1" "ROLLBACK"
	like "$STATE $OUT" "^00000 applied" "claims that are no object with a subject do no harm: $setting"
done

# The caller's search_path and settings of the transaction don't decide what a migration does.
rpc "SELECT migrate_add('0004_place', 'CREATE TABLE place (a int)', 'DROP TABLE place')"
run client "CREATE SCHEMA elsewhere" "BEGIN" "SET LOCAL search_path = elsewhere, public" "SELECT count(*) FROM migrate_apply()" \
	"SHOW search_path" "COMMIT" "SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'place'"
is "$STATE $OUT" "00000 2
elsewhere, public
public" "a migration starts from the database's search_path; the caller keeps its own"

# A wrapper function, as applications write them

run client "CREATE FUNCTION deploy() RETURNS SETOF text LANGUAGE sql AS 'SELECT version FROM migrate_rollback(steps => 2)'" \
	"SELECT deploy()"
is "$STATE $OUT" "00000 0004
0003" "from inside a function"
run client "DO 'BEGIN PERFORM migrate_apply(); RAISE EXCEPTION USING ERRCODE = ''ZZ001''; EXCEPTION WHEN SQLSTATE ''ZZ001'' THEN NULL; END'" \
	"SELECT migrate_version()" "SELECT to_regclass('more') IS NULL"
is "$STATE $OUT" "00000 0002
t" "undone by an exception block, the version is as before"

# The extended protocol

cat >"$SCRATCH/bench.sql" <<'END'
\set n random(1, 1000000000)
BEGIN;
SELECT action FROM migrate_add(name => '9' || :n::text || '_bench', up => 'CREATE TABLE bench (n int)', down => 'DROP TABLE bench');
SELECT version FROM migrate_apply(target => '9' || :n::text, dry_run => false);
SELECT version FROM migrate_rollback(steps => 1 + 0 * :n);
SELECT migrate_remove('9' || :n::text);
SELECT count(*) FROM migrate_status() WHERE version <> '9' || :n::text;
COMMIT;
END
sql client "SELECT migrate_apply()" >/dev/null
before=$(sql client "SELECT count(*) FROM migrate.history")
for protocol in simple extended prepared; do
	pgbench -n -M $protocol -t 5 -f "$SCRATCH/bench.sql" client >"$SCRATCH/pgbench" 2>&1
	ok $? "$protocol protocol with parameters" || explain "$(cat "$SCRATCH/pgbench")"
done
is "$(($(sql client "SELECT count(*) FROM migrate.history") - before))" 30 "each call did its work once"
sql client "SELECT migrate_remove(version || '_' || name) FROM migrate_status() WHERE status = 'pending'" >/dev/null
run client "PREPARE p (text) AS SELECT version FROM migrate_rollback(target => \$1)" "EXECUTE p('0003')" "EXECUTE p('0002')"
is "$STATE $OUT" "00000 0004
0003" "a prepared statement, executed twice"
printf 'BEGIN;\nDECLARE c CURSOR FOR SELECT version FROM migrate_apply();\nFETCH 1 FROM c;\nSELECT migrate_version();\nCOMMIT;\n' >"$SCRATCH/cursor.sql"
run client <"$SCRATCH/cursor.sql"
is "$STATE $OUT" "00000 0003
0004" "all the work is done on the first row that is fetched"
run client "SELECT version FROM migrate_rollback('0002') LIMIT 1" "SELECT migrate_version()"
is "$STATE $OUT" "00000 0004
0002" "LIMIT does not leave work undone"

# LISTEN

open_session listener client
send listener "LISTEN migrate; LISTEN pgrst;"
answered listener
# hear: puts what arrived since the last time into HEARD, channel and payload, sorted; STATE stays.
heard=0
hear() {
	local state=$STATE all
	answered listener
	send listener "SELECT WHERE false;"
	answered listener
	STATE=$state
	# Who, where and how long is looked at in notices.sh.
	all=$(sed -n 's/^Asynchronous notification "\(.*\)" with payload "\(.*\)" received.*/\1 \2/p' <<<"$OUT" | sed 's/,"actor":.*/}/')
	HEARD=$(tail -n "+$((heard + 1))" <<<"$all" | sort)
	heard=$(grep -c . <<<"$all")
}
hear
run client "SELECT version FROM migrate_apply(target => '0003')"
hear
is "$HEARD" 'migrate {"event":"apply","version":"0003","name":"more"}
pgrst reload schema' "an apply is told to listeners, and PostgREST to reload"
open_session worker client
send worker "BEGIN; SELECT version FROM migrate_apply();"
answered worker
hear
is "$HEARD" "" "not before it commits"
send worker "COMMIT;"
answered worker
hear
is "$HEARD" 'migrate {"event":"apply","version":"0004","name":"place"}
pgrst reload schema' "but then"
run client "SELECT version FROM migrate_rollback('0002')"
hear
is "$HEARD" 'migrate {"event":"rollback","version":"0003","name":"more"}
migrate {"event":"rollback","version":"0004","name":"place"}
pgrst reload schema' "a rollback is told, each migration once, PostgREST once a transaction"
run client "SELECT version FROM migrate_apply(dry_run => true)" "SELECT version FROM migrate_rollback(dry_run => true)"
hear
is "$HEARD" "" "a dry run is told to nobody"
run client "BEGIN" "SELECT version FROM migrate_apply()" "ROLLBACK"
hear
is "$HEARD" "" "nor is what was rolled back"
run client "SELECT migrate_add('0005_bad', 'SELECT 1/0')" "SELECT version FROM migrate_apply()"
hear
is "$STATE $HEARD" "22012 " "nor what failed"
sql client "SELECT migrate_remove('0005')" >/dev/null
run client "SET migrate.notify = off" "SELECT version FROM migrate_apply()" "SELECT version FROM migrate_rollback('0002')"
hear
is "$STATE $HEARD" "00000 " "nobody is told when migrate.notify is off"
run client "SELECT migrate_baseline('0003')"
hear
like "$HEARD" 'migrate \{"event":"baseline","version":"0003","name":"more"\}' "a baseline is told"
run client "SELECT migrate_repair('0003', 'forget')"
hear
like "$HEARD" 'migrate \{"event":"repair","version":"0003","name":"more"\}' "a repair is told"
run client "SELECT migrate_add('0003a_it''s \"odd\" \\ é', 'SELECT ''secret''')" "SELECT name FROM migrate_apply(target => '0003a')"
hear
is "$(grep -v pgrst <<<"$HEARD" | grep odd)" 'migrate {"event":"apply","version":"0003a","name":"it'"'"'s \"odd\" \\ é"}' "names are escaped"
unlike "$HEARD" 'secret' "no SQL is told"
long=$(printf 'x%.0s' {1..240})
run client "SELECT migrate_add('0006_$long', 'SELECT 1')" "SELECT version FROM migrate_apply()"
works "the longest name is no problem"
close_session worker
close_session listener

# Two-phase commit

run client "SELECT migrate_add('0007_two', 'CREATE TABLE two (a int)', 'DROP TABLE two')" "BEGIN" "SELECT version FROM migrate_apply()" "PREPARE TRANSACTION 'client'"
fails 0A000 "a transaction that tells can't be prepared"
is "$(sql client "SELECT status FROM migrate_status() WHERE version = '0007'")" pending "and leaves nothing"
run client "SET migrate.notify = off" "BEGIN" "SELECT version FROM migrate_apply()" "PREPARE TRANSACTION 'client'"
works "with migrate.notify off it can"
run client "SELECT migrate_apply()"
fails 55P03 "the prepared transaction still migrates"
like "$DETAIL" 'prepared transaction' "which is said, since it has no session"
run client "SELECT status FROM migrate_status() WHERE version = '0007'"
is "$STATE $OUT" "00000 pending" "status is readable meanwhile"
run client "COMMIT PREPARED 'client'" "SELECT status FROM migrate_status() WHERE version = '0007'"
is "$STATE $OUT" "00000 applied" "committed, it is applied"
run client "SELECT version FROM migrate_rollback()"
is "$STATE $OUT" "00000 0007" "and the lock is free"

sql postgres "DROP DATABASE client"
done_testing
