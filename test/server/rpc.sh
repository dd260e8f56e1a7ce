#!/usr/bin/env bash
# RPC by real clients: @supabase/supabase-js against a stand-in for PostgREST, and PostGraphile, which calls functions by
# their names and arguments.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
npm_packages @supabase/supabase-js@2.109.0 pg@8.23.1 postgraphile@4.14.1

export HOME=$SCRATCH NPM_FOLDER DATABASE=rpc JWT_SECRET=not-a-secret-of-thirty-two-characters
migrate_database rpc
role rpc_deploy NOLOGIN
role authenticator 'LOGIN NOINHERIT'
role anon NOLOGIN
sql postgres "GRANT rpc_deploy, anon TO authenticator" "ALTER ROLE rpc_deploy RESET ALL"
sql rpc "GRANT CREATE, USAGE ON SCHEMA public TO rpc_deploy" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO rpc_deploy" \
	"GRANT USAGE ON SCHEMA migrate TO rpc_deploy" "GRANT SELECT ON migrate.job TO rpc_deploy"

# serve NAME SCRIPT: a server in the background; its port goes to PORT.
declare -A server_pid
serve() {
	: >"$SCRATCH/$1.port"
	node "test/server/lib/$2" >"$SCRATCH/$1.port" 2>"$SCRATCH/$1.log" &
	server_pid[$1]=$!
	local i
	for ((i = 0; i < 200; i++)); do
		[ ! -s "$SCRATCH/$1.port" ] || break
		sleep 0.05
	done
	PORT=$(cat "$SCRATCH/$1.port")
}
stop() {
	kill "${server_pid[$1]}" 2>/dev/null
	wait "${server_pid[$1]}" 2>/dev/null
	unset "server_pid[$1]"
}
stop_all() {
	local name
	for name in "${!server_pid[@]}"; do stop "$name"; done
}
trap stop_all EXIT

serve rest postgrest_standin.js
export SUPABASE_URL=http://127.0.0.1:$PORT

# rpc CALL...: as rpc_client.js takes them; OUT is what it answers.
rpc() { OUT=$(node test/server/lib/rpc_client.js "$@" 2>&1); }
answers() { is "$OUT" "$1" "$2"; }
# status_is STATUS CODE NAME
status_is() { is "$(jq -r '[.status, .error.code] | map(tostring) | join(" ")' <<<"$OUT")" "$1 $2" "$3" || explain "$OUT"; }

# Every call by name

rpc '{"fn": "migrate_load", "args": {"files": [{"name": "0001_notes.sql", "content": "CREATE TABLE notes (id int);\n-- migrate:down\nDROP TABLE notes;"}, {"name": "0002_body.sql", "content": "ALTER TABLE notes ADD body text;\n-- migrate:down\nALTER TABLE notes DROP body;"}], "source": "rpc"}}' \
	'{"fn": "migrate_add", "args": {"name": "0003_tags", "up": "CREATE TABLE tags (id int)", "down": "DROP TABLE tags"}}'
answers '{"status":200,"data":[{"version":"0001","name":"notes","action":"added","detail":null},{"version":"0002","name":"body","action":"added","detail":null}]}
{"status":200,"data":[{"version":"0003","name":"tags","action":"added","detail":null}]}' "load and add"
rpc '{"fn": "migrate_plan", "args": {"target": "0002"}, "options": {"get": true}}'
is "$(jq -c '[.status, (.data[] | [.step, .action, .version])]' <<<"$OUT")" '[200,[1,"apply","0001"],[2,"apply","0002"]]' "plan, by GET" || explain "$OUT"
rpc '{"fn": "migrate_apply", "args": {"dry_run": true}}'
is "$(jq -c '[.status, (.data[:-1][] | .action)] | unique' <<<"$OUT")" '[200,"would apply"]' "a dry run" || explain "$OUT"
rpc '{"fn": "migrate_apply", "args": {"target": "0002"}, "headers": {"Prefer": "tx=rollback"}}'
is "$(jq -c '[.status, (.data[] | .action)] | unique' <<<"$OUT")" '[200,"applied"]' "an apply that is to be rolled back" || explain "$OUT"
is "$(sql rpc "SELECT count(*) FROM migrate.history")" 0 "leaves nothing"
rpc '{"fn": "migrate_apply", "args": {"target": "0002"}}' '{"fn": "migrate_version", "options": {"get": true}}'
is "$(jq -c '[.status, .data] | flatten | map(.action? // .) ' <<<"$OUT")" '[200,"applied","applied"]
[200,"0002"]' "apply, and the version" || explain "$OUT"
is "$(sql rpc "SELECT DISTINCT current_user_name, session_user_name, claimed_subject FROM migrate.history")" "rpc_deploy|authenticator|9b2e" "the history knows who called"
rpc '{"fn": "migrate_status"}' '{"fn": "migrate_history", "options": {"get": true}}' '{"fn": "migrate_progress", "options": {"get": true}}' '{"fn": "migrate_verify"}' \
	'{"fn": "migrate_export", "options": {"get": true}}' '{"fn": "migrate_require", "args": {"migration": "0002"}}'
