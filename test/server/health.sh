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

rules=$(sed -nE 's/^const Rule k[A-Za-z]* = \{"([a-z-]+)".*/\1/p' src/core/health/rules/*.cpp | LC_ALL=C sort)
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
