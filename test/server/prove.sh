#!/usr/bin/env bash
# migrate_prove(): up, down and up again, compared; for down scripts and for ways back that nobody wrote. In this database,
# and in a scratch database, whose own matters are those of prove_scratch.sh.
. test/server/lib/tap.bash

migrate_database prove
# However slow the machine is.
sql postgres "ALTER DATABASE prove SET migrate.explain_hold = 0"
sql prove "CREATE SCHEMA app" "CREATE TYPE app.state AS ENUM ('new')" "CREATE TABLE app.t (a int, b int, c int)" "CREATE TABLE app.u (state app.state)" "CREATE TABLE app.k (id int PRIMARY KEY)" "CREATE SEQUENCE app.number" "INSERT INTO app.t VALUES (1, 2, 3)"
# add NAME UP [DOWN]
add() {
	local down=NULL
	[ $# -lt 3 ] || down="\$m\$$3\$m\$"
	sql prove "SELECT migrate_add('$1', \$m\$$2\$m\$, $down)" >/dev/null
}
# proves NAME UP DOWN VERDICT DETAIL [DETAIL_IN_SCRATCH]: the only one that is pending. Without a down script DOWN is "-".
proves() {
	local down=NULL
	[ "$3" = - ] || down="\$m\$$3\$m\$"
	run prove "DO \$do\$BEGIN PERFORM migrate_add('$1', \$m\$$2\$m\$, $down); END\$do\$" \
		"SELECT version || '|' || verdict, detail FROM migrate_prove(in_place => true)" \
		"SELECT version || '|' || verdict, detail FROM migrate_prove()" "DO \$do\$BEGIN PERFORM migrate_remove('$1'); END\$do\$"
	is "$STATE $OUT" "00000 ${1%%_*}|$4|$5
${1%%_*}|$4|${6-$5}" "$1: $4" || explain "$ERR"
}
BEFORE=$(sql prove "SELECT migrate_schema_hash()")
proves 0001_good "CREATE TABLE app.good (id int)" "DROP TABLE app.good" exact script
proves 0001_order "ALTER TABLE app.t DROP b" "ALTER TABLE app.t ADD b int" "equal but for column order" script
proves 0001_forgets "CREATE TABLE app.one (id int); CREATE INDEX ON app.t (a)" "DROP TABLE app.one" differs "index app.t_a_idx; script"
proves 0001_fails "CREATE TABLE app.one (id int)" "DROP TABLE app.two" 'fails: table "two" does not exist' "script, line 1"
proves 0001_again "CREATE TABLE IF NOT EXISTS app.one (id int); ALTER TABLE app.one ADD more int" "ALTER TABLE app.one DROP more" differs "table app.one, table column app.one.id; script"
proves 0001_leaves "CREATE SEQUENCE app.s" "SELECT 1" differs "sequence app.s; script"
proves 0001_twice "INSERT INTO app.k VALUES (1)" "SELECT 1" 'fails when applied again: duplicate key value violates unique constraint "k_pkey"' "up script, line 1"
proves 0001_chance "DO 'BEGIN EXECUTE ''CREATE TABLE app.x'' || nextval(''app.number'') || '' ()''; END'" "DO 'BEGIN EXECUTE (SELECT ''DROP TABLE '' || oid::regclass FROM pg_class WHERE relname ~ ''^x''); END'" "differs when applied again" "table app.x1, table app.x2" "table app.x2, table app.x3"
proves 0001_none "ALTER TABLE app.t ADD d int; ALTER TABLE app.t DROP c" - exact "generated; data lost: table column app.t.c"
proves 0001_label "ALTER TYPE app.state ADD VALUE IF NOT EXISTS 'paid'" - "superset: labels of app.state" generated
proves 0001_rows "CREATE TABLE app.seeds (id int); INSERT INTO app.seeds VALUES (1)" - "no way back" "would lose rows: table app.seeds: 1 row"
proves 0001_only "UPDATE app.t SET a = 2" - "no way back" "It changed no object, and what it did to rows is not recorded: UPDATE in line 1."
proves 0001_said "-- migrate:irreversible on purpose
CREATE TABLE app.said ()" - "no way back" "on purpose"
proves 0001_alone "VACUUM app.t" - "not proven" "not tried: VACUUM refuses a transaction block, line 1"
proves 0001_index "CREATE INDEX CONCURRENTLY i ON app.t (a)" "DROP INDEX CONCURRENTLY app.i" exact script

# Several, one upon the other

add 0001_one "CREATE TABLE app.one (id int)" "DROP TABLE app.one"
add 0002_two "ALTER TABLE app.one ADD more int" "SELECT 1"
add 0003_three "ALTER TABLE app.one RENAME more TO less"
run prove "SELECT version, verdict FROM migrate_prove('0002')"
is "$OUT" $'0001|exact\n0002|differs' "up to the target"
run prove "SELECT version, verdict FROM migrate_prove(in_place => true)"
is "$OUT" $'0001|exact\n0002|differs\n0003|exact' "each begins where the last one led to, in place"
run prove "SELECT version, verdict FROM migrate_prove()"
is "$OUT" $'0001|exact\n0002|differs\n0003|exact' "each begins where the last one led to"
is "$(sql prove "SELECT string_agg(status, ' ') FROM migrate_status()")" "pending pending pending" "nothing was applied"
is "$(sql prove "SELECT count(*) FROM migrate_history()")" 0 "nothing is in the history"
is "$(sql prove "SELECT migrate_schema_hash()")" "$BEFORE" "nothing has changed"
is "$(sql prove "SELECT a FROM app.t")" 1 "and no row"
run prove "SET migrate.generate_down = off" "SELECT verdict, detail FROM migrate_prove() WHERE version = '0003'"
is "$OUT" "no way back|it has no down script, and no changes are taken back" "with migrate.generate_down off there is none"

# What stops it

add 0004_broken "SELECT 1/0"
run prove "SELECT migrate_prove()"
is "$STATE" 22012 "an up script that fails is its error"
like "$HINT" "tried in a scratch database.* in_place => true" "and the hint says where it was tried"
run prove "SELECT migrate_prove(in_place => true)"
is "$STATE" 22012 "in place, too"
unlike "$HINT" scratch "where nothing is to be said of it"
like "$ERR" '"0004_broken", line 1' "with its place"
sql prove "SELECT migrate_remove('0004')" >/dev/null
open_session holds prove
send holds "BEGIN; SELECT FROM app.t;"
answered holds
add 0004_locks "ALTER TABLE app.t ADD x int"
run prove "SET migrate.lock_timeout = 200" "SET migrate.lock_retries = 0" "SELECT migrate_prove(in_place => true)"
is "$STATE" 55P03 "it waits no longer than migrate.lock_timeout"
close_session holds
sql prove "SELECT migrate_remove('0004')" "INSERT INTO app.u SELECT 'new' FROM generate_series(1, 10000)" >/dev/null
add 0004_holds "ALTER TABLE app.t ADD x int; SELECT pg_sleep(60)" "ALTER TABLE app.t DROP x"
add 0005_behind "CREATE TABLE app.behind ()"
run prove "SET migrate.explain_hold = '300ms'" "SELECT version, verdict, detail FROM migrate_prove(in_place => true) WHERE version > '0003'"
is "$STATE $OUT" "00000 0004|not proven|would hold AccessExclusiveLock on app.t longer than 300ms
0005|not proven|would hold AccessExclusiveLock on app.t longer than 300ms" "in place it blocks nobody for longer than migrate.explain_hold" || explain "$ERR"
is "$(sql prove "SELECT count(*) FROM migrate.proof WHERE version IN ('0004', '0005')")" 0 "which is no proof"
sql prove "SELECT migrate_remove('0004')" >/dev/null
add 0004_between "ALTER TABLE app.t ADD x int" "SELECT pg_sleep(0.4); ALTER TABLE app.t DROP x"
run prove "SET migrate.explain_hold = '300ms'" "SELECT version, verdict FROM migrate_prove(in_place => true) WHERE version > '0003'"
is "$STATE $OUT" "00000 0004|not proven
0005|not proven" "nor with what takes it back" || explain "$ERR"
sql prove "SELECT migrate_remove('0004')" >/dev/null
add 0004_rewrites "ALTER TABLE app.u ADD x timestamptz DEFAULT clock_timestamp()" "ALTER TABLE app.u DROP x"
run prove "SET migrate.rehearse_size = '64kB'" "SELECT version, verdict, detail FROM migrate_prove(in_place => true) WHERE version > '0003'"
like "$OUT" '^0004[|]not proven[|]not tried: app.u \(0 MB\) is larger than migrate.rehearse_size, line 1
0005[|]exact[|]generated$' "what is larger than migrate.rehearse_size is not rewritten" || explain "$ERR"
run prove "SET migrate.rehearse_size = '64kB'" "SET migrate.explain_hold = '1ms'" "SELECT version, verdict FROM migrate_prove() WHERE version > '0003'"
is "$STATE $OUT" "00000 0004|exact
0005|exact" "a scratch database has no such limits" || explain "$ERR"
run prove "SELECT migrate_prove('zero')"
is "$STATE" 22023 "zero is no target"
run prove "SELECT migrate_prove(in_place => NULL)"
is "$STATE" 22004 "in_place is yes or no"
run prove "SELECT migrate_prove('0009')"
is "$STATE" 42704 "an unknown one"
done_testing
