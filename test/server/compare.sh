#!/usr/bin/env bash
# scripts/compare-with-psql: it finds no difference where there is none, and finds the ones that are made.
. test/server/lib/tap.bash

# In the matrix's chroots, which name the older servers, it is not tried again: what it compares is, by real_psql.sh.
[ -z "${PGOLDER+set}" ] || { echo "1..0 # SKIP tried on the installed server" && exit; }

folder=$SCRATCH/folder
export TMPDIR=$SCRATCH/tmp
mkdir -p "$TMPDIR"

fresh() {
	rm -rf "$folder"
	mkdir "$folder"
}

# compare ARGUMENTS...: OUT, ERR, CODE.
compare() {
	OUT=$(scripts/compare-with-psql "$@" 2>"$SCRATCH/stderr")
	CODE=$?
	ERR=$(cat "$SCRATCH/stderr")
}

# compared CODE WANTED NAME: all that it printed, and its exit code.
compared() { is "$CODE $OUT$ERR" "$1 $2" "$3"; }

# What works, and each way to fail

fresh
file 0001_people.sql <<'SQL'
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL,
  boss int REFERENCES people DEFERRABLE INITIALLY DEFERRED);
CREATE FUNCTION fails() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT nothing FROM people);
END $$;
CREATE VIEW names AS SELECT name FROM people;
SQL
file 0002_missing.sql <<'SQL'
-- three statements, one of them over several lines
CREATE TABLE kept_back (a int);

-- this comment belongs to the next
CREATE TABLE
  other (a int),
  b nothing);
CREATE TABLE never (a int);
SQL
file 0003_column.sql <<'SQL'
SELECT 1; SELECT name,
  nothing
  FROM people; SELECT 2;
SQL
file 0004_duplicate.sql <<'SQL'
INSERT INTO people VALUES (1, 'one', NULL);
INSERT INTO people
VALUES (1, 'again', NULL);
SQL
file 0005_same_text_twice.sql <<'SQL'
INSERT INTO people VALUES (5, 'five', NULL);
SELECT 1;
INSERT INTO people VALUES (5, 'five', NULL);
SQL
file 0006_deferred.sql <<'SQL'
INSERT INTO people VALUES (6, 'six', 60);
SQL
file 0007_inside_function.sql <<'SQL'

SELECT fails();
SQL
file 0008_do.sql <<'SQL'
DO $$
BEGIN
  PERFORM 1;
  RAISE EXCEPTION 'this one' USING ERRCODE = 'PT404';
END $$;
SQL
file 0009_copy.sql <<'SQL'
CREATE TABLE copied (n int);
COPY copied FROM stdin;
1
x
\.
CREATE TABLE after_copy ();
SQL
file 0010_goes_on.sql <<'SQL'
CREATE TABLE goes_on (a int);
SQL
printf 'SELECT 1;\r\n\r\nSELECT\r\n  nothing_here;\r\n' | file 0011_crlf.sql
printf '\xEF\xBB\xBFSELECT 1;\nSELECT nothing_either' | file 0012_no_newline.sql
file 0013_index.sql <<'SQL'
CREATE TABLE indexed (a int);
CREATE INDEX CONCURRENTLY indexed_a ON indexed (a);
SQL
file 0014_half_way.sql <<'SQL'
CREATE TABLE half_way (a int);
CREATE INDEX CONCURRENTLY half_way_a ON half_way (a);
INSERT INTO half_way VALUES (1), (1);
CREATE UNIQUE INDEX CONCURRENTLY half_way_b
  ON half_way (a);
SQL
file 0015_grammar.sql <<'SQL'
CREATE TABLE grammar (a int);
CREATE TABLE grammar_b (
  a int,,
  b int);
