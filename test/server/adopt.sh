#!/usr/bin/env bash
# Histories of other tools, in tables of the shapes that they document, are taken over: what is applied, what is not and
# why, what differs from the loaded text. What the real tools write is in adopt_real.sh.
. test/server/lib/tap.bash

# load DATABASE FILE=TEXT...: as one folder.
load() {
	local database=$1 files='[]' each
	shift
	for each in "$@"; do
		files=$(jq -c --arg n "${each%%=*}" --arg c "${each#*=}" '. + [{name: $n, content: $c}]' <<<"$files")
	done
	psql -XAtq -v ON_ERROR_STOP=1 -d "$database" -v files="$files" <<<"SELECT FROM migrate_load(:'files')"
}

# adopt DATABASE [SOURCE]: one line a row: version, name, action, detail.
adopt() { run "$1" "SELECT concat_ws('|', version, name, action, detail) FROM migrate_adopt($([ $# -lt 2 ] || echo "'$2'"))"; }

applied() { sql "$1" "SELECT string_agg(concat_ws('_', nullif(version, ''), nullif(name, '')), ' ' ORDER BY version, name) FROM migrate_status() WHERE status = 'applied'"; }

fresh() { migrate_database adopting; }

three() { load adopting 1_a.sql='SELECT 1;' 2_b.sql='SELECT 2;' 3_c.sql='SELECT 3;'; }

# --- Nothing there

fresh
adopt adopting
is "$STATE$OUT" 00000 "a database without any history lists none"
adopt adopting dbmate
fails 42704 "and has none to adopt"
like "$HINT" 'migrate_adopt\(\) lists' "whose hint says what lists them"
adopt adopting lost
fails 22023 "an unknown source is refused"
like "$HINT" 'supabase.*sqitch.*schema_version' "with those that are known"
adopt adopting ''
fails 22023 "and so is an empty one"

# --- Versions alone: Rails, dbmate, Diesel

three
sql adopting "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)" "INSERT INTO schema_migrations VALUES ('1'), ('02'), ('7')"
adopt adopting
is "$OUT" "7|found|table public.schema_migrations: 3 rows, 3 applied, 2 of them loaded; load the files, then migrate_adopt('dbmate:public.schema_migrations') takes it over" "dbmate's history is found"
is "$(sql adopting "SELECT tool FROM migrate_adopt()")" dbmate "and named"
adopt adopting dbmate
is "$OUT" "$(printf '%s\n' '2|b|adopted' '1|a|adopted' '7||unknown|not loaded, and the table keeps no text of it: load the files first, then adopt again')" \
	"what is loaded is adopted, what is not is said"
is "$(applied adopting)" "1_a 2_b" "and counts as applied"
is "$(sql adopting "SELECT migrate_version()" "SELECT string_agg(version, ' ') FROM migrate_plan() WHERE action = 'apply'")" \
	"$(printf '2\n3')" "the guard stands at the newest, and the rest is pending"
is "$(sql adopting "SELECT string_agg(event || ' ' || note, ', ') FROM migrate_history()")" \
	"adopt dbmate: public.schema_migrations, adopt dbmate: public.schema_migrations" "the history says where it is from"
before=$(sql adopting "SELECT count(*) FROM migrate.history")
adopt adopting dbmate
is "$(grep -c 'unchanged|applied already' <<<"$OUT")$(sql adopting "SELECT count(*) FROM migrate.history")" "2$before" "adopting twice changes nothing"
sql adopting "CREATE TABLE ar_internal_metadata (key varchar, value varchar)"
is "$(sql adopting "SELECT tool FROM migrate_adopt()")" rails "beside ar_internal_metadata it is that of Rails"

fresh
load adopting 2024-01-31-120000_users/up.sql='SELECT 1;' 2024-02-01-120000_posts/up.sql='SELECT 2;'
sql adopting "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)" \
	"INSERT INTO __diesel_schema_migrations VALUES ('00000000000000', now()), ('20240131120000', '2024-02-03 04:05:06')"
adopt adopting diesel
like "$OUT" '20240131120000\|users\|adopted' "Diesel's versions have no dashes"
like "$OUT" '00000000000000\|\|unknown' "and its own first one is told"
is "$(sql adopting "SELECT applied_at::timestamp FROM migrate_status() WHERE status = 'applied'")" "2024-02-03 04:05:06" \
	"it is applied since the time that Diesel says"

