#!/usr/bin/env bash
# Dry runs that get to the end: what says CONCURRENTLY runs without it, after the checks that only that form makes; what
# can't be tried is a row; what fails behind that is uncertain; no sequence stays behind. And migrate.plain_indexes, which
# does the same for a run that is kept.
. test/server/lib/tap.bash

migrate_database rehearsals
role rehearsals_other NOLOGIN
sql rehearsals "CREATE SCHEMA app" "CREATE TABLE app.orders (id bigserial PRIMARY KEY, v text)" \
	"INSERT INTO app.orders (v) SELECT g::text FROM generate_series(1, 1000) g" \
	"CREATE INDEX first ON app.orders (v)" "CREATE INDEX second ON app.orders (v, id)" \
	"CREATE MATERIALIZED VIEW app.totals AS SELECT id FROM app.orders" "CREATE UNIQUE INDEX ON app.totals (id)" \
	"CREATE TABLE app.parted (id int) PARTITION BY RANGE (id)" "CREATE INDEX parted_id ON app.parted (id)" \
	"CREATE TABLE app.part PARTITION OF app.parted FOR VALUES FROM (1) TO (10)" \
	"CREATE TABLE app.with_default (id int) PARTITION BY RANGE (id)" \
	"CREATE TABLE app.one PARTITION OF app.with_default FOR VALUES FROM (1) TO (10)" \
	"CREATE TABLE app.rest PARTITION OF app.with_default DEFAULT" \
	"CREATE TABLE app.spans (s int4range, EXCLUDE USING gist (s WITH &&))" \
	"CREATE TYPE app.color AS ENUM ('red')"
add() { add_migration rehearsals "$@"; }
discard() { discard_migrations rehearsals; }

# rehearse NAME ROWS: the rows of a dry run.
rehearse() {
	run rehearsals "SELECT concat_ws(' ', version, action, statements) FROM migrate_apply(dry_run => true)"
	is "$STATE $OUT" "00000 $2" "$1" || explain "$ERR"
}

# Each statement that says CONCURRENTLY

plain() {
	add 0001_it "$2;"
	rehearse "$1 runs without CONCURRENTLY" $'0001 would apply, line 1 without CONCURRENTLY 1\n1 passed, 0 not tried, 0 uncertain'
	discard
}
plain "CREATE INDEX" "CREATE INDEX CONCURRENTLY IF NOT EXISTS third ON app.orders (id, v)"
plain "DROP INDEX" "DROP INDEX CONCURRENTLY app.first"
plain "REINDEX TABLE" "REINDEX TABLE CONCURRENTLY app.orders"
plain "REINDEX INDEX" "REINDEX (VERBOSE, CONCURRENTLY) INDEX app.first"
plain "DETACH PARTITION" "ALTER TABLE app.parted DETACH PARTITION app.part CONCURRENTLY"
add 0001_it "REFRESH MATERIALIZED VIEW CONCURRENTLY app.totals;"
rehearse "REFRESH MATERIALIZED VIEW runs as it stands" $'0001 would apply 1\n1 passed, 0 not tried, 0 uncertain'
discard
[ "$(sql postgres 'SHOW server_version_num')" -lt 190000 ] || plain "REPACK" "REPACK (CONCURRENTLY) app.orders"

# The errors of the concurrent form, as the server gives them where nobody else is in between

# with_plain STATEMENT...: as run, in a database for tests.
with_plain() {
	sql postgres "ALTER DATABASE rehearsals SET migrate.plain_indexes = on"
	run rehearsals "$@"
	sql postgres "ALTER DATABASE rehearsals RESET migrate.plain_indexes"
}
same_error() {
	run rehearsals "SET search_path = app" "$1"
	local server="$STATE $MESSAGE $DETAIL $HINT"
	unlike "$server" "^00000" "the server refuses $1"
	add 0001_it "SET search_path = app; $1;"
	run rehearsals "SELECT migrate_apply(dry_run => true)"
	is "$STATE $MESSAGE $DETAIL $HINT" "$server" "so does a dry run"
	with_plain "SELECT migrate_apply()"
	is "$STATE $MESSAGE $DETAIL $HINT" "$server" "and a run with migrate.plain_indexes"
	discard
}
same_error "CREATE INDEX CONCURRENTLY ON parted (id)"
same_error "CREATE INDEX CONCURRENTLY ON nothing (id)"
same_error "CREATE INDEX CONCURRENTLY ON orders (nothing)"
same_error "CREATE INDEX CONCURRENTLY ON pg_catalog.pg_class (relname)"
same_error "DROP INDEX CONCURRENTLY first, second"
same_error "DROP INDEX CONCURRENTLY first CASCADE"
same_error "DROP INDEX CONCURRENTLY parted_id"
same_error "DROP INDEX CONCURRENTLY nothing"
same_error "DROP INDEX CONCURRENTLY orders"
same_error "DROP INDEX CONCURRENTLY orders_pkey"
same_error "REINDEX TABLE CONCURRENTLY pg_catalog.pg_class"
same_error "REINDEX INDEX CONCURRENTLY pg_catalog.pg_class_oid_index"
same_error "REINDEX INDEX CONCURRENTLY spans_s_excl"
same_error "REINDEX INDEX CONCURRENTLY nothing"
same_error "ALTER TABLE with_default DETACH PARTITION one CONCURRENTLY"
same_error "ALTER TABLE orders DETACH PARTITION one CONCURRENTLY"
same_error "ALTER TABLE nothing DETACH PARTITION one CONCURRENTLY"

