#!/usr/bin/env bash
# postgres-migrations looks for its table "migrations" by name alone, in every schema of the database. Where another schema has
# a table of that name, as that of another tool or of another application has, it takes its own for made, does not make it, and
# fails with what its query of it says. There is no such table on the search_path before, and none afterwards.
# postgres-migrations 5.3.0 (npm), PostgreSQL 15.20. Seen:
#   in an empty database: ok, table public.migrations is there
#   beside a table other.migrations: Migration failed. Reason: relation "migrations" does not exist; people is not made
. "$(dirname "$0")/lib/finding.bash"
packages postgres-migrations@5.3.0
server
mkdir "$SCRATCH/migrations"
echo 'CREATE TABLE people (id int);' >"$SCRATCH/migrations/1_people.sql"
cat >"$SCRATCH/run.js" <<'JS'
const { migrate } = require("postgres-migrations");
const [database] = process.argv.slice(2);
migrate({ database, user: "postgres", password: "", host: process.env.PGHOST, port: Number(process.env.PGPORT) }, "migrations")
  .then(() => console.log("ok"), (error) => console.log(error.message.split("\n")[0]));
JS
# run DATABASE: what it says.
run() { (cd "$SCRATCH" && NODE_PATH="$SCRATCH/node_modules" node run.js "$1"); }
relation() { sql "$1" "SELECT COALESCE(to_regclass('public.$2')::text, 'missing')"; }
sql postgres "CREATE DATABASE empty" >/dev/null
sql postgres "CREATE DATABASE shared" >/dev/null
sql shared "CREATE SCHEMA other; CREATE TABLE other.migrations (version int)" >/dev/null
seen "in an empty database" "$(run empty)" ok
seen "its table" "$(relation empty migrations)" migrations
seen "the migration's table" "$(relation empty people)" people
seen "beside other.migrations" "$(run shared)" 'Migration failed. Reason: relation "migrations" does not exist'
seen "its table" "$(relation shared migrations)" missing
seen "the migration's table" "$(relation shared people)" missing
concluded
