#!/usr/bin/env bash
# migrate_health(deep => true): rows that break constraints, functions that no longer compile; as whom it looks, and what
# it can't look at.
. test/server/lib/tap.bash

role health_a
role health_b
deep() { is "$(sql "$1" "SELECT string_agg(rule || ' ' || object || ': ' || message, E'\n' ORDER BY object COLLATE \"C\", message) FROM migrate_health(deep => true) WHERE page ~ 'health-deep'")" "$2" "$3"; }
migrate_database health_deep
psql -XAtq -v ON_ERROR_STOP=1 -d health_deep <<-'SQL' || exit 1
	CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
	CREATE TABLE simple (id int, a int, b int, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p);
	CREATE TABLE complete (id int, a int, b int, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p MATCH FULL);
	CREATE TABLE "big one" (id bigint PRIMARY KEY);
	CREATE TABLE small (id smallint, "big id" int, CONSTRAINT k FOREIGN KEY ("big id") REFERENCES "big one");
	CREATE TABLE parted (id int, ref bigint, CONSTRAINT k FOREIGN KEY (ref) REFERENCES "big one") PARTITION BY RANGE (id);
	CREATE TABLE part PARTITION OF parted FOR VALUES FROM (1) TO (10);
	CREATE TABLE many (ref bigint, CONSTRAINT k FOREIGN KEY (ref) REFERENCES "big one");
	CREATE TABLE family (a int);
	CREATE TABLE heir (b int) INHERITS (family);
	SET session_replication_role = replica;
	INSERT INTO simple VALUES (1, 1, NULL), (2, NULL, NULL), (3, 1, 1);
	INSERT INTO complete VALUES (1, 1, NULL), (2, NULL, NULL), (3, 1, 1);
	INSERT INTO small VALUES (1, 70000), (2, NULL);
	INSERT INTO parted VALUES (1, 5), (2, 6);
	INSERT INTO many SELECT 7 FROM generate_series(1, 2000);
	INSERT INTO heir VALUES (-1, 1);
	RESET session_replication_role;
	ALTER TABLE family ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
	ALTER TABLE "big one" ADD CONSTRAINT fine CHECK (id > 0) NOT VALID;
SQL
deep health_deep 'foreign-key-violated k on public.complete: 2 rows of public.complete reference nothing in public.p
foreign-key-violated k on public.many: 1000 rows or more of public.many reference nothing in public."big one"
foreign-key-violated k on public.parted: 2 rows of public.parted reference nothing in public."big one"
foreign-key-violated k on public.simple: 1 row of public.simple reference nothing in public.p
foreign-key-violated k on public.small: 1 row of public.small reference nothing in public."big one"
check-violated positive on public.family: 1 row of public.family break it' "rows that break keys and checks are found"
is "$(sql health_deep "SELECT count(*) FROM migrate_health() WHERE page ~ 'health-deep'")" 0 "only by a deep look"

# What it may not, and can't.
open_session holder health_deep
hold "LOCK TABLE p"
is "$(sql health_deep "SET migrate.lock_timeout = '50ms'" "SELECT object || ': ' || message FROM migrate_health(deep => true) WHERE rule = 'skipped' ORDER BY 1" | paste -sd,)" \
	"k on public.complete: not looked at: canceling statement due to lock timeout,k on public.simple: not looked at: canceling statement due to lock timeout" \
	"what is locked is not waited for"
let_go
close_session holder
migrate_database health_owners
psql -XAtq -v ON_ERROR_STOP=1 -d health_owners <<-'SQL' || exit 1
	GRANT CREATE ON SCHEMA public TO health_a;
	GRANT EXECUTE ON FUNCTION migrate_health TO health_a, health_b;
	SET ROLE health_a;
	CREATE TABLE of_a (id int);
	INSERT INTO of_a VALUES (1);
	CREATE FUNCTION tells(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE '% is at work', current_user; END $$;
	ALTER TABLE of_a ADD CONSTRAINT told CHECK (tells(id)) NOT VALID;
	CREATE TABLE slow (id int);
	INSERT INTO slow VALUES (1);
	ALTER TABLE slow ADD CONSTRAINT takes_long CHECK (pg_sleep(30) IS NOT NULL) NOT VALID;
	CREATE TABLE creeping (id int);
	INSERT INTO creeping VALUES (1);
	CREATE FUNCTION creeps(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RESET ROLE; RETURN true; END $$;
	ALTER TABLE creeping ADD CONSTRAINT crept CHECK (creeps(id)) NOT VALID;
	RESET ROLE;
	CREATE TABLE others (id int);
	ALTER TABLE others ADD CONSTRAINT has_id CHECK (id > 0) NOT VALID;
	CREATE TABLE hidden (id int);
	ALTER TABLE hidden ADD CONSTRAINT has_id CHECK (id > 0) NOT VALID;
	ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
	CREATE TABLE closed (id int);
	ALTER TABLE closed ADD CONSTRAINT has_id CHECK (id > 0) NOT VALID;
	GRANT SELECT ON others, hidden, of_a TO health_a, health_b;
	CREATE FUNCTION secret() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
	REVOKE ALL ON FUNCTION secret FROM PUBLIC;
	CREATE FUNCTION open() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
SQL
sql health_owners "ALTER DATABASE health_owners SET migrate.statement_timeout = '200ms'"
is "$(sql health_owners "SELECT object || ': ' || message FROM migrate_health(deep => true) WHERE rule = 'skipped' ORDER BY 1" | paste -sd,)" \
	'crept on public.creeping: not looked at: cannot set parameter "role" within security-definer function,takes_long on public.slow: not looked at: it took longer than migrate.statement_timeout,told on public.of_a: not looked at: health_a is at work' \
	"each runs as the owner, who can't become another, for so long"
run health_owners "SET migrate.statement_timeout = 0" "SET statement_timeout = '300ms'" "SELECT migrate_health(deep => true)"
fails 57014 "a cancel ends it all"
AS=health_b run health_owners "SELECT object || ': ' || message FROM migrate_health(deep => true) WHERE rule = 'skipped' ORDER BY 1"
is "$OUT" "crept on public.creeping: not looked at: you may not read all rows
has_id on public.closed: not looked at: you may not read all rows
has_id on public.hidden: not looked at: you may not read all rows
has_id on public.others: not looked at: it belongs to role postgres
public.creeps(integer): not looked at: it belongs to role health_a
public.open(): not looked at: it belongs to role postgres
public.secret(): not looked at: you may not execute it
public.tells(integer): not looked at: it belongs to role health_a
takes_long on public.slow: not looked at: you may not read all rows
told on public.of_a: not looked at: it belongs to role health_a" "who may not become the owner is told what was left out"

# Functions.
migrate_database health_functions
psql -XAtq -v ON_ERROR_STOP=1 -d health_functions <<-'SQL' || exit 1
	CREATE SCHEMA app;
	CREATE TYPE app.gone AS (a int);
	CREATE TABLE app.t (id int, a int);
	SET check_function_bodies = off;
	CREATE FUNCTION app.syntax() RETURNS int LANGUAGE plpgsql AS E'BEGIN\n  RETURN 1 +;\nEND';
	CREATE FUNCTION app.variable() RETURNS int LANGUAGE plpgsql AS E'DECLARE\n  v app.gone;\nBEGIN\n  RETURN 1;\nEND';
	CREATE FUNCTION app.bad_sql() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM nowhere';
	CREATE FUNCTION app.found_by_path() RETURNS bigint LANGUAGE sql SET search_path = app AS 'SELECT count(*) FROM t';
	CREATE FUNCTION app.not_by_path() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';
	CREATE FUNCTION app.bound() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app.t; END;
	CREATE PROCEDURE app.proc() LANGUAGE plpgsql AS 'BEGIN PERFORM 1; END';
	CREATE FUNCTION app.late() RETURNS bigint LANGUAGE plpgsql AS E'BEGIN\n  RETURN (SELECT count(*) FROM app.nowhere);\nEND';
	CREATE FUNCTION app.late_by_path() RETURNS bigint LANGUAGE plpgsql SET search_path = app AS E'BEGIN\n  RETURN (SELECT count(*) FROM t);\nEND';
	CREATE FUNCTION app.of_trigger() RETURNS trigger LANGUAGE plpgsql AS E'BEGIN\n  new.b := 1;\n  RETURN new;\nEND';
	CREATE TRIGGER t BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.of_trigger();
	CREATE FUNCTION app.of_none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
	DROP TYPE app.gone;
SQL
broken='function-does-not-compile app.bad_sql(): line 1: relation "nowhere" does not exist
function-does-not-compile app.not_by_path(): line 1: relation "t" does not exist
function-does-not-compile app.syntax(): line 2: syntax error at end of input
function-does-not-compile app.variable(): line 2: type "app.gone" does not exist'
deep health_functions "$broken" "functions that no longer compile are found"
is "$(sql health_functions "ALTER DATABASE health_functions SET migrate.search_path = 'app'")$(sql health_functions "SELECT string_agg(object, ' ') FROM migrate_health(deep => true) WHERE object ~ 'not_by_path' AND rule ~ 'compile'")" "" \
	"a name without schema is looked up as in a migration"
sql health_functions "ALTER DATABASE health_functions RESET migrate.search_path"
if [ -n "$(sql health_functions "SELECT 1 FROM pg_available_extensions WHERE name = 'plpgsql_check'")" ]; then
	sql health_functions "CREATE SCHEMA checks" "CREATE EXTENSION plpgsql_check SCHEMA checks" 2>"$SCRATCH/error"
	deep health_functions "${broken%%$'\n'*}
function-does-not-compile app.late(): line 2: relation \"app.nowhere\" does not exist
$(sed -n 2p <<<"$broken")
skipped app.of_none(): not looked at: no trigger calls it, so its rows are unknown
function-does-not-compile app.of_trigger(): line 2: record \"new\" has no field \"b\"
$(sed -n '3,$p' <<<"$broken")" "with plpgsql_check more is"
else
	echo "# health_deep.sh: plpgsql_check is not asked, for it is not installed" >&2
fi
done_testing
