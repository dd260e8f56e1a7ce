#!/usr/bin/env bash
# CALL migrate_up with migrations that would take away what they run on: the extension, their role, the session, the
# locks, the disk. Each is refused or fails; what ran before stays, history and status say so, the session goes on.
. test/server/lib/tap.bash

migrate_database bad
add() { add_migration bad "$@"; }
discard() { discard_migrations bad; }
statuses() { sql bad "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()"; }
events() { sql bad "SELECT string_agg(concat_ws(' ', event, statements, sqlstate), ', ' ORDER BY id) FROM migrate.history"; }
sql bad "CREATE TABLE base (a int)"

# What it stands on: the extension, and the role it runs as.

forms=(transactional mixed 'mixed, with more behind it' 'no transaction')
before=('' $'VACUUM base;\n' $'VACUUM base;\n' $'-- migrate:no-transaction\nBEGIN;\n')
behind=('' '' $'\nVACUUM base;' $'\nCOMMIT;')
recorded=('failed: start 0, fail 0 55000' 'partial: start 0, statement 1, fail 1 55000'
	'partial: start 0, statement 1, fail 1 55000' 'failed: start 0, fail 0 55000')

# refused NAME ROLE STATEMENTS MESSAGE [FORMS]: in each form, called by ROLE from a session that goes on.
refused() {
	local i name
	for i in ${5:-0 1 2 3}; do
		name="$1, ${forms[i]}"
		add 0001_bad "${before[i]}CREATE TABLE left_behind (a int);"$'\n'"$3${behind[i]}"
		open_session caller bad
		send caller "SET ROLE $2; SET work_mem = '5MB'; CALL migrate_up();"
		answered caller
		ERR=$OUT
		fails 55000 "$name: refused"
		like "$MESSAGE" "$4" "$name: the message says why"
		send caller "SELECT 'still', current_user, current_setting('work_mem'), migrate_version() IS NULL;"
		answered caller
		like "$OUT" "still\\|$2\\|5MB\\|t" "$name: the session goes on as it was"
		close_session caller
		is "$(sql bad "SELECT to_regclass('left_behind') IS NULL, (SELECT count(*) FROM pg_extension WHERE extname = 'migrate'), to_regrole('$2') IS NOT NULL")" \
			"t|1|t" "$name: nothing of that transaction stays"
		is "$(statuses): $(events)" "0001 ${recorded[i]}" "$name: status and history"
		discard
	done
}
role bad_worker 'LOGIN SUPERUSER'
refused "DROP EXTENSION" postgres 'DROP EXTENSION migrate;' 'extension "migrate" was dropped or replaced while it was running'
refused "the role that runs it" bad_worker $'REASSIGN OWNED BY bad_worker TO postgres;\nRESET ROLE;\nDROP ROLE bad_worker;' 'the migration dropped the role that runs it' '0 1 2'

# What belongs to the session

for text in 'DISCARD ALL' 'CLOSE ALL' 'DEALLOCATE ALL'; do
	for form in '' $'VACUUM base;\n' $'-- migrate:no-transaction\n'; do
		run bad "SELECT migrate_add('0001_bad', '$form$text')"
		fails 0A000 "refused when it is loaded: ${form//$'\n'/ }$text"
	done
done
is "$(sql bad "SELECT count(*) FROM migrate_status()")" 0 "nothing of them was loaded"
for form in '' $'VACUUM base;\n' $'-- migrate:no-transaction\n'; do
	add 0001_reset "${form}RESET ALL;"
	run bad "SET work_mem = '5MB'" "SET bad.mine = 'mine'" "SET lock_timeout = '7s'" "CALL migrate_up()" \
		"SELECT current_setting('work_mem'), current_setting('bad.mine'), current_setting('lock_timeout')"
	is "$STATE $OUT" "00000 5MB|mine|7s" "RESET ALL leaves the caller's settings: ${form//$'\n'/ }"
	discard
done
sql postgres "DROP DATABASE bad" "DROP ROLE bad_worker"

# A full lock table and a full disk, on a cluster of its own that has little of both. The disk is one that only that
# server sees, and that ends with it.

