#!/usr/bin/env bash
# docs/testing.md as a user reads it: its blocks run from top to bottom, its suites by pg_prove, and what it shows of
# their output is what they print.
. test/server/lib/tap.bash

page=docs/testing.md
suites=$SCRATCH/suites
rm -rf "$suites"
mkdir -p "$suites/test"

# block KIND NUMBER: the text of that block of the page.
block() {
	awk -v kind="$1" -v wanted="$2" '
		inside && /^```$/ { exit }
		inside { print }
		/^```/ && $0 == "```" kind && ++count == wanted { inside = 1 }' "$page"
}
# cells: without the blanks that align them, the lines below headings, and the times.
cells() { sed -E '/^[-+]+$/d; /^\([0-9]+ rows?\)$/d; /^$/d; s/ *\| */|/g; s/^ +//; s/ +$//'; }

# prove NAME: runs that suite; its output without the lines that tell of the file and the time.
prove() {
	(cd "$suites" && pg_prove --verbose -d "$1" "test/$2" 2>&1) >"$SCRATCH/prove.log"
	grep -vE '^(test/|Files=|psql:)' "$SCRATCH/prove.log" >"$SCRATCH/prove.out"
}

# shows NUMBER NAME: what the suite has printed is that text block.
shows() { same "$SCRATCH/prove.out" <(block text "$1") "$2" || explain "$(cat "$SCRATCH/prove.log")"; }

# As the page says.
migrate_database testing
grep -qF "ALTER DATABASE app_test SET migrate.plain_indexes = on" "$page" && sql postgres "ALTER DATABASE testing SET migrate.plain_indexes = on"
run testing <<<"$(block sql 1)"
works "the migrations of the page are added"
block 'sql suite' 1 >"$suites/test/migrations.sql"
block 'sql committing' 1 >"$suites/test/committing.sql"
is "$(grep -lE 'up_down_up|CALL migrate_down' "$suites"/test/*.sql | wc -l)" 2 "the page has two suites"

prove testing migrations.sql
shows 1 "the suite takes each migration up, down and up, as shown"
is "$(sql testing "SELECT string_agg(DISTINCT status, ' ') FROM migrate_status()" "SELECT to_regclass('people') IS NULL")" $'pending\nt' \
	"and leaves nothing"

sql testing "SELECT migrate_add('0001_people', 'CREATE TABLE people (id bigserial PRIMARY KEY, email text)', 'DROP TABLE peeple')" >"$SCRATCH/out"
prove testing migrations.sql
like "$(cat "$SCRATCH/prove.out")" 'Result: FAIL' "a wrong down script fails it"
is "$(grep -F -x -f <(block text 2) "$SCRATCH/prove.out" | sort -u | wc -l)" "$(block text 2 | wc -l)" "the failure says where, as shown" ||
	explain "$(cat "$SCRATCH/prove.log")"
sql testing "SELECT migrate_add('0001_people', E'-- migrate:irreversible on purpose\\nCREATE TABLE people (id bigserial PRIMARY KEY, email text)')" >"$SCRATCH/out"
prove testing migrations.sql
like "$(cat "$SCRATCH/prove.out")" 'ok 2 - SKIP|ok 2 # SKIP 0001_people: has no way back' "one without a way back is skipped"
run testing <<<"$(block sql 1)"
works "with the page's text again"

migrate_database testing_commits
run testing_commits <<<"$(block sql 1)"
prove testing_commits committing.sql
shows 3 "the suite that commits, as shown"
is "$(sql testing_commits "SELECT string_agg(event || ' ' || version, ', ' ORDER BY id) FROM migrate.history WHERE event IN ('apply', 'rollback')")" \
	"apply 0001, apply 0002, apply 0003, rollback 0003, rollback 0002, rollback 0001, apply 0001, apply 0002, apply 0003" "does what it says"

psql -X -d testing -v ON_ERROR_STOP=1 <<<"$(block sql 2)" >"$SCRATCH/out" 2>&1
ok $? "a dry run" || explain "$(cat "$SCRATCH/out")"
same <(sed -n '/^ version/,$p' "$SCRATCH/out" | cells) <(block text 4 | cells) "says what it is shown to say"
like "$(block text 4 | cells | wc -l)" '^[4-9]$' "which are some rows"

sql postgres "DROP DATABASE testing" "DROP DATABASE testing_commits"
done_testing
