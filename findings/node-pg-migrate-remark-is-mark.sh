#!/usr/bin/env bash
# node-pg-migrate divides an SQL file at the first comment line that begins with the words "Up Migration" or "Down
# Migration", whatever follows. A remark that begins so, within the part that goes up, ends that part: what stands below is
# not run, the migration is recorded, and the way down runs what should have gone up. And a file that has a mark for down only
# runs both parts on the way up: it makes its table and drops it, and is recorded.
# node-pg-migrate 9.0.0 with pg 8.16.3, PostgreSQL 15.20. Seen, exit code 0 each time:
#   remark: table a is there, b is not; after a step down both are: b was made by going down
#   down mark only: recorded, and the table is not there
. "$(dirname "$0")/lib/finding.bash"
packages node-pg-migrate@9.0.0 pg@8.16.3
server
migrations=$SCRATCH/migrations
mkdir "$migrations"
# node_pg_migrate ARGUMENTS...: its exit code.
node_pg_migrate() {
	local code=0
	DATABASE_URL="postgres:///postgres?host=$PGHOST&port=$PGPORT" "$SCRATCH/node_modules/.bin/node-pg-migrate" "$@" \
		--migrations-dir "$migrations" >"$SCRATCH/log" 2>&1 || code=$?
	echo "$code"
}
tables() { sql postgres "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relname IN ('a', 'b', 'c')"; }
recorded() { sql postgres "SELECT string_agg(name, ' ' ORDER BY id) FROM pgmigrations"; }

cat >"$migrations/1700000000001_remark.sql" <<'SQL'
-- Up Migration
CREATE TABLE a ();
-- Down migration of this table would lose data, so there is none
CREATE TABLE b ();
SQL
seen "a remark in the part that goes up: exit code" "$(node_pg_migrate up)" 0
seen "recorded" "$(recorded)" 1700000000001_remark
seen "tables" "$(tables)" a
seen "a step down: exit code" "$(node_pg_migrate down)" 0
seen "recorded" "$(recorded)" ""
seen "tables" "$(tables)" "a b"

sql postgres "DROP TABLE a, b"
rm "$migrations"/*
cat >"$migrations/1700000000002_down_only.sql" <<'SQL'
CREATE TABLE c ();
-- Down Migration
DROP TABLE c;
SQL
seen "a mark for down only: exit code" "$(node_pg_migrate up)" 0
seen "recorded" "$(recorded)" 1700000000002_down_only
seen "tables" "$(tables)" ""
concluded