# A partition that was detached concurrently keeps its bounds as a constraint

add 0001_detach $'ALTER TABLE app.parted DETACH PARTITION app.part CONCURRENTLY;\nALTER TABLE app.part DROP CONSTRAINT part_id_check;'
rehearse "a detached partition has the constraint that the concurrent form gives it" \
	$'0001 would apply, line 1 without CONCURRENTLY 2\n1 passed, 0 not tried, 0 uncertain'
discard

# What can't be tried, and what fails behind it

add 0001_label "ALTER TYPE app.color ADD VALUE 'green';"
add 0002_used $'CREATE TABLE app.used (c app.color);\nINSERT INTO app.used VALUES (\'red\');\nINSERT INTO app.used VALUES (\'green\');'
add 0003_vacuum $'CREATE TABLE app.after (a int);\nVACUUM app.after;\nINSERT INTO app.after VALUES (1);'
add 0004_system "ALTER SYSTEM SET work_mem = '5MB';"
add 0005_block $'-- migrate:no-transaction\nSET search_path = app;\nDO $$ BEGIN INSERT INTO after VALUES (2); COMMIT; END $$;\nINSERT INTO after VALUES (3);\nREINDEX TABLE parted;'
add 0006_fails $'INSERT INTO app.after VALUES (4);\nSELECT count(*) / 0 FROM app.after;'
add 0007_sees "SELECT 1 / count(*) FROM app.after;" "" "SELECT count(*) = 2 FROM app.after"
used='unsafe use of new value "green" of enum type app.color'
rehearse "what can't be tried is a row, the rest of its migration runs, and what fails behind it is uncertain" "0001 would apply 1
0002 not tried: $used, line 3
0002 would apply 2
0003 not tried: VACUUM refuses a transaction block, line 2
0003 would apply 2
0004 not tried: ALTER SYSTEM refuses a transaction block, line 1
0005 not tried: DO ends the transaction, line 3
0005 not tried: REINDEX TABLE cannot run inside a transaction block, line 5
0005 would apply 2
0006 uncertain: division by zero, line 2
0007 would apply 1
5 passed, 5 not tried, 1 uncertain"
is "$(sql rehearsals "SELECT count(*), to_regclass('app.after') IS NULL FROM migrate.history")" "0|t" "nothing of it stays"
run rehearsals "SELECT version, name IS NULL, statements IS NULL, duration_ms IS NULL FROM migrate_apply(dry_run => true) WHERE action ~ '^[0-9]+ passed'"
is "$OUT" "|t|t|t" "the last row is of no migration"
discard

add 0001_ahead "SELECT * FROM app.nothing;"
add 0002_vacuum "VACUUM;"
run rehearsals "SELECT migrate_apply(dry_run => true)"
is "$STATE $CONTEXT" '42P01 migration "0001_ahead", line 1, column 15' "what fails before anything was left out is an error"
discard

# Several blocks are transactions of their own

add 0001_blocks $'BEGIN;\nALTER TYPE app.color ADD VALUE \'blue\';\nCOMMIT;\nBEGIN;\nCREATE TABLE app.used (c app.color DEFAULT \'red\');\nINSERT INTO app.used VALUES (\'blue\');\nCOMMIT;'
rehearse "a label of an earlier block is not tried" "0001 not tried: unsafe use of new value \"blue\" of enum type app.color, line 6
0001 would apply 2
1 passed, 1 not tried, 0 uncertain"
discard
add 0001_same $'ALTER TYPE app.color ADD VALUE \'blue\';\nSELECT \'blue\'::app.color;'
run rehearsals "SELECT migrate_apply(dry_run => true)"
fails 55P04 "one of the same transaction is an error, as it is in a real run"
unlike "$HINT" "CALL" "whose hint sends nobody to a call that commits"
discard

