#!/usr/bin/env bash
# scripts/push: what counts of a folder that holds more than readable SQL, as for migrate_load_dir: links, files that are
# left out, files that are no text, and characters that the database doesn't have.
. test/server/lib/tap.bash
. test/server/lib/push.bash

folder=$SCRATCH/folder
migrate_database push_files

fresh() {
	rm -rf "$folder"
	printf 'CREATE TABLE a (a int);\n' | file 0001_a.sql
	sql push_files "SELECT migrate_remove(m.version || '_' || m.name) FROM migrate.migration m" >/dev/null
}

registered() { sql push_files "SELECT string_agg(version || '_' || name, ' ' ORDER BY sort_key) FROM migrate.migration"; }

# as_by_server NAME [LEFT OUT]: the rows of a check are those of migrate_load_dir.
as_by_server() {
	local wanted="ARRAY[]::text[]"
	[ -z "${2:-}" ] || wanted="ARRAY['$2']"
	push --check ${2:+--leave-out "$2"} "$folder" -d push_files -At
	is "$(printf '%s\n' "$OUT" | sed '$d; s/\\351/\\xe9/' | cut -d'|' -f1-3 | sort)" \
		"$(sql push_files "SELECT version, name, action FROM migrate_load_dir('$folder', leave_out => $wanted, dry_run => true) WHERE action <> 'unchanged'" | sort)" \
		"$1: as by migrate_load_dir" || explain "$ERR"
}

# Links

fresh
mkdir "$SCRATCH/aside"
printf 'CREATE TABLE b (b int);\n' >"$SCRATCH/aside/0002_b.sql"
ln -s . "$folder/round"
ln -s .. "$folder/up"
ln -s "$SCRATCH/aside" "$folder/aside"
ln -s "$SCRATCH/aside" "$folder/0004_folder.sql"
ln -s "$SCRATCH/aside/0002_b.sql" "$folder/0003_link.sql"
ln -s "$SCRATCH/nowhere" "$folder/notes.txt"
ln -s "$SCRATCH/nowhere" "$folder/helper.py"
ln -s itself "$folder/itself"
as_by_server "links"
push "$folder" -d push_files
code 0 "links to folders, and of other files to nowhere"
is "$(registered)" "0001_a 0003_link" "those to folders are not followed"
rm "$folder/aside" "$folder/notes.txt"
ln -s "$SCRATCH/nowhere" "$folder/0005_broken.sql"
push "$folder" -d push_files
code 1 "a migration's link to nowhere"
is "$STATE $MESSAGE" '58P01 could not open file "0005_broken.sql"' "is named"
like "$HINT" 'leave it out' "with a hint"
as_by_server "a link to nowhere"
code 4 "and a row of --check"
push --leave-out '0005*' "$folder" -d push_files
code 0 "it can be left out"
as_by_server "and left out" '0005*'

# What is no ordinary file, and names that may be migrations

