#!/usr/bin/env bash
# pg-delta says that two databases are the same where columns differ in how they are stored or counted, and where a view's column
# has a default. What it does not manage it names otherwise (operators, extended statistics): of these it says nothing.
# supabase 3.1.0 (npm), db diff --use-pg-delta, PostgreSQL 15.20. Seen: nothing for ALTER COLUMN … SET STATISTICS, SET STORAGE,
# SET COMPRESSION, SET (n_distinct), for CLUSTER ON, and for ALTER VIEW … ALTER COLUMN … SET DEFAULT; pg_dump -s has all of them.
. "$(dirname "$0")/lib/finding.bash"
packages supabase@3.1.0
server
relay
for database in before after; do
	sql postgres "CREATE DATABASE $database" >/dev/null
	sql $database "CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY, a text, b text)" "CREATE VIEW v AS SELECT id, a FROM t" >/dev/null
done
url=postgresql://postgres@127.0.0.1:$RELAY_PORT
# statements: how many lead from one to the other.
statements() {
	(cd "$SCRATCH" && HOME=$SCRATCH node_modules/.bin/supabase db diff --use-pg-delta --from "$url/before" --to "$url/after" >diff.sql 2>log) || {
		cat "$SCRATCH/log" >&2
		exit 2
	}
	grep -cE '^(ALTER|CREATE|DROP|COMMENT)' "$SCRATCH/diff.sql" || true
}
dump() { pg_dump -s "$1" | grep -vE '^(--|\\)'; }
while read -r statement; do
	sql after "$statement" >/dev/null
	seen "statements for $statement" "$(statements)" 0
	seen "… lines of pg_dump that differ" "$(diff <(dump before) <(dump after) | grep -c '^>' | sed 's/^[1-9].*/some/')" some
	sql before "$statement" >/dev/null
done <<-'END'
	ALTER TABLE t ALTER a SET STATISTICS 1000
	ALTER TABLE t ALTER a SET STORAGE EXTERNAL
	ALTER TABLE t ALTER b SET COMPRESSION pglz
	ALTER TABLE t ALTER b SET (n_distinct = 5)
	ALTER TABLE t CLUSTER ON t_key
	ALTER VIEW v ALTER a SET DEFAULT 'x'
END
sql after "COMMENT ON TABLE t IS 'seen'" >/dev/null
seen "statements for a comment, which it does manage" "$(statements)" 1
concluded
