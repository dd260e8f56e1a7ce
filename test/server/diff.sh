#!/usr/bin/env bash
# migrate_diff(): two databases of one cluster compared, and what is no snapshot of one.
. test/server/lib/tap.bash
. test/server/lib/statements.bash

role diff_owner NOLOGIN
role diff_clerk NOLOGIN
role '"diff Role"' NOLOGIN
role diff_reader LOGIN
migrate_database here
migrate_database there

# both STATEMENT...: in each of the two databases.
both() {
	sql here "$@" >/dev/null
	sql there "$@" >/dev/null
}

# snapshot: of the database there, in the file that compare reads.
snapshot() {
	sql there "SELECT jsonb_agg(s) FROM migrate_schema() s" >"$SCRATCH/snapshot"
}

# compare [ARGUMENTS [COLUMNS]]: what migrate_diff() shows of the snapshot.
compare() {
	AS=${AS:-} run here <<-SQL
		\set other \`cat "$SCRATCH/snapshot"\`
		SELECT ${2:-difference, class, identity} FROM migrate_diff(:'other'${1:+, $1});
	SQL
}

# differs WANTED NAME [ARGUMENTS [COLUMNS]]: takes a snapshot and compares it.
differs() {
	snapshot
	compare "${@:3}"
	works "$2: it works"
	is "$OUT" "$1" "$2"
}

# refused STATE MESSAGE DETAIL HINT NAME CALL
refused() {
	run here "SELECT * FROM $6"
	is "$STATE $MESSAGE|$DETAIL|$HINT" "$1 $2|$3|$4" "$5"
}

# One kind of difference after the other

both "CREATE SCHEMA app" "CREATE TABLE app.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total numeric NOT NULL DEFAULT 0)" \
	"CREATE INDEX ON app.orders (total)" "CREATE VIEW app.totals AS SELECT id, total FROM app.orders" \
	"COMMENT ON TABLE app.orders IS 'What customers bought'" "GRANT SELECT ON app.orders TO diff_clerk" "CREATE SCHEMA other"
differs '' "equal databases have no difference"

sql here "ALTER TABLE app.orders ADD note text"
sql there "CREATE TABLE app.items ()" "CREATE TABLE other.things (a int)"
differs "only there|table|app.items
only here|table column|app.orders.note
only there|table|other.things
only there|table column|other.things.a" "what is on one side only is a row, in the order of migrate_schema()"
differs "|CREATE TABLE app.items ();
-- no columns
ALTER TABLE app.items OWNER TO postgres;
ALTER TABLE app.orders ADD COLUMN note text;|
|CREATE TABLE other.things ();
-- columns: a
ALTER TABLE other.things OWNER TO postgres;
|ALTER TABLE other.things ADD COLUMN a integer;" "with its definition on that side" "NULL" "here, there"
differs "only there|table|app.items
only here|table column|app.orders.note" "schemas choose on both sides" "'{app}'"
differs "only there|table|other.things
only there|table column|other.things.a" "and each of them" "'{other}'"
sql there "CREATE SCHEMA there_only" "CREATE TYPE there_only.color AS ENUM ('red')"
differs "only there|schema|there_only
only there|type|there_only.color" "a schema that is only there can be chosen" "'{there_only}'"
compare "'{app,nowhere}'"
is "$STATE $MESSAGE|$DETAIL" '42704 schema "nowhere" does not exist|It is neither in this database nor in the snapshot.' "one that is on neither side can't"
compare "'{}'"
is "$OUT" "" "no schema has no difference"
compare "'{pg_catalog}'"
is "$STATE$OUT" "00000" "a schema of the server's has none either"
sql here "ALTER TABLE app.orders DROP note"
sql there "DROP TABLE app.items, other.things" "DROP SCHEMA there_only CASCADE"
differs '' "and they are equal again"

both "DROP VIEW app.totals"
sql there "ALTER TABLE app.orders ALTER total TYPE numeric(10,2)" "GRANT UPDATE ON app.orders TO diff_clerk"
differs "differs|table|app.orders|GRANT SELECT ON TABLE app.orders TO diff_clerk;|GRANT SELECT, UPDATE ON TABLE app.orders TO diff_clerk;
differs|table column|app.orders.total|ALTER TABLE app.orders ADD COLUMN total numeric DEFAULT 0 NOT NULL;|ALTER TABLE app.orders ADD COLUMN total numeric(10,2) DEFAULT 0 NOT NULL;" \
	"of what differs the statements that differ are shown" "NULL" "*"
differs "differs|table column|app.orders.total" "grants can be ignored" "ignore => '{grants}'"
sql there "ALTER TABLE app.orders ALTER total TYPE numeric" "REVOKE UPDATE ON app.orders FROM diff_clerk"
differs '' "and they are equal once more"
sql here "ALTER TABLE app.orders RENAME TO sales"
differs "only there|table|app.orders
only there|table column|app.orders.id
only there|table column|app.orders.total
only there|table constraint|orders_pkey on app.orders
only here|table|app.sales
only here|table column|app.sales.id
only here|table column|app.sales.total
differs|index|app.orders_total_idx
differs|sequence|app.orders_id_seq
only here|table constraint|orders_pkey on app.sales" "an object under another name is two"
sql here "ALTER TABLE app.sales RENAME TO orders"

# What can be ignored

sql here "CREATE TABLE app.wide (a int, b int, c int)" "ALTER TABLE app.wide OWNER TO diff_owner" "COMMENT ON COLUMN app.wide.a IS 'x'" \
	"COMMENT ON INDEX app.orders_pkey IS 'the key'" "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO diff_clerk"
sql there "CREATE TABLE app.wide (c int, b int, a int)" "GRANT ALL (b) ON app.wide TO diff_clerk"
differs "only here|default acl|for role postgres in schema app on tables
only here|index|app.orders_pkey
differs|table|app.wide
differs|table column|app.wide.a
differs|table column|app.wide.b" "owners, grants, comments and the order of columns differ"
compare "ignore => '{column order}'" "identity, here, there"
like "$OUT" 'app.wide.ALTER TABLE app.wide OWNER TO diff_owner;.ALTER TABLE app.wide OWNER TO postgres;' "the order of columns can be ignored"
compare "ignore => '{owners}'" "identity, here, there"
like "$OUT" 'app.wide.-- columns: a, b, c.-- columns: c, b, a' "owners can be ignored"
compare "ignore => '{column order,owners,grants}'"
is "$OUT" "only here|index|app.orders_pkey
differs|table column|app.wide.a" "where privileges are ignored, default privileges are no difference"
compare "ignore => '{column order,owners,comments}'"
is "$OUT" "only here|default acl|for role postgres in schema app on tables
differs|table column|app.wide.b" "where comments are, an index that is shown for its comment is none"
compare "ignore => '{column order,owners,comments,grants}'"
is "$OUT" "" "all of it can be ignored"
compare "ignore => '{}'" "count(*)"
is "$OUT" 5 "ignoring nothing ignores nothing"
sql here "ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM diff_clerk"
both "DROP TABLE app.wide" "COMMENT ON INDEX app.orders_pkey IS NULL"
sql there "GRANT UPDATE ON app.orders TO diff_owner, diff_clerk"
sql here "REVOKE ALL ON app.orders FROM diff_clerk" "GRANT UPDATE ON app.orders TO diff_owner" "GRANT SELECT, UPDATE ON app.orders TO diff_clerk"
differs '' "the order in which privileges were granted is no difference"

# Whatever texts and names hold

odd=$'CREATE FUNCTION app.odd() RETURNS text LANGUAGE plpgsql AS $f$\nBEGIN\nCOMMENT ON TABLE x IS \'y\';\nALTER TABLE x OWNER TO z;\n-- columns: a\nGRANT ALL ON x TO z;\nEND; $f$'
both "$odd" "CREATE FUNCTION app.atomic() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END AS \"end\"; END" \
	$'CREATE TABLE app."A \n"";" ("b, \n c" int GENERATED ALWAYS AS IDENTITY, d int, "E\'" int)' $'COMMENT ON FUNCTION app.odd() IS E\'a;\nGRANT ALL ON x TO z;\\\\\''
differs '' "odd names and texts are equal"
sql here "ALTER FUNCTION app.odd() OWNER TO diff_owner" "ALTER FUNCTION app.atomic() OWNER TO diff_owner" "COMMENT ON FUNCTION app.odd() IS 'other'" \
	$'GRANT USAGE ON SEQUENCE app."A \n"";_b, \n c_seq" TO diff_clerk' $'COMMENT ON TABLE app."A \n"";" IS E\'x;\nALTER TABLE x OWNER TO y;\''
differs $'function|app.atomic()|ALTER FUNCTION app.atomic() OWNER TO diff_owner;|ALTER FUNCTION app.atomic() OWNER TO postgres;
function|app.odd()|ALTER FUNCTION app.odd() OWNER TO diff_owner;
COMMENT ON FUNCTION app.odd() IS \'other\';|ALTER FUNCTION app.odd() OWNER TO postgres;
COMMENT ON FUNCTION app.odd() IS E\'a;\nGRANT ALL ON x TO z;\\\\\';
table|app."A \n"";"|COMMENT ON TABLE app."A \n"";" IS \'x;\nALTER TABLE x OWNER TO y;\';|
sequence|app."A \n"";_b, \n c_seq"|GRANT USAGE ON SEQUENCE app."A \n"";_b, \n c_seq" TO diff_clerk;|' "a body, a text and a name may hold what looks like a statement" NULL "class, identity, here, there"
compare "ignore => '{owners,comments,grants}'"
is "$OUT" "" "and nothing of them is ignored for it, or compared"
sql there "DROP SCHEMA app CASCADE" 2>/dev/null
sql here "DROP SCHEMA app CASCADE" 2>/dev/null

# A schema with every kind of object: each definition is cut where its statements end.

migrate_database rich
sed '/^DROP OWNED/,$d; s/^[!+] //; s/$/;/' test/schema/statements.sql | psql -Xq -d rich >/dev/null 2>&1
rich="SELECT string_agg(identity, ' ' ORDER BY identity) FROM migrate_schema() s LEFT JOIN migrate_diff('[]', ignore => '{column order,owners,grants,comments}') d USING (class, identity)
	WHERE d.here IS DISTINCT FROM NULLIF(btrim(regexp_replace(E'\n' || s.definition, '\n(-- (columns: |no columns)|COMMENT ON |GRANT |REVOKE |ALTER [A-Z ]* [^;\n]* OWNER TO |ALTER DEFAULT PRIV)[^\n]*', '', 'g'), E'\n'), '')"
is "$(sql rich "SELECT count(*) > 50 FROM migrate_schema()" "$rich")" $'t\ns.pair.z s.t_pkey' \
	"nothing else is taken out of a definition, whatever the kind of object, and what is shown for its comment is left out"
is "$(sql rich "SELECT count(*) FROM migrate_diff((SELECT jsonb_agg(s) FROM migrate_schema() s))")" 0 "compared with itself it has no difference"
is "$(sql rich "SELECT bool_and(d.identity = s.identity) FROM ROWS FROM (migrate_diff('[]')) WITH ORDINALITY AS d (difference, class, identity, here, there, n)
	JOIN ROWS FROM (migrate_schema()) WITH ORDINALITY AS s (class, schema, name, identity, definition, hash, n) USING (n)")" t "the order is that of migrate_schema() for what is only here"
sql rich "SELECT jsonb_agg(s) FROM migrate_schema() s" >"$SCRATCH/snapshot"
run here <<-SQL
	\set other \`cat "$SCRATCH/snapshot"\`
	SELECT identity FROM migrate_diff(:'other', ignore => '{owners,grants}') WHERE difference = 'only there';
SQL
is "$OUT" "$(sql rich "SELECT identity FROM migrate_schema() WHERE identity <> 'plpgsql' AND schema IS DISTINCT FROM 'public' AND class <> 'default acl'")" "and for what is only there"

# Another major version

# remade DEFINITION [MAJOR [WHERE]]: a snapshot with other definitions, as a server of that version would take it.
remade() {
	sql there "SELECT jsonb_agg(to_jsonb(s) || jsonb_build_object('definition', d,
		'hash', left(encode(sha256(convert_to(format(E'-- PostgreSQL %s\n%s', ${2:-$major}, d), 'UTF8')), 'hex'), 12)))
		FROM (SELECT *, $1 AS d FROM migrate_schema()) s WHERE ${3:-true}" >"$SCRATCH/snapshot"
}

major=$(($(sql postgres "SELECT current_setting('server_version_num')") / 10000))
both "CREATE SCHEMA app" "CREATE TABLE app.orders (id int)" "ALTER TABLE app.orders OWNER TO diff_owner" "GRANT SELECT ON app.orders TO diff_clerk" \
	"CREATE VIEW app.totals AS SELECT id FROM app.orders" "GRANT SELECT ON app.totals TO PUBLIC"
sql here "CREATE TABLE app.new ()"
is "$(sql here "SELECT hash = left(encode(sha256(convert_to(format(E'-- PostgreSQL %s\n%s', $major, definition), 'UTF8')), 'hex'), 12)
	FROM migrate_schema() WHERE identity = 'app.orders'")" t "the hash of an object covers the major version"
remade definition $((major + 1))
compare
is "$OUT" "only here|table|app.new" "a snapshot of another major version is compared"
remade "replace(definition, 'FROM app', 'FROM  app')" $((major + 1))
compare "NULL" "difference, class, identity, here IS NOT NULL, there IS NOT NULL"
is "$OUT" $'only here|table|app.new|t|f\nnot comparable|view|app.totals|t|t' "what it writes otherwise is not comparable"
remade "replace(definition, 'FROM app', 'FROM  app')"
compare
is "$OUT" $'only here|table|app.new\ndiffers|view|app.totals' "on the same version it differs"
is "$(sql here "DROP TABLE app.new" "SELECT migrate_schema_hash('{app}')")" "$(sql there "SELECT migrate_schema_hash('{app}')")" "the hash of the whole schema is that of its definitions"

# Roles that are not here

remade "replace(replace(definition, 'diff_owner', 'diff_nobody'), 'diff_clerk', '\"Diff Nobody\"')"
compare "NULL" "difference, class, identity, here, there"
is "$OUT" 'role missing|role|"Diff Nobody"||
role missing|role|diff_nobody||
differs|table|app.orders|ALTER TABLE app.orders OWNER TO diff_owner;
GRANT SELECT ON TABLE app.orders TO diff_clerk;|ALTER TABLE app.orders OWNER TO diff_nobody;
GRANT SELECT ON TABLE app.orders TO "Diff Nobody";' "a role that does not exist here is one row, above all others"
compare "ignore => '{owners}'"
is "$OUT" $'role missing|role|"Diff Nobody"\ndiffers|table|app.orders' "but for owners where they are ignored"
compare "ignore => '{owners,grants}'"
is "$OUT" "" "and for roles with privileges where these are"
compare "'{public}'"
is "$OUT" "" "and where the schemas asked for do not name it"

# Who looks, and where

snapshot
sql here "GRANT EXECUTE ON FUNCTION migrate_diff TO diff_reader" "CREATE TABLE app.secret (a int DEFAULT 1)" "REVOKE ALL ON SCHEMA app FROM PUBLIC"
AS=diff_reader run here <<-SQL
	\set other \`cat "$SCRATCH/snapshot"\`
	BEGIN READ ONLY;
	SET search_path = app, public;
	SELECT difference, identity, here FROM migrate_diff(:'other');
	COMMIT;
SQL
is "$STATE $OUT" "00000 only here|app.secret|CREATE TABLE app.secret ();
-- columns: a
ALTER TABLE app.secret OWNER TO postgres;
only here|app.secret.a|ALTER TABLE app.secret ADD COLUMN a integer DEFAULT 1;" "a role without any right compares everything, in a read-only transaction" || explain "$ERR"
sql here "DROP TABLE app.secret"
run there "BEGIN" "CREATE TABLE app.new ()" "SELECT difference, identity FROM migrate_diff((SELECT jsonb_agg(s) FROM migrate_schema() s WHERE name <> 'new'))" "ROLLBACK"
is "$OUT" "only here|app.new" "what the caller has made counts before it is committed"
database latin "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
sql latin "CREATE EXTENSION migrate" "CREATE SCHEMA app" "CREATE SCHEMA other" "CREATE TABLE app.orders (id int)" "ALTER TABLE app.orders OWNER TO diff_owner" "GRANT SELECT ON app.orders TO diff_clerk" \
	"CREATE VIEW app.totals AS SELECT id FROM app.orders" "GRANT SELECT ON app.totals TO PUBLIC"
both "COMMENT ON SCHEMA app IS 'für'"
sql latin "COMMENT ON SCHEMA app IS 'für'"
snapshot
AS='' run latin <<-SQL
	\set other \`cat "$SCRATCH/snapshot"\`
	SELECT difference, class, identity FROM migrate_diff(:'other');
SQL
is "$STATE|$OUT" "00000|" "databases of two encodings are compared" || explain "$ERR"

# What is no snapshot

hint='Take a snapshot there: SELECT jsonb_agg(s) FROM migrate_schema() s.'
row='{"class": "table", "schema": "app", "name": "t", "identity": "app.t", "definition": "", "hash": ""}'
refused 22004 "other must not be null" '' '' "null is no snapshot" "migrate_diff(NULL)"
refused 22023 "other is not a snapshot of a schema" "It is no array." "$hint" "an object is none" "migrate_diff('{}')"
refused 22023 "other is not a snapshot of a schema" "It is no array." "$hint" "a null of JSON is none" "migrate_diff('null')"
refused 22023 "other is not a snapshot of a schema" "Element 2 is no object, but of type number." "$hint" "each element is an object" \
	"migrate_diff('[$row, 7]')"
refused 22023 "other is not a snapshot of a schema" "Element 1 is no object, but of type array." "$hint" "and no array" \
	"migrate_diff('[[$row]]')"
refused 22023 "other is not a snapshot of a schema" 'Element 1 has no "class".' "$hint" "an element has all fields" "migrate_diff('[{}]')"
for field in class identity definition hash; do
	refused 22023 "other is not a snapshot of a schema" "Element 1 has a \"$field\" that is no text, but of type null." "$hint" "$field is no null" \
		"migrate_diff(jsonb_set('[$row]', '{0,$field}', 'null'))"
done
for field in class schema name identity definition hash; do
	refused 22023 "other is not a snapshot of a schema" "Element 1 has a \"$field\" that is no text, but of type object." "$hint" "$field is a text" \
		"migrate_diff(jsonb_set('[$row]', '{0,$field}', '{}'))"
	refused 22023 "other is not a snapshot of a schema" "Element 1 has no \"$field\"." "$hint" "$field is there" "migrate_diff('[$row]'::jsonb #- '{0,$field}')"
done
refused 22023 "the snapshot was edited" "The hash is not that of the definition: table app.t." "$hint" "a hash that is none is found" "migrate_diff('[$row]')"
refused 22023 "the snapshot has an object twice" "It is table app.t." "$hint" "an object that is there twice, too" "migrate_diff('[$row, $row]')"
remade "definition || ' '" 26
compare
is "$STATE $MESSAGE" "22023 the snapshot was edited" "a version that nobody knows has no hash"
sql there "SELECT jsonb_agg(to_jsonb(s) || CASE WHEN identity IN ('app.orders', 'app.totals') THEN '{\"definition\": \"x\"}' ELSE '{}' END::jsonb) FROM migrate_schema() s" >"$SCRATCH/snapshot"
compare
is "$STATE $MESSAGE|$DETAIL|$HINT" "22023 the snapshot was edited|The hash is not that of the definition: table app.orders, and 1 more.|$hint" "an edited snapshot is refused"
refused 22023 '"owner" can'"'"'t be ignored' '' 'What can be ignored: column order, owners, grants, comments.' "what can't be ignored is refused" \
	"migrate_diff('[]', ignore => '{grants,owner}')"
refused 22004 "ignore must not contain nulls" '' '' "and so is null among it" "migrate_diff('[]', ignore => '{NULL}')"
refused 22004 "schemas must not contain nulls" '' '' "or among the schemas" "migrate_diff('[]', schemas => '{app,NULL}')"
run here "SELECT migrate_diff((repeat('[', 100000) || repeat(']', 100000))::jsonb)"
is "$STATE" 54001 "a snapshot that is too deep is the server's error"
is "$(sql here "SELECT count(*) FROM migrate_diff('[{\"class\": [[[[[[1]]]]]]}]'::jsonb - 0)")" "$(sql here "SELECT count(*) FROM migrate_schema()")" \
	"against an empty array everything is only here"

# Many objects, and a cancel on the way

many="SELECT jsonb_agg(to_jsonb(s) || jsonb_build_object('class', 'table', 'schema', 'app', 'name', 't' || n, 'identity', 'app.t' || n, 'definition', d,
	'hash', left(encode(sha256(convert_to(format(E'-- PostgreSQL %s\n%s', $major, d), 'UTF8')), 'hex'), 12)))
	FROM generate_series(1, 20000) n, LATERAL (SELECT format(E'CREATE TABLE app.t%s ();\n-- no columns\nALTER TABLE app.t%s OWNER TO postgres;', n, n)) AS s(d)"
is "$(sql here "SELECT difference, count(*) FROM migrate_diff(($many), '{app}') GROUP BY 1 ORDER BY 1")" "only here|5
only there|20000" "20000 objects are compared"
run here "SET statement_timeout = 300" "SELECT count(*) FROM migrate_diff((SELECT jsonb_agg(x) FROM generate_series(1, 20) g, jsonb_array_elements(($many)) AS e (x)))"
is "$STATE" 57014 "and can be cancelled"

# scripts/push --diff: between the databases, without a file

. test/server/lib/push.bash
push --diff there -d there
code 0 "--diff: a database does not differ from itself"
push --diff --schema app there -d here
code 0 "nor do schemas that are equal"
sql there "CREATE TABLE app.\"It's\" ()" "GRANT SELECT ON app.totals TO diff_owner"
push --diff "postgresql://$PGUSER:wrong@/there?host=$PGHOST&port=$PGPORT" -d here -At
is "$CODE|$OUT" "3|only there|table|app.\"It's\"||CREATE TABLE app.\"It's\" ();
-- no columns
ALTER TABLE app.\"It's\" OWNER TO postgres;
differs|view|app.totals||GRANT SELECT ON TABLE app.totals TO diff_owner;" "what differs is shown, and the exit code is 3" || explain "$ERR"
push --diff --schema app --schema public --ignore grants --ignore owners there -d here -At
is "$CODE|$OUT" "3|only there|table|app.\"It's\"||CREATE TABLE app.\"It's\" ();
-- no columns" "schemas and what to ignore can be given"
push --diff --ignore nothing there -d here
is "$CODE $MESSAGE" "1 \"nothing\" can't be ignored" "what migrate_diff() refuses fails"
push --diff nowhere -d here
code 1 "so does a database that is not there"
like "$ERR" "could not read the schema of the other database" "which is said"
push --diff postgres -d here
like "$CODE$ERR" '1.*extension "migrate" does not exist in database "postgres"' "and one without the extension"
push --diff
code 2 "--diff needs another database"
push --diff --target 1 there -d here
code 2 "and no target"
push --plan --ignore owners "$SCRATCH" -d here
code 2 "what to ignore belongs to --diff"
drop_roles rich
done_testing