small=$SCRATCH/small
mkdir -p "$SCRATCH/disk"
inside=()
if [ "$(id -u)" -eq 0 ] && unshare --mount mount -t tmpfs -o size=8m tmpfs "$SCRATCH/disk" 2>/dev/null; then
	# shellcheck disable=SC2016
	inside=(unshare --mount bash -c 'mount -t tmpfs -o size=8m,mode=700,uid='"$(as_server_user id -u)"' tmpfs "$0" && exec "$@"' "$SCRATCH/disk")
fi
CLUSTER_FSYNC=off CLUSTER_CONF='max_locks_per_transaction = 10
max_connections = 10' "${inside[@]}" scripts/cluster start "$small" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster with a small lock table starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
trap 'scripts/cluster stop "$small" >/dev/null 2>&1' EXIT
use_cluster "$small"
migrate_database bad

add 0001_first 'CREATE TABLE first (a int);'
add 0002_tables "$(for ((i = 1; i <= 1500; i++)); do echo "CREATE TABLE t_$i (a int);"; done)"
run bad "CALL migrate_up()" "SELECT 1"
fails 53200 "1,500 tables in one migration"
is "$MESSAGE" "out of shared memory" "the message is the server's"
like "$HINT" 'Divide the migration, or raise max_locks_per_transaction' "the hint says what to do"
like "$CONTEXT" 'migration "0002_tables", line [0-9]+, column 1' "the context says how far it came"
is "$(statuses) $(sql bad "SELECT count(*) FROM pg_class WHERE relname ~ '^t_'")" "0001 applied, 0002 failed 0" "nothing of it stays"
is "$(events)" "start 0, apply 1, start 0, fail 0 53200" "the failure is in the history"
discard
sql bad "SELECT count(*) FROM generate_series(1, 1500) i, migrate_add(to_char(i, 'FM0000') || '_table', format('CREATE TABLE t_%s (a int);', i))" >/dev/null
run bad "SET migrate.notices = off" "CALL migrate_up()"
works "1,500 migrations of one table each"
is "$(sql bad "SELECT (SELECT count(*) FROM migrate_status() WHERE status = 'applied'), count(*) FROM pg_class WHERE relname ~ '^t_'")" "1500|1500" \
	"are all applied"
discard

if [ ${#inside[@]} -eq 0 ]; then
	echo "# skipped: a full disk (nothing can be mounted here)"
	done_testing
	exit
fi
sql bad "CREATE TABLESPACE tiny LOCATION '$SCRATCH/disk'" "CREATE TABLE filler TABLESPACE tiny AS SELECT repeat('x', 1000) FROM generate_series(1, 5000)"
add 0001_first 'CREATE TABLE small_first (a int);'
add 0002_big $'CREATE TABLE big (a int, b text) TABLESPACE tiny;\nINSERT INTO big SELECT i, repeat(\'x\', 1000) FROM generate_series(1, 4000) i;'
run bad "CALL migrate_up()"
fails 53100 "a full disk"
like "$CONTEXT" 'migration "0002_big", line 2, column 1' "the context says where"
is "$(statuses) $(sql bad "SELECT to_regclass('big') IS NULL")" "0001 applied, 0002 failed t" "nothing of it stays"
is "$(events)" "start 0, apply 1, start 0, fail 0 53100" "the failure is in the history"
add 0002_big $'CREATE TABLE big (a int, b text) TABLESPACE tiny;\nVACUUM big;\nINSERT INTO big SELECT i, repeat(\'x\', 1000) FROM generate_series(1, 4000) i;'
run bad "CALL migrate_up()"
is "$STATE $(statuses) $(sql bad "SELECT count(*) FROM big")" "53100 0001 applied, 0002 partial 0" "behind a VACUUM it is partial"
sql bad "DROP TABLE filler" "CHECKPOINT"
run bad "CALL migrate_up()"
is "$STATE $(statuses) $(sql bad "SELECT count(*) FROM big")" "00000 0001 applied, 0002 applied 4000" "with room again it goes on"
done_testing