# --- golang-migrate

fresh
three
sql adopting "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)" "INSERT INTO schema_migrations VALUES (2, true)"
adopt adopting
like "$OUT" '"2": dirty: migration 2 began and did not end' "a dirty golang-migrate is explained in the list"
adopt adopting golang-migrate
like "$OUT" '^2\|b\|not applied\|dirty: .*force.*nothing is adopted$' "and nothing is adopted"
is "$(applied adopting)" "" "not what is below it either"
sql adopting "UPDATE schema_migrations SET dirty = false"
adopt adopting golang-migrate
is "$OUT" "$(printf '%s\n' '1|a|adopted|comes before 2, which is recorded' '2|b|adopted')" "its one version stands for all up to it"

# --- goose

fresh
three
sql adopting "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT now())" \
	"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (3, true), (2, false), (3, false), (3, true)"
adopt adopting
like "$OUT" '7 rows, 2 applied, 2 of them loaded, 1 rolled back' "goose's list counts what was rolled back"
adopt adopting goose
like "$OUT" '2\|b\|not applied\|its newest row has is_applied false' "which is not adopted"
is "$(applied adopting)" "1_a 3_c" "but what was applied again is"

# --- Flyway

fresh
load adopting 'V1__a.sql=CREATE TABLE a (id int);' 'V1.1__b.sql=SELECT 2;' 'V2__c.sql=SELECT 3;' 'V3__d.sql=SELECT 4;' 'V1.10__e.sql=SELECT 5;'
sql adopting "CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL, success boolean NOT NULL)" \
	"INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', -623083431, 'app', '2024-01-01', 1, true),
	  (2, '1.1', 'b', 'SQL', 'V1.1__b.sql', 4711, 'app', now(), 1, true), (3, '2', 'c', 'SQL', 'V2__c.sql', 0, 'app', now(), 1, false),
	  (4, '3', 'd', 'SQL', 'V3__d.sql', NULL, 'app', now(), 1, true), (5, '3', 'd', 'UNDO_SQL', 'U3__d.sql', NULL, 'app', now(), 1, true),
	  (6, '1.10', 'e', 'JDBC', 'db.migration.V1_10__e', NULL, 'app', now(), 1, true)"
adopt adopting
like "$OUT" '"2_c": it failed, and what it did may be there.*"1.10_e": type JDBC' "what is wrong with Flyway's history is listed"
adopt adopting flyway
like "$OUT" '1\|a\|adopted' "Flyway: a text with the CRC-32 that it recorded is adopted"
like "$OUT" '1.1\|b\|differs\|the checksum of the text that ran is 4711.*applied' "another is not, and says so"
like "$OUT" '2\|c\|not applied\|it failed.*flyway repair' "a failed one is not"
like "$OUT" '3\|d\|not applied\|it was undone' "nor one that was undone"
like "$OUT" '1.10\|e\|not applied\|type JDBC: code' "nor code"
is "$(applied adopting)" 1_a "so one is applied"
run adopting "SELECT detail FROM migrate_repair('1.1', 'applied')"
works "what differs can be accepted as it is loaded"
fresh
three
sql adopting "CREATE TABLE flyway_schema_history (installed_rank integer, version text, description text, type text, script text, checksum integer, installed_by text, installed_on timestamp, execution_time int, success boolean)" \
	"INSERT INTO flyway_schema_history VALUES (1, '2', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'app', now(), 0, true)"
adopt adopting flyway
is "$(applied adopting)" "1_a 2_b" "Flyway's baseline stands for all up to it"

# --- Liquibase

fresh
load adopting 0001_a.sql='SELECT 1;' 0002_b.sql='SELECT 2;' 0003_c.sql='SELECT 3;'
sql adopting "CREATE TABLE databasechangelog (id varchar(255) NOT NULL, author varchar(255) NOT NULL, filename varchar(255) NOT NULL, dateexecuted timestamp NOT NULL, orderexecuted integer NOT NULL, exectype varchar(10) NOT NULL, md5sum varchar(35), description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20), contexts varchar(255), labels varchar(255), deployment_id varchar(10))" \
	"INSERT INTO databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype, md5sum) VALUES ('raw', 'ann', 'db/0001_a.sql', now(), 1, 'EXECUTED', '9:abc'), ('0002_b', 'ann', 'db/all.xml', now(), 2, 'EXECUTED', NULL), ('0003_c', 'ann', 'db/all.xml', now(), 3, 'SKIPPED', NULL)"
