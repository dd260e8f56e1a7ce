#!/usr/bin/env bash
# migrate_guard(): which DDL outside of migrate is recorded, warned of and refused, by whom, and what passes.
. test/server/lib/tap.bash

migrate_database guard
role guard_owner 'LOGIN NOSUPERUSER'
role guard_app 'LOGIN NOSUPERUSER'
role guard_partman 'LOGIN NOSUPERUSER'
sql postgres "ALTER ROLE guard_app RESET ALL" "DO \$\$ BEGIN IF EXISTS (SELECT FROM pg_parameter_acl) THEN REVOKE SET ON PARAMETER migrate.guard_bypass FROM guard_app; END IF; END \$\$"
sql guard "CREATE SCHEMA app" "GRANT ALL ON SCHEMA app, public TO guard_app, guard_partman"

# recorded: command, class and identity of what was recorded since the last call, sorted, one a line.
recorded() { sql guard "SELECT concat_ws('|', command, class, identity) FROM migrate.outside ORDER BY 1" "DELETE FROM migrate.outside"; }
# records STATEMENT WANTED: what that statement leaves.
records() {
	run guard "$1"
	is "$STATE $(recorded | paste -sd ',')" "00000 $2" "recorded: ${1:0:70}" || explain "$ERR"
}
# passes NAME STATEMENT...: nothing is recorded.
passes() {
	local name=$1
	shift
	run guard "$@"
	is "$STATE $(recorded | paste -sd ',')" "00000 " "passes: $name" || explain "$ERR"
}

# Off

is "$(sql guard "SELECT migrate_guard()")" off "a new database starts with off"
is "$(sql guard "SELECT string_agg(concat_ws(' ', evtname, evtevent, evtenabled), ', ' ORDER BY evtname) FROM pg_event_trigger")" \
	"migrate_guard ddl_command_end D, migrate_guard_drop sql_drop D, migrate_guard_start ddl_command_start D" "and the event triggers are disabled"
passes "whatever it is, with off" "CREATE TABLE app.nobody (a int)" "DROP TABLE app.nobody"

# The modes

is "$(sql guard "SELECT migrate_guard('record')" "SELECT migrate_guard()")" "record"$'\n'"record" "it returns the mode that it sets"
run guard "SELECT migrate_guard('Block')"
is "$STATE $MESSAGE $HINT" '22023 unknown mode "Block" The modes are off, record, warn and block.' "another mode"
run guard "SELECT migrate_guard('')"
fails 22023 "an empty mode"
is "$(sql guard "SELECT migrate_guard(NULL)")" record "null changes nothing"

# What is recorded

records "CREATE SCHEMA more CREATE TABLE t (a int) CREATE VIEW v AS SELECT * FROM t" \
	"CREATE SCHEMA|schema|more,CREATE SCHEMA|table|more.t,CREATE SCHEMA|view|more.v"
