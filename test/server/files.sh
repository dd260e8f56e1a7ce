#!/usr/bin/env bash
# migrate_load_dir: which files of a directory become migrations, and what bad paths, files and encodings get.
. test/server/lib/tap.bash

migrate_database files
dir=$SCRATCH/d
mkdir -p "$dir"

# fresh: an empty folder to load from. load: loads it and keeps what came back.
fresh() {
	chmod -R u+rwX "$dir" 2>/dev/null
	rm -rf "$dir"
	mkdir -p "$dir"
	sql files "SELECT migrate_remove(version || CASE WHEN version <> '' AND name <> '' THEN '_' ELSE '' END || name) FROM migrate.migration" >/dev/null
}
load() { run files "SELECT version, name, action, detail FROM migrate_load_dir('${1:-$dir}')"; }
# text VERSION [SECTION]: the stored text.
text() {
	sql files "SELECT s.text FROM migrate.migration m JOIN migrate.script s ON s.sha256 = m.${2:-}sha256 WHERE m.version = '$1'"
}
nothing_stays() { is "$(sql files "SELECT count(*) FROM migrate.migration")" 0 "$1: nothing stays"; }

# Paths

load /nowhere/at/all
fails 58P01 "a path that does not exist"
like "$MESSAGE" 'could not open directory "/nowhere/at/all": No such file or directory' "it is named"
like "$HINT" 'absolute path' "with a hint"
like "$DETAIL" 'server' "and says whose machine is meant"
load migrations
fails 58P01 "a relative path is not looked for in the caller's folder"
like "$HINT" 'absolute path' "with a hint"
load base
fails 58P01 "nor in the data directory, even where it is there"
run files "SELECT migrate_load_dir('')"
fails 22023 "an empty path"
run files "SELECT migrate_load_dir(NULL)"
fails 22004 "no path"
echo 'SELECT 1;' >"$dir/0001_a.sql"
load "$dir/0001_a.sql"
like "$STATE" '^(42809|58P01)$' "a file instead of a directory"
like "$MESSAGE" '0001_a.sql.*Not a directory' "says so"
fresh
load
is "$STATE $OUT" "00000 " "an empty directory is no error"
load "$SCRATCH/"
works "nor one without any migration"

# Who may

fresh
echo 'SELECT 1;' >"$dir/0001_a.sql"
role files_none
role files_reader
sql files "GRANT EXECUTE ON FUNCTION migrate_load_dir, migrate_load TO files_none, files_reader" \
	"GRANT pg_read_server_files TO files_reader"
AS=files_none load
fails 42501 "a role without pg_read_server_files"
like "$DETAIL" '"pg_read_server_files"' "the detail names what is missing"
like "$HINT" 'migrate_load\(' "the hint says which call needs no files"
AS=files_none load /nowhere
fails 42501 "it does not even learn what exists"
nothing_stays "a refused load"
AS=files_reader load
is "$STATE $OUT" "00000 0001|a|added|" "a role with it may"
is "$(sql files "SELECT added_by, source FROM migrate.migration")" "files_reader|$dir" "and is recorded, with the source"

# What counts as a migration

fresh
mkdir -p "$dir/sub" "$dir/0009_folder.sql"
for name in 0001_a.sql .0002_hidden.sql 0003_c.txt 0004_d.sql~ 0005_e.SQL.bak README.md sub/0006_f.sql 0010_b.sql 0002_b.sql; do
	echo "SELECT '$name';" >"$dir/$name"