# Hints for what would fail in a real run, too

# shellcheck disable=SC2016
for text in 'DO $$ BEGIN COMMIT; END $$;' 'REINDEX TABLE app.parted;'; do
	add 0001_unmarked "$text"
	run rehearsals "SELECT migrate_apply(dry_run => true)"
	like "$STATE $HINT" '^(2D000|25001) .*migrate:no-transaction' "$text is an error without its mark"
	unlike "$HINT" "CALL" "whose hint sends nobody to a call that commits"
	discard
done
run rehearsals "SELECT migrate_apply('zero', dry_run => true)"
is "$STATE $HINT" "22023 Use migrate_rollback(target => 'zero', dry_run => true)." "nor does that of a wrong target"

# A table that is too large

open_session holder rehearsals
add 0001_large "CREATE INDEX CONCURRENTLY large ON app.orders (v);"
run rehearsals "SET migrate.rehearse_size = '1kB'" "SELECT action FROM migrate_apply(dry_run => true)"
like "$OUT" '^not tried: would block writes on app.orders \([0-9]+ kB\), line 1' "a large table is not locked"
hold "INSERT INTO app.orders (v) VALUES ('busy')"
run rehearsals "SET migrate.rehearse_size = 0" "SET migrate.lock_timeout = '50ms'" "SET migrate.lock_retries = 0" "SELECT action FROM migrate_apply(dry_run => true)"
works "so a session that writes holds nothing up"
run rehearsals "SET migrate.lock_timeout = '50ms'" "SET migrate.lock_retries = 0" "SELECT migrate_apply(dry_run => true)"
like "$STATE $CONTEXT" $'^55P03 (waiting for .*\n)?migration "0001_large", line 1, column 1$' "where it is tried, it waits no longer than the lock timeout"
let_go
with_plain "SET migrate.rehearse_size = '1kB'" "SELECT migrate_apply()"
like "$STATE $MESSAGE" '^55000 without CONCURRENTLY it would block writes on app.orders \([0-9]+ kB\)$' "nor with migrate.plain_indexes"
like "$HINT" "migrate.rehearse_size in a test database" "and the hint says what to do"
discard
add 0001_rest "ALTER TABLE app.parted DETACH PARTITION app.part CONCURRENTLY;"
sql rehearsals "INSERT INTO app.parted VALUES (1)"
run rehearsals "SET migrate.rehearse_size = '1kB'" "SELECT action FROM migrate_apply(dry_run => true)"
like "$OUT" '^not tried: would block writes on app.parted \(' "a partitioned table is as large as its partitions"
discard

# Sequences

sql rehearsals "CREATE SEQUENCE app.down INCREMENT -1" "SELECT nextval('app.down') FROM generate_series(1, 9)" \
	"CREATE SEQUENCE app.fresh START 5" "SELECT nextval('app.fresh')" "CREATE SEQUENCE app.ahead" "SELECT nextval('app.ahead')" >"$SCRATCH/out"
positions="SELECT string_agg(concat_ws(' ', s.sequencename, s.last_value), ', ' ORDER BY sequencename) FROM pg_sequences s WHERE schemaname = 'app'"
sql rehearsals "CREATE FUNCTION app.reset() RETURNS void LANGUAGE sql AS 'SELECT setval(''app.orders_id_seq'', 5)'"
before=$(sql rehearsals "$positions")
add 0001_seed "SELECT app.reset(); INSERT INTO app.orders (id, v) VALUES (2000, 'seed'); SELECT setval('app.down', -2), setval('app.fresh', 5, false); ALTER SEQUENCE app.ahead RESTART WITH 1;"
run rehearsals "SELECT migrate_apply(dry_run => true, allow_effects => true)"
works "a dry run moves sequences back"
is "$(sql rehearsals "$positions")" "$before" "they are set forward again"
like "$ERR" 'sequence app.orders_id_seq, which the dry run had moved back, is set forward again' "which is said"
run rehearsals "INSERT INTO app.orders (v) VALUES ('next')"
works "so the next INSERT finds a value that is free"
before=$(sql rehearsals "$positions")
add 0002_fails "SELECT 1 / 0;"
run rehearsals "SELECT migrate_apply(dry_run => true, allow_effects => true)"
is "$STATE $(sql rehearsals "$positions")" "22012 $before" "likewise when it fails"
discard
sql rehearsals "ALTER FUNCTION app.reset() SECURITY DEFINER" "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public, app TO rehearsals_other" \
	"GRANT USAGE ON SCHEMA app TO rehearsals_other"