is "$(jq -c '[.status, (.data | length)]' <<<"$OUT")" '[200,3]
[200,2]
[200,0]
[200,0]
[200,2]
[204,0]' "the others" || explain "$OUT"
rpc '{"fn": "migrate_rollback", "args": {"steps": 1}}' '{"fn": "migrate_repair", "args": {"migration": "0001", "action": "forget"}}' '{"fn": "migrate_baseline", "args": {"migration": "0001"}}' '{"fn": "migrate_remove", "args": {"migration": "0003"}}'
is "$(jq -c '[.status, .data[0].action]' <<<"$OUT")" '[200,"rolled back"]
[200,"forget"]
[200,"baselined"]
[200,"removed"]' "what mends" || explain "$OUT"
rpc '{"fn": "migrate_start"}'
is "$(jq -c '[.status, .data]' <<<"$OUT")" '[200,1]' "a job is started" || explain "$OUT"
wait_until rpc "SELECT bool_and(finished_at IS NOT NULL) FROM migrate.job"
is "$(sql rpc "SELECT state FROM migrate.job")" finished "and runs when the request is over"
rpc '{"fn": "migrate_cancel", "args": {"job": 1}}'
answers '{"status":200,"data":false}' "one that is over can't be cancelled"

# Errors, as they reach the client

rpc '{"fn": "migrate_apply", "args": {"target": "0009"}}'
is "$(jq -c .error <<<"$OUT")" '{"code":"42704","message":"migration \"0009\" does not exist","details":null,"hint":"SELECT * FROM migrate_status() lists all migrations."}' "an error has code, message and hint"
status_is 400 42704 "an unknown migration is 400"
rpc '{"fn": "migrate_add", "args": {"name": "0010_bad", "up": "SELEC 1"}}'
status_is 400 42601 "bad text is 400"
is "$(jq -r .error.details <<<"$OUT")" 'Migration "0010_bad", line 1, column 1.' "its place stands in the details"
rpc '{"fn": "migrate_add", "args": {"name": "0010_bad", "up": "SELECT 1;\n  SELECT 1/0"}}' '{"fn": "migrate_apply"}'
OUT=$(tail -n 1 <<<"$OUT")
like "$(jq -r '.error | .message + "|" + .details + "|" + .hint' <<<"$OUT")" '^division by zero\|Migration "0010_bad", line 2, column 3[.]\|Nothing was applied.* The text was loaded at 2[^ ]+ [^ ]+: if yours is newer, load it again[.]$' \
	"an error of a migration says where, what became of the call, and how old the text is"