done
below="|.0002_hidden.sql|ignored|hidden
|0003_c.txt|ignored|its name does not end in \".sql\"
|0004_d.sql~|ignored|its name does not end in \".sql\"
|0005_e.SQL.bak|ignored|its name does not end in \".sql\"
|sub/0006_f.sql|ignored|in a folder of its own: load that one by itself"
load
works "a folder with other things in it"
is "$OUT" "0001|a|added|
0002|b|added|
0010|b|added|
$below" "hidden scripts, other extensions and subfolders are named, folders called .sql and other hidden files are not; the rest in order"
load "$dir///"
is "$OUT" "0001|a|unchanged|
0002|b|unchanged|
0010|b|unchanged|
$below" "trailing slashes make no other source"
rm "$dir/0010_b.sql"
load
is "$OUT" "0001|a|unchanged|
0002|b|unchanged|
0010|b|absent|gone from \"$dir\"
$below" "a file that is gone makes its migration absent"
is "$(sql files "SELECT status FROM migrate_status() WHERE version = '0010'")" absent "status says so"
is "$(sql files "SELECT string_agg(version, ',') FROM migrate_plan()")" "0001,0002" "and it is not planned"
load
is "$OUT" "0001|a|unchanged|
0002|b|unchanged|
$below" "it is reported once"
echo "SELECT '0010_b.sql';" >"$dir/0010_b.sql"
load
is "$(grep '^0010' <<<"$OUT")" "0010|b|unchanged|back in its source" "and comes back with its file"
echo "SELECT 2;" >"$dir/0010_b.sql"
load
like "$OUT" '0010\|b\|replaced\|' "a pending text is replaced"

fresh
mkdir -p "$SCRATCH/elsewhere"
echo 'CREATE TABLE linked (a int);' >"$SCRATCH/elsewhere/original.sql"
ln -sf "$SCRATCH/elsewhere/original.sql" "$dir/0001_link.sql"
ln -sfn "$dir" "$SCRATCH/link_to_d"
load
is "$STATE $OUT" "00000 0001|link|added|" "a symbolic link counts by its own name"
load "$SCRATCH/link_to_d"
works "and so does a link to the directory"
ln -sf /nowhere/x.sql "$dir/0002_dangling.sql"
load
fails 58P01 "a link that leads nowhere"
like "$MESSAGE" '0002_dangling\.sql' "is named"
fresh
ln -sfn "$SCRATCH/elsewhere" "$dir/0003_folder.sql"
load
is "$STATE $OUT" "00000 |0003_folder.sql/|ignored|a link to a folder, which is not followed" "a link to a folder is not followed, and named"
mkfifo "$dir/0004_pipe.sql" "$dir/pipe.txt"
run files "SET statement_timeout = '5s'" "SELECT version FROM migrate_load_dir('$dir')"
is "$STATE $MESSAGE" '42809 file "0004_pipe.sql" is no ordinary file' "a named pipe is refused by name, and not waited for"
like "$HINT" 'leave it out with leave_out' "with a hint"
rm "$dir/0004_pipe.sql"
ln -s /dev/zero "$dir/0005_zero.sql"
load
is "$STATE $MESSAGE" '42809 file "0005_zero.sql" is no ordinary file' "so is a device"
ln -sf /proc/version "$dir/0005_zero.sql"
load
is "$STATE $MESSAGE" '42809 file "0005_zero.sql" has more in it than its size says' "and a file that has no size and is not empty"
like "$DETAIL" '/proc' "with the reason"
ln -sf /dev/null "$dir/0005_zero.sql"
run files "SELECT action FROM migrate_load_dir('$dir', leave_out => ARRAY['0005*'])"
works "left out, none of them stops the others"

fresh
echo 'CREATE TABLE pair (a int);' >"$dir/0001_pair.up.sql"
echo 'DROP TABLE pair;' >"$dir/0001_pair.down.sql"
load
is "$STATE $OUT" "00000 0001|pair|added|as pairs" "up and down files make one migration"
is "$(text 0001)$(text 0001 down_)" "CREATE TABLE pair (a int);DROP TABLE pair;" "with both texts"
rm "$dir/0001_pair.up.sql"
load
fails 42704 "a down file alone"
like "$MESSAGE" '"0001_pair" has no up script' "is named"

