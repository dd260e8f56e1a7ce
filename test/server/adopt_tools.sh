#!/usr/bin/env bash
# Tables of the shapes that tools document which don't install here, or whose migrations are code: what is loaded under
# their names is adopted, what is not is named with what to do. Those of adopt_real.sh are made by the tools themselves.
. test/server/lib/tap.bash

# load NAME=TEXT...: as one folder, into a fresh database.
load() {
	local files='[]' each
	migrate_database adopting
	for each; do
		files=$(jq -c --arg n "${each%%=*}" --arg c "${each#*=}" '. + [{name: $n, content: $c}]' <<<"$files")
	done
	psql -XAtq -v ON_ERROR_STOP=1 -d adopting -v files="$files" <<<"SELECT FROM migrate_load(:'files')"
}
plain() {
	local each files=()
	for each; do files+=("$each.sql=SELECT '$each';"); done
	load "${files[@]}"
}
adopt() { run adopting "SELECT concat_ws('|', version, name, action, detail) FROM migrate_adopt($([ $# -lt 1 ] || echo "'$1'"))"; }
since() { sql adopting "SELECT string_agg(applied_at::timestamptz(0)::text, ' ' ORDER BY version, name) FROM migrate_status() WHERE status = 'applied'"; }
without_advice() { sed 's/|not loaded.*//' <<<"$OUT"; }
rows() { printf '%s\n' "$@"; }
sha1() { printf '%s' "$1" | sha1sum | cut -d' ' -f1; }
export PGTZ=UTC
not_loaded='not loaded, and the table keeps no text of it'

# --- Classes and modules: the digits of their names are the version

plain 20240101000000_users 20240102000000_posts
sql adopting "CREATE TABLE mikro_orm_migrations (id serial PRIMARY KEY, name varchar(255), executed_at timestamptz DEFAULT now())" \
	"INSERT INTO mikro_orm_migrations (name, executed_at) VALUES ('Migration20240101000000', '2024-02-01 00:00:00Z'), ('Migration20240103000000_late', '2024-02-03')"
adopt
is "$OUT" "Migration20240103000000_late|found|table public.mikro_orm_migrations: 2 rows, 2 applied, 1 of them loaded; load the files, then migrate_adopt('mikro-orm:public.mikro_orm_migrations') takes it over" \
	"a history is listed with what takes it over"
adopt mikro-orm
is "$OUT" "$(rows '20240101000000|users|adopted' "|Migration20240103000000_late|unknown|$not_loaded: write the SQL of each to <digits of the class>_<name>.sql, load these files, then adopt again")" \
	"MikroORM: a class is the file with its digits"
is "$(since)" "2024-02-01 00:00:00+00" "applied since then"

plain 20240101000000_users
sql adopting "CREATE TABLE doctrine_migration_versions (version varchar(191) PRIMARY KEY, executed_at timestamp(0), execution_time int)" \
	"INSERT INTO doctrine_migration_versions VALUES (E'DoctrineMigrations\\\\Version20240101000000', '2024-02-01', 1), (E'DoctrineMigrations\\\\Version20240102000000', '2024-02-01', 1)"
adopt doctrine
like "$OUT" '20240101000000\|users\|adopted' "Doctrine: likewise, without its namespace"
like "$OUT" 'Version20240102000000\|unknown\|.*--write-sql' "and where its SQL comes from"

plain m20240101_000001_users 20240101_000002_posts
sql adopting "CREATE TABLE seaql_migrations (version varchar PRIMARY KEY, applied_at bigint NOT NULL)" \
	"INSERT INTO seaql_migrations VALUES ('m20240101_000001_users', 1706745600), ('m20240101_000002_posts', 1706745601), ('m20240101_000003_more', 1706745602)"
adopt seaorm
is "$(without_advice)" "$(rows '|m20240101_000001_users|adopted' '20240101|000002_posts|adopted' '|m20240101_000003_more|unknown')" \
	"SeaORM: with its m or without, never another of the same day"
is "$(since)" "2024-02-01 00:00:00+00 2024-02-01 00:00:01+00" "its seconds are times"

# --- Files by their whole names

plain 2014_10_12_100000_posts 2024_01_01_000000_users
sql adopting "CREATE TABLE migrations (id serial PRIMARY KEY, migration varchar(255) NOT NULL, batch int NOT NULL)" \
	"INSERT INTO migrations (migration, batch) VALUES ('2014_10_12_000000_gone', 1), ('2014_10_12_100000_posts', 1)"
