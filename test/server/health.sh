#!/usr/bin/env bash
# migrate_health(): the examples on the rules' pages, cases of each rule, what the caller may see, a deep look; and beside
# splinter, which Supabase's CLI runs on the same databases.
. test/server/lib/tap.bash
. test/server/lib/pages.bash

mapfile -t pages < <(grep -lE '^## [a-z-]+$' docs/health-*.md | grep -v health-beside)

# found DATABASE: what is found, a line each: rule, object.
found() { sql "$1" "SELECT rule || ' ' || object FROM migrate_health(deep => true)" | LC_ALL=C sort; }

# The files of each page in a folder, and its setup in a database to copy.
rm -rf "$SCRATCH/pages"
for page in "${pages[@]}"; do
	name=$(basename "$page" .md)
	folder=$SCRATCH/pages/$name
	mkdir -p "$folder/blocks" "$folder/bad" "$folder/good"
	database "${name//-/_}"
	while read -r number kind place; do
		case $kind in
		setup)
			psql -XAtq -v ON_ERROR_STOP=1 -d "${name//-/_}" -f "$folder/blocks/$number" || exit 1
			cp "$folder/blocks/$number" "$folder/setup.sql"
			;;
		file) cp "$folder/blocks/$number" "$folder/$(basename "$(dirname "$place")")/$(basename "$place")" ;;
		esac
	done < <(page_blocks "$page" "$folder/blocks")
done

# example PAGE FILE: what is found of it alone, in database health_example.
example() {
	database health_example "TEMPLATE ${1//-/_}"
	psql -XAtq -d health_example -f "$2" >"$SCRATCH/example.out" 2>&1
	found health_example
}

