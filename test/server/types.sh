#!/usr/bin/env bash
# migrate_types() beside the Supabase CLI: the same text, once both are formatted, for schemas that have every kind of object.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/statements.bash
npm_packages supabase@3.1.0 prettier@3.8.1
export HOME=$SCRATCH/home SUPABASE_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
mkdir -p "$HOME" "$SCRATCH/project"

# pretty NAME...: formats $SCRATCH/NAME.ts.
pretty() {
	(cd "$SCRATCH" && "$NPM_FOLDER/node_modules/.bin/prettier" --log-level error --write "${@/%/.ts}") >"$SCRATCH/error" 2>&1 ||
		explain "$(cat "$SCRATCH/error")"
}

# write_ours DATABASE SCHEMAS: a list with commas; none means the default. AS=role calls as that role.
write_ours() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" ${AS:+-U "$AS"} -v schemas="$2" >"$SCRATCH/ours.ts" <<'SQL'
SELECT ext.migrate_types(string_to_array(nullif(:'schemas', ''), ','));
SQL
}
write_theirs() {
	(cd "$SCRATCH/project" && "$NPM_FOLDER/node_modules/.bin/supabase" gen types ${2:+--schema "$2"} \
		--remote="postgresql://${AS:-$PGUSER}@localhost:$PGPORT/$1?host=$PGHOST" 2>"$SCRATCH/error" >"$SCRATCH/theirs.ts") ||
		explain "$(cat "$SCRATCH/error")"
}
# agree DATABASE SCHEMAS NAME: both write something, and the same.
agree() {
	write_theirs "$1" "$2"
	write_ours "$1" "$2"
	pretty theirs ours
	like "$(cat "$SCRATCH/ours.ts")" 'export type Database = \{.*export const Constants = ' "$3: types are written"
	same "$SCRATCH/theirs.ts" "$SCRATCH/ours.ts" "$3: the CLI writes the same"
}
# ours DATABASE SCHEMAS: formatted.
ours() {
	write_ours "$@"
	pretty ours
}
# The extension lies in a schema of its own: in public its functions would stand among the others.
types_database() {
	database "$1" "${2:-}"
	sql "$1" "CREATE SCHEMA ext" "CREATE EXTENSION migrate SCHEMA ext"
}

# Every kind of object

types_database types "TEMPLATE template0 ENCODING UTF8"
psql -Xq -v ON_ERROR_STOP=1 -d types -f test/types/everything.sql >"$SCRATCH/log" 2>&1
ok $? "a schema that has everything is made" || explain "$(cat "$SCRATCH/log")"
agree types "" "by default"
ours types public
same "$SCRATCH/theirs.ts" "$SCRATCH/ours.ts" "that is schema public"
agree types shop "another schema"
agree types "public,shop,Odd Names,empty,hidden" "several schemas"
agree types "Odd Names" "a schema whose name needs quotes"
agree types ext "the functions of an extension"
agree types migrate "the tables of one"
agree types "information_schema,public" "views that the server brings"
agree types pg_catalog "a schema that is the server's"

psql -Xq -v ON_ERROR_STOP=1 -d types -f test/types/collisions.sql >"$SCRATCH/log" 2>&1
ok $? "types and keys that have one name are made" || explain "$(cat "$SCRATCH/log")"
agree types "" "collisions"
agree types "a,public,order" "collisions in several schemas"
agree types "z,order" "collisions in others"
agree types extensions "a schema that is followed through unasked"
sql types "ALTER DATABASE types SET search_path = a, z, public"
agree types "public,a,z" "with another search path"
sql types "ALTER DATABASE types RESET search_path"

# Who sees what

role types_reader LOGIN
sql types "GRANT USAGE ON SCHEMA ext TO types_reader" "GRANT EXECUTE ON FUNCTION ext.migrate_types TO types_reader" \
	"GRANT SELECT ON users, kinds TO types_reader" "GRANT SELECT (customer, state) ON shop.orders TO types_reader" \
	"GRANT USAGE ON SCHEMA shop TO types_reader"
AS=types_reader agree types "" "a role that may see little"
AS=types_reader agree types "public,shop,hidden" "in several schemas"
like "$(cat "$SCRATCH/ours.ts")" 'orders: \{[[:space:]]+Row: \{[[:space:]]+customer: number;[[:space:]]+state: Database[^;]*;[[:space:]]+\}' "of a table it sees the columns that it may read"
unlike "$(cat "$SCRATCH/ours.ts")" 'hidden: \{' "and no schema that it may not use"

