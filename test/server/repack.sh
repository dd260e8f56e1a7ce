#!/usr/bin/env bash
# REPACK, which PostgreSQL 19 brings, and CLUSTER, which is a form of it there: what refuses a transaction block runs
# alone, and nobody waits behind it for longer than the lock timeout. And what 19 took away.
. test/server/lib/tap.bash

[ "$(sql postgres 'SHOW server_version_num')" -ge 190000 ] || {
	ok 0 "REPACK # SKIP PostgreSQL before 19 has none"
	done_testing
	exit
}

migrate_database repack
sql repack "CREATE TABLE heap (id int PRIMARY KEY, v text)" "INSERT INTO heap SELECT g, g FROM generate_series(1, 100) g" \
	"CLUSTER heap USING heap_pkey" "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)" \
	"CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10)"
node() { sql repack "SELECT pg_relation_filenode('$1')"; }

# alone STATEMENT TAG: it is refused in a transaction, and runs where it can.
alone() {
	local before
	add_migration repack 0001_it "$1;"
	run repack "SELECT migrate_apply()"
	is "$STATE $DETAIL" "25001 It holds what refuses a transaction block: line 1: $2." "$1 is refused in a transaction by its name"
	before=$(node heap)
	run repack "CALL migrate_up()"
	works "$1 runs alone"
	[ "$(node heap)" != "$before" ]
	ok $? "it wrote the table anew"
	discard_migrations repack
}

add_migration repack 0001_one "REPACK heap; REPACK heap USING INDEX heap_pkey; CLUSTER heap;"
before=$(node heap)
run repack "SELECT action, statements FROM migrate_apply()"
is "$OUT" "applied|3" "a single table is written anew in the migration's transaction"
[ "$(node heap)" != "$before" ]
ok $? "it is another file"
discard_migrations repack

alone "REPACK (CONCURRENTLY) heap" "REPACK (CONCURRENTLY)"
alone "REPACK (ANALYZE) heap" "REPACK (ANALYZE)"
alone "REPACK" "REPACK"
alone "REPACK USING INDEX" "REPACK"
alone "CLUSTER" "CLUSTER"

add_migration repack 0001_it "REPACK (CONCURRENTLY) heap;"
open_session holder repack
hold "LOCK TABLE heap IN ACCESS SHARE MODE"
run repack "SET migrate.lock_timeout = '300ms'; SET migrate.lock_retries = 0" "CALL migrate_up()"
fails 55P03 "REPACK (CONCURRENTLY) gives up when the lock that it ends with does not come"
let_go
close_session holder
run repack "CALL migrate_up()"
works "and runs when it does"
discard_migrations repack

# WAIT FOR runs nowhere but at the top level

add_migration repack 0001_wait "WAIT FOR LSN '0/1' WITH (MODE 'primary_flush');"
run repack "SELECT migrate_apply()"
is "$STATE $DETAIL" "25001 It holds what refuses a transaction block: line 1: WAIT." "WAIT FOR is refused in a transaction by its name"
run repack "CALL migrate_up()"
works "and runs where it can"
discard_migrations repack

run repack "SELECT migrate_add('0001_strings', \$\$CREATE TABLE kept (a text DEFAULT 'C:\\');
SET standard_conforming_strings = off;\$\$)"
fails 0A000 "a text that turns standard strings off is not loaded"
like "$CONTEXT" 'migration "0001_strings", line 2, column 1' "and the error has the line"
like "$HINT" "^Remove this statement" "and the hint the way on"
done_testing