rules=$(cat src/core/health/rules/*.cpp | tr -s '\n ' ' ' | grep -oE 'const Rule k[A-Za-z]* = \{ ?"[a-z-]+"' | cut -d'"' -f2 | LC_ALL=C sort)
is "$(sed -n 's/^## \([a-z-]*\)$/\1/p' "${pages[@]}" | LC_ALL=C sort)" "$rules" "every rule stands on a page"
for page in "${pages[@]}"; do
	name=$(basename "$page" .md)
	folder=$SCRATCH/pages/$name
	while read -r rule; do
		all=$(example "$name" "$folder"/bad/1*_"$rule".sql)
		ok "$(grep -q "^$rule " <<<"$all"; echo $?)" "$rule: is found in its bad example" || explain "$all$(cat "$SCRATCH/example.out")"
		is "$(sql health_example "SELECT DISTINCT level || ' ' || page FROM migrate_health(deep => true) WHERE rule = '$rule'")" \
			"$(awk -v rule="$rule" '$0 == "## " rule { getline; getline; gsub(/[`:]/, "", $1); print $1 }' "$page") $page#$rule" \
			"$rule: level and page are those of the page"
		# What is always there has no other example.
		[ "$rule" != counts ] || continue
		all=$(example "$name" "$folder"/good/2*_"$rule".sql)
		is "$(grep "^$rule " <<<"$all")" "" "$rule: is not found in its good example"
		is "$(grep ERROR "$SCRATCH/example.out")" "" "$rule: its good example is sound"
	done < <(sed -n 's/^## \([a-z-]*\)$/\1/p' "$page")
done

# finds DATABASE RULE OBJECTS NAME: what a rule finds, as "object, …".
finds() { is "$(sql "$1" "SELECT string_agg(object, ', ' ORDER BY object COLLATE \"C\") FROM migrate_health() WHERE rule = '$2'")" "$3" "$4"; }

# Policies that recurse, beside what the server itself says: each table is read, and written, as the role.
migrate_database health_recursion
role health_a
role health_b
psql -XAtq -v ON_ERROR_STOP=1 -d health_recursion <<-'SQL' || exit 1
	CREATE FUNCTION secured(name text, VARIADIC policies text[]) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
	  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
	  FOR i IN 1 .. cardinality(policies) LOOP
	    EXECUTE format('CREATE POLICY %I ON %I %s', 'p' || i, name, policies[i]);
	  END LOOP;
	END $$;
	SELECT format('CREATE TABLE %I (id int)', t) FROM unnest(string_to_array('self,circle_1,circle_2,circle_3,apart_1,apart_2,own_insert,far_insert,led,ends,through,Q "q"', ',')) t \gexec
	SELECT secured('self', 'USING (id IN (SELECT s.id FROM self s))');
	SELECT secured('circle_1', 'USING (id IN (SELECT c.id FROM circle_2 c))');
	SELECT secured('circle_2', 'FOR SELECT USING (EXISTS (SELECT FROM circle_3 c WHERE c.id = circle_2.id))');
	SELECT secured('circle_3', 'TO health_a USING ((SELECT max(id) FROM circle_1) > id)', 'TO health_b USING (true)');
	SELECT secured('apart_1', 'TO health_a USING (id IN (SELECT a.id FROM apart_2 a))');
	SELECT secured('apart_2', 'TO health_b USING (id IN (SELECT a.id FROM apart_1 a))');
	SELECT secured('own_insert', 'FOR SELECT USING (true)', 'FOR INSERT WITH CHECK (id NOT IN (SELECT o.id FROM own_insert o))');
	SELECT secured('far_insert', 'FOR SELECT USING (id IN (SELECT e.id FROM ends e))', 'FOR INSERT WITH CHECK (id NOT IN (SELECT f.id FROM far_insert f))');
	SELECT secured('led', 'USING (id IN (SELECT s.id FROM self s))');
	SELECT secured('ends', 'USING (id > 0)');
	CREATE FUNCTION all_of_through() RETURNS SETOF int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT id FROM public.through';
	SELECT secured('through', 'USING (id IN (SELECT all_of_through()))');
	SELECT secured('Q "q"', 'USING (id IN (SELECT q.id FROM "Q ""q""" q))');
	GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO health_a, health_b;
SQL
finds health_recursion policy-reads-own-table 'p1 on public."Q ""q""", p1 on public.circle_1, p1 on public.circle_2, p1 on public.circle_3, p1 on public.self, p2 on public.far_insert' \
	"policies that lead back to their table are found"
is "$(sql health_recursion "SELECT message FROM migrate_health() WHERE rule = 'policy-reads-own-table' AND object ~ 'circle_2'")" \
	"it reads public.circle_3, whose policies lead back to it: infinite recursion (42P17)" "with what leads there"
for call in "health_a self SELECT" "health_a circle_1 SELECT" "health_a circle_3 SELECT" "health_a far_insert INSERT" 'health_a "Q ""q""" SELECT'; do
	role=${call%% *} command=${call##* } table=${call#* }
	table=${table% *}
	[ "$command" = SELECT ] && query="SELECT FROM $table" || query="INSERT INTO $table VALUES (1)"
	AS=$role run health_recursion "$query"
	fails 42P17 "the server says so, too: $call"
done
for query in "SELECT FROM apart_1" "SELECT FROM ends" "SELECT FROM through" "INSERT INTO own_insert VALUES (1)" "SELECT FROM far_insert"; do
	AS=health_a run health_recursion "$query"
	works "the server has nothing against what is not found: $query"
done
AS=health_b run health_recursion "SELECT FROM circle_1"
works "the circle is one for health_a alone"

# Views.
migrate_database health_views
psql -XAtq -v ON_ERROR_STOP=1 -d health_views <<-'SQL' || exit 1
	CREATE TABLE plain (id int);
	CREATE TABLE secured (id int);
	ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
	CREATE TABLE forced (id int);
	ALTER TABLE forced ENABLE ROW LEVEL SECURITY;
	ALTER TABLE forced FORCE ROW LEVEL SECURITY;
	ALTER TABLE forced OWNER TO health_a;
	CREATE TABLE of_a (id int);
	ALTER TABLE of_a ENABLE ROW LEVEL SECURITY;
	ALTER TABLE of_a OWNER TO health_a;
	CREATE VIEW v_plain AS SELECT * FROM plain;
	CREATE VIEW v_secured AS SELECT * FROM secured;
	CREATE VIEW v_invoker WITH (security_invoker = 1) AS SELECT * FROM secured;
	CREATE VIEW v_by_invoker AS SELECT i.id FROM v_invoker i JOIN plain USING (id);
	CREATE VIEW v_not_shown AS SELECT * FROM secured;
	CREATE MATERIALIZED VIEW v_copy AS SELECT * FROM secured;
	CREATE VIEW v_forced AS SELECT * FROM forced;
	ALTER VIEW v_forced OWNER TO health_a;
	CREATE VIEW v_of_a AS SELECT * FROM of_a;
	ALTER VIEW v_of_a OWNER TO health_a;
	CREATE VIEW v_of_b AS SELECT * FROM of_a;
	ALTER VIEW v_of_b OWNER TO health_b;
	GRANT SELECT ON v_plain, v_secured, v_invoker, v_by_invoker, v_copy, v_forced, v_of_a, v_of_b TO PUBLIC;
SQL
finds health_views view-bypasses-row-security "public.v_by_invoker, public.v_copy, public.v_of_a, public.v_secured" "views that show what row security hides are found"

# Numbers.
migrate_database health_numbers
psql -XAtq -v ON_ERROR_STOP=1 -d health_numbers >"$SCRATCH/out" <<-'SQL' || exit 1
	CREATE SEQUENCE below; SELECT setval('below', 6456360425798343064);
	CREATE SEQUENCE at_70 AS smallint; SELECT setval('at_70', 22938);
	CREATE SEQUENCE at_90 AS smallint; SELECT setval('at_90', 29491);
	CREATE SEQUENCE down AS smallint INCREMENT -1; SELECT setval('down', -30000);
	CREATE SEQUENCE down_big INCREMENT -1; SELECT setval('down_big', -9000000000000000000);
	CREATE SEQUENCE round AS smallint CYCLE; SELECT setval('round', 32000);
	CREATE SEQUENCE two MINVALUE 5 MAXVALUE 6; SELECT setval('two', 6);
	CREATE SEQUENCE negative AS integer MINVALUE -2147483648 START -2147483648; SELECT setval('negative', 1);
	CREATE UNLOGGED TABLE a (id int PRIMARY KEY DEFAULT nextval('below'));
	CREATE SEQUENCE shared; SELECT setval('shared', 2100000000);
	CREATE TABLE b (id int DEFAULT nextval('shared'), small smallint GENERATED ALWAYS AS IDENTITY, big bigint DEFAULT nextval('shared'));
	SELECT setval('b_small_seq', 25000);
	CREATE TABLE loaded (id int PRIMARY KEY); INSERT INTO loaded SELECT i + 1800000000 FROM generate_series(1, 200) i; ANALYZE loaded;
	CREATE TABLE large (id bigint PRIMARY KEY); INSERT INTO large SELECT i + 1800000000 FROM generate_series(1, 200) i; ANALYZE large;
SQL
is "$(sql health_numbers "SELECT level || ' ' || object FROM migrate_health() WHERE rule = 'sequence-near-end' ORDER BY object COLLATE \"C\"" | paste -sd,)" \
	"warning public.at_70,error public.at_90,error public.down,error public.down_big,error public.two" "sequences near their end are found"
is "$(sql health_numbers "SELECT level || ' ' || object || ': ' || message FROM migrate_health() WHERE rule = 'int-key-near-end' ORDER BY object COLLATE \"C\"" | paste -sd,)" \
	"error public.a.id: 100 % of the numbers of type integer are used: it is at 6456360425798343064 of 2147483647,error public.b.id: 97 % of the numbers of type integer are used: it is at 2100000000 of 2147483647,warning public.b.small: 76 % of the numbers of type smallint are used: it is at 25000 of 32767,warning public.loaded.id: 83 % of the numbers of type integer are used: it is at 1800000200 of 2147483647" \
	"so are columns that end before their sequence, and keys by their statistics"
sql health_numbers "GRANT EXECUTE ON FUNCTION migrate_health TO health_a" "GRANT SELECT ON SEQUENCE at_70 TO health_a"
AS=health_a run health_numbers "SELECT string_agg(object, ', ' ORDER BY object) FROM migrate_health() WHERE rule ~ 'near-end'"
is "$STATE $OUT" "00000 public.at_70" "of others only those that the caller may use"

# What is disabled, not valid, not complete, being built.
migrate_database health_state
psql -XAtq -v ON_ERROR_STOP=1 -d health_state <<-'SQL' || exit 1
	CREATE TABLE parent (id bigint PRIMARY KEY);
	CREATE TABLE child (id bigint PRIMARY KEY, parent bigint REFERENCES parent);
	ALTER TABLE child ADD CONSTRAINT big CHECK (id > 0) NOT VALID;
	ALTER TABLE child ADD CONSTRAINT again FOREIGN KEY (parent) REFERENCES parent NOT VALID;
	ALTER TABLE parent DISABLE TRIGGER ALL;
	CREATE TABLE replica (id bigint PRIMARY KEY);
	CREATE TRIGGER always BEFORE UPDATE ON replica FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
	ALTER TABLE replica ENABLE ALWAYS TRIGGER always;
	CREATE DOMAIN positive AS int;
	ALTER DOMAIN positive ADD CONSTRAINT more CHECK (VALUE > 0) NOT VALID;
	CREATE TABLE busy (a int);
	CREATE INDEX broken ON busy (a);
	UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
SQL
finds health_state foreign-key-disabled "again on public.child, child_parent_fkey on public.child" "triggers of the table that is referenced enforce a key, too" ||
	explain "$(sql health_state "SELECT tgname, tgenabled, tgconstraint FROM pg_trigger")"
finds health_state trigger-disabled "" "a trigger that always fires is none that is disabled"
finds health_state not-valid-constraint "again on public.child, big on public.child, more on public.positive" "constraints of domains are looked at"
is "$(sql health_state "SELECT fix FROM migrate_health() WHERE rule = 'not-valid-constraint' AND object ~ '^more'")" \
	"ALTER DOMAIN public.positive VALIDATE CONSTRAINT more, after the rows that break it are put right." "with the statement that fits"
finds health_state invalid-index "public.broken" "an invalid index is found"
open_session holder health_state
hold "INSERT INTO busy VALUES (1)"
open_session builder health_state
send builder "CREATE INDEX CONCURRENTLY building ON busy (a);"
wait_until health_state "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('building') AND NOT indisvalid)"
finds health_state invalid-index "public.broken" "not one that is being built"
let_go
answered builder
close_session builder
close_session holder
[ "$(sql health_state "SHOW server_version_num")" -lt 180000 ] || {
	sql health_state "ALTER TABLE child ADD CONSTRAINT loose CHECK (id < 0) NOT ENFORCED" "CREATE TABLE filled (a int)" "INSERT INTO filled VALUES (NULL)" \
		"ALTER TABLE filled ADD CONSTRAINT filled_a NOT NULL a NOT VALID"
	finds health_state not-valid-constraint "again on public.child, big on public.child, filled_a on public.filled, more on public.positive" \
		"NOT ENFORCED is meant so, NOT NULL can be NOT VALID"
	is "$(sql health_state "SELECT object FROM migrate_health(deep => true) WHERE rule = 'check-violated'")" "filled_a on public.filled" "and is looked at"
}

# What is looked at, and by whom.
migrate_database health_scope
sql health_scope "CREATE SCHEMA \"My schema\"" "CREATE TABLE \"My schema\".\"My table\" (a int)" "CREATE TABLE here (a int)" \
	"CREATE EXTENSION hstore" "CREATE SCHEMA app" "SELECT FROM migrate_run('0001_a', 'CREATE TABLE app.made (id bigint PRIMARY KEY)')"
is "$(sql health_scope "CREATE TEMP TABLE temporary (a int)" "SELECT string_agg(rule || ' ' || object, ', ' ORDER BY object) FROM migrate_health()")" \
	'no-primary-key "My schema"."My table", counts health_scope, extension-in-public hstore, no-primary-key public.here' \
	"not what is temporary, of an extension, or our own"
is "$(sql health_scope "SELECT string_agg(rule || ' ' || object, ', ' ORDER BY object) FROM migrate_health('{\"My schema\",app}')")" \
	'no-primary-key "My schema"."My table", counts health_scope' "the schemas that are named"
is "$(sql health_scope "SELECT message FROM migrate_health('{app}') WHERE rule = 'counts'")" "1 table, 0 with row security, 1 index" "their objects are counted"
is "$(sql health_scope "SELECT string_agg(rule, ' ') FROM migrate_health('{}')")" counts "none may be"
run health_scope "SELECT migrate_health('{app,nowhere}')"
is "$STATE $MESSAGE" '42704 schema "nowhere" does not exist' "one that there is not is an error"
run health_scope "SELECT migrate_health('{app,NULL}')"
is "$STATE $MESSAGE" '22004 schemas must not contain nulls' "so is a null"
run health_scope "SELECT migrate_health(deep => NULL)"
fails 22004 "deep is true or false"
run health_scope "BEGIN READ ONLY; SELECT count(*) > 0 FROM migrate_health(deep => true); COMMIT"
is "$STATE $OUT" "00000 t" "it works in a read-only transaction"
run health_scope "SET search_path = \"My schema\"" "SET quote_all_identifiers = on" "SET lock_timeout = '77ms'" \
	"SELECT count(*) FROM public.migrate_health(deep => true) WHERE object = 'public.here'" "SHOW search_path" "SHOW quote_all_identifiers" "SHOW lock_timeout"
is "$(paste -sd' ' <<<"$OUT")" '1 "My schema" on 77ms' "the session's settings neither matter nor change"

# Who comes by an API.
role health_login
role health_web NOLOGIN
migrate_database health_api_roles
sql health_api_roles "CREATE SCHEMA api" "CREATE TABLE api.t (id bigint PRIMARY KEY, password text)" "GRANT SELECT ON api.t TO health_web"
finds health_api_roles rls-disabled-in-public "" "a role of which no API is known"
sql health_api_roles "GRANT health_web TO health_login" "ALTER ROLE health_login IN DATABASE health_api_roles SET pgrst.db_schemas = 'other, api'"
finds health_api_roles rls-disabled-in-public "api.t" "the role that PostgREST logs in as leads there"
is "$(sql health_api_roles "SELECT message FROM migrate_health() WHERE rule = 'sensitive-columns-exposed'")" \
	"health_web may read password of all rows by the API: the table has no row security" "and says who may read what"
sql health_api_roles "ALTER ROLE health_web BYPASSRLS"
finds health_api_roles rls-disabled-in-public "" "whom row security does not hold for is none of those"
sql postgres "ALTER ROLE health_web NOBYPASSRLS" "REVOKE health_web FROM health_login"

# Splinter is asked wherever npm is: see scripts/dependencies.
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
	echo "# health.sh: splinter is not asked, for npm or node is not installed" >&2
	done_testing
	exit
fi
. test/server/lib/npm.bash
npm_packages supabase@3.1.0
. test/server/lib/supabase.bash
# It takes the schemas of the API from its project.
mkdir -p "$SCRATCH/project/supabase"
printf 'project_id = "health"\n[api]\nschemas = ["public", "pgmq_public"]\n' >"$SCRATCH/project/supabase/config.toml"

# splinter DATABASE: what it finds, a line each: rule with our dashes, object.
splinter() {
	local remote="postgresql://$PGUSER@localhost:$PGPORT/$1?host=$PGHOST"
	(cd "$SCRATCH/project" && "$NPM_FOLDER/node_modules/.bin/supabase" db advisors --yes --remote="$remote" --output-format json \
		--type all --level info) >"$SCRATCH/advisors.json" 2>"$SCRATCH/error" || {
		ok 1 "splinter looks at $1" || explain "$(cat "$SCRATCH/advisors.json" "$SCRATCH/error")"
		return 1
	}
	jq -r '.results[] | .metadata as $m | (.name | gsub("_"; "-")) + " " + (
		$m.extension_name // if $m.type == "extension" then $m.name else
			(($m.fkey_name // $m.foreign_key) | if . then . + " on " else "" end) + $m.schema + "." + $m.name + (if $m.column then "." + $m.column else "" end)
		end)' "$SCRATCH/advisors.json" | LC_ALL=C sort -u
}

# ours DATABASE: what we find by its rules, in its words: the table of a policy or an index, a function without arguments.
ours() {
	sql "$1" "SET search_path = ''" "SELECT DISTINCT f.rule || ' ' || CASE
			WHEN f.rule ~ '^(auth-rls|rls-)' THEN regexp_replace(f.object, '^.* on ', '')
			WHEN f.rule = 'unused-index' THEN (SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = f.object::regclass)
			WHEN f.rule = 'function-search-path-mutable' THEN regexp_replace(f.object, '[(].*', '')
			ELSE f.object END
		FROM public.migrate_health() f WHERE f.rule IN ($(printf "'%s', " "${splinter_rules[@]}") '')" |
		LC_ALL=C sort
}

# beside DATABASE: what only one of both finds, a line each: side, rule, object.
beside() {
	splinter "$1" | tr -d '"' >"$SCRATCH/splinter"
	ours "$1" | tr -d '"' >"$SCRATCH/ours"
	LC_ALL=C comm -23 "$SCRATCH/ours" "$SCRATCH/splinter" | sed 's/^/ours /'
	LC_ALL=C comm -13 "$SCRATCH/ours" "$SCRATCH/splinter" | sed 's/^/splinter /'
}
mapfile -t splinter_rules < <(sed -nE 's/^\| `([a-z-]+)` \| (info|warning|error) \|.*/\1/p' docs/health-beside.md)
is "${#splinter_rules[@]}" 23 "the page lists the rules of splinter"

rm -f "$SCRATCH/seen" "$SCRATCH/levels"
for kind in bad good cases; do
	migrate_database "health_$kind"
	for page in "${pages[@]}"; do psql -XAtq -d "health_$kind" -f "$SCRATCH/pages/$(basename "$page" .md)/setup.sql" >"$SCRATCH/out" 2>&1; done
	if [ "$kind" = cases ]; then
		psql -XAtq -v ON_ERROR_STOP=1 -d health_cases -f test/health/cases.sql || exit 1
	else
		for file in "$SCRATCH"/pages/*/"$kind"/*.sql; do psql -XAtq -d "health_$kind" -f "$file" >"$SCRATCH/out" 2>&1; done
	fi
	beside "health_$kind" >"$SCRATCH/found_$kind"
	sed -nE "s/^$kind (ours|splinter)/\\1/p" test/health/differences | LC_ALL=C sort >"$SCRATCH/known"
	LC_ALL=C sort "$SCRATCH/found_$kind" >"$SCRATCH/found"
	same "$SCRATCH/known" "$SCRATCH/found" "splinter finds the same, but for what is known: $kind"
	cut -d' ' -f1 "$SCRATCH/splinter" >>"$SCRATCH/seen"
	jq -r '.results[] | (.name | gsub("_"; "-")) + " " + (.level | ascii_downcase)' "$SCRATCH/advisors.json" >>"$SCRATCH/levels"
done
is "$(sort -u "$SCRATCH/seen")" "$(printf '%s\n' "${splinter_rules[@]}" | sort)" "each rule of splinter finds something there"
is "$(sort -u "$SCRATCH/levels" | sed 's/ warn$/ warning/')" \
	"$(sed -nE 's/^\| `([a-z-]+)` \| (info|warning|error) \|.*/\1 \2/p' docs/health-beside.md | sort)" "the levels are the same"
done_testing