records "CREATE TABLE app.orders (id serial PRIMARY KEY, b text UNIQUE, c int GENERATED ALWAYS AS IDENTITY)" "CREATE TABLE|table|app.orders"
records "ALTER TABLE app.orders ADD d int, ADD UNIQUE (d), ALTER b SET NOT NULL" "ALTER TABLE|table|app.orders"
records "ALTER TABLE app.orders DROP COLUMN d" "ALTER TABLE|table|app.orders"
records "ALTER TABLE app.orders RENAME b TO bb" "ALTER TABLE|table column|app.orders.bb"
records "CREATE INDEX orders_idx ON app.orders (bb)" "CREATE INDEX|index|app.orders_idx"
records "CREATE INDEX CONCURRENTLY orders_idx2 ON app.orders (bb)" "CREATE INDEX|index|app.orders_idx2"
records "DROP INDEX CONCURRENTLY app.orders_idx2" "DROP INDEX|index|app.orders_idx2"
records "CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'" "CREATE FUNCTION|function|app.f(integer)"
records "CREATE OR REPLACE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT 2'" "CREATE FUNCTION|function|app.f(integer)"
records "CREATE TRIGGER tr BEFORE UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()" "CREATE TRIGGER|trigger|tr on app.orders"
records "CREATE POLICY p ON app.orders USING (true)" "CREATE POLICY|policy|p on app.orders"
records "ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY" "ALTER TABLE|table|app.orders"
records "CREATE TYPE app.mood AS ENUM ('a')" "CREATE TYPE|type|app.mood"
records "ALTER TYPE app.mood ADD VALUE 'b'" "ALTER TYPE|type|app.mood"
records "CREATE DOMAIN app.positive AS int CHECK (VALUE > 0)" "CREATE DOMAIN|type|app.positive"
records "CREATE VIEW app.v AS SELECT * FROM app.orders" "CREATE VIEW|view|app.v"
records "CREATE MATERIALIZED VIEW app.m AS SELECT id FROM app.orders" "CREATE MATERIALIZED VIEW|materialized view|app.m"
records "SELECT 1 AS a INTO app.si" "SELECT INTO|table|app.si"
records "CREATE TABLE app.ctas AS SELECT 1 AS a" "CREATE TABLE AS|table|app.ctas"
records "CREATE SEQUENCE app.s" "CREATE SEQUENCE|sequence|app.s"
records "CREATE PUBLICATION guard_pub FOR TABLE app.orders" "CREATE PUBLICATION|publication|guard_pub"
records "COMMENT ON TABLE app.orders IS 'x'" "COMMENT|table|app.orders"
records "COMMENT ON COLUMN app.orders.bb IS 'x'" "COMMENT|table column|app.orders.bb"
records "GRANT SELECT ON app.orders, app.si TO guard_app" "GRANT|table|app.orders,GRANT|table|app.si"
records "GRANT SELECT ON ALL TABLES IN SCHEMA app TO guard_app" "GRANT|schema|app"
records "REVOKE USAGE ON SCHEMA more FROM guard_app" "REVOKE|schema|more"
records "GRANT EXECUTE ON FUNCTION app.f TO guard_app" "GRANT|function|app.f(integer)"
records "GRANT USAGE ON TYPE app.mood TO guard_app" "GRANT|type"
records "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO guard_app" "ALTER DEFAULT PRIVILEGES|tables"
records "CREATE EXTENSION hstore SCHEMA app" "CREATE EXTENSION|extension|hstore"
records "ALTER EXTENSION hstore SET SCHEMA more" "ALTER EXTENSION|extension|hstore"
records "DROP EXTENSION hstore" "DROP EXTENSION|extension|hstore"
records "DO \$\$ BEGIN EXECUTE 'CREATE TABLE app.inside (a int)'; END \$\$" "CREATE TABLE|table|app.inside"
records "DROP POLICY p ON app.orders" "DROP POLICY|policy|p on app.orders"
records "DROP TRIGGER tr ON app.orders" "DROP TRIGGER|trigger|tr on app.orders"
records "DROP TABLE app.orders CASCADE" "DROP TABLE|materialized view|app.m,DROP TABLE|table|app.orders,DROP TABLE|view|app.v"
records "DROP SCHEMA more CASCADE" "DROP SCHEMA|schema|more,DROP SCHEMA|table|more.t,DROP SCHEMA|view|more.v"
records "DROP OWNED BY guard_app" "DROP OWNED,DROP OWNED|default acl|for role postgres in schema app on tables"
sql guard "DROP PUBLICATION guard_pub" "GRANT ALL ON SCHEMA app, public TO guard_app, guard_partman"
recorded >/dev/null

# What passes

passes "temporary objects" "CREATE TEMP TABLE x (a int PRIMARY KEY, b serial)" "CREATE INDEX ON x (a)" "COMMENT ON COLUMN x.a IS 'x'" \
	"CREATE TRIGGER tr BEFORE UPDATE ON x FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()" "COMMENT ON TRIGGER tr ON x IS 'x'" \
	"CREATE POLICY p ON x USING (true)" "GRANT SELECT ON x TO guard_app" "ALTER TABLE x ADD c int" "DROP TRIGGER tr ON x" "DROP POLICY p ON x" "DROP TABLE x" \
	"CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'" "DROP FUNCTION pg_temp.f" "CREATE TYPE pg_temp.t AS (a int)" "DROP TYPE pg_temp.t" \
	"SELECT 1 AS a INTO TEMP y" "CREATE TEMP VIEW v AS SELECT 1" "CREATE TEMP SEQUENCE s" "DROP SEQUENCE s"
