#!/usr/bin/env bash
# The same files by psql and by migrate give the same database, down to the byte; rolled back it is as before.
. test/server/lib/tap.bash

files=$SCRATCH/files
rm -rf "$files"
mkdir -p "$files"
number=0

# migration NAME: makes a pair of files from stdin, up to a line "---- down" and after it.
migration() {
	local stem
	number=$((number + 1))
	stem=$files/$(printf '%04d_%s' "$number" "$1")
	awk -v up="$stem.up.sql" -v down="$stem.down.sql" '/^---- down/ { below = 1; next } { print >(below ? down : up) }'
}

# Every kind of text, and many of the common sort

cp test/server/texts/* "$files"
number=$(find "$files" -name '*.up.sql' | wc -l)
for ((i = 1; i <= 70; i++)); do
	migration "common_$i" <<SQL
CREATE TABLE common_$i (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL DEFAULT 'it''s $i',
    parent bigint REFERENCES common_$((i > 1 ? i - 1 : 1)) (id),
    amount numeric(10, 2) CHECK (amount >= $i), at timestamptz DEFAULT '2024-01-01 00:00:00Z', tags text[] DEFAULT '{a,"b;c"}'
);
CREATE INDEX common_${i}_name ON common_$i USING btree (lower(name), amount DESC);
COMMENT ON TABLE common_$i IS 'Number $i; "common"';
INSERT INTO common_$i (name) SELECT 'n' || g FROM generate_series(1, $((i % 7))) g;
ALTER TABLE common_$i ENABLE ROW LEVEL SECURITY;
CREATE POLICY common_${i}_read ON common_$i FOR SELECT TO authenticated USING (id % $i = 0);
CREATE FUNCTION common_${i}_f(x int) RETURNS int LANGUAGE plpgsql AS \$f\$ BEGIN RETURN x + $i; -- ; '
END; \$f\$;
---- down
DROP FUNCTION common_${i}_f(int);
DROP TABLE common_$i;
SQL
done

# by_psql DATABASE FILE...: each in a session and a transaction of its own; complaints go to stderr.
by_psql() {
	local database=$1 file
	shift
	for file in "$@"; do
		psql -X -q -1 -v ON_ERROR_STOP=1 -d "$database" -f "$file" >/dev/null 2>"$SCRATCH/stderr" || {
			explain "psql, $(basename "$file"): $(cat "$SCRATCH/stderr")"
			return 1
		}
	done
}
dump() { plain_dump -N migrate "$@"; }

# real DATABASE [OPTIONS]: with the extension and the roles that migrations name.
real() {
	migrate_database "$@"
	psql -Xq -d "$1" -f demo/bootstrap.sql 2>/dev/null
}

# compare NAME FOLDER PSQL_FILES...: by psql and by migrate, then back again.
compare() {
	local name=$1 folder=$2
	shift 2
	real real_psql
	real real_migrate
	dump real_migrate >"$SCRATCH/$name.before"
	by_psql real_psql "$@"
	ok $? "$name: psql runs them all"
	run real_migrate "SELECT count(*) FROM migrate_load_dir('$folder')"
	works "$name: migrate loads them"
	run real_migrate "SELECT count(*) FROM migrate_apply(dry_run => true)"
	works "$name: a dry run"
	dump real_migrate >"$SCRATCH/$name.dry"
	same <(grep -v setval "$SCRATCH/$name.before") <(grep -v setval "$SCRATCH/$name.dry") "$name: leaves everything as it was"
	# pg_dump writes large objects in blocks of their own.
	local call="SELECT FROM migrate_apply()"
	[ "$(sql real_migrate "SELECT bool_and($(property transactional) = 'yes') FROM migrate_plan()")" = t ] || call="CALL migrate_up()"
	run real_migrate "$call"
	is "$STATE $(sql real_migrate "SELECT count(*) FROM migrate_status() WHERE status = 'applied'")" "00000 $#" "$name: migrate applies them" || explain "$ERR"
	dump -s real_psql >"$SCRATCH/$name.psql"
	dump -s real_migrate >"$SCRATCH/$name.migrate"
	same "$SCRATCH/$name.psql" "$SCRATCH/$name.migrate" "$name: the same schema"
	dump -a real_psql >"$SCRATCH/$name.psql.data" 2>/dev/null
	dump -a real_migrate >"$SCRATCH/$name.migrate.data" 2>/dev/null
	same "$SCRATCH/$name.psql.data" "$SCRATCH/$name.migrate.data" "$name: the same data"
}

# back NAME: rolled back, all is as before.
back() {
	run real_migrate "SELECT count(*) FROM migrate_rollback('zero')"
	works "$1: rolled back" || explain "$CONTEXT"
	dump real_migrate >"$SCRATCH/$1.after"
	same "$SCRATCH/$1.before" "$SCRATCH/$1.after" "$1: then everything is as before"
}

compare kinds "$files" "$files"/*.up.sql
# From here on in one transaction by migrate and in one session each by psql there and back.
back kinds
mapfile -t downs < <(printf "%s\n" "$files"/*.down.sql | sort -r)
by_psql real_psql "${downs[@]}"
ok $? "kinds: psql runs the down scripts"
dump real_psql >"$SCRATCH/kinds.psql.after"
same "$SCRATCH/kinds.before" "$SCRATCH/kinds.psql.after" "kinds: which undo it all there, too"
run real_migrate "SELECT count(*) FROM migrate_apply()"
works "kinds: applied once more"
dump real_migrate >"$SCRATCH/kinds.again"
by_psql real_psql "$files"/*.up.sql
dump real_psql >"$SCRATCH/kinds.psql.again"
same "$SCRATCH/kinds.psql.again" "$SCRATCH/kinds.again" "kinds: with the same result"

# Dumps of that database as migrations

dumps=$SCRATCH/dumps
sql postgres "SET client_min_messages = warning" "DROP DATABASE IF EXISTS real_source" "ALTER DATABASE real_psql RENAME TO real_source"
for kind in schema full inserts; do
	rm -rf "$dumps"
	mkdir -p "$dumps"
	case $kind in
	schema) pg_dump -N migrate -N auth -s real_source ;;
	full) pg_dump -N migrate -N auth real_source 2>/dev/null ;;
	inserts) pg_dump -N migrate -N auth --inserts --rows-per-insert=2 real_source 2>/dev/null ;;
	esac | sed '/EXTENSION.* migrate/d' >"$dumps/0001_dump.sql"
	compare "dump_$kind" "$dumps" "$dumps/0001_dump.sql"
done

# Strings as they were before 9.1, switched on by the script itself, which 19 does not let it do any more

if [ "$(sql postgres 'SHOW server_version_num')" -lt 190000 ]; then
	files=$SCRATCH/old_strings
	rm -rf "$files"
	mkdir -p "$files"
	migration old_strings <<'SQL'
SET standard_conforming_strings = off;
SET escape_string_warning = off;
CREATE TABLE old_strings (a text DEFAULT 'it\'s; old');
INSERT INTO old_strings VALUES ('a\\b'), ('quote \' and ; inside'), ('tab\there');
SET standard_conforming_strings = on;
INSERT INTO old_strings VALUES ('a\'), ('b');
---- down
SET standard_conforming_strings TO off;
SET escape_string_warning = off;
DELETE FROM old_strings WHERE a = 'quote \' and ; inside';
DROP TABLE old_strings;
SQL
	migration strings_are_on_again <<'SQL'
CREATE TABLE new_strings AS SELECT 'C:\'::text AS path;
---- down
DROP TABLE new_strings;
SQL
	compare old_strings "$files" "$files"/*.up.sql
	back old_strings
else
	ok 0 "strings as before 9.1 # SKIP PostgreSQL 19 has none"
fi

# The example migrations

compare demo "$PWD/migrations" migrations/*.sql
back demo

for name in psql migrate source; do sql postgres "DROP DATABASE real_$name"; done
done_testing