adopt adopting liquibase
like "$OUT" '0001\|a\|adopted\|changeset raw of db/0001_a.sql; its MD5 .* not compared' "Liquibase: a file with one changeset is that"
like "$OUT" '0002\|b\|adopted\|changeset 0002_b of db/all.xml' "otherwise the id names it"
like "$OUT" '0003\|c\|not applied\|exectype SKIPPED' "one that was skipped is not applied"

# --- sqlx, Prisma, Drizzle: digests of the file

sha() { printf '%s' "$2" | "sha${1}sum" | cut -d' ' -f1; }
fresh
three
sql adopting "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL)" \
	"INSERT INTO _sqlx_migrations VALUES (1, 'a', '2024-01-01 00:00:00Z', true, '\\x$(sha 384 'SELECT 1;')', 1), (2, 'b', now(), true, '\\x00', 1), (3, 'c', now(), false, '\\x$(sha 384 'SELECT 3;')', -1)"
adopt adopting sqlx
like "$OUT" '1\|a\|adopted' "sqlx: SHA-384"
like "$OUT" "2\|b\|differs\|SHA-384 of the text that ran is 00, of the loaded one [0-9a-f]{96}; load the text that ran, or .*migrate_repair\('2_b', 'applied'\)" "one that differs, and what to do"
like "$OUT" '3\|c\|not applied\|success is false' "and one half applied"

fresh
load adopting 20240101000000_a/migration.sql='SELECT 1;' 20240102000000_b/migration.sql='SELECT 2;' 20240103000000_c/migration.sql='SELECT 3;'
sql adopting "CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)" \
	"INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, rolled_back_at) VALUES ('1', '$(sha 256 "$(printf 'SELECT 1;\r')")', '20240101000000_a', '2024-01-01', NULL, '2024-01-02'), ('2', '$(sha 256 'SELECT 1;')', '20240101000000_a', '2024-01-03', '2024-01-03', NULL), ('3', 'x', '20240102000000_b', '2024-01-04', NULL, NULL), ('4', '$(sha 256 'SELECT 3;')', '20240103000000_c', '2024-01-05', NULL, '2024-01-06')"
adopt adopting prisma
like "$OUT" '20240101000000\|a\|adopted' "Prisma: an attempt that succeeded after one that was rolled back"
like "$OUT" '20240102000000\|b\|not applied\|it failed: finished_at is null.*prisma migrate resolve' "one that failed"
like "$OUT" '20240103000000\|c\|not applied\|it failed and was marked as rolled back' "one that was rolled back"

fresh
load adopting 0000_a.sql='SELECT 1;' 0001_b.sql='SELECT 2;' meta/_journal.json='{"entries":[{"idx":0,"tag":"0000_a"},{"idx":1,"tag":"0001_b"}]}'
sql adopting "CREATE SCHEMA drizzle" "CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)" \
	"INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('$(sha 256 'SELECT 1;')', 1700000000000), ('$(sha 256 'SELECT 0;')', 1700000000001)"
adopt adopting drizzle
like "$OUT" '0000\|a\|adopted' "Drizzle: the text whose SHA-256 it recorded"
like "$OUT" 'unknown\|no loaded text has its checksum [0-9a-f]{64}; by its place in the order it would be "0001_b"' "one that differs, and which that may be"

# --- Names of files: Knex, node-pg-migrate, graphile-migrate, TypeORM

fresh
load adopting 20240101000000_a.sql='SELECT 1;' 20240102000000_b.sql='SELECT 2;'
sql adopting "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, migration_time timestamptz)" \
	"INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('20240101000000_a.js', 1, '2024-01-01')"
adopt adopting knex
is "$OUT" "20240101000000|a|adopted" "Knex: a file of code is the SQL file of that name"
sql adopting "CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)" \
	"INSERT INTO pgmigrations (name, run_on) VALUES ('20240101000000_a', now()), ('20240102000000_b', now())"
adopt adopting
like "$OUT" 'contradicts\|table public.knex_migrations: beside node-pg-migrate.s public.pgmigrations it lacks 20240102000000' "two histories that contradict each other are listed"
adopt adopting node-pg-migrate
like "$OUT" 'contradicts\|table public.knex_migrations' "and told when one is adopted"
like "$OUT" '20240102000000\|b\|adopted' "which goes by what the named one says"