SQL
file 0016_role.sql <<'SQL'
CREATE ROLE compare_role;
CREATE TABLE owned (a int);
ALTER TABLE owned OWNER TO compare_role;
SQL
file 0017_down.sql <<'SQL'
-- Description: the up section begins lower down
-- migrate:up
CREATE TABLE lower_down (a int);
SELECT nothing;
-- migrate:down
DROP TABLE lower_down;
SQL
file 0018_uses_before.sql <<'SQL'
ALTER TABLE was_before ADD COLUMN b int;
SQL
file 0019_left_by_psql.sql <<'SQL'
CREATE TABLE segments (a int);
CREATE INDEX CONCURRENTLY segments_a ON segments (a);
CREATE TABLE left_by_psql (a int);
SELECT 1 / 0;
SQL
printf 'CREATE TABLE was_before (a int);\n' >"$SCRATCH/before.sql"
wanted='read     as plain
same     0001_people works
same     0002_missing fails with 42601 in line 6
same     0003_column fails with 42703 in line 2
same     0004_duplicate fails with 23505 in line 2
same     0005_same_text_twice fails with 23505 in line 3
same     0006_deferred fails with 23503
same     0007_inside_function fails with 42703 in line 2
same     0008_do fails with PT404 in line 1
same     0009_copy fails with 22P02 in line 2
same     0010_goes_on works
same     0011_crlf fails with 42703 in line 4
same     0012_no_newline fails with 42703 in line 2
same     0013_index works
same     0014_half_way fails with 23505 in line 4
same     0015_grammar fails with 42601 in line 3
same     0016_role works
same     0017_down fails with 42703 in line 4
same     0018_uses_before works
same     0019_left_by_psql fails with 22012 in line 4'
(
	unset PGHOST PGPORT
	compare --before "$SCRATCH/before.sql" "$folder"
	printf '%s\n' "$CODE" "$OUT$ERR"
) >"$SCRATCH/own"
is "$(cat "$SCRATCH/own")" "0
$wanted
19 files: 19 the same, 0 different, 0 refused, 0 ignored; schema the same" "on clusters of its own: all ways to fail"
rm "$folder/0016_role.sql"
compare --before "$SCRATCH/before.sql" "$folder"
compared 0 "$(grep -v 0016 <<<"$wanted")
18 files: 18 the same, 0 different, 0 refused, 0 ignored; schema the same" "on a server that is named: the same"
is "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'compare%'")$(ls "$TMPDIR")" 0 "no database and no file stays behind"

# What differs

fresh
file 0001_t.sql <<<"CREATE TABLE t (a int, database text DEFAULT '');"
file 0002_default.sql <<<"DO \$\$ BEGIN EXECUTE format('ALTER TABLE t ALTER database SET DEFAULT %L', current_database()); END \$\$;"
compare "$folder"
is "$CODE" 1 "another schema: exit code 1"
like "$OUT" '-    database text DEFAULT .compare_psql_.*\+    database text DEFAULT .compare_migrate_.*2 files: 2 the same, 0 different, 0 refused, 0 ignored; schema different' "it is shown"
file 0002_default.sql <<<"SELECT 1 / (current_database() LIKE '%psql%')::int;"
file 0003_default.sql <<<"SELECT 1 / (current_database() LIKE '%migrate%')::int;"
file 0004_lines.sql <<'SQL'
DO $$ BEGIN IF current_database() LIKE '%psql%' THEN RAISE division_by_zero; END IF; END $$;
SELECT 1 / 0;
SQL
file 0005_sides.sql <<'SQL'
DO $$ BEGIN
  EXECUTE format('CREATE TABLE sides (%I int)', CASE WHEN current_database() LIKE '%psql%' THEN 'b' ELSE 'a' END);
END $$;
SQL
file 0006_within.sql <<'SQL'
SELECT
  a,
  b FROM sides;
SQL
file 0007_sides.sql <<<"DROP TABLE sides;"
compare "$folder"
compared 1 'read     as plain
same     0001_t works
DIFFERS  0002_default: by psql it works, by migrate it fails with 22012 in line 1
         division by zero
DIFFERS  0003_default: by psql it fails with 22012 in line 1, by migrate it works
DIFFERS  0004_lines: by psql it fails with 22012 in line 1, by migrate it fails with 22012 in line 2
         division by zero
same     0005_sides works
DIFFERS  0006_within: by psql it fails with 42703 in line 2, by migrate it fails with 42703 in line 3
         column "b" does not exist