rpc '{"fn": "migrate_remove", "args": {"migration": "0010"}}'
rpc '{"fn": "migrate_apply", "args": {"target": ""}}'
status_is 400 22023 "a bad argument is 400"
rpc '{"fn": "migrate_require", "args": {"migration": "0010"}}'
status_is 400 MG005 "codes of class MG are 400"
rpc '{"fn": "migrate_add", "args": {"name": "0010_index", "up": "CREATE INDEX CONCURRENTLY i ON notes (id)"}}' '{"fn": "migrate_apply"}'
OUT=$(tail -n 1 <<<"$OUT")
status_is 500 25001 "what can't run in a transaction is 500"
like "$OUT" 'migrate_start' "and the hint names the way"
rpc '{"fn": "migrate_remove", "args": {"migration": "0010"}}' '{"fn": "migrate_remove", "args": {"migration": "0001"}}'
OUT=$(tail -n 1 <<<"$OUT")
status_is 500 55000 "a wrong state is 500"
rpc '{"fn": "migrate_apply", "options": {"get": true}}'
status_is 405 25006 "GET of what changes something is 405"
rpc '{"fn": "migrate_status", "token": {"role": "anon"}}'
status_is 403 42501 "a token without the right is 403"
OUT=$(curl -s -w '\n%{http_code}' "$SUPABASE_URL/rpc/migrate_status" | jq -c 'if type == "number" then . else .code end' | tr '\n' ' ')
is "$OUT" '"42501" 401 ' "no token is 401"
rpc '{"fn": "migrate_up"}'
status_is 404 PGRST202 "procedures are not found"
rpc '{"fn": "migrate_status", "token": {"role": "nobody_at_all"}}'
status_is 401 22023 "a role that isn't there is 401"
open_session holder rpc
send holder "BEGIN; SELECT count(*) FROM migrate_apply();"
answered holder
rpc '{"fn": "migrate_apply"}'
status_is 500 55P03 "another migrator is 500"
like "$(jq -r .error.details <<<"$OUT")" 'Session .* holds it' "and named"
send holder "ROLLBACK;"
answered holder
close_session holder
rpc '{"fn": "migrate_add", "args": {"name": "0011_slow", "up": "SELECT pg_sleep(20)"}}'
sql postgres "ALTER ROLE rpc_deploy SET statement_timeout = '500ms'"
rpc '{"fn": "migrate_apply"}'
status_is 500 57014 "the role's statement_timeout ends a call"
sql postgres "ALTER ROLE rpc_deploy RESET statement_timeout"
rpc '{"fn": "migrate_remove", "args": {"migration": "0011"}}'

# The program of docs/javascript.md, with the key and the rights that the page names: it sends what stands beside the scripts,
# and waits for another session that migrates

# page_block KIND: the page's first block of that kind.
page_block() { awk -v kind="$1" '$0 == "```" kind { inside = 1; next } /^```/ { inside = 0 } inside' docs/javascript.md; }
role service_role NOLOGIN
sql postgres "GRANT service_role TO authenticator"
sql rpc "$(page_block sql)"
page_block js >"$SCRATCH/push.mjs"
mkdir -p "$SCRATCH/app/migrations/sql"
# shellcheck disable=SC2016
printf 'CREATE TABLE ${table} (id int);\n' >"$SCRATCH/app/migrations/sql/V20__more.sql"
printf '[flyway.placeholders]\ntable = "notes2"\n' >"$SCRATCH/app/migrations/flyway.toml"
ln -sfn "$NPM_FOLDER/node_modules" "$SCRATCH/node_modules"
SUPABASE_SERVICE_ROLE_KEY=$(node test/server/lib/rpc_client.js 'token service_role')
export SUPABASE_SERVICE_ROLE_KEY
open_session holder rpc
send holder "BEGIN; SELECT count(*) FROM migrate_apply();"
answered holder
: >"$SCRATCH/push.out"
(cd "$SCRATCH/app" && exec node --import "data:text/javascript,globalThis.WebSocket=class{}" ../push.mjs 30 >"$SCRATCH/push.out" 2>&1) &
program=$!
prints push 55P03
send holder "ROLLBACK;"
wait "$program"
ok $? "the program of the page runs" || explain "$(cat "$SCRATCH/push.out")"
like "$(cat "$SCRATCH/push.out")" 'another session is migrating' "it waits for another session that migrates"
is "$(sql rpc "SELECT status, to_regclass('notes2') IS NOT NULL FROM migrate_status() WHERE name = 'more'")" 'applied|t' "and applies"
close_session holder

