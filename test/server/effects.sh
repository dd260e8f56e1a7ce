#!/usr/bin/env bash
# What no transaction undoes: a rehearsal names it and leaves it out, unless it is told that it may; a real run does it.
. test/server/lib/tap.bash

migrate_database effects
sql effects "CREATE SCHEMA app" "CREATE TABLE app.orders (id bigserial PRIMARY KEY, v text)" \
	"INSERT INTO app.orders (v) VALUES ('a'), ('b')" "SELECT nextval('app.orders_id_seq')" >"$SCRATCH/out"
# Functions of that name, which do nothing.
sql effects "CREATE SCHEMA dbl" "CREATE FUNCTION dbl.dblink_exec(text) RETURNS text LANGUAGE sql AS 'SELECT \$1'" \
	"CREATE FUNCTION dbl.dblink(text, text) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE FUNCTION dbl.dblink_get_notify() RETURNS int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE SCHEMA net" "CREATE FUNCTION net.http_get(text) RETURNS int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE FUNCTION public.http_get(text) RETURNS int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE FUNCTION app.setval(text, int) RETURNS int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE PROCEDURE app.calls(int) LANGUAGE sql AS 'SELECT 1'"
file="$SCRATCH/effect"
add() { add_migration effects "$@"; }
discard() { discard_migrations effects; }

# named WHAT STATEMENT: a dry run leaves the second line out for this.
named() {
	add 0001_it $'SELECT 1;\n'"$2"$';\nSELECT 2;'
	run effects "SELECT concat_ws(' ', version, action, statements) FROM migrate_apply(dry_run => true)"
	is "$STATE $OUT" "00000 0001 not tried: has effects that can't be undone: $1, line 2
0001 would apply 2
1 passed, 1 not tried, 0 uncertain" "$2" || explain "$ERR"
	discard
}
# tried STATEMENT: it is run.
tried() {
	add 0001_it "$1;"
	run effects "SELECT concat_ws(' ', version, action) FROM migrate_apply(dry_run => true)"
	is "$STATE $OUT" $'00000 0001 would apply\n1 passed, 0 not tried, 0 uncertain' "tried: $1" || explain "$ERR"
	discard
}

named "COPY TO PROGRAM" "COPY app.orders TO PROGRAM 'cat > $file'"
named "COPY FROM PROGRAM" "COPY app.orders (v) FROM PROGRAM 'touch $file'"
named "COPY TO a file" "COPY (SELECT 1) TO '$file'"
test ! -e "$file"
is "$?" 0 "nothing of it was done"
named "lo_export()" "SELECT lo_export(1, '$file')"
named "setval()" "SELECT setval('app.orders_id_seq', 7)"
named "setval()" "SELECT pg_catalog.setval(pg_get_serial_sequence('app.orders', 'id'), (SELECT max(id) FROM app.orders))"
named "setval()" "SELECT setval(s.oid::regclass, 1) FROM pg_class s WHERE false"
named "pg_terminate_backend()" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE false"
named "dblink_exec()" "SELECT dbl.dblink_exec('x')"
named "dblink()" "INSERT INTO app.orders (v) SELECT d::text FROM dbl.dblink('x', 'y') d"
named "http_get()" "SELECT http_get('x')"

# Wherever it stands
named "dblink_exec()" "UPDATE app.orders SET v = coalesce(v, dbl.dblink_exec('x')) WHERE false"
named "dblink_exec()" "DELETE FROM app.orders WHERE v = (SELECT CASE WHEN true THEN dbl.dblink_exec('x') END)"
named "dblink_exec()" "WITH w AS (SELECT dbl.dblink_exec('x') AS v) INSERT INTO app.orders (v) SELECT v FROM w"
named "dblink_exec()" "INSERT INTO app.orders (v) VALUES (dbl.dblink_exec('x')) ON CONFLICT DO NOTHING"
named "dblink_exec()" "CREATE TABLE app.made AS SELECT dbl.dblink_exec('x') AS v"
named "dblink_exec()" "EXPLAIN ANALYZE SELECT dbl.dblink_exec('x')"
named "dblink_exec()" "COPY app.orders FROM '/dev/null' WHERE v = dbl.dblink_exec('x')"
named "dblink_exec()" "CALL app.calls(length(dbl.dblink_exec('x')))"
named "dblink_exec()" "PREPARE it AS SELECT dbl.dblink_exec('x')"
named "dblink_exec()" "DECLARE it CURSOR FOR SELECT dbl.dblink_exec('x')"

# What is none
tried "SELECT pg_notify('it', 'x')"
tried "SELECT pg_advisory_lock(1)"
tried "SELECT net.http_get('x')"
tried "SELECT dbl.dblink_get_notify()"
tried "SELECT app.setval('app.orders_id_seq', 1)"
tried "COPY app.orders FROM '/dev/null'"
tried "EXPLAIN SELECT dbl.dblink_exec('x')"
tried "CREATE VIEW app.seen AS SELECT dbl.dblink_exec('x')"
tried "CREATE SEQUENCE app.own; SELECT setval('app.own', 7)"
tried "CREATE TABLE app.own (id serial); SELECT setval(pg_get_serial_sequence('app.own', 'id'), 7)"
tried "DO 'BEGIN PERFORM dbl.dblink_exec(''x''); END'"
add 0001_it "SELECT setval('app.nowhere', 7);"
run effects "SELECT migrate_apply(dry_run => true)"
fails 42P01 "a sequence that does not exist is an error of the migration"
discard

