#!/usr/bin/env bash
# A full lock table, cancel, terminate, locks that others hold, and large texts: each ends as it should and leaves nothing.
. test/server/lib/tap.bash

migrate_database limits

# as_before MIGRATION NAME: the migration is pending, nothing of it stays, and the next session can migrate.
as_before() {
	is "$(sql limits "SELECT status FROM migrate_status() WHERE version = '$1'")" pending "$2: it is pending"
	is "$(sql limits "SELECT to_regclass('left_behind') IS NULL, (SELECT count(*) FROM migrate.history WHERE version = '$1'), (SELECT count(*) FROM migrate.schema_version)")" \
		"t|0|1" "$2: nothing stays"
	run limits "SELECT count(*) FROM migrate_plan()" "BEGIN" "SELECT migrate_add('8888', 'SELECT 1')" "ROLLBACK"
	works "$2: the lock is free"
}
forget() { sql limits "SELECT migrate_remove(version || '_' || name) FROM migrate_status() WHERE status = 'pending'" >/dev/null; }

sql limits "SELECT migrate_add('0001_first', E'CREATE TABLE busy (a int);\nCREATE TABLE big (id int, body text);')" "SELECT migrate_apply()" >/dev/null

# Cancel

sql limits "SELECT migrate_add('0002_sleep', E'CREATE TABLE left_behind (a int);\n\n  SELECT pg_sleep(8);')" >/dev/null
open_session sleeper limits
send sleeper "SELECT version FROM migrate_apply();"
wait_until limits "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'sleeper' AND wait_event = 'PgSleep'"
run limits "SELECT migrate_apply()"
fails 55P03 "while a migration sleeps, another apply is told that the database is busy"
like "$DETAIL" "$(sql limits "SELECT pid FROM pg_stat_activity WHERE application_name = 'sleeper'").*postgres.*sleeper" \
	"by whom: process, role and application"
sql limits "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'sleeper'" >/dev/null
answered sleeper
fails 57014 "cancelled in the middle"
is "$MESSAGE" "canceling statement due to user request" "the message is the server's"
like "$CONTEXT" 'migration "0002_sleep", line 3, column 3' "the context says where it was"
as_before 0002 "cancelled"
send sleeper "SELECT 'still here';"
answered sleeper
like "$OUT" 'still here' "the session goes on"
run limits "SET statement_timeout = '200ms'" "SELECT migrate_apply()"
fails 57014 "statement_timeout in the middle"
is "$MESSAGE" "canceling statement due to statement timeout" "the message is the server's"
like "$CONTEXT" 'migration "0002_sleep", line 3, column 3' "the context says where it was"
as_before 0002 "statement_timeout"
forget
sql limits "SELECT migrate_add('0002_caught', E'CREATE TABLE left_behind (a int);\nDO \$\$ BEGIN PERFORM pg_sleep(8); EXCEPTION WHEN OTHERS THEN NULL; END \$\$;')" >/dev/null
run limits "SET statement_timeout = '200ms'" "SELECT migrate_apply()"
fails 57014 "a migration that catches all errors can't catch a cancel"
as_before 0002 "a catching migration"
forget

# Terminate

sql limits "SELECT migrate_add('0002_sleep', 'CREATE TABLE left_behind (a int); SELECT pg_sleep(8);')" >/dev/null
send sleeper "SELECT version FROM migrate_apply();"
wait_until limits "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'sleeper' AND wait_event = 'PgSleep'"
sql limits "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'sleeper'" >/dev/null
answered sleeper
like "$OUT" 'FATAL:  57P01' "terminated in the middle"
as_before 0002 "terminated"
close_session sleeper
forget

# Locks that others hold

