#!/usr/bin/env bash
# scripts/push --squash: the file of a migration that stands for others, in the folder's own way. A database that is new
# runs it alone; the one that the folder was applied to records it.
. test/server/lib/tap.bash
. test/server/lib/push.bash

folder=$SCRATCH/folder
# folder FILE...: a fresh one with these; a file's text is what stands behind "=".
folder() {
	rm -rf "$folder"
	local each
	for each in "$@"; do
		mkdir -p "$(dirname "$folder/${each%%=*}")"
		printf '%b' "${each#*=}" >"$folder/${each%%=*}"
	done
}
# squashed_as FILE UPTO WHAT: the folder is applied and squashed, which makes that file, and both databases agree.
squashed_as() {
	local old
	old=$(cd "$folder" && find . -name '*.sql' | sort)
	migrate_database push_squash
	push --up "$folder" -d push_squash
	code 0 "$3: the folder is applied"
	push --squash "$2" "$folder" -d push_squash
	code 0 "$3: it is squashed"
	like "$(cat "$folder"/*squash* "$folder"/*squash*/* 2>/dev/null)" 'CREATE TABLE public.a' "$3: with its statements"
	like "$OUT" "^$folder/$1"$'\n'"replaces $folder/" "$3: the file is named, and what it replaces" || explain "$ERR"
	unlike "$OUT" 'has no file here' "$3: of all there is a file"
	push --up "$folder" -d push_squash
	code 0 "$3: the folder with both is loaded"
	like "$(sql push_squash "SELECT string_agg(action || ' ' || name, ', ') FROM migrate_plan()")|$(sql push_squash "SELECT status FROM migrate_status() WHERE name LIKE 'squash%'")" '^[|]baseline$' "$3: and recorded"
	(cd "$folder" && printf '%s\n' "$old" | while IFS= read -r file; do rm "$file"; done)
	find "$folder" -type d -empty -delete
	migrate_database push_squash_new
	push --up "$folder" -d push_squash_new
	code 0 "$3: a new database needs that file alone"
	is "$(sql push_squash_new "SELECT migrate_schema_hash('{public}')")" "$(sql push_squash "SELECT migrate_schema_hash('{public}')")" "$3: and has the same schema"
	is "$(sql push_squash_new "SELECT string_agg(a.*::text, ' ') FROM a")" "$(sql push_squash "SELECT string_agg(a.*::text, ' ') FROM a")" "$3: and rows"
}

readonly A='CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n' B="CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS \$\$\nBEGIN\n  RETURN 1;\nEND\n\$\$;\n"
folder "0001_a.sql=$A" "0002_b.sql=$B"
squashed_as 0003_squash_to_0002.sql 0002 "a plain folder"
folder "20260101000000_a.sql=$A" "20260102000000_b.sql=$B"
squashed_as '[0-9]{14}_squash_to_20260102000000.sql' 20260102000000 "times"
folder "V1.1__a.sql=$A" "V1.2__b.sql=$B"
squashed_as V1.3__squash_to_1_2.sql 1.2 "Flyway"
folder "0001_a.up.sql=$A" '0001_a.down.sql=DROP TABLE a;' "0002_b.up.sql=$B" '0002_b.down.sql=DROP FUNCTION f();'
squashed_as 0003_squash_to_0002.up.sql 0002 "pairs"
folder "00001_a.sql=-- +goose Up\n$A-- +goose Down\nDROP TABLE a;\n" "00002_b.sql=-- +goose Up\n-- +goose StatementBegin\n$B-- +goose StatementEnd\n-- +goose Down\nDROP FUNCTION f();\n"
squashed_as 00003_squash_to_00002.sql 00002 "goose"
folder "1_a.sql=-- migrate:up\n$A\n-- migrate:down\nDROP TABLE a;\n" "2_b.sql=-- migrate:up\n$B\n-- migrate:down\nDROP FUNCTION f();\n"
squashed_as 3_squash_to_2.sql 2 "dbmate"
folder "20260101000000_a/migration.sql=$A" "20260102000000_b/migration.sql=$B"
squashed_as '[0-9]{14}_squash_to_20260102000000/migration.sql' 20260102000000 "Prisma"

# What it says, and refuses

folder "0001_a.sql=$A" "0002_b.sql=$B" "0003_c.sql=CREATE TABLE c (id int);\n"
migrate_database push_squash
push --up "$folder" -d push_squash
rm "$folder/0001_a.sql"
push --squash 0003 "$folder" -d push_squash
code 0 "a file may be gone that the database knows"
like "$OUT" 'replaces 0001_a, which has no file here' "and it is said"
like "$OUT" 'remark: may change rows: 0001_a: INSERT in line 2' "remarks are told"
is "$(sql push_squash "SELECT count(*) FROM migrate_status()")" 3 "nothing is registered"
push --squash 0009 "$folder" -d push_squash
code 1 "unknown"
is "$STATE" 42704 "as the server says"
push --squash "$folder"
code 2 "without a version it is wrong usage"
push --squash 0003 --dry-run "$folder"
code 2 "so is --dry-run"
touch "$folder/atlas.sum"
push --squash 0003 "$folder" -d push_squash
code 1 "where a tool keeps a list of its files"
like "$ERR" 'use atlas migrate new' "it is that tool's to add one"

done_testing