# What stands behind it

add 0001_it $'COPY app.orders (v) FROM PROGRAM \'echo c\';\nSELECT 1 / (SELECT count(*) - 2 FROM app.orders);'
run effects "SELECT action FROM migrate_apply(dry_run => true)"
is "$OUT" "not tried: has effects that can't be undone: COPY FROM PROGRAM, line 1
uncertain: division by zero, line 2
0 passed, 1 not tried, 1 uncertain" "a failure behind it is uncertain"
run effects "SELECT action FROM migrate_apply(dry_run => true, allow_effects => true)"
is "$STATE $OUT" $'00000 would apply\n1 passed, 0 not tried, 0 uncertain' "with allow_effects it is tried"
run effects "SELECT action FROM migrate_apply(dry_run => true, allow_effects => NULL)"
fails 22004 "which can't be null"
run effects "SELECT line, verdict FROM migrate_explain()"
is "$OUT" $'1|not tried: has effects that can\'t be undone: COPY FROM PROGRAM\n2|not tried: uncertain: division by zero' "migrate_explain names it" || explain "$OUT"
run effects "SELECT line, verdict FROM migrate_explain(allow_effects => true)"
is "$OUT" $'1|safe\n2|safe' "and tries it with allow_effects"
run effects "SELECT migrate_explain(allow_effects => NULL)"
fails 22004 "likewise"
discard
add 0001_it "COPY app.orders (v) FROM PROGRAM 'echo c';" "DELETE FROM app.orders WHERE v = 'c'"
run effects "SELECT verdict, detail FROM migrate_prove()"
is "$OUT" "not proven|not tried: has effects that can't be undone: COPY FROM PROGRAM, line 1" "migrate_prove proves nothing of it"
run effects "SELECT verdict, detail FROM migrate_prove(allow_effects => true)"
is "$OUT" "exact|script" "but with allow_effects"
run effects "SELECT migrate_prove(allow_effects => NULL)"
fails 22004 "likewise"
run effects "SELECT action FROM migrate_apply()"
is "$OUT" "applied" "a real run does what its text says"
is "$(sql effects "SELECT count(*) FROM app.orders")" 3 "all of it"
run effects "SELECT migrate_rollback()"
works "it goes back"
discard

# Where migrate.max_impact has migrations tried first, what is left out of that is no reason to refuse it

add 0001_it $'SELECT setval(\'app.orders_id_seq\', 50);\nCOPY app.orders (v) FROM PROGRAM \'echo c\';'
run effects "SET migrate.max_impact = 'safe'" "SELECT action FROM migrate_apply()" "DELETE FROM app.orders WHERE v = 'c' RETURNING v"
is "$STATE $OUT" $'00000 applied\nc' "a migration with such effects passes, and is run once" || explain "$ERR"
run effects "SELECT migrate_repair('0001', 'forget')"
add 0001_it "SELECT dbl.dblink('x', 'y'), app.unknown() FROM app.orders;"
sql effects "CREATE FUNCTION app.unknown() RETURNS int LANGUAGE sql AS 'SELECT 1'"
run effects "SET migrate.max_impact = 'safe'" "SELECT action FROM migrate_apply()"
fails MG013 "but not beside a function that may do anything"
discard

# Hooks, verify scripts and down scripts

add 0001_it "CREATE TABLE app.made (a int)" "SELECT dbl.dblink_exec('x'); DROP TABLE app.made" "SELECT true; SELECT dbl.dblink_exec('x') IS NULL"
run effects "SELECT action FROM migrate_apply(dry_run => true)"
is "$OUT" $'not tried: has effects that can\'t be undone: dblink_exec(), verify script, line 1\nwould apply\n1 passed, 1 not tried, 0 uncertain' "a verify script"
run effects "SELECT action FROM migrate_apply(dry_run => true, allow_effects => true)"
fails MG001 "it runs with allow_effects"
discard
add 0001_it "CREATE TABLE app.made (a int)" "SELECT dbl.dblink_exec('x'); DROP TABLE app.made"
sql effects "SELECT migrate_apply()" >"$SCRATCH/out"
run effects "SELECT action FROM migrate_rollback(dry_run => true)"
is "$OUT" $'not tried: has effects that can\'t be undone: dblink_exec(), line 1\nwould roll back\n1 passed, 1 not tried, 0 uncertain' "a down script"
run effects "SELECT migrate_rollback()"
works "which runs for real"
discard
sql effects "SELECT migrate_load('[{\"name\": \"0001_it.sql\", \"content\": \"CREATE TABLE app.made (a int);\"}, {\"name\": \"tell.sql\", \"content\": \"-- migrate:hook after each\\nSELECT dbl.dblink_exec(''x'');\"}]')" >"$SCRATCH/out"
run effects "SELECT action FROM migrate_apply(dry_run => true)"
is "$OUT" $'not tried: has effects that can\'t be undone: dblink_exec(), hook "tell", line 2\nwould apply\n1 passed, 1 not tried, 0 uncertain' "a hook" || explain "$ERR"

done_testing
