#!/usr/bin/env bash
# Tools that are libraries make their histories, which are taken over; then each is asked whether it still agrees:
# Sequelize with umzug, Kysely, Postgrator, postgres-migrations and db-migrate as npm has them, Django as Debian has it.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/clients.bash
. test/server/lib/adopting.bash

need_clients sequelize@6.37.8 umzug@3.8.3 kysely@0.28.19 postgrator@8.0.0 postgres-migrations@5.3.0 db-migrate@0.11.14 db-migrate-pg@1.5.2 pg@8.23.1
pairs=(20240101000000_a 20240102000000_b)

# sql_files FOLDER NAME...: each name is a migration that creates a table.
sql_files() {
	local folder=$1 each
	shift
	mkdir -p "$folder"
	for each; do printf 'CREATE TABLE t_%s (id int);\n' "${each: -1}" >"$folder/$each.sql"; done
}

# node_says PROGRAM ARGUMENT...: what it prints, with the packages at hand.
node_says() {
	ln -sfn "$NPM_FOLDER/node_modules" node_modules
	node "$@" 2>&1
}

# --- Sequelize with umzug

migrate_database real
folder sequelize
sql_files sql "${pairs[@]}"
cat >run.js <<-'JS'
	const { Sequelize } = require('sequelize')
	const { Umzug, SequelizeStorage } = require('umzug')
	const sequelize = new Sequelize('real', process.env.PGUSER, '', { dialect: 'postgres', host: process.env.PGHOST, port: process.env.PGPORT, logging: false })
	const migration = (name) => ({ name, up: () => sequelize.query(`CREATE TABLE t_${name.at(-4)} (id int)`), down: () => sequelize.query(`DROP TABLE t_${name.at(-4)}`) })
	const umzug = new Umzug({ migrations: ['20240101000000_a.js', '20240102000000_b.js'].map(migration), storage: new SequelizeStorage({ sequelize }), logger: undefined })
	const [command] = process.argv.slice(2)
	const run = { up: () => umzug.up({ step: 1 }), down: () => umzug.down(), pending: () => umzug.pending() }
	run[command]().then((all) => console.log(all.map((m) => m.name).join(' '))).finally(() => sequelize.close())
JS
node_says run.js up >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
load_folder real sql
adopts real sequelize 'public."SequelizeMeta"' '20240101000000|a|adopted'
is "$(node_says run.js pending)" 20240102000000_b.js "umzug still agrees"
node_says run.js down >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
adopt real sequelize
is "$OUT" '20240101000000|a|moved back' "what umzug takes back is told"

# --- Kysely

migrate_database real
folder kysely
sql_files sql "${pairs[@]}"
cat >run.js <<-'JS'
	const { Kysely, Migrator, PostgresDialect, sql } = require('kysely')
	const { Pool } = require('pg')
	const db = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ database: 'real' }) }) })
	const migration = (table) => ({ up: (k) => k.schema.createTable(table).addColumn('id', 'integer').execute(), down: (k) => k.schema.dropTable(table).execute() })
	const provider = { getMigrations: async () => ({ '20240101000000_a': migration('t_a'), '20240102000000_b': migration('t_b') }) }
	const migrator = new Migrator({ db, provider })
	const [command] = process.argv.slice(2)
	const run = { up: async () => (await migrator.migrateUp()).results.map((r) => r.status), pending: async () => (await migrator.getMigrations()).filter((m) => !m.executedAt).map((m) => m.name) }
	run[command]().then((all) => console.log(all.join(' '))).finally(() => db.destroy())
JS
node_says run.js up >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
load_folder real sql
adopts real kysely kysely_migration '20240101000000|a|adopted'
is "$(node_says run.js pending)" 20240102000000_b "Kysely still agrees"
is "$(sql real "SELECT abs(extract(epoch FROM now() - applied_at::timestamptz)) < 3600 FROM migrate_status() WHERE status = 'applied'")" t "its text of a time is one"
unlike "$(sql real "SELECT detail FROM migrate_adopt()")" 'lock' "its lock is no history"

# --- Postgrator

migrate_database real
folder postgrator
mkdir migrations
for each in 001_a 002_b 003_c; do
	printf 'CREATE TABLE t_%s (id int);\n' "${each: -1}" >"migrations/${each%_*}.do.${each: -1}.sql"
	printf 'DROP TABLE t_%s;\n' "${each: -1}" >"migrations/${each%_*}.undo.${each: -1}.sql"
done
cat >run.mjs <<-'JS'
	import Postgrator from 'postgrator'
	import pg from 'pg'
	const client = new pg.Client({ database: 'real' })
	await client.connect()
	const postgrator = new Postgrator({ migrationPattern: 'migrations/*', driver: 'pg', database: 'real', execQuery: (query) => client.query(query) })
	const applied = process.argv[2] ? await postgrator.migrate(process.argv[2]) : []
	console.log((await postgrator.getDatabaseVersion()) + ' of ' + (await postgrator.getMaxVersion()))
	await client.end()
