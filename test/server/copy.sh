#!/usr/bin/env bash
# COPY … FROM STDIN with its data in the text: what the server would say of it, it says here, and the session is as before.
# psql runs each text first.
. test/server/lib/tap.bash

migrate_database copy
sql copy "CREATE TABLE rows (a int CHECK (a < 100), b text, c int GENERATED ALWAYS AS (a * 2) STORED)" \
	"CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE NOTICE '% % %', tg_when, tg_level, coalesce(new.a, 0); RETURN new; END \$\$"
rows() { sql copy "SELECT string_agg(concat_ws(' ', a, b), ', ' ORDER BY a) FROM rows" "TRUNCATE rows"; }
# The text ends with the same error and the same rows here, too; the context tells of the migration besides.
as_by_psql() {
	local by_psql
	run copy <<<"$1"
	by_psql="$STATE $MESSAGE
$DETAIL
$HINT
$(rows)"
	add_migration copy 0001_copy "$1"
	run copy "SELECT migrate_apply()"
	is "$STATE $MESSAGE
$DETAIL
$HINT
$(rows)" "$by_psql" "$2: psql and migrate_apply do the same (${by_psql%%$'\n'*})" || explain "$ERR"
	discard_migrations copy
}

# WHERE

for where in "c > 1" "rows IS NOT NULL" "tableoid > 0" "ctid IS NOT NULL" "nothing > 1" "a" "a > (SELECT 1)" "sum(a) > 1"; do
	as_by_psql "COPY rows (a) FROM stdin WHERE $where;
1
\\.
" "COPY … WHERE $where"
done
as_by_psql $'COPY rows (a) FROM stdin WHERE a > 1;\n1\n2\n\\.\n' "COPY … WHERE a > 1"

# Columns and options

while IFS='|' read -r name text; do
	as_by_psql "$(printf '%b' "$text")
\\.
" "$name"
done <<'TEXTS'
a generated column|COPY rows (c) FROM stdin;\n1
a column twice|COPY rows (a, a) FROM stdin;\n1\t1
an unknown option|COPY rows (a) FROM stdin (nonsense);\n1
an encoding that does not exist|COPY rows (a) FROM stdin (ENCODING 'nonsense');\n1
two encodings|COPY rows (a) FROM stdin (ENCODING 'utf8', ENCODING 'utf8');\n1
an encoding without a value|COPY rows (a) FROM stdin (ENCODING);\n1
the format binary|COPY rows (a) FROM stdin (FORMAT binary);\n1
a header that does not match|COPY rows (a, b) FROM stdin (FORMAT csv, HEADER MATCH);\na,x\n1,2
a view|COPY pg_catalog.pg_views FROM stdin;\n1
a table that does not exist|COPY nowhere FROM stdin;\n1
a catalog|COPY pg_catalog.pg_am (oid) FROM stdin;\nx
FREEZE of a table that was there before|COPY rows (a) FROM stdin (FREEZE);\n1
a bad row behind a good one|COPY rows (a, b) FROM stdin;\n1\tx\n200\ty
too many columns|COPY rows (a, b) FROM stdin;\n1\tx\ty
TEXTS
sql copy "CREATE SCHEMA away; CREATE TABLE away.t (a int)"
role copier
sql copy "GRANT EXECUTE ON FUNCTION migrate_apply TO copier"
as_copier() { run copy "SET ROLE copier" "SELECT migrate_apply()"; }
add_migration copy 0001_copy $'COPY away.t FROM stdin;\n1\n\\.\n'
as_copier
is "$STATE $MESSAGE" "42501 permission denied for schema away" "a schema that the caller may not use"
sql copy "GRANT USAGE ON SCHEMA away TO copier"
as_copier
is "$STATE $MESSAGE" "42501 permission denied for table t" "a table that the caller may not insert into"
sql copy "GRANT INSERT ON away.t TO copier"
as_copier
works "and one that it may"
discard_migrations copy

# What triggers say reaches the client, and in its order

sql copy "CREATE TRIGGER statement_before BEFORE INSERT ON rows EXECUTE FUNCTION say()" \
	"CREATE TRIGGER row_before BEFORE INSERT ON rows FOR EACH ROW EXECUTE FUNCTION say()" \
	"CREATE TRIGGER statement_after AFTER INSERT ON rows EXECUTE FUNCTION say()"
notices() { grep -oE 'NOTICE:  [0-9A-Z]{5}: .*' <<<"$ERR" | sed 's/^NOTICE:  [0-9A-Z]*: //'; }
text=$'COPY rows (a, b) FROM stdin;\n1\tone\n2\ttwo\n\\.\n'
wanted="BEFORE STATEMENT 0
BEFORE ROW 1
BEFORE ROW 2
AFTER STATEMENT 0"
run copy <<<"$text"
is "$(notices)" "$wanted" "what triggers say to psql"
add_migration copy 0001_copy "$text"
run copy "SELECT migrate_apply()"
is "$(notices)" "$wanted" "they say through a migration"
sql copy "ALTER FUNCTION say() SECURITY DEFINER"
discard_migrations copy
add_migration copy 0001_copy "$text"
run copy "CALL migrate_up()"
like "$(notices)" "$wanted" "and through migrate_up, where the function is a definer's"
sql copy "ALTER FUNCTION say() SECURITY INVOKER"
is "$(rows)" "1 one, 1 one, 1 one, 2 two, 2 two, 2 two" "the rows are there"
discard_migrations copy

