#!/usr/bin/env bash
# Scripts as people write them for psql: names of routines' bodies, data, commands, included files. psql itself runs each
# first: by both it comes to the same.
. test/server/lib/tap.bash

migrate_database scripts
folder=$SCRATCH/f
tables() { sql scripts "SELECT string_agg(relname || coalesce(' ' || (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || oid::regclass, false, true, '')))[1]::text, ''), ', ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"; }
routines() { sql scripts "SELECT string_agg(proname, ', ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"; }
fresh() {
	sql scripts "SET client_min_messages = warning; DROP EXTENSION migrate CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION migrate"
	rm -rf "$folder"
	mkdir -p "$folder"
}
# as_psql NAME TEXT: run by psql, and then as a migration.
as_psql() {
	fresh
	printf '%s' "$2" >"$SCRATCH/script.sql"
	(cd "$folder" && psql -qAtX -v ON_ERROR_STOP=1 -d scripts -f "$SCRATCH/script.sql") >"$SCRATCH/out" 2>&1
	local by_psql
	by_psql="$? $(tables): $(routines | sed 's/migrate_[a-z_]*,* *//g')"
	fresh
	printf '%s' "$2" >"$folder/1_a.sql"
	run scripts "SELECT count(*) FROM migrate_load_dir('$folder')" "CALL migrate_up()"
	is "$([ "$STATE" = 00000 ]; echo $?) $(tables): $(routines | sed 's/migrate_[a-z_]*,* *//g')" "$by_psql" "$1"
}

as_psql "case as a label" 'CREATE FUNCTION size_of(n int) RETURNS text LANGUAGE sql
BEGIN ATOMIC
  SELECT CASE WHEN n > 10 THEN '"'big' ELSE 'small'"' END AS case;
END;
CREATE TABLE after_case (id int);'
as_psql "begin as a name" 'CREATE FUNCTION span(begin int, stop int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  SELECT stop - begin;
END;
CREATE FUNCTION start_of(begin int) RETURNS int LANGUAGE sql IMMUTABLE RETURN begin;
CREATE TABLE after_begin (id int);'

# Where psql errs about the end, the server's parser does not.
for body in 'SELECT p.end FROM (VALUES (1)) AS p ("end"); SELECT 2;' 'SELECT 1 end; SELECT 2;' 'SELECT 1 case; SELECT 2;' 'SELECT 1 AS end, 2 case; SELECT CASE WHEN true THEN 1 END end;'; do
	fresh
	printf 'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC %s END;\nCREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC %s END;\nCREATE TABLE last (id int);\nSELECT f() + g();' "$body" "$body" >"$folder/1_a.sql"
	run scripts "SELECT count(*) FROM migrate_load_dir('$folder')" "CALL migrate_up()"
	is "$STATE $(tables)" "00000 last 0" "names in a body: $body"
	is "$(sql scripts "SELECT options #>> '{up,statements}' FROM migrate.migration")" 4 "… each statement by itself"
done
fresh
printf 'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1 case; END;\nCREATE TABEL t (id int);' >"$folder/1_a.sql"
run scripts "SELECT count(*) FROM migrate_load_dir('$folder')"
fails 42601 "a mistake behind one is found"

# Data

as_psql "data that ends with the file" $'CREATE TABLE rate (id int, v numeric);\nCOPY rate FROM stdin;\n1\t2.5\n2\t3.5\n'
as_psql "… without a newline" $'CREATE TABLE rate (id int, v numeric);\nCOPY rate FROM stdin;\n1\t2.5\n2\t3.5'
as_psql "statements behind COPY on its line" $'CREATE TABLE tax (id int);\nCREATE TABLE fee (id int);\nCOPY tax FROM stdin; ANALYZE tax; COPY fee FROM stdin; -- both\n1\n\\.\n2\n3\n\\.\nCREATE TABLE z (id int);'
fresh
printf -- '-- migrate:up\nCREATE TABLE r (a text);\nCOPY r FROM stdin;\nx\n-- migrate:down\nDROP TABLE r;\n' >"$folder/a.sql"
run scripts "SELECT count(*) FROM migrate_load_dir('$folder')" "CALL migrate_up()"
is "$STATE $(tables) $(sql scripts "SELECT $(property reversible) FROM migrate_status()")" "00000 r 1 script" "data ends before the next section"