same     0007_sides works
7 files: 3 the same, 4 different, 0 refused, 0 ignored; schema the same' "other outcomes, and other lines, within a statement, too"
fresh
file 0001_t.sql <<<"CREATE TABLE t (a int);"
printf '\\set x 1\nSELECT :x;\n' | file 0002_psql.sql
printf 'SELECT 1;\nROLLBACK;\n' | file 0003_rollback.sql
printf 'SELECT 1 \\gset\n' | file 0004_psql.sql
compare "$folder"
compared 1 "refused  0002_psql.sql, line 1: 42601: psql meta-commands can't run inside the database
refused  0004_psql.sql, line 1: 42601: psql meta-commands can't run inside the database
read     as plain
same     0001_t works
DIFFERS  0003_rollback: by psql it works, by migrate it fails with 0A000 in line 2
         ROLLBACK is not allowed here (Of these commands only COMMIT, and a BEGIN that has one, may stand in a migration.)
4 files: 1 the same, 1 different, 2 refused, 0 ignored; schema the same" "what migrate refuses by design"

compare --leave-out 0002_psql.sql --leave-out ./0003_rollback.sql --leave-out 0004_psql.sql "$folder"
compared 0 "ignored  0002_psql.sql: left out
ignored  0003_rollback.sql: left out
ignored  0004_psql.sql: left out
read     as plain
same     0001_t works
1 files: 1 the same, 0 different, 0 refused, 3 ignored; schema the same" "files that are to be left out"

# Placeholders, verify scripts, what is refused of other scripts, and other conventions

fresh
file V1__t.sql <<<'CREATE TABLE ${name} (a text DEFAULT $$${value}$$, b text DEFAULT $$${name}$$);'
file V2__psql.sql <<<'\unset AUTOCOMMIT'
file V3__t.sql <<<'SELECT nothing FROM ${name};'
compare --placeholder name=told --placeholder 'value=a&b/c' "$folder"
compared 1 "refused  V2__psql.sql, line 1: 42601: psql meta-commands can't run inside the database
read     as flyway
same     1_t works
same     3_t fails with 42703 in line 1
3 files: 2 the same, 0 different, 1 refused, 0 ignored; schema the same" "placeholders are filled for both"
fresh
file 0001_t.up.sql <<<'CREATE TABLE t (a int);'
file 0001_t.down.sql <<<'DROP TABEL t;'
file 0002_gone.down.sql <<<'DROP TABLE gone;'
file 0003_step.up.go <<<'package migrations'
compare "$folder"
compared 1 'refused  0003_step.up.go: 0A000: file "0003_step.up.go" is Go code, which can'"'t run inside the database"'
no up    0001_t.down.sql, line 1: 42601: syntax error at or near "TABEL"
no up    0002_gone.down.sql: 42704: migration "0002_gone" has no up script ("0002_gone.down.sql" holds only what undoes or verifies it.)
read     as pairs
same     0001_t works
2 files: 1 the same, 0 different, 1 refused, 0 ignored; schema the same' "psql gets no down script, so none stands in the way"
compare --leave-out '*.go' "$folder"
is "$CODE" 0 "programs can be left out by pattern"
fresh
file 0001_t.sql <<<$'-- migrate:up\nCREATE TABLE t (a int);\n-- migrate:down\nDROP TABEL t;'
file 0002_u.sql <<<$'-- migrate:up\nCREATE TABEL u (a int);\n-- migrate:down\nDROP TABEL u;'
compare "$folder"
compared 0 'no down  0001_t.sql, line 4: 42601: syntax error at or near "TABEL"
read     as dbmate
same     0001_t works
same     0002_u fails with 42601 in line 2
2 files: 2 the same, 0 different, 0 refused, 0 ignored; schema the same' "nor a down script in the same file"
fresh
file 0001_t.sql <<<'CREATE TABLE t (a int);'
file 0002_early.sql <<<$'BEGIN;\nALTER TABLE t ADD b int;\nCOMMIT;\nALTER TABLE t ADD b int;'
compare "$folder"
compared 0 'read     as plain
same     0001_t works
same     0002_early fails with 42701 in line 4
2 files: 2 the same, 0 different, 0 refused, 0 ignored; schema the same' "what psql commits before it fails is undone"
fresh
file 0001_tail.sql <<<$'CREATE TABLE head (a int);\nCOMMIT;\nBEGIN;\nCREATE TABLE tail (a int);'
compare "$folder"
compared 0 'read     as plain
same     0001_tail works
1 files: 1 the same, 0 different, 0 refused, 0 ignored; schema the same' "what a BEGIN leaves open is kept"
fresh
file 0001_t.sql <<<$'-- ==== UP ====\nCREATE TABLE t (a int);\n-- ==== DOWN ====\nDROP TABEL t;'
compare "$folder"
compared 0 'no down  0001_t.sql, line 4: 42601: syntax error at or near "TABEL"
read     as headings
same     0001_t works
1 files: 1 the same, 0 different, 0 refused, 0 ignored; schema the same' "a down part below a heading is none of its up script"
fresh
file committed/000001.sql <<<$'--! Previous: -\n--! Hash: sha1:1\n--! AllowInvalidHash\n\nCREATE TABLE :NAME (a int); :NOTHING'
file committed/000002.sql <<<$'--! Previous: sha1:1\n--! Hash: sha1:'"$(printf 'sha1:1\nCREATE TABLE :NAME (a int);\n' | sha1sum | cut -d' ' -f1)"$'\n\nCREATE TABLE :NAME (a int);'
compare --placeholder :NAME=t "$folder"
compared 0 'read     as graphile-migrate
same     000001 fails with 42601 in line 5
same     000002 works
2 files: 2 the same, 0 different, 0 refused, 0 ignored; schema the same' "a chain of hashes, and placeholders with a colon"
fresh
file sqitch.plan <<'SQL'
%project=compare