adopt laravel
is "$OUT" "$(rows "2014|10_12_000000_gone|unknown|$not_loaded: \"php artisan migrate --pretend\" shows the SQL: save it as <migration>.sql, load these files, then adopt again" '2014|10_12_100000_posts|adopted')" \
	"Laravel: of a year that several begin with, only the one of that name"

plain 20240101000000_Users
sql adopting 'CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL)' \
	"INSERT INTO \"__EFMigrationsHistory\" VALUES ('20240101000000_Users', '8.0.1'), ('20240102000000_Posts', '8.0.1')"
adopt
like "$OUT" "migrate_adopt\('ef-core:public.\"__EFMigrationsHistory\"'\)" "EF Core: a name with capitals is written so that it works"
adopt 'ef-core:public."__EFMigrationsHistory"'
like "$OUT" '20240101000000\|Users\|adopted' "and does"
like "$OUT" '20240102000000\|Posts\|unknown\|.*dotnet ef migrations script' "with where the SQL comes from"

plain 20240101_a
sql adopting "CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz)" "INSERT INTO gorp_migrations VALUES ('20240101_a.sql', '2024-02-01 00:00:00Z')"
adopt sql-migrate
is "$OUT $(since)" "20240101|a|adopted 2024-02-01 00:00:00+00" "sql-migrate: its id is the file"

plain 0001.create-foo 0002_bar 20240101_01_abcde-x
sql adopting "CREATE TABLE _yoyo_migration (migration_hash varchar(64) PRIMARY KEY, migration_id varchar(255), applied_at_utc timestamp)" \
	"INSERT INTO _yoyo_migration VALUES ('1', '0001.create-foo', '2024-02-01'), ('2', '0002.bar', '2024-02-02'), ('3', '20240101_01_abcde-x', '2024-02-03'), ('4', '20240101_02_abcde-y', '2024-02-04')"
adopt yoyo
is "$(grep -c '|adopted$' <<<"$OUT") $(grep -c '02_abcde-y|unknown' <<<"$OUT")" "3 1" "Yoyo: with a dot behind the number or an underscore"

plain 0001_a 0002_b
sql adopting "CREATE TABLE schemaversions (schemaversionsid serial PRIMARY KEY, scriptname varchar(255) NOT NULL, applied timestamp NOT NULL)" \
	"INSERT INTO schemaversions (scriptname, applied) VALUES ('Shop.Data.Scripts.0001_a.sql', '2024-02-01'), ('0002_b.sql', '2024-02-01')"
adopt dbup
is "$OUT" "$(rows '0001|a|adopted' '0002|b|adopted')" "DbUp: a file, or a resource of that name"

# --- Versions

plain 20240101000000_a
sql adopting "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0))" "INSERT INTO schema_migrations VALUES (20240101000000, '2024-02-01'), (20240102000000, '2024-02-01')"
adopt ecto
like "$OUT" '20240101000000\|a\|adopted.*20240102000000\|\|unknown\|.*mix ecto.migrate' "Ecto: its versions"

plain 001_a 002_b 003_c
sql adopting "CREATE TABLE schema_version (version int4 NOT NULL)" "INSERT INTO schema_version VALUES (2)"
adopt tern
is "$OUT" "$(rows '001|a|adopted|comes before 2, which is recorded' '002|b|adopted')" "tern: its one version stands for all up to it"
sql adopting "UPDATE schema_version SET version = 1"
adopt
like "$OUT" '1 that was adopted no longer there' "one that moved back is in the list"
adopt tern
is "$OUT" "$(rows '001|a|unchanged|applied already' "002|b|moved back|the table no longer has it; it counts as applied here, since it was adopted: if it was undone there, migrate_repair('002_b', 'forget') makes it pending")" \
	"and told, with what to do"
is "$(sql adopting "SELECT string_agg(version, ' ' ORDER BY version) FROM migrate_status() WHERE status = 'applied'")" "001 002" "nothing is changed by that"
sql adopting "SELECT migrate_repair('002_b', 'forget')" >/dev/null
adopt tern
is "$OUT" '001|a|unchanged|applied already' "once it is forgotten, both agree"

plain V1__a V2__b
sql adopting "CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255))" \
	"INSERT INTO refinery_schema_history VALUES (1, 'a', '2024-02-01T00:00:00.123456789+00:00', '17'), (2, 'b', 'some time', '18')"
adopt refinery
is "$OUT" "$(rows "1|a|adopted|refinery's checksum is not compared" "2|b|adopted|refinery's checksum is not compared")" "refinery: its versions"
is "$(since | cut -d' ' -f1,2)" "2024-02-01 00:00:00+00" "times are read of texts, too, and what is none is not"

