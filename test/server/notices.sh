#!/usr/bin/env bash
# What listeners are told, and the listener of docs/notices.md, which posts it to a webhook: here to a server on this machine.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
npm_packages pg@8.23.1

migrate_database notices
sql postgres "ALTER DATABASE notices SET migrate.environment = 'staging'"
awk '/^```js$/ { inside = 1; next } /^```/ { inside = 0 } inside' docs/notices.md >"$NPM_FOLDER/listener.mjs"
cat >"$NPM_FOLDER/webhook.mjs" <<'END'
import { createServer } from 'node:http'
createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  console.log(request.method, request.headers['content-type'], JSON.parse(body).text)
  response.end('ok')
}).listen(0, '127.0.0.1', function () { console.log('port', this.address().port) })
END
node "$NPM_FOLDER/webhook.mjs" >"$SCRATCH/posts" 2>&1 &
webhook=$!
until_line() {
	local i
	for ((i = 0; i < 200; i++)); do
		! grep -qE "$1" "$SCRATCH/posts" || return 0
		sleep 0.05
	done
	return 1
}
until_line '^port '
port=$(sed -n 's/^port //p' "$SCRATCH/posts")
(
	cd "$NPM_FOLDER" || exit
	DATABASE_URL="postgresql://$PGUSER@/notices?host=$PGHOST&port=$PGPORT" WEBHOOK_URL="http://127.0.0.1:$port/" exec node listener.mjs
) >"$SCRATCH/listener" 2>&1 &
listener=$!
trap 'kill "$webhook" "$listener" 2>/dev/null' EXIT
wait_until notices "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query = 'LISTEN migrate')"

role notices_deploy LOGIN
sql notices "GRANT CREATE, USAGE ON SCHEMA public TO notices_deploy" "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO notices_deploy"
# posted TEXT NAME: a message has that text; digits of durations are N.
posted() {
	until_line "$(printf '%s' "$1" | sed 's/[][().*?+{}|]/\\&/g; s/N ms/[0-9]+ ms/')"
	ok "$?" "$2" || explain "$(cat "$SCRATCH/posts" "$SCRATCH/listener")"
}
PGUSER=notices_deploy sql notices "SELECT migrate_add('0001_a', 'CREATE TABLE a (id int)', 'DROP TABLE a')" \
	"SELECT migrate_add('0002_b', 'CREATE TABLE b (id int)')" "SELECT migrate_apply()" >/dev/null
posted "POST application/json apply 0001 a, on notices (staging) by notices_deploy, N ms, way back: script" "an apply is told, with who, where and how long"
posted "apply 0002 b, on notices (staging) by notices_deploy, N ms, way back: generated" "and how it can be rolled back"
PGUSER=notices_deploy sql notices "SELECT migrate_rollback()" "SELECT migrate_rollback()" >/dev/null
posted "rollback 0002 b, on notices (staging) by notices_deploy, N ms, way back: exact" "a generated way back is told with what it has led to"
posted "rollback 0001 a, on notices (staging) by notices_deploy, N ms, way back: script" "a script as one"
PGUSER=notices_deploy sql notices "SELECT migrate_add('0003_c', 'SELECT 1 / 0')" >/dev/null
PGUSER=notices_deploy run notices "CALL migrate_up()"
posted "fail 0003 c, on notices (staging) by notices_deploy, N ms, 22012" "a failure is told with its SQLSTATE"
sql notices "SELECT migrate_repair('0003', 'applied')" >/dev/null
posted "repair 0003 c, on notices (staging) by postgres" "so is a repair"
is "$(cat "$SCRATCH/listener")" "" "the listener has nothing to complain of"
told=$(grep -c 'apply 0001' "$SCRATCH/posts")
sql notices "SELECT migrate_repair('0003', 'forget')" "SELECT migrate_remove('0003')" "SELECT migrate_rollback('zero')" >/dev/null
is "$(sql notices "LOAD 'migrate'" "SET migrate.notify = off" "SELECT count(*) FROM migrate_apply('0001')")" 1 "without migrate.notify"
sql notices "SELECT migrate_add('0004_d', 'SELECT 1')" "SELECT migrate_repair('0004', 'applied')" >/dev/null
posted "repair 0004 d" "what comes later arrives"
is "$(grep -c 'apply 0001' "$SCRATCH/posts")" "$told" "nothing is told"
kill "$listener" "$webhook"
wait 2>/dev/null
done_testing