sql guard "CREATE TABLE app.data (id int PRIMARY KEY)" "CREATE MATERIALIZED VIEW app.m AS SELECT id FROM app.data" "CREATE UNIQUE INDEX m_idx ON app.m (id)"
recorded >/dev/null
passes "work on data" "REFRESH MATERIALIZED VIEW app.m" "REFRESH MATERIALIZED VIEW CONCURRENTLY app.m" "VACUUM FULL app.data" "ANALYZE app.data" "REINDEX TABLE app.data" \
	"REINDEX TABLE CONCURRENTLY app.data" "CLUSTER app.data USING data_pkey" "TRUNCATE app.data" "INSERT INTO app.data VALUES (1)"
passes "what changes nothing" "CREATE TABLE IF NOT EXISTS app.data (a int)" "DROP TABLE IF EXISTS app.nothing"
passes "this extension itself" "ALTER EXTENSION migrate UPDATE"
run guard "BEGIN" "CREATE TABLE app.undone (a int)" "ROLLBACK"
is "$STATE $(recorded)" "00000 " "what is rolled back is not recorded"
run guard "BEGIN" "SAVEPOINT s" "CREATE TABLE app.undone (a int)" "ROLLBACK TO s" "CREATE TABLE app.done (a int)" "COMMIT"
is "$STATE $(recorded)" "00000 CREATE TABLE|table|app.done" "nor what goes back to a savepoint"

# Who it was

AS=guard_app PGAPPNAME=editor run guard "CREATE TABLE app.mine (a int)"
is "$STATE $(sql guard "SELECT concat_ws('|', command, identity, session_user_name, current_user_name, application_name, occurred_at > now() - interval '1 minute') FROM migrate.outside")" \
	"00000 CREATE TABLE|app.mine|guard_app|guard_app|editor|t" "a role that may nothing else is recorded by its name"
is "$(sql guard "SELECT concat_ws('|', event, version, name, actor, note) FROM migrate_history()")" "outside|app.mine|guard_app|CREATE TABLE" "the history shows it"
AS=guard_app run guard "SELECT * FROM migrate.outside"
fails 42501 "it may not read that"
run guard "SET ROLE guard_app" "DROP TABLE app.mine"
is "$(sql guard "SELECT concat_ws('|', event, name, actor, note) FROM migrate_history(limit_rows => 1)" "SELECT session_user_name FROM migrate.outside ORDER BY id DESC LIMIT 1")" \
	"outside|app.mine|guard_app|DROP TABLE"$'\n'"postgres" "a login that becomes another role is recorded by both"
is "$(sql guard "SELECT count(*) FROM migrate_history(since => now() + interval '1 hour')")" 0 "since holds for both"
recorded >/dev/null
AS=guard_app run guard "SELECT migrate_guard('off')"
fails 42501 "a role without the right to call it can't set the mode"

# Warn

sql guard "SELECT migrate_guard('warn')" >/dev/null
AS=guard_app run guard "CREATE TABLE app.warned (a int)"
like "$ERR" 'WARNING:  MG009: CREATE TABLE on app.warned is not part of a migration' "warn: it is warned of"
like "$ERR" 'DETAIL:  The guard of this database is set to warn.' "and why"
is "$STATE $(recorded)" "00000 CREATE TABLE|table|app.warned" "and recorded"
run guard "CREATE TABLE app.größe (a int)"
PGCLIENTENCODING=SQL_ASCII run guard "DROP TABLE app.warned"
works "a client of another encoding"
PGCLIENTENCODING=LATIN5 run guard "SET client_encoding = 'KOI8R'" 'ALTER TABLE app.U&"gr\00f6\00dfe" ADD b int'
works "and one that lacks a character"
recorded >/dev/null

# Block

sql guard "SELECT migrate_guard('block')" >/dev/null
refuses() {
	run guard "$1"
	is "$STATE $MESSAGE" "MG009 $2 is not part of a migration" "block: ${1:0:70}" || explain "$ERR"
}
refuses "CREATE TABLE app.blocked (a int)" "CREATE TABLE on app.blocked"
is "$DETAIL|$HINT" "The guard of this database is set to block.|Put it into a migration: migrate_run() registers and applies one, migrate_add() and migrate_apply() do it in two steps." \
	"block: detail and hint"