one 2024-01-01T00:00:00Z Team <team@example.org> # one
two [one] 2024-01-02T00:00:00Z Team <team@example.org> # two
SQL
file deploy/one.sql <<<'BEGIN; CREATE TABLE one (a int); COMMIT;'
file verify/one.sql <<<'BEGIN; SELECT a FROM one WHERE false; ROLLBACK;'
file deploy/two.sql <<<'BEGIN; CREATE TABLE two (a int); COMMIT;'
file verify/two.sql <<'SQL'
BEGIN;
SELECT missing FROM two;
ROLLBACK;
SQL
compare "$folder"
compared 0 'read     as sqitch
same     one works
same     two fails with 42703 in line 2
2 files: 2 the same, 0 different, 0 refused, 0 ignored; schema the same' "a verify script that fails is run by psql, too"

# What only looks different

fresh
file 0001_t.sql <<<"CREATE TABLE t (a timestamptz DEFAULT 'now()', b timestamp DEFAULT 'now', c timestamptz DEFAULT '2001-02-03 04:05:06.7Z');"
compare "$folder"
compared 0 'read     as plain
same     0001_t works
1 files: 1 the same, 0 different, 0 refused, 0 ignored; schema the same' "a default that was computed when each side made its table"
fresh
file 0001_t.sql <<<'CREATE TABLE {{ .name }} (a int); CREATE TABLE {{.name}}_b (a int);'
compare --placeholder name=told "$folder"
compared 0 'read     as plain
same     0001_t works
1 files: 1 the same, 0 different, 0 refused, 0 ignored; schema the same' "a placeholder with blanks within its braces"
fresh
file 0001_t.sql <<<'CREATE TABLE t (a int);'
file 0002_grammar.sql <<<$'CREATE INDEX CONCURRENTLY t_a ON t (a);\nCREATE TABEL u (a int);'
file 0003_u.sql <<<'CREATE TABLE u (a int);'
compare "$folder"
compared 0 'read     as plain
same     0001_t works
same     0002_grammar fails with 42601 in line 2
same     0003_u works
3 files: 3 the same, 0 different, 0 refused, 0 ignored; schema the same' "a grammar error behind a concurrent build"

# Down scripts