# Other databases

types_database types_latin "TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'"
psql -Xq -v ON_ERROR_STOP=1 -d types_latin -f <(sed '/таблица\|Ёлка\|表/d; s/☃//' test/types/everything.sql) >"$SCRATCH/log" 2>&1
agree types_latin "public,Odd Names" "in LATIN1"
types_database types_bytes "TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'"
sql types_bytes 'CREATE TABLE "ä" ()' 'CREATE TABLE z ()' 'CREATE TABLE "B" ()' 'CREATE TABLE a_ ()' >/dev/null
is "$(sql types_bytes "SELECT string_agg(line, ' ') FROM string_to_table(ext.migrate_types(), E'\n') AS line WHERE line ~ '^      [^ ]+: [{]$'")" \
	'      a_: {       B: {       z: {       "ä": {' "where the server knows no letters, those that are not ASCII come last"
types_database types_statements
make_roles
statements | sed '/^DROP OWNED/,$d; /SUBSCRIPTION/d; s/$/;/' >"$SCRATCH/statements.sql"
psql -Xq -d types_statements -f "$SCRATCH/statements.sql" >"$SCRATCH/log" 2>&1
# The CLI asks each foreign table whether it can be written, which needs a handler.
sql types_statements "CREATE EXTENSION postgres_fdw SCHEMA ext" >/dev/null
psql -XAtq -v ON_ERROR_STOP=1 -d types_statements >"$SCRATCH/log" 2>&1 <<'SQL'
SELECT format('ALTER FOREIGN DATA WRAPPER %I HANDLER ext.postgres_fdw_handler', fdwname) FROM pg_foreign_data_wrapper WHERE fdwhandler = 0 \gexec
SQL
agree types_statements "$(sql types_statements "SELECT string_agg(nspname, ',') FROM pg_namespace WHERE nspname !~ '^pg_'")" \
	"a statement of every kind"
drop_roles types_statements
types_database types_example
for file in migrations/*.sql; do
	psql -Xq -d types_example -f "$file" >"$SCRATCH/log" 2>&1
done
agree types_example "" "the example migrations"

# What it does not depend on, and what it refuses

ours types "public,a,shop" && cp "$SCRATCH/ours.ts" "$SCRATCH/before.ts"
PGOPTIONS='-c quote_all_identifiers=on -c datestyle=German -c bytea_output=escape -c extra_float_digits=-3' ours types "public,a,shop"
same "$SCRATCH/before.ts" "$SCRATCH/ours.ts" "it does not depend on the session"
run types "SET search_path = z, a, pg_catalog" "SELECT md5(ext.migrate_types('{public,a,shop}'))" "RESET search_path" "SELECT md5(ext.migrate_types('{public,a,shop}'))"
is "$(sort -u <<<"$OUT" | wc -l)" 1 "nor on the search path that it has set"
run types "SET search_path = z" "SELECT ext.migrate_types() IS NULL" "SHOW search_path"
is "$OUT" $'f\nz' "which stays as it is"
ours types "shop,public,a,a" && same "$SCRATCH/before.ts" "$SCRATCH/ours.ts" "nor on the order of the schemas"
run types "SELECT ext.migrate_types('{}') ~ 'export type Database = {\n}'"
is "$OUT" t "no schema is an empty description"
run types "SELECT ext.migrate_types(ARRAY['public', NULL])"
is "$STATE $MESSAGE" "22004 schemas must not contain nulls" "a null is none"
run types "SELECT ext.migrate_types('{public,\"no such\"}')"
is "$STATE $MESSAGE" '3F000 schema "no such" does not exist' "an unknown schema"
run types "SELECT ext.migrate_types(language => 'TypeScript')"
is "$STATE $MESSAGE|$DETAIL|$HINT" "22023 unknown language \"TypeScript\"|Types are written in typescript.|Leave the argument out, or pass 'typescript'." "another language"
run types "BEGIN READ ONLY" "SELECT ext.migrate_types() = ext.migrate_types('{public}')"
is "$STATE $OUT" "00000 t" "a read-only transaction"

done_testing
