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
done_testing