fresh
rm -rf "$SCRATCH/migrations" "$SCRATCH/rollbacks"
mkdir -p "$SCRATCH/migrations" "$SCRATCH/rollbacks"
echo 'CREATE TABLE r1 (a int);' >"$SCRATCH/migrations/001_first_table.sql"
echo 'CREATE TABLE r2 (a int);' >"$SCRATCH/migrations/002_second.sql"
echo 'CREATE TABLE r3 (a int);' >"$SCRATCH/migrations/003_third.sql"
echo 'DROP TABLE r1;' >"$SCRATCH/rollbacks/001_rollback_other_name.sql"
echo 'DROP TABLE r2;' >"$SCRATCH/rollbacks/002_second.sql"
echo 'no SQL' >"$SCRATCH/rollbacks/README.txt"
load "$SCRATCH/migrations/"
works "a folder rollbacks beside migrations"
is "$(sql files "SELECT string_agg(version || $(property reversible), ',') FROM migrate_status()")" "001script,002script,003no" "belongs by version"
is "$(text 001 down_)" "DROP TABLE r1;" "whatever its names"
sql files "SET migrate.generate_down = off" "SELECT migrate_apply()" "SELECT migrate_rollback('001')" >/dev/null 2>&1
is "$(sql files "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relname ~ '^r[123]$'")" "r1,r2,r3" \
	"the one without stops the rollback of all"
sql files "SELECT migrate_repair('003', 'forget')" "DROP TABLE r3" "SELECT migrate_rollback('zero')" >/dev/null
is "$(sql files "SELECT count(*) FROM pg_class WHERE relname ~ '^r[123]$'")" 0 "they are what a rollback runs"
echo 'SELECT 1;' >"$SCRATCH/rollbacks/009_rollback_nothing.sql"
load "$SCRATCH/migrations"
fails 42704 "a rollback of a version that is not there"
like "$MESSAGE" '009_rollback_nothing\.sql' "is named"
rm "$SCRATCH/rollbacks/009_rollback_nothing.sql"
fresh
cp "$SCRATCH"/migrations/* "$dir"
load
works "a folder of another name"
is "$(sql files "SELECT count(*) FROM migrate.migration WHERE down_checksum IS NOT NULL")" 0 "has no such sibling"

# Bytes

fresh
printf '\xEF\xBB\xBFCREATE TABLE bom (a int);\n' >"$dir/0001_bom.sql"
printf 'CREATE TABLE crlf (a int);\r\nINSERT INTO crlf VALUES (1);\r\n-- migrate:down\r\nDROP TABLE crlf;\r\n' >"$dir/0002_crlf.sql"
: >"$dir/0003_empty.sql"
printf -- '-- nothing to do\n/* here */\n' >"$dir/0004_comment.sql"
printf 'CREATE TABLE no_newline (a int)' >"$dir/0005_no_newline.sql"
load
works "byte order mark, CRLF, empty files, comments only, no newline at the end"
run files "SELECT version, statements FROM migrate_apply()"
is "$STATE $OUT" "00000 0001|1
0002|2
0003|0
0004|0
0005|1" "all of them apply"
plain=$(printf 'CREATE TABLE crlf (a int);\nINSERT INTO crlf VALUES (1);\n-- migrate:down\nDROP TABLE crlf;\n')
printf '%s\n' "$plain" >"$dir/0002_crlf.sql"
printf 'CREATE TABLE bom (a int);  \n\n\n' >"$dir/0001_bom.sql"
load
is "$STATE $(grep -c 'unchanged' <<<"$OUT")" "00000 5" "mark, carriage returns and trailing blanks are not a change"
sql files "SELECT migrate_repair(version, 'forget') FROM migrate_status() WHERE status = 'applied'" >/dev/null

fresh
printf 'SELECT 1;\nSELECT \x27\xC3\xA9\x27, \x27caf\xE9\x27;\n' >"$dir/0001_latin1.sql"
load
fails 22021 "a file that is not UTF-8"
like "$MESSAGE $DETAIL" '0001_latin1\.sql' "the file is named"
like "$DETAIL" 'line 2, column 17' "with line and column, in characters"
like "$HINT" 'iconv' "and a hint"
printf 'SELECT 1;\nSELECT \x00 2;\n' >"$dir/0001_latin1.sql"
load
fails 22021 "a file with a NUL byte"
like "$DETAIL" 'line 2, column 8' "with line and column"
printf '\xFF\xFES\x00E\x00' >"$dir/0001_latin1.sql"
load
fails 22021 "a file in UTF-16"
like "$MESSAGE $HINT" "is in UTF-16, not in UTF-8.*iconv -f utf-16" "is called so"
nothing_stays "a file that can't be read as text"