refuses "ALTER TABLE app.data ADD b int" "ALTER TABLE on app.data"
refuses "DROP TABLE app.data CASCADE" "DROP TABLE on app.data and 1 more"
is "$DETAIL" "The guard of this database is set to block. These are table app.data, materialized view app.m." "block: all that it concerns"
refuses "CREATE INDEX CONCURRENTLY data_idx ON app.data (id)" "CREATE INDEX on app.data"
refuses "DROP INDEX CONCURRENTLY app.m_idx" "DROP INDEX on app.m_idx"
is "$(sql guard "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid IN ('app.data'::regclass, 'app.m'::regclass)")" \
	"app.data_pkey true, app.m_idx true" "block: no invalid index is left"
refuses "CREATE SUBSCRIPTION guard_sub CONNECTION 'dbname=nowhere' PUBLICATION p" "CREATE SUBSCRIPTION on guard_sub"
refuses "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO guard_app" "ALTER DEFAULT PRIVILEGES"
refuses "DROP OWNED BY guard_app" "DROP OWNED"
refuses "CREATE EXTENSION hstore" "CREATE EXTENSION on hstore"
is "$(recorded)" "" "block: what is refused leaves nothing"
AS=guard_app run guard "CREATE TABLE app.blocked (a int)"
fails MG009 "block: for every role"
passes "temporary objects, with block" "CREATE TEMP TABLE x (a int)" "DROP TABLE x"
passes "data, with block" "VACUUM FULL app.data" "REINDEX TABLE CONCURRENTLY app.data" "TRUNCATE app.data"

# Migrations pass

passes "migrate_run, migrate_apply and migrate_rollback" \
	"SELECT migrate_run('0001_a', 'CREATE TABLE made (a int); DROP TABLE made; CREATE TABLE made (a int)', 'DROP TABLE made')" \
	"SELECT migrate_rollback()" "SELECT migrate_apply(dry_run => true)" "SELECT migrate_apply()" "SELECT migrate_verify()"
passes "migrate_up and migrate_down" "SELECT migrate_add('0002_b', 'CREATE INDEX CONCURRENTLY made_idx ON made (a)', 'DROP INDEX CONCURRENTLY made_idx')" \
	"CALL migrate_up()" "CALL migrate_down()" "CALL migrate_down()"
job=$(sql guard "SELECT migrate_start()")
wait_until guard "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $job"
is "$(sql guard "SELECT state FROM migrate.job WHERE id = $job")$(recorded)" finished "a job passes"
run guard "SELECT migrate_add('0003_bad', 'CREATE TABLE bad (a int); SELECT 1/0')" "DO \$\$ BEGIN PERFORM migrate_apply(); EXCEPTION WHEN division_by_zero THEN CREATE TABLE app.behind (a int); END \$\$"
is "$STATE $MESSAGE" "MG009 CREATE TABLE on app.behind is not part of a migration" "behind a migration that failed it watches again"
run guard "SELECT migrate_add('0003_bad', 'SELECT migrate_guard(''off'')')" "SELECT migrate_apply()"
is "$STATE $MESSAGE" "55000 migrate_guard() can't be called from inside a migration" "a migration can't set the mode"
run guard "SELECT migrate_add('0003_bad', 'CREATE TABLE asked AS SELECT migrate_guard() AS mode', 'DROP TABLE asked')" "SELECT migrate_apply()" "SELECT mode FROM asked" "SELECT migrate_rollback()"
like "$OUT" 'block' "but can ask for it"
open_session migrator guard
send migrator "SELECT migrate_add('0003_bad', 'SELECT pg_advisory_lock(7), pg_sleep(60)'); CALL migrate_up();"
wait_until guard "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND granted)"
run guard "CREATE TABLE app.meanwhile (a int)"
fails MG009 "another session's migration is no excuse"
run guard "SELECT migrate_guard('record')" "SELECT migrate_guard('block')"
works "the mode is set while another session migrates"
sql guard "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7" >/dev/null
close_session migrator
run guard "BEGIN READ ONLY" "SELECT migrate_guard()" "COMMIT"
works "it can be asked in a read-only transaction"
run guard "BEGIN READ ONLY" "SELECT migrate_guard('off')" "COMMIT"
fails 25006 "and not set"

