#!/usr/bin/env bash
# migrate_lint(): the examples on the rules' pages and one statement after another, beside squawk on the same files; what
# the catalogs know; exemptions; migrate.lint.
. test/server/lib/tap.bash
. test/server/lib/pages.bash

mapfile -t pages < <(grep -lE '^## [a-z]+-[a-z-]+$' docs/lint-*.md)

# load_files DATABASE FOLDER: its files as migrations.
load_files() {
	(cd "$2" && for file in *.sql; do jq -nc --arg n "$file" --rawfile c "$file" '{name: $n, content: $c}'; done | jq -sc .) >"$SCRATCH/files.json"
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" <<-SQL
		\set files \`cat $SCRATCH/files.json\`
		SELECT FROM migrate_load(:'files');
	SQL
}

# ours DATABASE: what is found, a line each: file, line, rule.
ours() {
	sql "$1" "SET migrate.statement_timeout = '10min'" \
		"SELECT DISTINCT concat_ws(' ', version || coalesce('_' || nullif(name, ''), ''), line, rule) FROM migrate_lint()" | LC_ALL=C sort
}

# The examples of each page, in a folder and a database of its own.
declare -A examples
for page in "${pages[@]}"; do
	name=$(basename "$page" .md)
	database=${name//-/_}
	folder=$SCRATCH/$name
	rm -rf "$folder"
	mkdir -p "$folder/blocks" "$folder/files"
	database "$database"
	while read -r number kind place; do
		case $kind in
		setup) psql -XAtq -v ON_ERROR_STOP=1 -d "$database" -f "$folder/blocks/$number" || exit 1 ;;
		file) cp "$folder/blocks/$number" "$folder/files/$(basename "$place")" ;;
		esac
	done < <(page_blocks "$page" "$folder/blocks")
	load_files "$database" "$folder/files" || exit 1
	ours "$database" >"$folder/ours"
	examples[$name]=$folder
done

rules=$(sed -n 's/^const Rule k[A-Za-z]* = {\?//p' src/core/lint/rules/*.cpp | wc -l)
is "$(cat "${pages[@]}" | grep -c '^## [a-z-]*$')" "$rules" "every rule stands on a page"
for page in "${pages[@]}"; do
	name=$(basename "$page" .md)
	folder=${examples[$name]}
	while read -r rule; do
		bad=$(cd "$folder/files" && ls 1*_"$rule".sql) good=$(cd "$folder/files" && ls 2*_"$rule".sql)
		ok "$(grep -qE "^${bad%.sql} [0-9]+ $rule\$" "$folder/ours"; echo $?)" "$rule: is found in its bad example" || explain "$(cat "$folder/ours")"
		is "$(grep "^${good%.sql} " "$folder/ours")" "" "$rule: its good example is good"
		is "$(sql "${name//-/_}" "SELECT DISTINCT level || ' ' || page FROM migrate_lint('${bad%.sql}') WHERE rule = '$rule'")" \
			"$(awk -v rule="$rule" '$0 == "## " rule { getline; getline; gsub(/[`:]/, "", $1); print $1 }' "$page") $page#$rule" \
			"$rule: level and page are those of the page"
	done < <(sed -n 's/^## \([a-z]*-[a-z-]*\)$/\1/p' "$page")
done

# One statement after another. A line says at its end where both differ.
cases=$SCRATCH/cases
rm -rf "$cases"
mkdir -p "$cases/files"
number=1000
while IFS= read -r line; do
	number=$((number + 1))
	echo "${line%% -- [os]*: *}" >"$cases/files/$number.sql"
	for side in ours squawk; do
		sed -n "s/.* -- $side: //p" <<<"$line" | sed 's/, /\n/g' | while read -r rule; do echo "$side $number 1 $rule"; done
	done >>"$cases/known"
done <test/lint/statements.sql
migrate_database lint_cases
sql lint_cases "CREATE TABLE known (id bigint PRIMARY KEY, short varchar(10), amount numeric(10, 2), small smallint,
	checked text CONSTRAINT is_checked CHECK (checked IS NOT NULL))"
load_files lint_cases "$cases/files" || exit 1
ours lint_cases >"$cases/ours"

# Not asked: what has another sense here, see there.
not_asked='prefer-robust-stmts|require-lock-timeout|require-statement-timeout|unused-ignore|require-table-schema'