fresh
mkfifo "$folder/0002_pipe.sql" "$folder/pipe.txt"
ln -s /proc/version "$folder/0003_system.sql"
ln -s /dev/null "$folder/0004_device.sql"
printf 'SELECT 1;\n' | iconv -f utf8 -t utf-16 | file 0005_wide.sql
printf 'SELECT 1;\n' | file 0006_a.up.pgsql
printf 'SELECT 1;\n' | file 0007_notes.txt
printf 'SELECT 1;\n' | file .0008_hidden.sql
printf 'SELECT 1;\n' | file 0009_bare
printf 'x\n' | file Migration20240101000000.ts
printf 'x\n' | file Readme
mkdir "$folder/node_modules" "$folder/.git"
printf 'SELECT 1;\n' | tee "$folder/node_modules/0001_x.sql" >"$folder/.git/0001_x.sql"
as_by_server "what is no ordinary file, and what is named as a migration"
is "$(printf '%s\n' "$OUT" | grep -c '|refused|')" 6 "none is passed over" || explain "$OUT"
push "$folder" -d push_files
code 1 "without --check"
like "$ERR" '0002_pipe.sql" is no ordinary file' "a pipe is named, and not waited for"
as_by_server "and left out" '000[2-9]*'
for each in '0002_pipe.sql|42809: file "0002_pipe.sql" is no ordinary file (a pipe, a socket or a device)' \
	'0003_system.sql|42809: file "0003_system.sql" has more in it than its size says (a file of the system, which has no size of its own)' \
	'0005_wide.sql|22021: file "0005_wide.sql" is in UTF-16, not in UTF-8 (UTF-16)'; do
	push --check "$folder" -d push_files -At
	like "$OUT" "${each%%|*}" "--check names ${each%%|*}"
	is "$(printf '%s\n' "$OUT" | grep -cF "${each#*|}")" 1 "and says what is the matter" || explain "$OUT"
done

fresh
rm "$folder"/*
printf 'x\n' | file Version20240101000000.php
push "$folder" -d push_files
is "$CODE $MESSAGE" '1 file "Version20240101000000.php" is PHP code, which can'"'"'t run inside the database' "a folder of code is not nothing to do"

# CDPATH

fresh
mkdir -p "$SCRATCH/elsewhere/folder"
OUT=$(cd "$SCRATCH" && CDPATH=$SCRATCH/elsewhere "$OLDPWD/scripts/push" folder -d push_files -At 2>&1)
like "$OUT" '0001\|a\|added' "the folder is looked for where we are, whatever CDPATH says"

# A plan of another name

fresh
rm "$folder"/*
printf '[core]\n\tplan_file = app.plan\n' | file sqitch.conf
printf '%%project=app\n\nfirst 2024-01-31T12:00:00Z A User <user@example.org> # first\n' | file app.plan
mkdir "$folder/deploy"
printf 'SELECT 1;\n' | file deploy/first.sql
as_by_server "a plan that sqitch.conf names"
like "$OUT" '[|]first[|]' "is read"

# Bytes that are no UTF-8

fresh
printf 'print("\xE9")\n' | file helper.py
printf 'print("\xE9")\n' | file 0002_step.py
printf -- '-- \xE9\n' | file 0003_notes.sql
printf 'SELECT 1;\n' >"$folder/"$'0004_\xE9.py'
push "$folder" -d push_files
code 1 "a text that is not UTF-8"
like "$MESSAGE" '^file "0003_notes.sql" is not valid UTF-8' "is named"
is "$DETAIL" '"0003_notes.sql", line 1: invalid byte sequence for encoding "UTF8": 0xe9' "and no program"
as_by_server "what is no text"
as_by_server "and left out" '*.py'
mkdir "$folder/docs"
mv "$folder/0003_notes.sql" "$folder/docs/notes.sql"
as_by_server "what no convention reads"
push --leave-out '*.py' "$folder" -d push_files
code 0 "what no convention reads doesn't stop the others"
sql push_files "SELECT migrate_remove('0001_a')" >/dev/null
mkdir "$folder/2024_docs"
mv "$folder/docs/notes.sql" "$folder/2024_docs/up.sql"
rm -r "$folder/docs"
as_by_server "what another convention reads"
push --convention diesel --leave-out '*.py' "$folder" -d push_files
is "$STATE $DETAIL" '22021 "2024_docs/up.sql", line 1: invalid byte sequence for encoding "UTF8": 0xe9' "stops them"
mkdir "$folder/docs"
mv "$folder/2024_docs/up.sql" "$folder/docs/0003_notes.sql"
rmdir "$folder/2024_docs"
for pattern in docs/0003_notes.sql 'docs/*' 0003_notes.sql '*.sql' '0*s.sql'; do
	push --check --convention flyway --leave-out "$pattern" --leave-out '*.py' "$folder" -d push_files -At
	like "$OUT" 'docs/0003_notes.sql\|ignored\|left out' "--leave-out $pattern"
done
mv "$folder/docs/0003_notes.sql" "$folder/0003_notes.sql"
for pattern in notes '0003_notes_sql' '0003?notes.sql' '%' '0003_note?.sql' '0003_NOTES*' '/0003_notes.sql' '!*'; do
	push --leave-out "$pattern" --leave-out '*.py' "$folder" -d push_files
	is "$CODE $STATE" "1 22021" "--leave-out $pattern is another file" || explain "$OUT$ERR"
done
push --leave-out "0003*" --leave-out '*.py' "$folder" -d push_files
code 0 "a migration can be left out"
is "$(registered)" "0001_a" "the rest is registered"
rm "$folder/0003_notes.sql"
printf 'SELECT $$\xE9$$;\n' | file '0003_100%_sure!.sql'
push --leave-out '*.py' --leave-out '*100%_sure!.sql' "$folder" -d push_files
code 0 "signs that patterns of SQL have stand for themselves"

# Row by row

fresh
printf 'SELECT 1;\n-- \xE9\n-- \xE9\n' | file 0002_latin.sql
printf 'SELEC 1;\n' | file 0003_typo.sql
printf 'SELECT 1;\n' >"$folder/"$'0004_\xE9.sql'
printf 'CREATE TABLE p (p int);\n-- \xE9\n' | file 0005_pair.up.sql
printf 'DROP TABLE p;\n' | file 0005_pair.down.sql
push --check --convention pairs "$folder" -d push_files -At
code 4 "--check: files that are not UTF-8"
is "$(printf '%s\n' "$OUT" | cut -d'|' -f2- | grep -E '^000[245]')" '0002_latin.sql|refused|22021: file "0002_latin.sql" is not valid UTF-8 (line 2: invalid byte sequence for encoding "UTF8": 0xe9)
0004_\351.sql|refused|22021: the name of file "0004_\351.sql" is not valid UTF-8 (its name: invalid byte sequence for encoding "UTF8": 0xe9 0x2e 0x73)
0005_pair.up.sql|refused|22021: file "0005_pair.up.sql" is not valid UTF-8 (line 2: invalid byte sequence for encoding "UTF8": 0xe9)' "are rows, once each"
like "$OUT" '0003_typo.sql\|refused\|42601: .*' "beside what else is wrong"
for option in '' --plan --status --apply --up; do
	# shellcheck disable=SC2086
	push $option "$folder" -d push_files
	is "$CODE $STATE $(registered)" "1 22021 " "push $option registers nothing"
done
rm "$folder/000"[235]*
push "$folder" -d push_files
like "$MESSAGE $HINT" 'the name of file "0004_\\351.sql" is not valid UTF-8 Rename the file\.$' "a name that is not UTF-8 has a hint of its own"

# Characters that the database doesn't have

migrate_database push_files "TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'"
fresh
printf 'SELECT $$\xC3\xA9$$;\n' | file 0002_there.sql
printf 'SELECT 1,\n$$\xE4\xB8\xAD$$;\n' | file 0003_missing.sql
push "$folder" -d push_files
is "$CODE $STATE $MESSAGE" "1 22P05 file \"0003_missing.sql\" can't be converted to the encoding of this database" "a character that LATIN1 lacks"
like "$DETAIL" '^"0003_missing.sql", line 2: character with byte sequence' "its line"
is "$HINT" "Write the character in another way, or use a database in UTF-8." "the hint is not to convert the file"
push --check "$folder" -d push_files -At
code 4 "a row of --check"
mv "$folder/0003_missing.sql" "$folder/0003_中.sql"
printf 'SELECT 1;\n' | file 0003_中.sql
push "$folder" -d push_files
is "$CODE $STATE $HINT" "1 22P05 Write the character in another way, or use a database in UTF-8." "one in a name"
push --leave-out '0003*' "$folder" -d push_files
code 0 "it can be left out"
is "$(registered)" "0001_a 0002_there" "what LATIN1 has is registered"

sql postgres "DROP DATABASE push_files"
done_testing