plain 20240101000000_a
sql adopting "CREATE TABLE changelog (id numeric(20,0) PRIMARY KEY, applied_at varchar(25) NOT NULL, description varchar(255) NOT NULL)" \
	"INSERT INTO changelog VALUES (20240101000000, '2024-02-01 00:00:00', 'the first one')"
adopt mybatis
is "$OUT $(since)" "20240101000000|a|adopted 2024-02-01 00:00:00+00" "MyBatis"

plain 20240101000000_a 20240102000000_b 20240103000000_c
sql adopting "CREATE SCHEMA atlas_schema_revisions" "CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version varchar PRIMARY KEY, description varchar NOT NULL, type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL, execution_time bigint NOT NULL, error text, error_stmt text, hash varchar NOT NULL, partial_hashes jsonb, operator_version varchar NOT NULL)" \
	"INSERT INTO atlas_schema_revisions.atlas_schema_revisions VALUES ('.atlas_cloud_identifier', 'x', 2, 0, 0, now(), 0, NULL, NULL, '', NULL, ''), ('20240102000000', 'b', 1, 0, 0, '2024-02-01', 0, NULL, NULL, 'x', NULL, ''), ('20240103000000', 'c', 2, 1, 2, now(), 0, 'no', 'SELECT', 'x', NULL, '')"
adopt atlas
like "$OUT" '20240101000000\|a\|adopted\|comes before 20240102000000_b' "Atlas: a baseline stands for all up to it"
like "$OUT" '20240103000000\|c\|not applied\|Atlas ran 1 of its 2 statements' "what stopped half way is not applied"

load 1_a.sql='SELECT 1;' 2_b.sql='SELECT 2;'
sum() { printf '%s' "$1" | openssl dgst -sha256 -binary | base64; }
sql adopting "CREATE TABLE atlas_schema_revisions (version varchar PRIMARY KEY, description varchar, type bigint, applied bigint, total bigint, executed_at timestamptz, error text, error_stmt text, hash varchar)" \
	"INSERT INTO atlas_schema_revisions VALUES ('1', 'a', 2, 1, 1, now(), NULL, NULL, '$(sum '1_a.sqlSELECT 1;')'), ('2', 'b', 2, 1, 1, now(), NULL, NULL, '$(sum '1_a.sqlSELECT 1;2_b.sqlSELECT 0;')')"
adopt atlas
is "$(cut -d'|' -f1-3 <<<"$OUT")" "$(rows '1|a|adopted' '2|b|differs')" "its hash, of a file and all before it, is compared"

# --- Apps, schemas, texts

plain auth_0001_initial shop_0001_initial 0002_price
sql adopting "CREATE TABLE django_migrations (id bigserial PRIMARY KEY, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL)" \
	"INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', now()), ('shop', '0001_initial', now()), ('shop', '0002_price', now()), ('admin', '0003_x', now())"
adopt django
is "$(without_advice)" "$(rows '|auth_0001_initial|adopted|of app auth' '|shop_0001_initial|adopted|of app shop' '0002|price|adopted|of app shop' '|admin_0003_x|unknown')" \
	"Django: each app counts for itself"

plain 01_a
sql adopting "CREATE SCHEMA pgroll" "CREATE TABLE pgroll.migrations (schema name NOT NULL, name text NOT NULL, migration jsonb NOT NULL, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now(), parent text, done boolean NOT NULL DEFAULT false, resulting_schema jsonb NOT NULL DEFAULT '{}', migration_type varchar(32) DEFAULT 'pgroll')" \
	"INSERT INTO pgroll.migrations (schema, name, migration, done, created_at) VALUES ('public', '01_a', '{}', true, '2024-01-01'), ('public', '02_b', '{}', false, '2024-01-02')"
adopt pgroll
is "$OUT" "$(rows '01|a|adopted|of schema public' '02|b|not applied|it has begun and is not complete: "pgroll complete" or "pgroll rollback" it first')" "pgroll: what is complete"

load '1.sql=-- !Ups
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1;; END $$;
-- !Downs
DROP FUNCTION f();' '2.sql=-- !Ups
SELECT 2;
-- !Downs
SELECT 0;'
sql adopting "CREATE TABLE play_evolutions (id int PRIMARY KEY, hash varchar(255) NOT NULL, applied_at timestamp NOT NULL, apply_script text, revert_script text, state varchar(255), last_problem text)" \
	"INSERT INTO play_evolutions VALUES (1, 'x', '2024-01-01', 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN RETURN 1;; END \$\$;', 'DROP FUNCTION f();', 'applied', ''), (2, 'x', now(), 'SELECT 3;', '', 'applied', ''), (3, 'x', now(), 'CREATE TABLE t (i int);', 'DROP TABLE t;', 'applied', ''), (4, 'x', now(), 'SELECT;', '', 'applying_up', 'no')"