fresh
hash=sha1:$(sha 1 $'SELECT 1;\n')
load adopting committed/000001-a.sql="$(printf -- '--! Previous: -\n--! Hash: %s\n\nSELECT 1;\n' "$hash")"
sql adopting "CREATE SCHEMA graphile_migrate" "CREATE TABLE graphile_migrate.migrations (hash text PRIMARY KEY, previous_hash text REFERENCES graphile_migrate.migrations, filename text NOT NULL, date timestamptz NOT NULL DEFAULT now())" \
	"INSERT INTO graphile_migrate.migrations SELECT '$hash', NULL, '000001-a.sql'"
adopt adopting graphile-migrate
is "$OUT" "000001|a|adopted" "graphile-migrate: the hash in the file's header is the recorded one"

fresh
load adopting 1700000000000_AddEmail.sql='SELECT 1;'
sql adopting "CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL)" \
	"INSERT INTO migrations (timestamp, name) VALUES (1700000000000, 'AddEmail1700000000000')"
adopt adopting typeorm
is "$OUT" "1700000000000|AddEmail|adopted" "TypeORM: the class has its timestamp at its end"

# --- Alembic

fresh
load adopting 27c6a30d7c24_a.sql='SELECT 1;' 4fab9c1d22e0_b.sql="$(printf -- '-- migrate:requires 27c6a30d7c24_a\nSELECT 2;')" \
	9c1d22e04fab_c.sql="$(printf -- '-- migrate:requires 4fab9c1d22e0_b\nSELECT 3;')"
sql adopting "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)" "INSERT INTO alembic_version VALUES ('4fab9c1d22e0')"
adopt adopting alembic
is "$(applied adopting)" "27c6a30d7c24_a 4fab9c1d22e0_b" "Alembic: the revision, and what it requires"

# --- Hasura

fresh
load adopting 1620138136207_a/up.sql='SELECT 1;' 1620138136208_b/up.sql='SELECT 2;'
sql adopting "CREATE SCHEMA hdb_catalog" "CREATE TABLE hdb_catalog.hdb_version (hasura_uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(), version text NOT NULL, upgraded_on timestamptz NOT NULL DEFAULT now(), cli_state jsonb NOT NULL DEFAULT '{}', console_state jsonb NOT NULL DEFAULT '{}')" \
	"INSERT INTO hdb_catalog.hdb_version (version, cli_state) VALUES ('48', '{\"migrations\": {\"default\": {\"1620138136207\": false, \"1620138136208\": true}}, \"isStateCopyCompleted\": true}')"
adopt adopting hasura
like "$OUT" '1620138136207\|a\|adopted' "Hasura: the state of its CLI"
like "$OUT" '1620138136208\|b\|not applied\|dirty' "and what is dirty in it"

# --- Made by hand

fresh
three
sql adopting "CREATE TABLE migrations (version text PRIMARY KEY, name text, applied_at timestamptz)" \
	"INSERT INTO migrations VALUES ('001', 'first', '2024-01-01 00:00:00Z'), ('2_b', NULL, now())" \
	"CREATE TABLE schema_version (version integer PRIMARY KEY, applied_at timestamp, description text)" "INSERT INTO schema_version VALUES (1, now(), 'the first one')"
adopt adopting migrations
is "$OUT" "$(printf '%s\n' '1|a|adopted|recorded there as "001_first"' '2|b|adopted' '|contradicts|table public.schema_version: beside migrations'"'"'s public.migrations it lacks 2: find out which of the two is right before you adopt the other, too' | sed 's/^|//')" \
	"a table of versions and names"
adopt adopting schema_version
like "$OUT" '1\|a\|unchanged' "one of versions and descriptions"

# --- Sqitch's registry

fresh
load adopting sqitch.plan="$(printf '%%syntax-version=1.0.0\n%%project=app\n\na 2024-01-31T12:00:00Z A <a@example.org>\n@v1 2024-01-31T12:00:00Z A <a@example.org>\na [a@v1] 2024-01-31T12:00:00Z A <a@example.org>\nb 2024-01-31T12:00:00Z A <a@example.org>\n')" \
	deploy/a@v1.sql='SELECT 1;' deploy/a.sql='SELECT 2;' deploy/b.sql='SELECT 3;'
