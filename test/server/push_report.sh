#!/usr/bin/env bash
# scripts/push --report: the document comes between its two lines, what stands around them stays, and nothing is written
# where something fails or is undone.
. test/server/lib/tap.bash
. test/server/lib/push.bash

folder=$SCRATCH/folder document=$SCRATCH/docs/migrations.md
mkdir -p "$folder" "$SCRATCH/docs"
printf -- '-- Purpose: the letter a\n\n-- migrate:up\nCREATE TABLE a (a int);\n-- migrate:down\nDROP TABLE a;\n' >"$folder/0001_a.sql"
migrate_database push_report

push --report "$document" "$folder" -d push_report
code 0 "it registers"
is "$(head -n 1 "$document")|$(tail -n 1 "$document")" "<!-- migrate:report begin -->|<!-- migrate:report end -->" "a missing file is made, with the lines"
like "$(cat "$document")" '\| `0001_a` \| pending \|' "it tells what is pending"
is "$(stat -c %a "$document")" 644 "with the rights of any other new file"
push --up --report "$document" "$folder" -d push_report -x
code 0 "--up, whatever form psql is to print in"
like "$(cat "$document")" '\| `0001_a` \| applied \|.*- purpose: the letter a' "the document tells what is so then"
is "$(sed '1d;$d' "$document")" "$(sql push_report "SELECT migrate_report('markdown')" | sed '$d')" "it is what migrate_report() writes"
cp "$document" "$SCRATCH/before.md"
(cd "$SCRATCH/docs" && "$OLDPWD/scripts/push" --status --report migrations.md "$folder" -d push_report >/dev/null)
is "$?" 0 "--status, a file in the folder where one is"
same "$SCRATCH/before.md" "$document" "the same again changes nothing"

printf '# Ours\r\n\nbefore \\n & %%s\n<!-- migrate:report begin -->\nold\n<!-- migrate:report end -->\nbehind, no newline' >"$document"
push --rollback --report "$document" "$folder" -d push_report
code 0 "--rollback"
is "$(head -n 4 "$document")" $'# Ours\r\n\nbefore \\n & %s\n<!-- migrate:report begin -->' "what stands before stays"
is "$(tail -n 2 "$document")" $'<!-- migrate:report end -->\nbehind, no newline' "and what stands behind"
unlike "$(cat "$document")" $'\nold' "what stood between is gone"
like "$(cat "$document")" '`0001_a` \| pending' "for what is so now"

printf '# Ours\n' >"$document"
push --report "$document" "$folder" -d push_report
is "$(head -n 3 "$document")" $'# Ours\n\n<!-- migrate:report begin -->' "without the lines it goes to the end"

# What is not written

cp "$document" "$SCRATCH/before.md"
printf 'SELECT 1 / 0;\n' >"$folder/0002_b.sql"
push --apply --report "$document" "$folder" -d push_report
code 1 "a migration fails"
same "$SCRATCH/before.md" "$document" "the document stays"
push --plan --report "$document" "$folder" -d push_report
code 2 "--plan undoes what it does"
push --apply --dry-run --report "$document" "$folder" -d push_report
code 2 "so does --dry-run"
push --diff --report "$document" push_report -d push_report
code 2 "and --diff does nothing"
push --report "$folder" -d push_report
code 2 "a value that is missing"
printf '<!-- migrate:report end -->\n<!-- migrate:report begin -->\n' >"$document"
rm "$folder/0002_b.sql"
sql push_report "SELECT migrate_remove('0001')" >/dev/null
push --report "$document" "$folder" -d push_report
code 1 "lines in the wrong order"
like "$ERR" "migrations.md needs one line <!-- migrate:report begin -->, and one line <!-- migrate:report end --> behind it" "it says so"
is "$(sql push_report "SELECT count(*) FROM migrate_status()")" 0 "before anything is done"
push --report "$SCRATCH/nowhere/x.md" "$folder" -d push_report
code 1 "a folder that is not there"
push --report "$SCRATCH" "$folder" -d push_report
code 1 "a folder instead of a file"
role push_writer LOGIN
sql push_report "GRANT EXECUTE ON FUNCTION migrate_load, migrate_status TO push_writer" >/dev/null
rm "$document"
push --report "$document" "$folder" -d push_report -U push_writer
code 1 "who may not call migrate_report()"
is "$STATE" 42501 "is told so"
[ ! -e "$document" ]
ok $? "and gets no file"

done_testing
