#!/usr/bin/env bash
# The real tools make their histories, which are taken over; then each is asked whether it still agrees: Sqitch as
# Debian has it, dbmate, Knex, node-pg-migrate and the Supabase CLI as npm has them. The libraries are in adopt_libraries.sh.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/clients.bash
. test/server/lib/adopting.bash

need_clients supabase@3.1.0 dbmate@2.36.0 knex@3.3.0 node-pg-migrate@9.0.0 pg@8.23.1
start_relay

# --- dbmate

migrate_database real
folder dbmate
for each in 20240101000000_a 20240102000000_b 20240103000000_c; do
	printf -- '-- migrate:up\nCREATE TABLE %s (id int);\n\n-- migrate:down\nDROP TABLE %s;\n' "t_${each##*_}" "t_${each##*_}" >"$each.sql"
done
mate() { dbmate --no-dump-schema -d "$SCRATCH/dbmate" --url "postgres://$PGUSER@localhost/real?socket=$PGHOST&port=$PGPORT&sslmode=disable" "$@" 2>&1; }
mate up >/dev/null && mate down >/dev/null
load_folder real .
adopts real dbmate schema_migrations "$(printf '%s\n' '20240101000000|a|adopted' '20240102000000|b|adopted')"
like "$(mate status)" '\[X\] 20240101000000_a.sql.*\[X\] 20240102000000_b.sql.*\[ \] 20240103000000_c.sql' "dbmate still agrees"
run real "SELECT concat_ws('|', version, action) FROM migrate_apply()" "SELECT concat_ws('|', version, action) FROM migrate_rollback(steps => 2)"
is "$STATE$OUT" "00000$(printf '%s\n' '20240103000000|applied' '20240103000000|rolled back' '20240102000000|rolled back')" \
	"from there on it goes forward and back"

# --- Knex

migrate_database real
folder knex
mkdir migrations sql
for each in 20240101000000_a 20240102000000_b; do
	printf 'exports.up = (k) => k.schema.raw("CREATE TABLE t_%s (id int)")\nexports.down = (k) => k.schema.raw("DROP TABLE t_%s")\n' "${each##*_}" "${each##*_}" >"migrations/$each.js"
	printf 'CREATE TABLE t_%s (id int);\n' "${each##*_}" >"sql/$each.sql"
done
cat >knexfile.js <<-JS
	module.exports = { client: 'pg', connection: { host: process.env.PGHOST, port: process.env.PGPORT, user: process.env.PGUSER, database: 'real' } }
JS
ln -s "$NPM_FOLDER/node_modules" node_modules
knex migrate:up >"$SCRATCH/knex.out" 2>&1 || explain "$(cat "$SCRATCH/knex.out")"
load_folder real sql
adopts real knex knex_migrations '20240101000000|a|adopted'
like "$(knex migrate:list 2>&1)" 'Found 1 Completed.*20240101000000_a.js.*Found 1 Pending.*20240102000000_b.js' "Knex still agrees"

# --- node-pg-migrate

migrate_database real
folder node-pg-migrate
mkdir migrations
for each in 1700000000000_a 1700000000001_b; do
	printf -- '-- Up Migration\nCREATE TABLE t_%s (id int);\n-- Down Migration\nDROP TABLE t_%s;\n' "${each##*_}" "${each##*_}" >"migrations/$each.sql"
done
pg_migrate() { DATABASE_URL="postgres://$PGUSER@localhost/real?host=$PGHOST&port=$PGPORT" node-pg-migrate --migrations-dir migrations "$@" 2>&1; }
pg_migrate up 1 >"$SCRATCH/npm.out" || explain "$(cat "$SCRATCH/npm.out")"
load_folder real migrations
adopts real node-pg-migrate pgmigrations '1700000000000|a|adopted'
like "$(pg_migrate up --dry-run)" 'Migrating files:[^a-z]*1700000000001_b' "node-pg-migrate still agrees"

# --- Sqitch

migrate_database real
folder sqitch
if ! command -v sqitch >/dev/null; then
	echo "# sqitch is not there: Debian's package sqitch, with libdbd-pg-perl"