sql adopting "CREATE SCHEMA sqitch" "CREATE TABLE sqitch.changes (change_id text PRIMARY KEY, script_hash text, change text NOT NULL, project text NOT NULL, note text NOT NULL DEFAULT '', committed_at timestamptz NOT NULL, committer_name text NOT NULL)" \
	"CREATE TABLE sqitch.tags (tag_id text PRIMARY KEY, tag text, change_id text)" "CREATE TABLE sqitch.dependencies (change_id text, type text, dependency text, dependency_id text)" \
	"INSERT INTO sqitch.changes VALUES ('i1', '$(sha 1 'SELECT 1;')', 'a', 'app', '', '2024-01-01', 'Ann'), ('i2', '$(sha 1 'SELECT 2;')', 'a', 'app', '', '2024-01-02', 'Ann'), ('i3', 'x', 'b', 'app', '', '2024-01-03', 'Ann'), ('i4', NULL, 'gone', 'app', '', '2024-01-04', 'Ann')" \
	"INSERT INTO sqitch.tags VALUES ('t', '@v1', 'i1')" "INSERT INTO sqitch.dependencies VALUES ('i3', 'require', 'lost', 'i9')"
adopt adopting
like "$OUT" 'change "b" requires lost, which is not deployed' "Sqitch: a dependency that is not there is listed"
adopt adopting sqitch
like "$OUT" '^a\|adopted\|tagged @v1|\|a\|adopted\|tagged @v1' "a change, with its tag"
like "$OUT" 'a#2\|adopted' "its rework"
like "$OUT" 'b\|differs\|SHA-1' "one whose script differs"
like "$OUT" 'gone\|unknown' "and one that is not loaded"

# --- Supabase

fresh
load adopting 20240101000000_a.sql="$(printf -- '-- the first\nCREATE TABLE a (id int); -- one\n\nINSERT INTO a VALUES (1);\n')" 20240102000000_b.sql='SELECT 2;'
sql adopting "CREATE SCHEMA supabase_migrations" "CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text, created_by text, rollback text[])" \
	"INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', ARRAY[E'-- the first\nCREATE TABLE a (id int)', E'-- one\n\nINSERT INTO a VALUES (1)'], 'a', NULL, NULL),
	 ('20240102000000', ARRAY['SELECT 22'], 'b', NULL, NULL), ('20240103000000', ARRAY['CREATE TABLE c (id int) -- note', 'CREATE TABLE d (id int)'], 'c', 'ann@example.org', ARRAY['DROP TABLE d', 'DROP TABLE c']),
	 ('20240104000000', NULL, 'gone', NULL, NULL), ('20240105000000', ARRAY['NONSENSE'], 'bad', NULL, NULL), ('', ARRAY['SELECT 1'], NULL, NULL, NULL)" \
	"CREATE TABLE c (id int)" "CREATE TABLE d (id int)"
adopt adopting supabase
like "$OUT" '20240101000000\|a\|adopted' "Supabase: the loaded file has the statements that ran"
like "$OUT" '20240102000000\|b\|differs\|statement 1 that ran is "SELECT 22", of the loaded text "SELECT 2"' "one that has others"
like "$OUT" "20240103000000\|c\|adopted\|with the text that the table keeps; its rollback script runs only after migrate_repair\('20240103000000_c', 'accept down'\)" "one that is not loaded is, with its text"
like "$OUT" '20240104000000\|gone\|unknown\|not loaded, and the table keeps no text' "one without a text is not"
like "$OUT" '20240105000000\|bad\|refused\|its text can.t be taken over' "nor one whose text is no SQL"
like "$OUT" 'not applied\|it has a text but no version' "nor a text without a version"
run adopting "SELECT FROM migrate_rollback()"
fails MG007 "the rollback text does not run by itself"
run adopting "SELECT FROM migrate_repair('20240103000000', 'accept down')" "SELECT action FROM migrate_rollback()"
is "$STATE$OUT" "00000rolled back" "but once it is accepted"
is "$(sql adopting "SELECT to_regclass('c') IS NULL AND to_regclass('d') IS NULL")" t "and undoes the migration"

# --- Look-alikes, services, several, other names

fresh
three
sql adopting "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, done_at timestamp)" "CREATE TABLE migrations (id int, step text)" \
	"CREATE TABLE changes (id int)" "CREATE SCHEMA auth" "CREATE TABLE auth.schema_migrations (version varchar PRIMARY KEY)" "INSERT INTO auth.schema_migrations VALUES ('1')"