# The emergency setting, and what is ignored: no role lets itself off

run guard "SET migrate.guard_bypass = on" "CREATE TABLE app.emergency (a int)" "DROP TABLE app.emergency"
is "$STATE $(recorded)" "00000 CREATE TABLE|table|app.emergency"$'\n'"DROP TABLE|table|app.emergency" "the emergency setting lets pass, and it is recorded"
AS=guard_app run guard "SET migrate.guard_bypass = on" "CREATE TABLE app.blocked (a int)"
fails MG009 "a role can't set it for itself before the library is loaded"
AS=guard_app run guard "SELECT 1" "LOAD 'migrate'" "SET migrate.guard_bypass = on"
fails 42501 "nor afterwards"
AS=guard_app PGOPTIONS="-c migrate.guard_bypass=on -c migrate.drift_ignore=app" run guard "CREATE TABLE app.blocked (a int)"
fails MG009 "nor with its connection"
AS=guard_app run guard "ALTER ROLE guard_app SET migrate.guard_bypass = on"
fails 42501 "nor for later"
sql postgres "ALTER ROLE guard_app SET migrate.guard_bypass = on"
AS=guard_app run guard "CREATE TABLE app.emergency (a int)"
is "$STATE $(recorded)" "00000 CREATE TABLE|table|app.emergency" "a superuser sets it for a role"
sql postgres "ALTER ROLE guard_app RESET migrate.guard_bypass" "GRANT SET ON PARAMETER migrate.guard_bypass TO guard_app"
AS=guard_app run guard "SET migrate.guard_bypass = on" "DROP TABLE app.emergency"
is "$STATE $(recorded)" "00000 DROP TABLE|table|app.emergency" "or grants the right to set it"
sql postgres "REVOKE SET ON PARAMETER migrate.guard_bypass FROM guard_app"

# ignoring SETTING STATEMENT...: in one session of a superuser.
ignoring() {
	local setting=$1
	shift
	run guard "SET migrate.drift_ignore = '$setting'" "$@"
}
ignored() {
	ignoring "$@"
	is "$STATE $(recorded)" "00000 " "ignored by $1: ${*: -1}" || explain "$ERR"
}
noticed() {
	ignoring "$@"
	fails MG009 "not ignored by $1: ${*: -1}"
}
ignored app "CREATE TABLE app.t (id serial PRIMARY KEY)" "CREATE TRIGGER tr BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()" \
	"GRANT SELECT ON app.t TO guard_app" "COMMENT ON TRIGGER tr ON app.t IS 'x'" "ALTER TABLE app.t RENAME id TO i" "CREATE INDEX CONCURRENTLY t_idx ON app.t (i)" \
	"DROP INDEX CONCURRENTLY app.t_idx" "DROP TRIGGER tr ON app.t" "CREATE FUNCTION app.g() RETURNS int LANGUAGE sql AS 'SELECT 1'" "DROP FUNCTION app.g" "COMMENT ON SCHEMA app IS 'x'" "DROP TABLE app.t"
noticed app "CREATE TABLE public.t (a int)"
ignored "other, APP.tmp_*" "CREATE TABLE app.tmp_1 (a int)" "ALTER TABLE app.tmp_1 ADD b int" "CREATE INDEX anything ON app.tmp_1 (a)" "CREATE POLICY p ON app.tmp_1 USING (true)" "DROP POLICY p ON app.tmp_1" "DROP TABLE app.tmp_1"
noticed "app.tmp_*" "CREATE TABLE app.atmp (a int)"
ignored "*.scratch" "CREATE TABLE public.scratch (a int)" "DROP TABLE public.scratch"
run guard "SET migrate.guard_bypass = on" "CREATE TABLE app.events (id int, at date) PARTITION BY RANGE (at)" "CREATE TABLE app.parts (id int) PARTITION BY LIST (id)"
recorded >/dev/null
ignored "partitions of app.events" "CREATE TABLE app.y2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" "CREATE INDEX y_idx ON app.y2026 (id)" \
	"GRANT SELECT ON app.y2026 TO guard_app" "ALTER TABLE app.y2026 SET (fillfactor = 50)"