adopt play
like "$OUT" '1\|\|adopted' "Play: a script is compared by its text"
like "$OUT" '2\|\|differs\|statement 1 that ran is "SELECT 3"' "one that differs"
like "$OUT" "3\|\|adopted\|with the text that the table keeps; its rollback script runs only after migrate_repair\('3', 'accept down'\)" "one that is not loaded comes with its text"
like "$OUT" '4\|\|not applied\|its state is applying_up' "one that stopped is not applied"

# --- Digests: as the tools make them, of the file and of its name

load 0001_a.sql='SELECT 1;' 0002-b.sql='SELECT 2;' 0003_c.sql='SELECT 3;'
sql adopting "CREATE TABLE migrations (id integer PRIMARY KEY, name varchar(100) UNIQUE NOT NULL, hash varchar(40) NOT NULL, executed_at timestamp DEFAULT current_timestamp)" \
	"INSERT INTO migrations VALUES (0, 'create-migrations-table', 'x'), (1, 'a', '$(sha1 '0001_a.sqlSELECT 1;')'), (2, 'b', '$(sha1 '0002-b.sqlSELECT 2;')'), (3, 'c', '$(sha1 '0003_c.sqlSELECT 0;')')"
adopt postgres-migrations
is "$(cut -d'|' -f1-3 <<<"$OUT")" "$(rows '0001|a|adopted' '0002|b|adopted' '0003|c|differs')" "postgres-migrations: SHA-1 of name and text"

# --- What only could be a history

migrate_database adopting
sql adopting "CREATE SCHEMA app" "CREATE TABLE app.our_migrations (step int)" "CREATE TABLE app.knex_migrations_lock (index int)" "CREATE TABLE app.schema_versions (v text)" "CREATE TABLE app.orders (id int)"
adopt
is "$OUT" "$(rows "looks alike|table app.our_migrations: no tool's that is known; if it is a history, a view can show it as version, name and applied_at: migrate_adopt('migrations:schema.view')" \
	"looks alike|table app.schema_versions: no tool's that is known; if it is a history, a view can show it as version, name and applied_at: migrate_adopt('migrations:schema.view')")" \
	"a table that is called like a history has a row, with the way on"
sql adopting "CREATE VIEW app.shown AS SELECT step AS version, NULL::text AS name, NULL::timestamptz AS applied_at FROM app.our_migrations" "INSERT INTO app.our_migrations VALUES (1)" \
	"SELECT migrate_add('1_a', 'SELECT 1')" >/dev/null
adopt migrations:app.shown
is "$OUT" '1|a|adopted' "which works"

# --- Moved back, where rows go and where they say so

plain 1_a 2_b 3_c
sql adopting "CREATE TABLE schema_migrations (version varchar PRIMARY KEY)" "INSERT INTO schema_migrations VALUES ('1'), ('2')" "SELECT migrate_adopt('dbmate')" "DELETE FROM schema_migrations WHERE version = '2'" "SELECT migrate_apply()" >/dev/null
adopt dbmate
is "$(cut -d'|' -f1-3 <<<"$OUT")" "$(rows '1|a|unchanged' '2|b|moved back')" "dbmate: a row that is gone; what was applied here since is not asked for"
plain 1_a 2_b
sql adopting "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT now())" \
	"INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, true), (2, true)" "SELECT migrate_adopt('goose')" "INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, false)" >/dev/null
adopt goose
like "$OUT" "2\|b\|moved back\|its newest row has is_applied false: it was rolled back; it counts as applied here" "goose: a row that says so"
plain 1_a 2_b
sql adopting "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)" "INSERT INTO schema_migrations VALUES (2, false)" "SELECT migrate_adopt('golang-migrate')" "UPDATE schema_migrations SET dirty = true" >/dev/null
adopt golang-migrate
is "$(cut -d'|' -f1-3 <<<"$OUT")" "2|b|not applied" "golang-migrate: while it is dirty, nobody can tell"
sql adopting "DELETE FROM schema_migrations"
adopt golang-migrate
is "$(cut -d'|' -f1-3 <<<"$OUT")" "$(rows '1|a|moved back' '2|b|moved back')" "without a row all are gone"

done_testing