# An error: before the first read, in a trigger that runs before it, behind it; caught by who calls. Then the session can
# copy, hear notices and use psql's own COPY as before.

sql copy "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE NOTICE 'about to refuse'; RAISE 'refused' USING DETAIL = 'why', HINT = 'how'; END \$\$"
session="DO \$\$ BEGIN PERFORM migrate_apply(); EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'caught %', sqlerrm; END \$\$"
while IFS='|' read -r name before message copied; do
	add_migration copy 0001_copy "$copied"$'\n1\tone\n\\.\n'
	run copy <<-SQL
		$before;
		$session;
		DO 'BEGIN RAISE NOTICE \$\$still heard\$\$; END';
		DROP TRIGGER IF EXISTS refuse ON rows;
		COPY rows (a, b) FROM stdin;
		5	five
		\\.
		SELECT migrate_add('0002_copy', E'COPY rows (a, b) FROM stdin;\\n6\\tsix\\n\\\\.\\n');
		SELECT migrate_remove('0001_copy');
		SELECT migrate_apply();
	SQL
	works "$name: the session goes on"
	like "$(notices)" "caught $message.*still heard.*BEFORE ROW 5.*BEFORE ROW 6" "$name: it is told of all"
	is "$(rows)" "5 five, 6 six" "$name: both ways to copy work as before"
	discard_migrations copy
done <<'CASES'
an unknown column|SELECT 1|column "x" of relation "rows" does not exist|COPY rows (x, b) FROM stdin;
a trigger for the statement|CREATE TRIGGER refuse BEFORE INSERT ON rows EXECUTE FUNCTION refuse()|refused|COPY rows (a, b) FROM stdin;
a trigger for the row|CREATE TRIGGER refuse BEFORE INSERT ON rows FOR EACH ROW EXECUTE FUNCTION refuse()|refused|COPY rows (a, b) FROM stdin;
a trigger behind it|CREATE TRIGGER refuse AFTER INSERT ON rows EXECUTE FUNCTION refuse()|refused|COPY rows (a, b) FROM stdin;
a bad value|SELECT 1|invalid input syntax for type integer|COPY rows (b, a) FROM stdin;
CASES
sql copy "CREATE TRIGGER refuse BEFORE INSERT ON rows EXECUTE FUNCTION refuse()"
add_migration copy 0001_copy "$text"
run copy "SELECT migrate_apply()"
is "$STATE $MESSAGE $DETAIL $HINT" "P0001 refused why how" "an error before the first read reaches the client"
like "$ERR" 'NOTICE:  00000: about to refuse' "so does what the trigger said before"
sql copy "DROP TRIGGER refuse ON rows"
discard_migrations copy

# A verify script copies, too: into a temporary table of its migration

verify=$'COPY seen FROM stdin;\n7\n8\n\\.\nSELECT count(*) = 2 FROM seen;'
add_migration copy 0001_seen "CREATE TEMPORARY TABLE seen (a int)" "" "$verify"
run copy "SELECT migrate_apply()"
works "a verify script with COPY"
add_migration copy 0002_seen "CREATE TEMPORARY TABLE seen (a int)" "" "${verify/= 2/= 3}"
run copy "SELECT migrate_apply()"
fails MG001 "it can fail"
discard_migrations copy

# One COPY inside the other: a trigger runs a verify script that copies

sql copy "CREATE FUNCTION verify() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM migrate_verify('0001'); RAISE NOTICE 'verified before the %', lower(tg_level); RETURN new; END \$\$"
add_migration copy 0001_inner "SELECT 1" "" "SELECT true"
run copy "SELECT migrate_apply()"
sql copy "CREATE TEMPORARY TABLE seen (a int)"
add_migration copy 0001_inner "SELECT 1" "" "$verify"
add_migration copy 0002_outer $'COPY rows (a, b) FROM stdin;\n1\tone\n2\ttwo\n\\.\n'
sql copy "CREATE TRIGGER verify_statement BEFORE INSERT ON rows EXECUTE FUNCTION verify()" \
	"CREATE TRIGGER verify_row BEFORE INSERT ON rows FOR EACH ROW EXECUTE FUNCTION verify()"
run copy "CREATE TEMPORARY TABLE seen (a int)" "SET migrate.search_path = 'pg_temp, public'" "SELECT migrate_apply()"
works "a COPY inside of a COPY"
like "$(notices)" "verified before the statement.*verified before the row.*verified before the row" "each reads its own data"
is "$(rows)" "1 one, 2 two" "and writes it"
discard_migrations copy
done_testing