sql limits "SELECT migrate_add('0003_wait', E'CREATE TABLE left_behind (a int);\nALTER TABLE busy ADD b int;', E'DROP TABLE left_behind;\nALTER TABLE busy DROP b;')" >/dev/null
open_session holder limits
send holder "BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE;"
answered holder
run limits "SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 2" "SELECT migrate_apply()"
fails 55P03 "a lock that another session keeps"
is "$MESSAGE" "canceling statement due to lock timeout" "the message is the server's"
like "$CONTEXT" 'migration "0003_wait", line 2, column 1' "the context says which statement waited"
like "$HINT" 'migrate\.lock_timeout.*migrate\.lock_retries' "the hint says what to do"
is "$(grep -c 'NOTICE' <<<"$ERR")" 2 "each new try is told"
like "$ERR" 'migration "0003_wait": canceling statement due to lock timeout; trying again in [0-9]+ ms \(1 of 2\)' "with its number and its pause"
as_before 0003 "a lock that was not to be had"
run limits "SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 0" "SELECT migrate_apply()"
fails 55P03 "migrate.lock_retries = 0"
is "$(grep -c 'NOTICE' <<<"$ERR")" 0 "tries once"
run limits "SET lock_timeout = '7ms'" "SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 0" "SELECT migrate_apply(dry_run => true)"
fails 55P03 "a dry run waits no longer"
run limits "SET lock_timeout = '7ms'" "SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 0" \
	"DO 'BEGIN PERFORM migrate_apply(); EXCEPTION WHEN lock_not_available THEN NULL; END'" "SHOW lock_timeout"
is "$STATE $OUT" "00000 7ms" "the caller's own lock_timeout is as before"
open_session applier limits
send applier "SET migrate.lock_timeout = '20ms'; SET migrate.lock_retries = 20; SELECT version, action FROM migrate_apply();"
prints applier '(2 of 20)'
send holder "COMMIT;"
answered applier
like "$OUT" '0003\|applied' "it succeeds when the other session has committed"
is "$STATE" 00000 "without an error"
is "$(sql limits "SELECT count(*) FROM migrate.history WHERE version = '0003'")" 1 "and is recorded once"
send holder "BEGIN; LOCK TABLE busy;"
answered holder
run limits "SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 0" "SELECT migrate_rollback()"
fails 55P03 "a rollback that waits"
like "$CONTEXT" 'migration "0003_wait", down script, line 2, column 1|migration "0003_wait".*line 2, column 1' "says where"
is "$(sql limits "SELECT migrate_version(), to_regclass('left_behind') IS NOT NULL")" "0003|t" "leaves it applied"
sql limits "SELECT migrate_add('0004_own', E'-- migrate:lock-timeout 20ms\nALTER TABLE busy ADD c int;')" >/dev/null
run limits "SET statement_timeout = '8s'" "SET migrate.lock_timeout = '1min'" "SET migrate.lock_retries = 0" "SELECT migrate_apply()"
fails 55P03 "a migration's own lock-timeout goes before the setting"
forget
sql limits "SELECT migrate_add('0004_own', E'SET lock_timeout = ''20ms'';\nALTER TABLE busy ADD c int;')" >/dev/null
run limits "SET statement_timeout = '8s'" "SET migrate.lock_timeout = '1min'" "SET migrate.lock_retries = 1" "SELECT migrate_apply()"
fails 55P03 "and so does what it sets itself"
like "$ERR" '\(1 of 1\)' "and it is tried again, too"
forget
sql limits "SELECT migrate_add('0004_verify', 'SELECT 1', verify => 'SELECT count(*) >= 0 FROM busy')" >/dev/null
run limits "SET migrate.lock_timeout = '20ms'" "SET migrate.lock_retries = 0" "SELECT migrate_apply()"
fails 55P03 "a verify script that waits"
send holder "ROLLBACK;"
answered holder
close_session holder
close_session applier
forget
for value in soon -5s 2 '2 parsecs' ''; do
	run limits "SELECT migrate_add('0004_own', E'SELECT 1;\n-- not at the top' || E'\n')" \
		"SELECT migrate_add('0005_own', E'-- migrate:lock-timeout $value\nSELECT 1;')"
	case $value in
	2) works "lock-timeout 2 is in milliseconds" ;;
	*) like "$STATE $CONTEXT" '^(42601|22023) migration "0005_own", line 1' "lock-timeout \"$value\" is refused at load" ;;
	esac
done
forget

# Large texts

awk 'BEGIN {
	row = sprintf("%1000s", ""); gsub(/ /, "x", row)
	for (i = 1; i <= 200; i++) {
		printf "INSERT INTO big VALUES\n"
		for (j = 1; j <= 100; j++) printf "(%d, \x27%s\x27)%s\n", i * 100 + j, row, j < 100 ? "," : ";"
	}
}' >"$SCRATCH/0006_big.sql"
run limits "SELECT action FROM migrate_load_dir('$SCRATCH')" "SELECT version, statements FROM migrate_apply()" \
	"SELECT count(*), sum(length(body)) FROM big"