fresh
file 0001_t.up.sql <<<'CREATE TABLE t (a int); CREATE TABLE kept (a int);'
file 0001_t.down.sql <<<'DROP TABLE t;'
file 0002_none.up.sql <<<'ALTER TABLE t ADD b int;'
file 0003_index.up.sql <<<'CREATE INDEX CONCURRENTLY t_a ON t (a);'
file 0003_index.down.sql <<<'DROP INDEX CONCURRENTLY t_a;'
file 0004_fails.up.sql <<<'SELECT nothing;'
file 0004_fails.down.sql <<<'DROP TABLE t CASCADE;'
file 0005_wrong.up.sql <<<'ALTER TABLE t ADD c int;'
file 0005_wrong.down.sql <<<$'ALTER TABLE t DROP c;\n\nALTER TABLE t DROP never;'
compare --down "$folder"
compared 0 'read     as pairs
same     0001_t works
same     0002_none works
same     0003_index works
same     0004_fails fails with 42703 in line 1
same     0005_wrong works
5 files: 5 the same, 0 different, 0 refused, 0 ignored; schema the same
same     0005_wrong down fails with 42703 in line 3
same     0003_index down works
same     0001_t down works
3 down scripts: 3 the same, 0 different, 0 refused, 1 without one; schema the same' "down scripts in reverse order; none of what did not run"
fresh
file 0001_t.up.sql <<<'CREATE TABLE t (a int);'
file 0001_t.down.sql <<<"DO \$\$ BEGIN IF current_database() LIKE '%psql%' THEN DROP TABLE t; END IF; END \$\$;"
file 0002_u.up.sql <<<'CREATE TABLE u (a int);'
file 0002_u.down.sql <<<"SELECT 1 / (current_database() LIKE '%psql%')::int; DROP TABLE u;"
compare --down "$folder"
like "$CODE $OUT" '^1 .*DIFFERS  0002_u down: by psql it works, by migrate it fails with 22012 in line 1
         division by zero
same     0001_t down works.*2 down scripts: 1 the same, 1 different, 0 refused, 0 without one; schema different$' "what differs of them"
fresh
file 0001_t.up.sql <<<'CREATE TABLE t (a int);'
file 0001_t.down.sql <<<'DROP TABEL t;'
compare --down "$folder"
compared 1 'no up    0001_t.down.sql, line 1: 42601: syntax error at or near "TABEL"
read     as pairs
same     0001_t works
1 files: 1 the same, 0 different, 0 refused, 0 ignored; schema the same
1 down scripts: 0 the same, 0 different, 1 refused, 1 without one; schema the same' "one that migrate refuses"

# Bad input

compare
like "$CODE $ERR" "^2 usage: " "no folder"
compare --all "$folder"
like "$CODE $ERR" "^2 usage: " "an unknown option"
compare "$SCRATCH/nowhere"
like "$CODE $ERR" "^1 .*there is no folder .*nowhere" "a missing folder"
fresh
compare "$folder"
like "$CODE $ERR" "^1 .*there is no migration in " "an empty folder"
file 0001_t.sql <<<"CREATE TABLE t (a int);"
compare --before "$SCRATCH/nowhere.sql" "$folder"
like "$CODE $ERR" "^1 .*nowhere.sql: No such file" "a missing file to run before"
PGPORT=1 compare "$folder"
like "$CODE $ERR" "^1 .*connection to server" "no connection"
is "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'compare%'")$(ls "$TMPDIR")" 0 "no database and no file stays behind"

# The example migrations

mkdir -p "$SCRATCH/example"
cp -r migrations "$SCRATCH/example/"
compare --before demo/bootstrap.sql "$SCRATCH/example/migrations"
is "$CODE $(tail -n 1 <<<"$OUT" | sed 's/[0-9]* files: [0-9]*/all/')" "0 all the same, 0 different, 0 refused, 0 ignored; schema the same" "the example migrations" ||
	explain "$OUT$ERR"
# Two files of one version: push --check would refuse them, loaded they are ordered by name.
fresh
file 0001_b.sql <<<'SELECT missing;'
file 0001_a.sql <<<'CREATE TABLE a ();'
compare "$folder"
compared 0 'read     as plain
same     0001_a works
same     0001_b fails with 42703 in line 1
2 files: 2 the same, 0 different, 0 refused, 0 ignored; schema the same' "two files of one version are compared in their order"

done_testing