adopt adopting
like "$OUT" 'looks alike\|table public.schema_migrations: no tool.s that is known: .*for dbmate it has a column "done_at"' "a table that merely looks like a tool's is told, and why it is not"
like "$OUT" 'looks alike\|table public.migrations: .*for typeorm it has no column "name"' "another one"
unlike "$OUT" 'changes' "a name that means nothing is not"
like "$OUT" 'ignored\|table auth.schema_migrations: one of Supabase' "what a service keeps is left alone"
adopt adopting dbmate
fails 42704 "and nothing of it is adopted"
like "$DETAIL" 'Table public.schema_migrations is not: .*done_at' "the error says what looks alike"
sql adopting "CREATE SCHEMA s1" "CREATE TABLE s1.schema_migrations (version varchar)" "CREATE SCHEMA s2" "CREATE TABLE s2.schema_migrations (version varchar)" \
	"CREATE TABLE s2.mine (version varchar)" "INSERT INTO s2.mine VALUES ('1')" "CREATE TYPE app_version AS ENUM ('1')" "CREATE SCHEMA s3" "CREATE TABLE s3.schema_migrations (version app_version)"
adopt adopting dbmate
fails 42725 "two histories of one tool are ambiguous"
like "$DETAIL$HINT" "s1.schema_migrations, s2.schema_migrations.*migrate_adopt\('dbmate:s1.schema_migrations'\)" "and the error names them"
adopt adopting dbmate:s2.mine
is "$OUT" "1|a|adopted" "one can be named, whatever it is called"
adopt adopting dbmate:s2.lost
fails 42P01 "one that is not there can't"
adopt adopting dbmate:public.migrations
fails 55000 "nor one of another shape"
adopt adopting dbmate:s3.schema_migrations
like "$STATE$DETAIL" '55000.*column "version" is not of a built-in type' "nor one with a type of its own, whose code would run"

# --- Read as the caller

fresh
three
role adopter
sql adopting "CREATE TABLE old (version varchar)" "INSERT INTO old VALUES ('1')" "CREATE TABLE seen (who text)" "GRANT INSERT ON seen TO PUBLIC" \
	"CREATE FUNCTION saw() RETURNS boolean LANGUAGE sql VOLATILE AS 'INSERT INTO public.seen VALUES (current_user::text); SELECT true'" \
	"CREATE VIEW schema_migrations AS SELECT version FROM old WHERE saw()" \
	"CREATE FUNCTION saw_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen VALUES (concat(''changed by '', current_user)); RETURN NEW; END'" \
	"CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON old FOR EACH ROW EXECUTE FUNCTION saw_change()" \
	"GRANT USAGE ON SCHEMA migrate TO adopter" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO adopter"
adopt adopting
like "$OUT" 'not read\|table public.schema_migrations: it is no plain table, so that reading it runs what its owner wrote' "a view is not read unasked"
is "$(sql adopting "SELECT count(*) FROM seen")" 0 "and so nothing of it ran"
AS=adopter adopt adopting
like "$OUT" 'not read\|table public.schema_migrations: you may not read it: GRANT SELECT' "what the caller may not read is a row with what to do"
AS=adopter adopt adopting dbmate
fails 42501 "and an error where it is asked for"
like "$HINT" 'GRANT SELECT ON public.schema_migrations' "with that, too"
sql adopting "GRANT SELECT ON schema_migrations TO adopter"
AS=adopter adopt adopting dbmate
is "$OUT" "1|a|adopted" "with the privilege it is adopted"
is "$(sql adopting "SELECT string_agg(DISTINCT who, ' ') FROM seen")" adopter "read by the caller, changed by nobody"
is "$(sql adopting "SELECT $(property applied_by) FROM migrate_status() WHERE status = 'applied'")" adopter "and recorded as the caller's doing"

# --- Nobody else's code

# owned ROLE TABLE...: gives them to the role.
owned() {
	local owner=$1 each
	shift
	for each; do sql adopting "ALTER TABLE $each OWNER TO $owner"; done
}

fresh
role mallory
role team
role deployer
sql adopting "GRANT team TO deployer" "CREATE SCHEMA m AUTHORIZATION mallory" "CREATE SCHEMA t AUTHORIZATION team" "GRANT USAGE ON SCHEMA m, t, migrate TO PUBLIC" \
	"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO deployer" \
	"CREATE TABLE seen (who name)" "GRANT INSERT ON seen TO PUBLIC" \
	"CREATE FUNCTION m.write() RETURNS text LANGUAGE sql AS 'INSERT INTO public.seen VALUES (current_user); SELECT ''x'''" \
	"CREATE FUNCTION m.saw() RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN m.write(); END'"