else
	{
		sqitch init app --engine pg
		sqitch config user.name Ann
		sqitch config user.email ann@example.org
		sqitch add a -n 'the first'
		echo 'CREATE TABLE t_a (id int);' >deploy/a.sql
		echo 'DROP TABLE t_a;' >revert/a.sql
		echo 'SELECT id FROM t_a WHERE false;' >verify/a.sql
		sqitch add b --requires a -n 'the second'
		echo 'CREATE TABLE t_b (id int);' >deploy/b.sql
		echo 'DROP TABLE t_b;' >revert/b.sql
		echo 'SELECT id FROM t_b WHERE false;' >verify/b.sql
		sqitch tag v1 -n 'a release'
		sqitch rework a -n 'once more'
		echo 'ALTER TABLE t_a ADD x int;' >deploy/a.sql
		echo 'ALTER TABLE t_a DROP x;' >revert/a.sql
		echo 'SELECT x FROM t_a WHERE false;' >verify/a.sql
		sqitch add c -n 'the last'
		echo 'CREATE TABLE t_c (id int);' >deploy/c.sql
		sqitch deploy --to a@HEAD db:pg:real
	} >"$SCRATCH/sqitch.out" 2>&1 || explain "$(cat "$SCRATCH/sqitch.out")"
	load_folder real .
	like "$(sql real "SELECT detail FROM migrate_adopt()")" '^table sqitch.changes: 3 rows, 3 applied, 3 of them loaded; migrate_adopt' "Sqitch's registry is found"
	adopts real sqitch sqitch.changes "$(printf '%s\n' '|a|adopted' '|b|adopted' '|a#2|adopted')"
	like "$(sqitch status db:pg:real 2>&1)" 'Undeployed change:.*c' "Sqitch still agrees"
	like "$(sqitch verify db:pg:real 2>&1)" 'Verify successful' "and verifies"
	is "$(sql real "SELECT string_agg(name || ' ' || action, ', ') FROM migrate_verify()")" "a verified, b verified, a#2 verified" "so do we"
	echo 'CREATE TABLE t_b (id bigint);' >deploy/b.sql
	migrate_database real
	sqitch deploy --to a@HEAD db:pg:real >/dev/null 2>&1
	echo 'CREATE TABLE t_b (id int);' >deploy/b.sql
	load_folder real .
	adopt real sqitch
	like "$OUT" '\|b\|differs' "a script that is not the one that Sqitch ran is told"
fi

# --- Supabase

migrate_database real
folder supabase
mkdir -p supabase/migrations
printf -- '-- the first; of all\nCREATE TABLE t_a (id int, note text DEFAULT '"';'"'); -- one\n\nINSERT INTO t_a VALUES (1);\n' >supabase/migrations/20240101000000_a.sql
printf 'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1; -- ;\nEND $$;\n\n' >supabase/migrations/20240102000000_b.sql
supa() { timeout 120 supabase "$@" --db-url "postgresql://$PGUSER:none@127.0.0.1:$RELAY_PORT/real?sslmode=disable" 2>&1; }
supa migration up --yes >"$SCRATCH/supabase.out" || explain "$(cat "$SCRATCH/supabase.out")"
load_folder real supabase/migrations
adopts real supabase supabase_migrations.schema_migrations "$(printf '%s\n' '20240101000000|a|adopted' '20240102000000|b|adopted')"
like "$(supa migration list)" '20240101000000` *\| *`20240101000000.*20240102000000` *\| *`20240102000000' "the Supabase CLI still agrees"
like "$(supa migration up --yes)" 'up to date' "and has nothing to do"
migrate_database real
supa migration up --yes >/dev/null
adopts real supabase supabase_migrations.schema_migrations "$(printf '%s\n' '20240101000000|a|adopted' '20240102000000|b|adopted')"
is "$(applied real)" "20240101000000_a 20240102000000_b" "without its files, the texts that its table keeps are taken"

# --- The CLI's resets drop our extension, too

run real "CREATE TABLE by_hand (id int)" "SELECT FROM migrate_add('20240103000000_c', 'CREATE TABLE t_c (id int)')" "SELECT FROM migrate_apply()"
supa migration down --yes >"$SCRATCH/supabase.out" || explain "$(cat "$SCRATCH/supabase.out")"
run real "SELECT migrate_version()"
fails 42883 "migration down drops the extension, with all that it kept"
run real "CREATE EXTENSION migrate" "SELECT concat_ws('|', version, name, action) FROM migrate_adopt('supabase')"
is "$STATE$OUT" "0000020240101000000|a|adopted" "created again, it adopts what the CLI has applied since"
is "$(sql real "SELECT concat_ws(' ', to_regclass('t_a'), to_regclass('t_c'), to_regclass('by_hand'))")" t_a "which is what the database has"
load_folder real supabase/migrations
adopt real supabase
is "$OUT" '20240101000000|a|adopted' "its file, loaded since, is known to be the one that ran"
is "$(sql real "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()")" "20240101000000 applied, 20240102000000 pending" \
	"and gives the rest"
supa db reset --yes >"$SCRATCH/supabase.out" || explain "$(cat "$SCRATCH/supabase.out")"
run real "CREATE EXTENSION migrate" "SELECT concat_ws('|', version, name, action) FROM migrate_adopt('supabase')"
is "$STATE$OUT" "00000$(printf '%s\n' '20240101000000|a|adopted' '20240102000000|b|adopted')" "after db reset, likewise"
like "$(supa migration list)" '20240101000000` *\| *`20240101000000.*20240102000000` *\| *`20240102000000' "and the CLI agrees"

done_testing
