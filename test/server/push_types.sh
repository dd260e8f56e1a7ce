#!/usr/bin/env bash
# scripts/push --types: the file holds what migrate_types() writes then, and nothing is written where something fails or is
# undone.
. test/server/lib/tap.bash
. test/server/lib/push.bash

folder=$SCRATCH/folder types=$SCRATCH/src/database.types.ts
mkdir -p "$folder" "$SCRATCH/src"
printf -- '-- migrate:up\nCREATE TABLE notes (id int);\n-- migrate:down\nDROP TABLE notes;\n' >"$folder/0001_notes.sql"
migrate_database push_types
sql push_types "CREATE SCHEMA app" "CREATE TABLE app.users (id int)"

push --types "$types" "$folder" -d push_types
code 0 "it registers"
is "$(head -n 1 "$types" | cut -c 1-16)|$(tail -n 1 "$types")" "export type Json|} as const" "a missing file is made"
unlike "$(cat "$types")" 'notes: \{' "of what is so then"
is "$(stat -c %a "$types")" 644 "with the rights of any other new file"
push --up --types "$types" "$folder" -d push_types -x
code 0 "--up, whatever form psql is to print in"
like "$(cat "$types")" 'notes: \{' "the file has what was applied"
sql push_types "SELECT migrate_types()" >"$SCRATCH/wanted.ts"
same "$SCRATCH/wanted.ts" "$types" "it is what migrate_types() writes, and nothing else"
(cd "$SCRATCH/src" && "$OLDPWD/scripts/push" --status --types database.types.ts --schema app --schema public "$folder" -d push_types >/dev/null)
is "$?" 0 "--status, a file in the folder where one is, two schemas"
sql push_types "SELECT migrate_types('{app,public}')" >"$SCRATCH/wanted.ts"
same "$SCRATCH/wanted.ts" "$types" "it has both"
chmod 600 "$types"
push --rollback --types "$types" --report "$SCRATCH/report.md" "$folder" -d push_types
code 0 "--rollback, with a report"
unlike "$(cat "$types")" 'notes: \{|users: \{' "what was in the file is replaced"
like "$(cat "$SCRATCH/report.md")" 'pending' "and the report is written"
is "$(stat -c %a "$types")" 600 "the file's rights stay"

# What is not written

cp "$types" "$SCRATCH/before.ts"
printf 'SELECT 1 / 0;\n' >"$folder/0002_b.sql"
push --apply --types "$types" "$folder" -d push_types
code 1 "a migration fails"
same "$SCRATCH/before.ts" "$types" "the file stays"
rm "$folder/0002_b.sql"
push --status --types "$types" --schema nowhere "$folder" -d push_types
code 1 "a schema that does not exist"
is "$STATE $MESSAGE" '3F000 schema "nowhere" does not exist' "is named"
same "$SCRATCH/before.ts" "$types" "the file stays then, too"
push --plan --types "$types" "$folder" -d push_types
code 2 "--plan undoes what it does"
like "$ERR" '^push: --types is for what stays' "it says so"
push --apply --dry-run --types "$types" "$folder" -d push_types
code 2 "so does --dry-run"
push --diff --types "$types" push_types -d push_types
code 2 "and --diff does nothing"
push --types "$folder" -d push_types
code 2 "a value that is missing"
push --schema app "$folder" -d push_types
code 2 "a schema for nothing"
sql push_types "SELECT migrate_remove('0001')" >/dev/null
push --types "$SCRATCH/nowhere/x.ts" "$folder" -d push_types
code 1 "a folder that is not there"
like "$ERR" "push: there is no folder for the types $SCRATCH/nowhere/x.ts" "it says so"
push --types "$SCRATCH" "$folder" -d push_types
code 1 "a folder instead of a file"
like "$ERR" "push: can't write the types to $SCRATCH" "it says so"
is "$(sql push_types "SELECT count(*) FROM migrate_status()")" 0 "before anything is done"
role push_types_writer LOGIN
sql push_types "GRANT EXECUTE ON FUNCTION migrate_load, migrate_status TO push_types_writer" >/dev/null
rm "$types"
push --types "$types" "$folder" -d push_types -U push_types_writer
code 1 "who may not call migrate_types()"
is "$STATE" 42501 "is told so"
[ ! -e "$types" ]
ok $? "and gets no file"

done_testing
