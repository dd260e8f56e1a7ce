#!/usr/bin/env bash
# Postgrator's history table has a row that is no migration: version 0, without a name, a checksum or a time. So the
# number of rows is one more than the number of migrations, and "the newest without a time" is its first row. A file
# without a name ("001.do.sql") has an empty string as its name where row 0 has null.
# postgrator 8.0.0 (npm), PostgreSQL 15.20. Seen, of two migrations:
#   0 | name null | md5 null | run_at null
#   1 | name ''   | md5 set  | run_at set
#   2 | name 'second' | md5 set | run_at set
. "$(dirname "$0")/lib/finding.bash"
packages postgrator@8.0.0 pg@8.16.3
server
mkdir "$SCRATCH/migrations"
echo 'CREATE TABLE a (id int);' >"$SCRATCH/migrations/001.do.sql"
echo 'CREATE TABLE b (id int);' >"$SCRATCH/migrations/002.do.second.sql"
cat >"$SCRATCH/run.mjs" <<'JS'
import Postgrator from 'postgrator'
import pg from 'pg'
const client = new pg.Client({ database: 'postgres', host: process.env.PGHOST, port: process.env.PGPORT, user: process.env.PGUSER })
await client.connect()
const postgrator = new Postgrator({
  migrationPattern: new URL('migrations/*', import.meta.url).pathname, driver: 'pg', database: 'postgres',
  execQuery: (query) => client.query(query) })
await postgrator.migrate()
await client.end()
JS
node "$SCRATCH/run.mjs"
row() { sql postgres "SELECT quote_nullable(name), md5 IS NULL, run_at IS NULL FROM schemaversion WHERE version = $1"; }
seen "row 0: name, no md5, no run_at" "$(row 0)" "NULL|t|t"
seen "row 1: name, no md5, no run_at" "$(row 1)" "''|f|f"
seen "row 2: name, no md5, no run_at" "$(row 2)" "'second'|f|f"
concluded