# beside FOLDER: what only one of both finds, a line each: side, file, line, rule. Of rules that squawk has.
beside() {
	(cd "$1/files" && squawk --assume-in-transaction --pg-version=19 --reporter=gcc ./*.sql) 2>"$SCRATCH/error" |
		sed -nE 's/^(.*)\.sql:([0-9]+):[0-9]+: [a-z]+: ([a-z-]+) .*/\1 \2 \3/p' |
		awk '{ print $1, $2 + 1, $3 }' | grep -vE " ($not_asked)\$" | LC_ALL=C sort -u >"$1/squawk"
	grep -E " ($squawk_rules)\$" "$1/ours" | LC_ALL=C sort -u >"$1/ours_of_squawk"
	LC_ALL=C comm -23 "$1/ours_of_squawk" "$1/squawk" | sed 's/^/ours /'
	LC_ALL=C comm -13 "$1/ours_of_squawk" "$1/squawk" | sed 's/^/squawk /'
}

# What the catalogs know, and what they don't.
migrate_database lint
sql lint "CREATE TABLE parted (a bigint, b text) PARTITION BY LIST (a)" "CREATE TABLE part PARTITION OF parted FOR VALUES IN (1)" \
	"CREATE SCHEMA other" "CREATE TABLE other.hidden (a varchar(5))" "CREATE TABLE plain (a int, b varchar(5) NOT NULL)" \
	"CREATE FUNCTION volatile() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1'" \
	"CREATE FUNCTION constant() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'"

# lints TEXT FINDINGS NAME: what lint finds in it, as "line rule, …", but for what is found for information.
lints() {
	add_migration lint 0001_a "$1" || exit 1
	is "$(sql lint "SELECT string_agg(line || ' ' || rule, ', ' ORDER BY line, rule) FROM migrate_lint() WHERE level <> 'info'")" "$2" "$3"
}
lints "CREATE INDEX ON parted (a)" "1 require-concurrent-index-creation" "an index of a partitioned table is found"
like "$(sql lint "SELECT fix FROM migrate_lint() WHERE level = 'error'")" "ON ONLY" "with what can be done there"
lints "ALTER TABLE plain ADD c int DEFAULT constant()" "" "a function that is not volatile is known"
lints "ALTER TABLE plain ADD c int DEFAULT volatile()" "1 adding-field-with-default" "so is one that is"
lints "ALTER TABLE plain ADD c int DEFAULT public.nowhere()" "1 adding-field-with-default" "one that is not there may be volatile"
lints "ALTER TABLE plain ALTER b SET NOT NULL" "" "SET NOT NULL where it is so needs no scan"
lints "ALTER TABLE hidden ALTER a TYPE text" "1 changing-column-type" "a table outside of the search_path is not known"
lints "ALTER TABLE other.hidden ALTER a TYPE text" "" "by its schema it is"
sql lint "ALTER DATABASE lint SET search_path = other, public"
lints "ALTER TABLE hidden ALTER a TYPE text" "" "so it is by the search_path that migrations start from"
is "$(sql lint "SET search_path = public" "SELECT count(*) FROM migrate_lint() WHERE level <> 'info'" "SHOW search_path")" $'0\npublic' \
	"whatever the session's is, which stays"
sql lint "ALTER DATABASE lint RESET search_path"
lints "ALTER TABLE nowhere.t ADD c int DEFAULT constant(), DROP d" "1 ban-drop-column" "a schema that is not there is no error"
lints "ALTER TABLE plain ALTER a TYPE bigint USING volatile(), ALTER b TYPE nowhere" "1 changing-column-type, 1 changing-column-type" \
	"nor is a type that is not there"
lints $'SELECT 1;\n\nALTER TABLE plain\n  ADD c int\n    REFERENCES plain,\n  ADD CONSTRAINT k\n    CHECK (a > 0)' \
	"5 adding-foreign-key-constraint, 6 constraint-missing-not-valid" "lines are those of the parts"
lints $'SELECT $$\nDROP TABLE plain;\n$$;\nDROP TABLE plain' "4 ban-drop-table" "what is a string is no statement"
lints $'INSERT INTO plain VALUES (1, $$'"$(printf 'x%.0s' {1..9000})"$'$$);\nDROP TABLE plain' "2 ban-drop-table" "an INSERT of many rows is passed over"
lints $'-- migrate:no-transaction\nALTER TABLE plain ADD c int;\nUPDATE plain SET c = 1' "" "each statement alone holds no lock for the next"
lints $'-- migrate:no-transaction\nBEGIN;\nALTER TABLE plain ADD c int;\nUPDATE plain SET c = 1;\nCOMMIT' "4 backfill-with-schema-change" \
	"between BEGIN and COMMIT it does"
sql lint "ALTER DATABASE lint SET migrate.lock_timeout = 0"
lints $'SELECT 1;\nALTER TABLE plain ADD c int;\nALTER TABLE plain ADD d int' "2 require-lock-timeout" "without a lock timeout the first lock is named"
lints $'-- migrate:lock-timeout 1s\nALTER TABLE plain ADD c int' "" "with the directive none is"
sql lint "ALTER DATABASE lint RESET migrate.lock_timeout"
is "$(sql lint "SELECT string_agg(rule, ' ') FROM migrate_lint()" "SET migrate.statement_timeout = '1min'" "SELECT count(*) FROM migrate_lint() WHERE rule ~ 'timeout'")" \
	$'require-statement-timeout prefer-bigint-over-int\n0' "a statement timeout is wanted once"

# What is deep.
run lint "SELECT count(*) FROM migrate_load(jsonb_build_array(jsonb_build_object('name', '0001_a.sql', 'content', 'ALTER TABLE plain ADD c int DEFAULT 1' || repeat('+1', 200000))), 'deep')" "SELECT count(*) FROM migrate_lint()"
is "$STATE" 54001 "an expression that is too deep for the server is so here" || explain "$ERR"
run lint "SELECT count(*) FROM migrate_load(jsonb_build_array(jsonb_build_object('name', '0001_a.sql', 'content', 'CREATE VIEW v AS SELECT 1' || repeat('::int', 200000))), 'deep')" "SELECT count(*) FROM migrate_lint()"
is "$STATE" 00000 "a name is not looked for too deep" || explain "$ERR"

# What is applied is judged by its text.
lints "CREATE TABLE IF NOT EXISTS made (a varchar(3)); CREATE INDEX ON made (a)" "" "a table that is made is new"
sql lint "SELECT migrate_apply()" >/dev/null
is "$(sql lint "SELECT count(*) FROM migrate_lint()" "SELECT count(*) FROM migrate_lint('0001') WHERE level <> 'info'")" $'0\n0' \
	"so it is when it is there; what is applied is not linted unless it is named"
is "$(sql lint "SELECT migrate_add('0002_down', 'CREATE TABLE n (a bigint)', 'DROP TABLE n')" "SELECT count(*) FROM migrate_lint('0002')" | tail -n 1)" 0 \
	"down scripts are not linted"
run lint "SELECT migrate_lint('0003')"
fails 42704 "an unknown migration is an error"

# Exemptions.
add_refused() {
	run lint "SELECT migrate_add('0003_exempt', E'$1')"
	is "$STATE|$MESSAGE|$PLACE|$HINT" "$2|Migration \"0003_exempt\", line 2, column 1.|$3" "$4"
}
add_refused '\n-- migrate:nolint' '42601|directive "migrate:nolint" needs a value' \
	'Say which rule, and why: "-- migrate:nolint ban-drop-column nobody uses it".' "an exemption needs a rule"
add_refused '\n-- migrate:nolint ban-drop-table' '42601|exemption from lint rule "ban-drop-table" needs a reason' \
	'Say why: "-- migrate:nolint ban-drop-table the table is empty".' "and a reason"
add_refused '\n-- migrate:nolint ban-drop-colum it is empty' '42704|there is no lint rule "ban-drop-colum"' 'Did you mean "ban-drop-column"?' "it names a rule"
add_refused 'SELECT 1;\n-- migrate:nolint ban-drop-table it is empty' '42601|directive stands below the first statement' \
	'Move "-- migrate:nolint ban-drop-table it is empty" to the top of its section.' "it stands at the top"
run lint "SELECT migrate_add('0003_exempt', '', E'-- migrate:nolint ban-drop-table it is empty\nDROP TABLE plain')"
fails 42601 "not in a down script" || explain "$ERR"
run lint "SELECT migrate_load('[{\"name\": \"0003_exempt.sql\", \"content\": \"-- migrate:nolint ban-drop-table it is empty\n-- migrate:up\nDROP TABLE plain;\nALTER TABLE plain DROP a;\n-- migrate:down\n\"}]')" \
	"SELECT line || ' ' || rule FROM migrate_lint('0003') WHERE level <> 'info'"
is "$(tail -n 1 <<<"$OUT")" "4 ban-drop-column" "one above the first section line holds, for its rule only"

# migrate.lint.
run lint "SET migrate.lint = 'notice'" "SELECT migrate_apply('0003', dry_run => true)"
like "$ERR" 'NOTICE:  00000: migration "0003_exempt", line 4: ban-drop-column: dropping column a of plain breaks' "notice tells"
unlike "$ERR" "ban-drop-table" "not of what is exempted"
for call in "SELECT migrate_apply()" "SELECT migrate_apply(dry_run => true)" "CALL migrate_up()" \
	"SELECT migrate_run('0009_run', 'ALTER TABLE plain DROP a')"; do
	run lint "SET migrate.lint = 'block'" "$call"
	fails MG014 "block refuses: $call"
	is "$MESSAGE" "migrate.lint refuses to apply: 1 lint finding" "… and says how many"
	like "$DETAIL" 'line [14]: ban-drop-column: dropping column a of plain' "… and which: $call"
	like "$HINT" "Nothing was run. migrate_lint\(\) says what to do instead" "… and what to do"
done
is "$(sql lint "SELECT count(*) FROM migrate.migration WHERE version = '0009'" "SELECT count(*) FROM pg_attribute WHERE attrelid = 'plain'::regclass AND attname = 'a'")" \
	$'0\n1' "nothing was registered or run"
run lint "SET migrate.lint = 'block'" "SELECT migrate_start(wait_ms => 20000)" "SELECT state, sqlstate FROM migrate_job((SELECT max(id) FROM migrate.job))"
is "$(tail -n 1 <<<"$OUT")" "failed|MG014" "a job is refused, too"
run lint "SET migrate.lint = 'block'" "SELECT migrate_apply('0002')" "SELECT migrate_rollback()"
works "block lets pass what lint finds nothing in, and what rolls back"
run lint "SELECT migrate_version()" "SET migrate.lint = 'maybe'"
fails 22023 "there is no other mode"
sql lint "SELECT migrate_load(jsonb_build_array(jsonb_build_object('name', '0004_many.sql', 'content', repeat('DROP TABLE plain;', 30))), 'many')" >/dev/null
run lint "SET migrate.lint = 'block'" "SELECT migrate_apply()"
like "$DETAIL" 'And 11 more\.' "of many findings the first are named"

# Who can't read the texts.
role lint_role
sql lint "GRANT EXECUTE ON FUNCTION migrate_lint, migrate_apply TO lint_role"
AS=lint_role run lint "SELECT migrate_lint()"
is "$STATE $MESSAGE" "42501 permission denied for the texts of migrations" "lint shows texts only to those who may read them"
AS=lint_role run lint "SET migrate.lint = 'block'" "SELECT migrate_apply('0003')"
like "$STATE $DETAIL" '^MG014 Migration "0003_exempt", line 4: ban-drop-column\.$' "a refusal names the rule all the same, and nothing of the text"
sql lint "GRANT USAGE ON SCHEMA migrate TO lint_role" "GRANT SELECT ON migrate.script TO lint_role"
AS=lint_role run lint "SELECT count(*) > 0 FROM migrate_lint()"
is "$STATE $OUT" "00000 t" "with the right to read them it does"
run lint "BEGIN READ ONLY; SELECT count(*) > 0 FROM migrate_lint(); COMMIT"
works "it works in a read-only transaction"

# The same rules are asked wherever npm is: see scripts/dependencies.
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
	echo "# lint.sh: squawk is not asked, for npm or node is not installed" >&2
	done_testing
	exit
fi
. test/server/lib/npm.bash
npm_packages squawk-cli@2.66.0
squawk() { "$NPM_FOLDER/node_modules/.bin/squawk" "$@"; }
# What it calls its rules: those that it has of ours.
squawk_rules=$(sed -nE 's/.*"([a-z]+-[a-z-]+)", Level.*/\1/p' src/core/lint/rules/*.cpp | while read -r rule; do
	echo 'SELECT 1;' | squawk --exclude="$rule" >/dev/null 2>&1 && echo "$rule"
done | grep -vE "^($not_asked)\$" | paste -sd'|')
# What is exempted, allowed by the catalogs or by -- migrate:no-transaction, or no constraint that can be NOT VALID.
for page in "${pages[@]}"; do beside "${examples[$(basename "$page" .md)]}"; done | awk '{ print $1, $2, $4 }' | LC_ALL=C sort >"$SCRATCH/found"
LC_ALL=C sort >"$SCRATCH/known" <<-'END'
	squawk 103_adding-foreign-key-constraint constraint-missing-not-valid
	squawk 107_adding-serial-primary-key-field constraint-missing-not-valid
	squawk 108_disallowed-unique-constraint constraint-missing-not-valid
	squawk 109_adding-exclusion-constraint constraint-missing-not-valid
	squawk 201_ban-drop-column ban-drop-column
	squawk 202_ban-concurrent-index-creation-in-transaction ban-concurrent-index-creation-in-transaction
	squawk 202_ban-drop-table ban-drop-table
	squawk 204_ban-drop-database ban-drop-database
	squawk 205_adding-not-nullable-field adding-not-nullable-field
	squawk 206_ban-drop-not-null ban-drop-not-null
	squawk 207_unused-ignore ban-drop-column
	squawk 208_renaming-table renaming-table
	squawk 209_ban-alter-domain-with-add-constraint ban-alter-domain-with-add-constraint
	squawk 210_changing-column-type changing-column-type
END
same "$SCRATCH/known" "$SCRATCH/found" "squawk finds the same in the pages' examples, but for what is known"
beside "$cases" | LC_ALL=C sort >"$SCRATCH/found"
LC_ALL=C sort "$cases/known" >"$SCRATCH/known"
like "$(cat docs/lint-beside.md)" "and on $((number - 1000)) further statements" "the page says of how many statements"
same "$SCRATCH/known" "$SCRATCH/found" "squawk finds the same in $((number - 1000)) statements, but for what is known"
done_testing