fresh
{ printf 'SELECT \x27'; head -c 60000 /dev/zero | tr '\0' x; printf '\x27;\n'; } >"$dir/0001_large.sql"
run files "SET migrate.max_text_size = '32kB'" "SELECT migrate_load_dir('$dir')"
fails 54000 "a text over migrate.max_text_size"
like "$MESSAGE $DETAIL" '0001_large.*60011 bytes.*32768' "name, size and limit are told"
like "$HINT" 'migrate\.max_text_size' "with a hint"
nothing_stays "a text that is too large"
load
works "and within the limit it loads"

# All or nothing, all errors in one go

fresh
echo 'SELECT 1;' >"$dir/0001_good.sql"
printf 'SELECT 1;\nSELEC 2;\n' >"$dir/0002_typo.sql"
printf 'CREATE TABLE (a int);\n' >"$dir/0003_other.sql"
printf '\\connect other\nSELECT 1;\n\\gexec\n' >"$dir/0004_meta.sql"
printf -- '-- migrate:unheard\nSELECT 1;\n' >"$dir/0005_directive.sql"
printf 'SELECT 1;\n  ROLLBACK;\n' >"$dir/0006_rollback.sql"
load
fails 42601 "several bad files"
like "$CONTEXT" 'migration "0002_typo", line 2, column 1' "the first is told whole"
for wanted in '"0003_other", line 1, column 14' '"0004_meta", line 1' '"0005_directive", line 1' '"0006_rollback", line 2, column 3'; do
	like "$DETAIL" "$wanted" "its detail lists the others: $wanted"
done
like "$DETAIL" '0004_meta.*line 3' "every psql meta-command of a file is listed"
nothing_stays "bad files"
printf 'SELECT \x27\xE9\x27;\n' >"$dir/0007_latin1.sql"
load
like "$MESSAGE $DETAIL" '0007_latin1' "a file that is not UTF-8 is listed with the others"
like "$MESSAGE $DETAIL $CONTEXT" '0002_typo' "and does not hide them"

fresh
echo 'SELECT 1;' >"$dir/0001_a.sql"
echo 'SELECT 1;' >"$dir/0001_a.up.sql"
load
fails 42710 "one migration given twice"
like "$DETAIL" '0001_a\.sql.*0001_a\.up\.sql' "both files are named"

# What the server's user may not read

fresh
echo 'SELECT 1;' >"$dir/0001_a.sql"
echo 'SELECT 2;' >"$dir/0002_closed.sql"
chmod 000 "$dir/0002_closed.sql"
if as_server_user test -r "$dir/0002_closed.sql"; then
	ok 0 "an unreadable file # SKIP this user reads everything"
else
	load
	fails 42501 "an unreadable file"
	like "$MESSAGE" '0002_closed\.sql.*Permission denied' "is named"
	nothing_stays "an unreadable file"
	mkdir "$dir/closed" && chmod 000 "$dir/closed"
	ln -s nowhere "$dir/0003_gone.sql"
	echo 'SELEC 1;' >"$dir/0004_wrong.sql"
	load
	is "$STATE $(grep -oE 'd/closed|0002|0003|0004|Permission denied|No such file|SELEC"' <<<"$MESSAGE $DETAIL" | sort | uniq -c | awk '{print $2 $3 $4 "*" $1}' | paste -sd' ')" \
		"42501 0002*1 0003*1 0004*1 Nosuchfile*1 Permissiondenied*2 SELEC\"*1 d/closed*1" "all that can't be read is told at once, with what can't be parsed"
	run files "SELECT version, name, action FROM migrate_load_dir('$dir', dry_run => true)"
	is "$(sort <<<"$OUT" | paste -sd" ")" "0001|a|would add |0002_closed.sql|refused |0003_gone.sql|refused |0004_wrong.sql|refused |closed/|refused" "a row for each"
	run files "SELECT version, name, action FROM migrate_load_dir('$dir', leave_out => ARRAY['closed/*', '0002*', '0003*', '0004*'])"
	is "$(grep -c ignored <<<"$OUT") $(grep added <<<"$OUT")" "4 0001|a|added" "and can be left out"
	sql files "SELECT migrate_remove('0001_a')" >/dev/null
	rmdir "$dir/closed" && rm -f "$dir/0003_gone.sql" "$dir/0004_wrong.sql"
	rm -f "$dir/0002_closed.sql"
	chmod 000 "$dir"
	load
	fails 42501 "an unreadable directory"
	like "$MESSAGE" "$dir.*Permission denied" "is named"
	like "$HINT" 'migrate_load' "with a hint"
	chmod 311 "$dir"
	load
	fails 42501 "a directory that can be entered but not listed"
	chmod 755 "$dir"
