#!/usr/bin/env bash
# pg-delta leads to a partition that was attached or detached, to a table that inherits, to a column that is generated no more
# and to one of another collation by dropping the table or the column and making it anew: all rows or values go, without a
# word. PostgreSQL keeps them in one statement each. For the table that inherits the script fails, too.
# supabase 3.1.0 (npm), db diff --use-pg-delta, PostgreSQL 15.20. Seen, with one row in the table:
#   ALTER TABLE p ATTACH PARTITION c …   DROP TABLE "public"."c"; CREATE TABLE "public"."c" PARTITION OF …      0 rows left
#   ALTER TABLE p DETACH PARTITION c     DROP TABLE "public"."c"; CREATE TABLE "public"."c" ( …                 0 rows left
#   ALTER TABLE c INHERIT q              DROP TABLE "public"."c"; … ADD COLUMN "k" …: 42701, the column exists
#   ALTER TABLE t ALTER g DROP EXPRESSION    DROP COLUMN "g"; ADD COLUMN "g" integer                            0 values left
#   ALTER TABLE t ALTER a TYPE text COLLATE "C"    DROP COLUMN "a"; ADD COLUMN "a" text COLLATE …               0 values left
. "$(dirname "$0")/lib/finding.bash"
packages supabase@3.1.0
server
relay
url=postgresql://postgres@127.0.0.1:$RELAY_PORT
made="CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE q (k int); CREATE TABLE c (k int);
	CREATE TABLE t (a text, k int, g int GENERATED ALWAYS AS (k * 2) STORED)"
filled="INSERT INTO c VALUES (1); INSERT INTO t VALUES ('x', 1)"
attach="ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)"
# left STATEMENTS STATEMENT QUERY: what it says after the way to a database with the statement was gone, or the error of that.
left() {
	local database
	for database in before after; do
		sql postgres "DROP DATABASE IF EXISTS $database" "CREATE DATABASE $database" >/dev/null
		sql $database "$made" "$1" "$filled" >/dev/null
	done
	sql after "$2" >/dev/null
	(cd "$SCRATCH" && HOME=$SCRATCH node_modules/.bin/supabase db diff --use-pg-delta --from "$url/before" --to "$url/after" >diff.sql 2>log) || {
		cat "$SCRATCH/log" >&2
		exit 2
	}
	sed -i '/^│/d; /^▲/d; /^●/d' "$SCRATCH/diff.sql"
	psql -Xq -1 -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d before -f "$SCRATCH/diff.sql" 2>&1 | sed -n 's/.*ERROR:  //p' >"$SCRATCH/error"
	if [ -s "$SCRATCH/error" ]; then cat "$SCRATCH/error"; else sql before "$3"; fi
}
seen "rows of a table that becomes a partition" "$(left "" "$attach" "SELECT count(*) FROM c")" 0
seen "rows of a partition that becomes a table" "$(left "$attach" "ALTER TABLE p DETACH PARTITION c" "SELECT count(*) FROM c")" 0
seen "a table that inherits" "$(left "" "ALTER TABLE c INHERIT q" "SELECT count(*) FROM c")" '42701: column "k" of relation "c" already exists'
seen "values of a column that is generated no more" "$(left "" "ALTER TABLE t ALTER g DROP EXPRESSION" "SELECT count(g) FROM t")" 0
seen "values of a column of another collation" "$(left "" 'ALTER TABLE t ALTER a TYPE text COLLATE "C"' "SELECT count(a) FROM t")" 0
seen "values of a column of another type, which are kept" "$(left "" "ALTER TABLE t ALTER a TYPE varchar(9)" "SELECT count(a) FROM t")" 1
concluded
