#!/usr/bin/env bash
# What docs/push.md tells people to type into a shell, with a folder that is larger than an argument of a command may be.
. test/server/lib/tap.bash

push=$PWD/scripts/push
folder=$SCRATCH/project
rm -rf "$folder"
mkdir -p "$folder/migrations" "$folder/scripts"
ln -s "$push" "$folder/scripts/push"
{
	printf 'CREATE TABLE towns (name text); -- it'"'"'s "quoted", \\ and $1\n'
	seq 1 50000 | sed 's/^/-- /'
	printf -- '-- migrate:down\nDROP TABLE towns;\n'
} >"$folder/migrations/0001_towns.sql"
printf 'CREATE TABLE roads (name text);\n-- migrate:down\nDROP TABLE roads;\n' >"$folder/migrations/0002_roads.sql"
is "$(($(wc -c <"$folder/migrations/0001_towns.sql") > 131072))" 1 "a file is larger than an argument may be"

# blocks PAGE PATTERN: writes the sh blocks that have the pattern, in order, to numbered files.
blocks() {
	rm -f "$SCRATCH"/block.*
	awk -v folder="$SCRATCH" -v pattern="$2" '
		/^```/ && inside { inside = 0; if (text ~ pattern) printf "%s", text > sprintf("%s/block.%02d", folder, ++count); next }
		/^```sh$/ { inside = 1; text = ""; next }
		inside { text = text $0 "\n" }' "$1"
}

# in_folder FILE: runs the block as it is; OUT is what it prints, CODE its exit code.
in_folder() {
	OUT=$(cd "$folder" && PGDATABASE=recipes sh -e "$1" 2>&1)
	CODE=$?
}

statuses() { sql recipes "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()"; }

migrate_database recipes
blocks docs/push.md '^scripts/push[^"]*$'
is "$(cat "$SCRATCH"/block.* | cut -d' ' -f2- | tr '\n' ' ')" \
	"--plan migrations --dry-run migrations --apply migrations --up migrations --status migrations --rollback --dry-run migrations --rollback migrations " "the page has these calls"
in_folder "$SCRATCH/block.01"
is "$CODE" 3 "--plan: there is something to do" || explain "$OUT"
like "$OUT" '0001 .*would add.*2 would add.*1 \| apply .* 0001 ' "as the page shows"
in_folder "$SCRATCH/block.02"
is "$CODE $(statuses)" "0 " "--dry-run leaves nothing" || explain "$OUT"
in_folder "$SCRATCH/block.03"
is "$CODE $(statuses)" "0 0001 applied, 0002 applied" "--apply, --up" || explain "$OUT"
in_folder "$SCRATCH/block.04"
is "$CODE" 0 "--status: nothing is left" || explain "$OUT"
in_folder "$SCRATCH/block.05"
is "$CODE $(statuses)" "0 0001 applied, 0002 pending" "--rollback" || explain "$OUT"

migrate_database recipes
blocks docs/push.md 'jq -s [.]'
in_folder "$SCRATCH/block.01"
is "$CODE $(statuses)" "0 0001 pending, 0002 pending" "a folder of any size goes by psql" || explain "$OUT"
migrate_database recipes
blocks docs/push.md 'set up .cat'
in_folder "$SCRATCH/block.01"
is "$CODE $(statuses)" "0 0001 pending" "a file of any size goes by psql" || explain "$OUT"
sql recipes "SELECT migrate_apply()" >/dev/null
is "$(sql recipes "SELECT to_regclass('towns'), length(text) > 131072 AND text LIKE '%it''s \"quoted\", \\\\ and \$1%' FROM migrate.script ORDER BY length(text) DESC LIMIT 1")" "towns|t" "… as it is"

sql postgres "DROP DATABASE recipes"
done_testing
