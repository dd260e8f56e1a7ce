#!/usr/bin/env bash
# A way back without a down script among others: migrations that came later, and code of other roles, which runs as the owner
# of what it belongs to.
. test/server/lib/tap.bash

migrate_database others
role others_owner LOGIN
role others_caller LOGIN
sql others "CREATE SCHEMA app" "GRANT CREATE, USAGE ON SCHEMA app TO others_owner, others_caller" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO others_caller" >/dev/null

# Out of order

for migration in "0001_base', 'CREATE TABLE app.a (id int); CREATE TABLE app.b (id int)" "0003_names', 'ALTER TABLE app.a RENAME id TO key" \
	"0005_other', 'ALTER TABLE app.b ADD more int"; do
	sql others "SELECT migrate_add('$migration')"
done >/dev/null
sql others "SELECT migrate_apply()" "SELECT migrate_add('0002_same', 'ALTER TABLE app.a ADD note text; ALTER TABLE app.a ALTER key SET NOT NULL')" \
	"SELECT migrate_apply(allow_out_of_order => true)" >/dev/null 2>&1
is "$(sql others "SELECT value FROM migrate_show('0005') WHERE property = 'rollback'")" generated "migrate_show() tells what a rollback would do"
is "$(sql others "SET migrate.generate_down = off" "SELECT value FROM migrate_show('0005') WHERE property = 'rollback'")" \
	"refused: it has no down script, and no changes are taken back" "and why it would be refused"
like "$(sql others "SELECT detail FROM migrate_plan('0003')")" "generated: takes its recorded changes back" "so does the plan"
run others "SELECT version || ' ' || action FROM migrate_rollback(target => '0003')"
is "$STATE $OUT" "00000 0005 rolled back, generated: exact" "one that is independent of a later one goes back" || explain "$ERR"
like "$(sql others "SELECT note FROM migrate_history(limit_rows => 1)")" "ms, 2 changes, generated: exact" "the history keeps the verdict"
run others "SELECT version || ' ' || action FROM migrate_rollback(target => '0002')"
is "$STATE $MESSAGE" 'MG007 migration "0003_names" can'\''t be rolled back' "one whose objects a later one has changed does not"
is "$DETAIL" 'Since it was applied: table column app.a.key was changed. By "0002_same", applied later.' "the objects and the later one are named"
like "$HINT" "Roll that back first" "the hint says what to do"
run others "SELECT text FROM migrate_text('0003', 'down')"
like "$OUT" "RENAME COLUMN key TO id" "its text is that for when the later one is undone" || explain "$ERR"
run others "SELECT version || ' ' || action FROM migrate_rollback(target => 'zero')"
is "$STATE $OUT" $'00000 0002 rolled back, generated: exact\n0003 rolled back, generated: exact\n0001 rolled back, generated: exact' "together they go" || explain "$ERR"
sql others "SELECT migrate_run('0001_base', 'CREATE TABLE app.a (id int); CREATE TABLE app.b (id int)')" \
	"SELECT migrate_run('0003_names', 'ALTER TABLE app.a ALTER id TYPE bigint')" \
	"SELECT migrate_run('0006_view', 'CREATE VIEW app.v AS SELECT id FROM app.a')" >/dev/null 2>&1
run others "SELECT text FROM migrate_text('0003', 'down')"
unlike "$OUT" "VIEW" "a text leaves alone what a later migration made" || explain "$ERR"
sql others "SELECT migrate_rollback(target => 'zero')" "SELECT migrate_remove(version) FROM migrate_status()" >/dev/null 2>&1

# Whose code runs

sql others "CREATE TABLE app.seen (who text)" "GRANT INSERT ON app.seen TO PUBLIC" \
	"CREATE FUNCTION app.note() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO app.seen SELECT current_user; END'" >/dev/null
# A function of others_owner, harmless at first; then it notes who runs it.
harmless() { AS=others_owner sql others "CREATE OR REPLACE FUNCTION app.$1 RETURNS $2 LANGUAGE plpgsql ${3:-} AS 'BEGIN RETURN 1; END'"; }
replaced() {
	AS=others_owner sql others "CREATE OR REPLACE FUNCTION app.$1 RETURNS $2 LANGUAGE plpgsql ${3:-} AS \$f\$BEGIN
		PERFORM app.note(); RETURN 1; END\$f\$"
}
harmless "f()" int
harmless "g(int)" int IMMUTABLE
sql others "CREATE DOMAIN app.d AS int" "CREATE DOMAIN app.e AS int CHECK (app.g(VALUE) > 0)" "ALTER DOMAIN app.d OWNER TO others_owner" "ALTER DOMAIN app.e OWNER TO others_owner" \
	"CREATE TABLE app.t (id int, made int DEFAULT app.f(), twice int GENERATED ALWAYS AS (app.g(id)) STORED, d app.d)" \
	"ALTER TABLE app.t ADD CONSTRAINT c CHECK (app.g(id) > 0), ALTER COLUMN d SET STORAGE PLAIN" "CREATE INDEX i ON app.t (app.g(id))" \
	"CREATE MATERIALIZED VIEW app.m AS SELECT app.f() AS f, id FROM app.t" "ALTER TABLE app.t OWNER TO others_owner" "ALTER MATERIALIZED VIEW app.m OWNER TO others_owner" \
	"CREATE TABLE app.u (note text, id int CHECK (app.g(id) > 0))" "INSERT INTO app.u VALUES (NULL, 1)" "ALTER TABLE app.u OWNER TO others_owner" "INSERT INTO app.t (id) VALUES (1), (2)" "REFRESH MATERIALIZED VIEW app.m" >/dev/null