is "$STATE $OUT" "00000 added
0006|200
20000|20000000" "20 MB of INSERTs from a file"
sql limits "TRUNCATE big"
printf 'BEGIN;\n\\set text `cat %s`\nSELECT action FROM migrate_add(%s, :%s);\nSELECT statements FROM migrate_apply();\nSELECT count(*) FROM big;\nROLLBACK;\n' \
	"$SCRATCH/0006_big.sql" "'0007_big'" "'text'" >"$SCRATCH/script"
run limits <"$SCRATCH/script"
is "$STATE $OUT" "00000 added
200
20000" "20 MB of INSERTs as an argument"
rm "$SCRATCH/0006_big.sql"
sql limits "SELECT migrate_add('0008_line', 'INSERT INTO big VALUES (1, ''' || repeat('y', 20000000) || ''')')" "SELECT migrate_apply()" \
	"TRUNCATE big" >/dev/null
ok $? "20 MB in one literal"
run limits "SELECT migrate_add('0009_deep', 'SELECT ' || repeat('(', 20000) || '1' || repeat(')', 20000))"
like "$STATE" '^(54001|42601)$' "a text too deep for the parser is an error, and no crash"
run limits "SELECT migrate_add('0009_deep', 'SELECT 1' || repeat(' + 1', 100000))" "SELECT version FROM migrate_apply()"
fails 54001 "a statement too deep to run"
like "$CONTEXT" 'migration "0009_deep", line 1' "is found"
sql postgres "DROP DATABASE limits"

# A full lock table, on a cluster of its own that has little of it

small=$SCRATCH/small
CLUSTER_FSYNC=off CLUSTER_CONF='max_locks_per_transaction = 10
max_connections = 10' scripts/cluster start "$small" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster with a small lock table starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
trap 'scripts/cluster stop "$small" >/dev/null 2>&1' EXIT
eval "$(scripts/cluster env "$small")"
migrate_database limits
sql limits "SELECT count(*) FROM generate_series(1, 30) i, migrate_add(to_char(i, 'FM0000') || '_tables',
	(SELECT string_agg(format('CREATE TABLE t_%s_%s (a int);', i, j), E'\n') FROM generate_series(1, 50) j),
	(SELECT string_agg(format('DROP TABLE t_%s_%s;', i, j), E'\n') FROM generate_series(1, 50) j))" >/dev/null
run limits "SELECT migrate_apply()"
fails 53200 "1,500 tables in one apply"
is "$MESSAGE" "out of shared memory" "the message is the server's"
like "$HINT" 'max_locks_per_transaction' "the hint names the setting"
like "$HINT" 'CALL migrate_up\(\)' "and how to do without"
like "$CONTEXT" 'migration "00[0-9][0-9]_tables", line [0-9]+, column 1' "the context says how far it came"
is "$(sql limits "SELECT count(*), (SELECT count(*) FROM pg_class WHERE relname ~ '^t_'), (SELECT count(*) FROM migrate.history), (SELECT count(*) FROM migrate.schema_version) FROM migrate_status() WHERE status = 'pending'")" \
	"30|0|0|0" "nothing stays"
run limits "SELECT migrate_version()"
works "and the server goes on"
bad=0
for ((i = 3; i <= 30; i += 3)); do
	run limits "SELECT count(*) FROM migrate_apply(target => to_char($i, 'FM0000'))"
	[ "$STATE $OUT" = "00000 3" ] || { bad=$((bad + 1)); explain "$OUT $ERR"; }
done
is "$bad" 0 "with targets all of it is applied"
is "$(sql limits "SELECT count(*) FROM pg_class WHERE relname ~ '^t_'")" 1500 "1,500 tables are there"
run limits "SELECT migrate_rollback('zero')"
fails 53200 "rolling all back at once"
like "$HINT" 'max_locks_per_transaction' "gets the hint, too"
is "$(sql limits "SELECT migrate_version()")" 0030 "and leaves all of it applied"
run limits "SELECT count(*) FROM migrate_rollback(steps => 2)"
is "$STATE $OUT" "00000 2" "with steps it goes"
run limits "SELECT count(*), min(status) FROM migrate_status()" "SELECT count(*) FROM migrate_plan('zero')"
works "looking takes no locks that grow with the set"
done_testing