# psql's own commands

as_psql "commands that change nothing" $'\\set ON_ERROR_STOP on\n\\timing off\n\\pset pager off\n\\echo working\nCREATE TABLE a (id int);\n\\x \\t\n\\encoding UTF8\nINSERT INTO a VALUES (1);\n'
like "$ERR" 'migration "1_a", line 1: skipped \\set, like all commands of psql that change nothing in the database' "are skipped with a notice"
is "$(grep -c 'skipped' <<<"$ERR")" 1 "with one for all"
for text in $'\\set n 7\nCREATE TABLE a (id int DEFAULT :n);' $'\\set AUTOCOMMIT off\nSELECT 1;' $'\\set ON_ERROR_STOP off\nSELECT 1;' $'\\echo `true`\nSELECT 1;' $'SELECT 1\n\\echo x\n+ 1;' $'\\o |cat\nSELECT 1;'; do
	fresh
	printf '%s' "$text" >"$folder/1_a.sql"
	run scripts "SELECT count(*) FROM migrate_load_dir('$folder')"
	is "$STATE $MESSAGE" "42601 psql meta-commands can't run inside the database" "what does more is refused: $text"
done

# Included files

fresh
mkdir -p "$folder/parts/more"
printf '\\i parts/table.sql\nINSERT INTO a VALUES (1);\n\\ir parts/more/rows.sql\n' >"$folder/0001_a.sql"
printf 'CREATE TABLE a (id int);\n\\ir more/rows.sql' >"$folder/parts/table.sql"
printf 'INSERT INTO a VALUES (2)' >"$folder/parts/more/rows.sql"
(cd "$folder" && psql -qAtX -v ON_ERROR_STOP=1 -d scripts -f 0001_a.sql)
by_psql=$(tables)
sql scripts "DROP TABLE a"
run scripts "SELECT concat_ws('|', name, action, detail) FROM migrate_load_dir('$folder')"
is "$OUT" 'a|added
parts/more/rows.sql|ignored|included by "parts/table.sql"
parts/table.sql|ignored|included by "0001_a.sql"' "files that others include are no migrations"
run scripts "CALL migrate_up()"
is "$STATE $(tables)" "00000 $by_psql" "they run where they are included"
printf 'INSERT INTO a VALUES (3)' >"$folder/parts/more/rows.sql"
run scripts "SELECT name, action FROM migrate_load_dir('$folder') LIMIT 1"
is "$OUT" "a|changed" "and are part of what is compared"
printf '\\i nowhere.sql\n' >"$folder/0002_b.sql"
run scripts "SELECT migrate_load_dir('$folder')"
is "$STATE $MESSAGE" '58P01 file "0002_b.sql", line 1: there is no file "nowhere.sql" to include' "one that is not there is refused"
printf '\\i 0001_a.sql\n' >"$folder/0002_b.sql"
run scripts "SELECT migrate_load_dir('$folder')"
is "$STATE $DETAIL" '42710 It would run twice.' "and so is a migration"
printf '\\ir parts/again.sql\n' | tee "$folder/0002_b.sql" >/dev/null
printf '\n\\ir again.sql\n' >"$folder/parts/again.sql"
run scripts "SELECT migrate_load_dir('$folder')"
is "$STATE $MESSAGE" '42P17 file "parts/again.sql", line 2: the file includes itself' "and a circle"
run scripts "SELECT migrate_add('0009_x', E'\\\\i a.sql')"
fails 42601 "a text that is given by itself includes nothing"

sql postgres "DROP DATABASE scripts"
done_testing