# evaluates NAME TEXT [LINES]: it goes back when the owner has replaced the functions, which run as the owner alone.
evaluates() {
	harmless "f()" int
	harmless "g(int)" int IMMUTABLE
	run others "SELECT action FROM migrate_run('0001_x', \$m\$$2\$m\$)"
	works "$1: applied"
	replaced "f()" int
	replaced "g(int)" int IMMUTABLE
	run others "SELECT action FROM migrate_rollback()"
	like "$STATE $OUT" "00000 rolled back, generated: (exact|equal)" "$1: rolled back" || {
		explain "$ERR"
		sql others "SELECT migrate_repair('0001', 'forget')" >/dev/null
	}
	is "$(sql others "SELECT DISTINCT who FROM app.seen")" "others_owner" "$1: code of the owner's runs as the owner"
	sql others "TRUNCATE app.seen" "SELECT migrate_remove('0001')" >/dev/null
}
evaluates "a default" "ALTER TABLE app.t DROP made CASCADE"
evaluates "a generated column" "ALTER TABLE app.t DROP twice"
evaluates "a check" "ALTER TABLE app.t DROP CONSTRAINT c"
evaluates "an index" "DROP INDEX app.i"
evaluates "a type" "ALTER TABLE app.u ALTER id TYPE smallint"
evaluates "a materialized view" "DROP MATERIALIZED VIEW app.m"
is "$(sql others "SELECT relispopulated FROM pg_class WHERE oid = 'app.m'::regclass")" t "a materialized view has its rows again"
sql others "SELECT migrate_run('0001_x', 'DROP MATERIALIZED VIEW app.m; ALTER TABLE app.u DROP note')" >/dev/null
is "$(sql others "SELECT action FROM migrate_rollback()")" "rolled back, generated: equal but for column order; data lost: table column app.u.note" "with another order of columns, too"
is "$(sql others "SELECT relispopulated FROM pg_class WHERE oid = 'app.m'::regclass")" t "it has its rows"
sql others "SELECT migrate_remove('0001')" "TRUNCATE app.seen" \
	"SELECT migrate_run('0001_x', E'CREATE TABLE app.\"two\nlines;\" (id int)')" >/dev/null
is "$(sql others "SELECT text FROM migrate_text('0001', 'down') LIMIT 3" | head -n 3)" '-- generated by migrate from the recorded changes: exact
-- goes with what it holds: table app."two lines;"
DROP TABLE app."two' "a name of two lines does not end the comment"
sql others "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
evaluates "a column of a domain" "ALTER TABLE app.t ADD e app.e; ALTER TABLE app.t DROP twice"
sql others "ALTER DOMAIN app.d ADD CONSTRAINT positive CHECK (app.g(VALUE) > 0)" "UPDATE app.t SET d = 1" "TRUNCATE app.seen" >/dev/null
evaluates "a check of a domain" "ALTER DOMAIN app.d DROP CONSTRAINT positive"
harmless "g(int)" int IMMUTABLE
AS=others_owner sql others "CREATE FUNCTION app.h(int) RETURNS app.d LANGUAGE sql IMMUTABLE AS 'SELECT \$1::app.d'"

# Who may not become the owner

sql others "GRANT USAGE ON SCHEMA migrate TO others_caller" >/dev/null
if [ "$(sql others "SELECT current_setting('server_version_num')::int >= 160000")" = t ]; then
	sql others "SELECT migrate_run('0001_y', 'ALTER TABLE app.t DROP twice')" "GRANT others_owner TO others_caller WITH SET FALSE" >/dev/null
	AS=others_caller run others "SELECT migrate_rollback()"
	is "$STATE" MG007 "who may not become the owner runs nothing" || explain "$ERR"
	like "$DETAIL" '42501: the way back runs code as role others_owner' "which is said"
	is "$(sql others "SELECT status FROM migrate_status()")" applied "and nothing has happened"
else
	ok 0 "who may not become the owner runs nothing # SKIP before 16 every member may"
fi
sql others "DROP OWNED BY others_owner, others_caller CASCADE" >/dev/null 2>&1
done_testing