ignored "partitions of app.events" "CREATE TABLE app.events_p20270101 (LIKE app.events INCLUDING ALL)" "ALTER TABLE app.events ATTACH PARTITION app.events_p20270101 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')" \
	"ALTER TABLE app.events DETACH PARTITION app.events_p20270101 CONCURRENTLY" "DROP TABLE app.events_p20270101"
noticed "partitions of app.events" "ALTER TABLE app.events ADD b int"
noticed "partitions of app.events" "DROP TABLE app.events"
noticed "partitions of app.events" "CREATE TABLE app.p1 PARTITION OF app.parts FOR VALUES IN (1)"
noticed "" "ALTER TABLE app.events DETACH PARTITION app.y2026 CONCURRENTLY"
is "$(sql guard "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'app.y2026'::regclass")" f "block: no detachment is left half way"
ignored "role guard_partman" "SET ROLE guard_partman" "CREATE TABLE app.theirs (a int)" "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO guard_app" "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM guard_app" "DROP TABLE app.theirs"
noticed "role guard_partman" "SET ROLE guard_app" "CREATE TABLE app.theirs (a int)"
run guard "LOAD 'migrate'" "SET migrate.drift_ignore = 'app, a.b.c'"
is "$STATE $MESSAGE $DETAIL" '22023 invalid value for parameter "migrate.drift_ignore": "app, a.b.c" Entry "a.b.c": what follows the name has no meaning, or needs double quotes.' \
	"a list that can't be read is refused, and why"
AS=guard_app run guard "LOAD 'migrate'"
fails 42501 "an ordinary role loads no library"
sql postgres "ALTER DATABASE guard SET migrate.drift_ignore = 'app'"
AS=guard_app run guard "CREATE TABLE app.free (a int)" "DROP TABLE app.free" "CREATE TABLE public.bound (a int)"
is "$STATE $MESSAGE" "MG009 CREATE TABLE on public.bound is not part of a migration" "a list of the database holds for each role"
AS=guard_app run guard "SET migrate.drift_ignore = 'public'" "CREATE TABLE public.bound (a int)"
fails MG009 "which can't change it"
sql postgres "ALTER DATABASE guard RESET migrate.drift_ignore"

# A setting that nobody can read stands in no command's way: the first call of a function refuses it

sql postgres "ALTER DATABASE guard SET migrate.misspelt = 'on'"
run guard "SET migrate.guard_bypass = on" "CREATE TABLE app.misspelt (a int)"
is "$STATE $(recorded)" "00000 CREATE TABLE|table|app.misspelt" "a misspelt setting stands in no command's way"
sql postgres "ALTER DATABASE guard RESET migrate.misspelt" "ALTER DATABASE guard SET migrate.drift_ignore = 'a.b.c'"
run guard "CREATE TABLE app.unreadable (a int)"
fails MG009 "a list that can't be read, and was set before the library was loaded, passes over nothing"
like "$ERR" 'WARNING:  22023: invalid value for parameter "migrate.drift_ignore": "a.b.c"' "which the server warns of"
sql postgres "ALTER DATABASE guard RESET migrate.drift_ignore"

# Somebody turned the event triggers off

sql guard "ALTER EVENT TRIGGER migrate_guard_drop DISABLE"
run guard "SELECT migrate_guard()"
is "$STATE $OUT" "00000 block" "one of them is disabled: the mode is what it was"
like "$ERR" 'NOTICE:  00000: the guard was set to block, but does not see all: event trigger "migrate_guard_drop" is disabled or missing' "and it says so"
sql guard "ALTER EVENT TRIGGER migrate_guard DISABLE" "ALTER EVENT TRIGGER migrate_guard_start ENABLE REPLICA"
run guard "SELECT migrate_guard()"
is "$STATE $OUT" "00000 off" "all of them are: the guard is off, whatever was set"
run guard "SELECT migrate_guard('block')" "CREATE TABLE app.blocked (a int)"
fails MG009 "setting it turns them on again"
sql guard "SELECT migrate_guard('off')" "ALTER EXTENSION migrate DROP EVENT TRIGGER migrate_guard" "DROP EVENT TRIGGER migrate_guard" >/dev/null
run guard "SELECT migrate_guard('record')"
is "$STATE $MESSAGE" '55000 event trigger "migrate_guard" of extension migrate is missing' "one is gone"
is "$(sql guard "SELECT migrate_guard()")" off "then nothing was set"
run guard "SELECT migrate_guard('off')"
works "off can be set all the same"
run guard "SELECT migrate.migrate_guard_event()"
fails 0A000 "its function is not for SQL"

