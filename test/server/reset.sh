#!/usr/bin/env bash
# migrate_reset(): in development, back to where no migration was applied. It drops what migrations made, and nothing else.
. test/server/lib/tap.bash

migrate_database reset
add() { add_migration reset "$@"; }
database_is() { sql postgres "ALTER DATABASE reset SET migrate.environment = '$1'"; }
reset() { run reset "SELECT concat_ws('|', version, name, action, detail) FROM migrate_reset()"; }
tables() { sql reset "SELECT string_agg(n.nspname || '.' || c.relname, ' ' ORDER BY n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'v', 'p', 'm') AND n.nspname IN ('public', 'app', 'mine', 'old')"; }
schema_hash() { sql reset "SELECT migrate_schema_hash()"; }

sql reset "CREATE SCHEMA old" "CREATE TABLE old.kept (id bigint PRIMARY KEY, note text)" "INSERT INTO old.kept VALUES (1, 'n')"
before=$(schema_hash)
add 0001_app "CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('a', 'b'); CREATE TABLE app.users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state app.state DEFAULT 'a'); INSERT INTO app.users (state) VALUES ('b')" ""
add 0002_more "CREATE TABLE app.posts (id serial PRIMARY KEY, author bigint REFERENCES app.users); CREATE INDEX ON app.posts (author); CREATE VIEW app.seen AS SELECT p.id, u.state FROM app.posts p JOIN app.users u ON u.id = p.author;
CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER TABLE app.users RENAME TO people" "SELECT 1"
add 0003_index $'-- migrate:no-transaction\nCREATE INDEX CONCURRENTLY people_state ON app.people (state);\nCREATE TABLE app.late (id int);' ""
add R__view $'-- migrate:repeatable\nCREATE OR REPLACE VIEW app.names AS SELECT id FROM app.people' ""

for environment in production staging ''; do
	database_is "$environment"
	reset
	is "$STATE $MESSAGE" "42501 migrate_reset() is for development only" "not in the environment '$environment'"
done
like "$DETAIL $HINT" 'This database is "production". .*ALTER DATABASE … SET migrate.environment = .development' "and it says what would let it" || explain "$ERR"
database_is Development
reset
is "$STATE $OUT" "00000 " "where nothing is applied, nothing is reset"
sql reset "CALL migrate_up()" 2>/dev/null
is "$(tables)" "app.late app.names app.people app.posts app.seen old.kept" "the migrations made tables and views"
reset
is "$STATE $OUT" "00000 |R__view|reset
0003|index|reset
0002|more|reset
0001|app|reset" "all are reset, the newest first" || explain "$ERR"
is "$(tables)" "old.kept" "what they made is gone"
is "$(schema_hash)" "$before" "the schema is as before"
is "$(sql reset "SELECT * FROM old.kept")" "1|n" "and the rows of others are there"
is "$(sql reset "SELECT string_agg(DISTINCT status, ' ') FROM migrate_status()" "SELECT migrate_version()")" pending "all are pending"
is "$(sql reset "SELECT count(*) FROM migrate_drift()")" 0 "and there is no drift"
is "$(sql reset "SELECT string_agg(event || ' ' || message, ', ') FROM migrate.history WHERE event = 'rollback'")" "rollback reset, rollback reset, rollback reset, rollback reset" "the history has it"
sql reset "CALL migrate_up()" 2>/dev/null
is "$(tables)" "app.late app.names app.people app.posts app.seen old.kept" "they can be applied again"

# What was there before, and what was made by hand

add 0004_column "ALTER TABLE old.kept ADD extra text DEFAULT 'x', ADD serial_id serial; CREATE INDEX kept_note ON old.kept (note); ALTER TABLE old.kept ADD CONSTRAINT small CHECK (id < 100); CREATE TABLE old.made (id int)" ""
sql reset "CALL migrate_up()" "CREATE SCHEMA mine" "CREATE TABLE mine.own (id int)" "CREATE TABLE app.by_hand (id int)" 2>/dev/null
reset
is "$STATE" 00000 "with tables of others" || explain "$ERR"
like "$OUT" "old.kept.extra\|left\|table column of what no migration has made" "columns of a table that was there before are left, and named" || explain "$OUT"
is "$(tables)" "app.by_hand mine.own old.kept" "what was made by hand stays, and the schema that it is in"
is "$(sql reset "SELECT count(*) FROM pg_index WHERE indrelid = 'old.kept'::regclass" "SELECT count(*) FROM pg_constraint WHERE conname = 'small'")" $'1\n0' "an index and a constraint go"
sql reset "DROP TABLE app.by_hand, mine.own" "DROP SCHEMA app, mine" "ALTER TABLE old.kept DROP extra, DROP serial_id"
sql reset "SELECT migrate_remove('0004')" "CALL migrate_up()" >/dev/null 2>&1
sql reset "CREATE VIEW old.needs AS SELECT id FROM app.people" "CREATE TABLE old.typed (state app.state)"
reset
is "$STATE $MESSAGE" "55000 the database can't be reset" "something that others need is not dropped" || explain "$OUT $ERR"
like "$DETAIL" "app.state" "and it says what"
is "$(tables)" "app.late app.names app.people app.posts app.seen old.kept old.needs old.typed" "nothing is half done"
sql reset "DROP TABLE old.typed" "DROP VIEW old.needs"

# A renamed table of others is none that was made

add 0004_rename "ALTER TABLE old.kept RENAME TO renamed" "ALTER TABLE old.renamed RENAME TO kept"
sql reset "SELECT migrate_apply()" >/dev/null
reset
is "$STATE $(tables) $(sql reset "SELECT count(*) FROM old.renamed")" "00000 old.renamed 1" "a table that a migration only renamed stays, with its rows" || explain "$ERR"
sql reset "ALTER TABLE old.renamed RENAME TO kept" "SELECT migrate_remove('0004')" >/dev/null

# Baselines, a run that stopped half way, another role

sql reset "SELECT migrate_baseline('0001')" "SELECT migrate_remove('0003'), migrate_remove('0002'), migrate_remove('R__view')" >/dev/null
add 0005_half $'-- migrate:no-transaction\nCREATE TABLE public.half (id int);\nSELECT 1 / 0;' ""
sql reset "CALL migrate_up()" 2>/dev/null
is "$(sql reset "SELECT string_agg(status, ' ' ORDER BY version) FROM migrate_status()") $(tables)" "baseline partial old.kept public.half" "one stopped half way"
reset
is "$STATE $OUT" $'00000 0005|half|reset\n0001|app|left|is a baseline' "a baseline stays, what stopped half way is reset" || explain "$ERR"
is "$(sql reset "SELECT string_agg(status, ' ' ORDER BY version) FROM migrate_status()" "SELECT migrate_version()") $(tables)" $'baseline pending\n0001 old.kept' "with what it had made"
role reset_other LOGIN
AS=reset_other run reset "SELECT migrate_reset()"
is "$STATE" 42501 "nobody may call it who was not granted it"
done_testing