for schema in m t; do
	sql adopting "CREATE TABLE $schema.schema_migrations (version varchar)" "INSERT INTO $schema.schema_migrations VALUES ('1')" "CREATE INDEX ON $schema.schema_migrations ((version || m.saw()))" "GRANT SELECT ON $schema.schema_migrations TO PUBLIC"
done
owned mallory m.schema_migrations
owned team t.schema_migrations
sql adopting "TRUNCATE seen" "SELECT FROM m.schema_migrations" >/dev/null
is "$(sql adopting "SELECT count(*) > 0 FROM seen" "TRUNCATE seen")" t "an index makes whoever reads its table run code"
adopt adopting
like "$OUT" 'not read\|table m.schema_migrations: it belongs to role "mallory", so that reading it runs what its owner wrote: migrate_adopt\(.dbmate:m.schema_migrations.\) does so, as you' "another's table is not read unasked, and whose it is, is said"
like "$OUT" 'not read\|table t.schema_migrations: it belongs to role "team"' "a superuser, who has everybody's rights, reads no other's either"
is "$(sql adopting "SELECT count(*) FROM seen")" 0 "and so none of that code ran"
AS=deployer adopt adopting
like "$OUT" 'not read\|table m.schema_migrations: it belongs to role "mallory"' "nor is it read for others"
like "$OUT" '1\|found\|table t.schema_migrations: 1 row' "but that of a role whose rights the caller has"
sql adopting "CREATE TABLE alembic_version (version_num varchar)" "TRUNCATE seen"
adopt adopting alembic
is "$(sql adopting "SELECT count(*) FROM seen")" 0 "comparing with other histories reads none of them either"
adopt adopting dbmate:m.schema_migrations
like "$OUT" '^1\|\|unknown' "asked for by name it is read"
is "$(sql adopting "SELECT DISTINCT who = current_user FROM seen")" t "as the caller"
sql adopting "CREATE TABLE t.changes (change_id text, script_hash text, change text, project text, committed_at timestamptz, committer_name text)" \
	"CREATE TABLE t.tags (tag text, change_id text)" "CREATE TABLE t.dependencies (change_id text, type text, dependency text, dependency_id text)"
owned team t.changes t.dependencies
owned mallory t.tags
AS=deployer adopt adopting
like "$OUT" 'not read\|table t.changes: table t.tags beside it: you may not read it' "what is read beside a table counts, too"
sql adopting "GRANT SELECT ON t.tags TO PUBLIC"
AS=deployer adopt adopting
like "$OUT" 'not read\|table t.changes: table t.tags beside it: it belongs to role "mallory"' "with its owner"
sql adopting "CREATE TABLE child () INHERITS (alembic_version)"
adopt adopting
like "$OUT" 'not read\|table public.alembic_version: it is no plain table' "nor is one with children read, which may be others'"

fresh
sql adopting "CREATE TYPE app_name AS ENUM ('1')" \
	"DO \$\$ BEGIN EXECUTE format('CREATE TABLE knex_migrations (%I int, id int, name app_name, batch int)', concat('a', chr(31), 'int4', chr(30), 'name', chr(31), 'varchar', chr(30), 'b')); END \$\$"
adopt adopting
like "$OUT" 'looks alike\|table public.knex_migrations: .*column "name" is not of a built-in type' "no column's name passes for another column"
sql adopting 'CREATE SCHEMA "a.b"' 'CREATE TABLE "a.b"."schema_migrations" (version varchar)'
adopt adopting
like "$OUT" 'found\|table "a.b".schema_migrations: 0 rows' "names are written as SQL takes them"
adopt adopting 'dbmate:"a.b".schema_migrations'
is "$STATE" 00000 "and so as migrate_adopt() does"

fresh
three
sql adopting "CREATE TABLE schema_migrations (version varchar)" "INSERT INTO schema_migrations VALUES ('1')"
run adopting "BEGIN" "SELECT FROM migrate_adopt('dbmate')" "ROLLBACK"
is "$STATE$(applied adopting)" 00000 "in a transaction that is rolled back nothing stays"

done_testing