# An owner who is no superuser sets it; others need its rights

database guard_owned 'OWNER guard_owner'
AS=guard_owner run guard_owned "CREATE EXTENSION migrate" "SELECT migrate_guard('block')" "CREATE TABLE t (a int)"
is "$STATE $OUT" "MG009 block" "the extension's owner sets the mode, who is no superuser"
AS=guard_owner run guard_owned "SELECT migrate_guard('off')" "GRANT EXECUTE ON FUNCTION migrate_guard TO guard_app" "SELECT migrate_guard('record')"
works "and changes it"
AS=guard_app run guard_owned "SELECT migrate_guard()"
is "$STATE $OUT" "00000 record" "whoever may call it may ask"
AS=guard_app run guard_owned "SELECT migrate_guard('off')"
is "$STATE $MESSAGE $DETAIL $HINT" '42501 must be owner of extension migrate migrate_guard() with a mode decides for every role of this database. The owner is "guard_owner". Ask the owner or a superuser.' \
	"but not set it"
sql postgres "GRANT guard_owner TO guard_app"
AS=guard_app run guard_owned "SELECT migrate_guard('warn')"
works "a member of the owner's role sets it"
sql postgres "REVOKE guard_owner FROM guard_app"
is "$(sql guard_owned "SELECT mode || ' ' || set_by FROM migrate.guard")" "warn guard_app" "who set it is kept"
AS=guard_owner run guard_owned "CREATE TABLE owned (a int)" "ALTER EVENT TRIGGER migrate_guard DISABLE"
fails 42501 "the event triggers stay a superuser's"
AS=guard_owner run guard_owned "DELETE FROM migrate.outside WHERE occurred_at < now() - interval '90 days'"
works "the owner purges what was recorded"

# A dump, and the end

pg_dump -U guard_owner -f "$SCRATCH/dump" guard_owned 2>"$SCRATCH/error"
ok $? "the owner dumps it" || explain "$(cat "$SCRATCH/error")"
database guard_restored 'OWNER guard_owner'
psql -XAtq -U guard_owner -v ON_ERROR_STOP=1 -d guard_restored -f "$SCRATCH/dump" >"$SCRATCH/error" 2>&1
ok $? "and restores it" || explain "$(cat "$SCRATCH/error")"
is "$(sql guard_restored "SELECT migrate_guard()" "SELECT string_agg(DISTINCT identity, ',' ORDER BY identity) FROM migrate.outside")" \
	"off"$'\n'"$(sql guard_owned "SELECT string_agg(DISTINCT identity, ',' ORDER BY identity) FROM migrate.outside")" "the mode is off there, and the records are there"
is "$(sql guard_restored "SELECT count(*) FROM pg_event_trigger WHERE evtenabled = 'D'")" 3 "and the event triggers are disabled"
sql guard_owned "SELECT migrate_guard('block')" >/dev/null
AS=guard_owner run guard_owned "DROP EXTENSION migrate" "CREATE EXTENSION migrate" "SELECT migrate_guard()" "CREATE TABLE t (a int)"
is "$STATE $OUT" "00000 off" "the extension is dropped and made anew, also with block; then it is off"
AS=guard_owner run guard_owned "SELECT migrate_guard('record')" "CREATE TABLE t1 (a int)" "DROP EXTENSION migrate" "CREATE EXTENSION migrate" "SELECT migrate_guard('record')" "CREATE TABLE t2 (a int)" "SELECT name FROM migrate_history()"
is "$STATE $OUT" "00000 record"$'\n'"record"$'\n'"public.t2" "in one session, too"

done_testing