# A pre-request, and settings: those of the role that logs in count from its next connection on

sql postgres "ALTER ROLE rpc_deploy SET migrate.supabase = on"
rpc '{"fn": "migrate_add", "args": {"name": "0022_told", "up": "SELECT 1", "down": "SELECT 1"}}' '{"fn": "migrate_apply"}' '{"fn": "migrate_rollback"}'
is "$(sql rpc "SELECT to_regnamespace('supabase_migrations') IS NULL")" t "settings migrate.* of the token's role don't count"
sql postgres "ALTER ROLE rpc_deploy RESET ALL" "ALTER ROLE authenticator SET migrate.supabase = on"
sql rpc "CREATE SCHEMA supabase_migrations AUTHORIZATION rpc_deploy"
stop rest
PRE_REQUEST='' serve rest postgrest_standin.js
export SUPABASE_URL=http://127.0.0.1:$PORT
rpc '{"fn": "migrate_apply"}'
is "$(sql rpc "SELECT version FROM supabase_migrations.schema_migrations")" 0022 "those of the role that logs in do" || explain "$OUT"
rpc '{"fn": "migrate_rollback"}' '{"fn": "migrate_remove", "args": {"migration": "0022"}}'
sql postgres "ALTER ROLE authenticator RESET ALL"
sql rpc "GRANT EXECUTE ON FUNCTION migrate_require TO anon" "CREATE FUNCTION hello() RETURNS text LANGUAGE sql AS 'SELECT ''hello'''"
sql postgres "ALTER ROLE authenticator SET migrate.required = '0021'"
stop rest
PRE_REQUEST=public.migrate_require serve rest postgrest_standin.js
export SUPABASE_URL=http://127.0.0.1:$PORT
rpc '{"fn": "hello", "token": {"role": "anon"}}'
status_is 400 MG005 "as a pre-request migrate_require() refuses an old schema"
sql postgres "ALTER ROLE authenticator SET migrate.required = '0020'"
stop rest
PRE_REQUEST=public.migrate_require serve rest postgrest_standin.js
export SUPABASE_URL=http://127.0.0.1:$PORT
rpc '{"fn": "hello", "token": {"role": "anon"}}'
answers '{"status":200,"data":"hello"}' "and lets calls through once it is there"
sql postgres "ALTER ROLE authenticator RESET ALL"
stop rest

# PostGraphile

serve graph postgraphile_server.js
# graph QUERY
graph() { OUT=$(curl -s "http://127.0.0.1:$PORT/graphql" -H 'Content-Type: application/json' -d "$(jq -n --arg query "$1" '{$query}')"); }
graph 'mutation { migrateAdd(input: {name: "0030_graph", up: "CREATE TABLE graph (id int)", down: "DROP TABLE graph"}) { results { version name action } } }'
is "$OUT" '{"data":{"migrateAdd":{"results":[{"version":"0030","name":"graph","action":"added"}]}}}' "PostGraphile adds"
graph 'mutation { migrateApply(input: {target: "0030", dryRun: false}) { results { version action } } }'
is "$OUT" '{"data":{"migrateApply":{"results":[{"version":"0030","action":"applied"}]}}}' "applies"
is "$(sql rpc "SELECT current_user_name, claimed_subject FROM migrate.history ORDER BY id DESC LIMIT 1")" "rpc_deploy|graph" "as the role of its settings"
graph '{ migrateVersion migrateStatus { nodes { version status } } }'
is "$(jq -c '[.data.migrateVersion, .data.migrateStatus.nodes[-1]]' <<<"$OUT")" '["0030",{"version":"0030","status":"applied"}]' "reads" || explain "$OUT"
graph 'mutation { migrateRollback(input: {steps: 1}) { results { version action } } }'
is "$OUT" '{"data":{"migrateRollback":{"results":[{"version":"0030","action":"rolled back"}]}}}' "rolls back"
graph 'mutation { migrateApply(input: {target: "0099"}) { results { version } } }'
like "$OUT" '"errcode":"42704"' "and passes errors on"
stop graph

sql postgres "DROP DATABASE rpc"
done_testing