value=$(sql rehearsals "SELECT last_value FROM app.orders_id_seq")
add 0001_definer "SELECT app.reset();"
run rehearsals "SET ROLE rehearsals_other" "SELECT migrate_apply(dry_run => true)"
like "$STATE $ERR" "^00000 .*sequence app.orders_id_seq is still moved back by the dry run .permission denied for sequence orders_id_seq.; its owner can call: SELECT setval\('app.orders_id_seq', $value, true\)" \
	"what the caller may not set forward is said, with the call that does"
sql rehearsals "SELECT setval('app.orders_id_seq', $value, true)" >"$SCRATCH/out"
discard

# What stopped half way

add 0001_half $'CREATE TABLE app.half (a int);\nVACUUM app.half;\nSELECT 1 / (SELECT count(*) FROM app.half);'
run rehearsals "CALL migrate_up()"
fails 22012 "a migration stops half way"
run rehearsals "SELECT migrate_apply(dry_run => true)"
is "$STATE $CONTEXT" '22012 migration "0001_half", line 3, column 1' "a dry run goes on behind what is done"
sql rehearsals "INSERT INTO app.half VALUES (1)"
rehearse "and says so when that would work" $'0001 would apply 1\n1 passed, 0 not tried, 0 uncertain'
add 0001_half $'CREATE TABLE app.half (a int);\nVACUUM app.half;\nSELECT 2;'
rehearse "not where its text has changed" $'0001 not tried: it stopped half way, and its text has changed since\n0 passed, 1 not tried, 0 uncertain'
run rehearsals "CALL migrate_up()"
works "a real run finds out"
discard

# Rolling back

add 0001_index "CREATE INDEX CONCURRENTLY third ON app.orders (id, v);" $'DROP INDEX CONCURRENTLY app.third;\nVACUUM app.orders;'
run rehearsals "CALL migrate_up()"
run rehearsals "SELECT concat_ws(' ', version, action, statements) FROM migrate_rollback(dry_run => true)"
is "$STATE $OUT" "00000 0001 not tried: VACUUM refuses a transaction block, line 2
0001 would roll back, line 1 without CONCURRENTLY 1
1 passed, 1 not tried, 0 uncertain" "a dry run of a rollback does the same"
with_plain "SELECT migrate_rollback()"
is "$STATE $DETAIL" "25001 It holds what refuses a transaction block: line 2: VACUUM." "migrate.plain_indexes leaves nothing out"
run rehearsals "CALL migrate_down()"
discard

# A run that is kept

add 0001_index $'-- migrate:no-transaction\nCREATE TABLE app.kept (a int);\nCREATE INDEX CONCURRENTLY kept_a ON app.kept (a);' "DROP TABLE app.kept;"
add 0002_blocks "BEGIN; INSERT INTO app.kept VALUES (1); COMMIT; INSERT INTO app.kept VALUES (2);" "DELETE FROM app.kept;"
run rehearsals "SELECT migrate_apply()"
fails 25001 "a function refuses what wants several transactions"
with_plain "BEGIN" \
	"SELECT concat_ws(' ', version, action, statements) FROM migrate_apply()" "SELECT count(*) FROM app.kept" "ROLLBACK"
is "$STATE $OUT" "00000 0001 applied, line 3 without CONCURRENTLY 2
0002 applied, in one transaction 2
2" "with migrate.plain_indexes it runs in the caller's transaction"
is "$(sql rehearsals "SELECT to_regclass('app.kept')")" "" "which can be rolled back"
with_plain "SELECT migrate_apply()" "SELECT migrate_rollback('zero')" "SELECT migrate_apply()"
works "up, down and up again"
is "$(sql rehearsals "SELECT string_agg(concat_ws(' ', event, version, message), ', ' ORDER BY id) FROM migrate.history WHERE event = 'apply'")" \
	"apply 0001 line 3 without CONCURRENTLY, apply 0002 in one transaction, apply 0001 line 3 without CONCURRENTLY, apply 0002 in one transaction" "the history says how it ran"
is "$(sql rehearsals "SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.kept_a'::regclass")" t "the index is valid"
discard

close_session holder
done_testing