JS
node_says run.mjs 002 >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
sql_files sql 001_a 002_b 003_c
printf 'CREATE TABLE t_b (id bigint);\n' >sql/002_b.sql
load_folder real sql
adopt real postgrator
is "$OUT" "$(printf '%s\n' '001|a|adopted' '002|b|differs')" "Postgrator: its MD5 is compared"
sql_files sql 002_b
load_folder real sql
adopt real postgrator
is "$OUT" "$(printf '%s\n' '001|a|unchanged' '002|b|adopted')" "and the file that ran is adopted"
is "$(node_says run.mjs)" '2 of 3' "Postgrator still agrees"
node_says run.mjs 001 >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
adopt real postgrator
is "$OUT" "$(printf '%s\n' '001|a|unchanged' '002|b|moved back')" "what it takes back is told"

# --- postgres-migrations

migrate_database real
folder postgres-migrations
sql_files migrations 1_a 2-b
cat >run.js <<-'JS'
	const { migrate } = require('postgres-migrations')
	const { Client } = require('pg')
	const client = new Client({ database: 'real' })
	client.connect().then(() => migrate({ client }, process.argv[2])).then((all) => console.log(all.map((m) => m.name).join(' '))).catch((e) => console.log(e.message)).finally(() => client.end())
JS
node_says run.js migrations >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
load_folder real migrations
adopts real postgres-migrations migrations "$(printf '%s\n' '1|a|adopted' '2|b|adopted')"
is "$(node_says run.js migrations)" "" "postgres-migrations still agrees, and has nothing to do"
sql_files migrations 3_c
node_says run.js migrations >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
printf 'CREATE TABLE t_c (id bigint);\n' >migrations/3_c.sql
load_folder real migrations
adopt real postgres-migrations
like "$OUT" '3\|c\|differs' "a text that is not the one that it ran is told"

# --- db-migrate

migrate_database real
folder db-migrate
mkdir migrations
for each in 20240101000000-a 20240102000000-b; do
	printf 'exports.up = (db) => db.runSql("CREATE TABLE t_%s (id int)")\nexports.down = (db) => db.dropTable("t_%s")\nexports._meta = { version: 1 }\n' "${each: -1}" "${each: -1}" >"migrations/$each.js"
done
printf '{"dev": {"driver": "pg", "host": "%s", "port": %s, "user": "%s", "database": "real"}}' "$PGHOST" "$PGPORT" "$PGUSER" >database.json
ln -sfn "$NPM_FOLDER/node_modules" node_modules
db-migrate up --count 1 >"$SCRATCH/out" 2>&1 || explain "$(cat "$SCRATCH/out")"
sql_files sql 20240101000000-a 20240102000000-b
load_folder real sql
adopts real db-migrate migrations '20240101000000|a|adopted'
like "$(db-migrate check 2>&1)" '20240102000000-b' "db-migrate still agrees"

# --- Django

migrate_database real
folder django
if ! /usr/bin/python3 -c 'import django, psycopg2' 2>/dev/null; then
	echo "# Django is not there: Debian's packages python3-django and python3-psycopg2"
else
	mkdir -p shop/migrations
	touch shop/__init__.py shop/migrations/__init__.py
	cat >shop/models.py <<-'PY'
		from django.db import models
		class Article(models.Model):
		    name = models.TextField()
	PY
	cat >manage.py <<-'PY'
		import os, sys
		from django.conf import settings
		from django.core.management import execute_from_command_line
		settings.configure(INSTALLED_APPS=['django.contrib.contenttypes', 'shop'], DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',
		    DATABASES={'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'real', 'HOST': os.environ['PGHOST'], 'PORT': os.environ['PGPORT'], 'USER': os.environ['PGUSER']}})
		execute_from_command_line(sys.argv)
	PY
	manage() { PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 manage.py "$@" 2>&1; }
	{ manage makemigrations shop && manage migrate; } >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
	mkdir sql
	manage sqlmigrate shop 0001 >sql/shop_0001_initial.sql
	load_folder real sql
	adopt real django
	like "$OUT" '\|shop_0001_initial\|adopted' "Django: a file of app and name"
	like "$OUT" '\|contenttypes_0001_initial\|unknown' "another app's of the same name is another"
	is "$(manage showmigrations shop --plan | grep -c '^\[X\]  shop.0001_initial')" 1 "Django still agrees"
	manage migrate shop zero >"$SCRATCH/out" || explain "$(cat "$SCRATCH/out")"
	adopt real django
	like "$OUT" '\|shop_0001_initial\|moved back' "what it takes back is told"
fi

done_testing