fi

# Other encodings

fresh
printf 'CREATE TABLE "café" (a text DEFAULT \x27é\x27);\nINSERT INTO "café" VALUES (\x27ß\x27);\n' >"$dir/0001_été.sql"
database files_latin1 "ENCODING LATIN1 LOCALE 'C' TEMPLATE template0"
database files_ascii "ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0"
for name in latin1 ascii; do
	run files_$name "CREATE EXTENSION migrate" "SELECT count(*) FROM migrate_load_dir('$dir')" "SELECT version FROM migrate_apply()"
	works "$name: a file with é applies"
	# Bytes as stored: one each in LATIN1, two each where they pass unseen.
	is "$(sql files_$name "SELECT encode(convert_to(a, getdatabaseencoding()), 'hex') FROM \"café\"")" \
		"$([ $name = latin1 ] && echo df || echo c39f)" "$name: what it inserted arrives right"
	run files_$name "SELECT action FROM migrate_load_dir('$dir')"
	is "$STATE $OUT" "00000 unchanged" "$name: loaded again it is unchanged"
done
is "$(sql files_latin1 "SELECT name FROM migrate_status()")" "été" "latin1: its name arrives right, too"
is "$(sql files_latin1 "SELECT octet_length(name) FROM migrate.migration")" 3 "latin1: and is stored in the database's encoding"
rm "$dir"/*
printf -- '-- costs 5 €\nSELECT \x27中\x27;\n' >"$dir/0002_euro.sql"
run files_latin1 "SELECT migrate_load_dir('$dir')"
fails 22P05 "latin1: a character that LATIN1 lacks"
like "$MESSAGE $DETAIL $CONTEXT" '0002_euro' "the file is named"
like "$MESSAGE $DETAIL $CONTEXT" '[Ll]ine 1' "and the line"

# A name that is no text must not get into a table: no dump of it could be restored.
fresh
echo 'SELECT 1;' >"$dir/$(printf '0001_caf\xE9').sql"
load
fails 22021 "a file whose name is not UTF-8"
iconv -f utf8 -t utf8 "$SCRATCH/stderr" >/dev/null 2>&1
ok $? "the message itself is"
like "$MESSAGE $DETAIL" 'name' "and says that it is the name, not the content"
nothing_stays "a file whose name is not UTF-8"

# Many

fresh
awk -v dir="$dir" 'BEGIN { for (i = 1; i <= 10000; i++) { f = sprintf("%s/%05d_t.sql", dir, i); print "CREATE TABLE t" i " (a int);" >f; close(f) } }'
run files "SELECT action, count(*), min(version), max(version) FROM migrate_load_dir('$dir') GROUP BY 1"
is "$STATE $OUT" "00000 added|10000|00001|10000" "10,000 files load in one call"
run files "SELECT action, count(*) FROM migrate_load_dir('$dir') GROUP BY 1"
is "$STATE $OUT" "00000 unchanged|10000" "and again, unchanged"
run files "SELECT count(*), min(status), max(status) FROM migrate_status()"
is "$STATE $OUT" "00000 10000|pending|pending" "status lists them"

rm -rf "$dir"
for name in files files_latin1 files_ascii; do sql postgres "DROP DATABASE $name"; done
done_testing
