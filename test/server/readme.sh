#!/usr/bin/env bash
# README and the pages of docs as a reader uses them: the sql blocks of a page run from top to bottom in one database, what
# they print is what stands below them, links lead somewhere, and the tables list what the extension has.
# PAGES names the pages to try instead of all, or "none"; FILL=1 puts what was printed in place of what they show.
[ "${PAGES:-}" != none ] || { echo "1..0 # SKIP PAGES=none" && exit; }
. test/server/lib/tap.bash
. test/server/lib/pages.bash

# Prints the rows of the tables in section $1 of whichever page has it, cells parted by "|", without blanks and backticks.
table() {
	awk -v section="## $1" '/^```/ { code = !code } !code && /^## / { inside = $0 == section } inside && /^\|/' README.md docs/*.md |
		sed -E '1,2d; s/^\| *//; s/ *\|$//; s/ *\| */|/g; s/`//g'
}

CHECKED=0 COMPARED=0

# What a comparison must see, and what it must not.
page=$SCRATCH/page.md
printf '%s\n' '# Page' '' '```sql' "SELECT 'applied' AS status, 12 AS statements, timestamptz '2026-01-02 03:04:05Z' AS applied_at;" '```' '' '```text' \
	' status  | statements |       applied_at       ' '---------+------------+------------------------' \
	' applied |         12 | 2025-11-12 13:14:15+00' '(1 row)' '```' >"$page"
# page_output PATTERN REPLACEMENT: compares the page with that changed in the output it shows.
page_output() {
	sed "/^ *applied |/s/$1/$2/; s/^$1/$2/" "$page" >"$SCRATCH/changed.md"
	(FILL='' run_page "$SCRATCH/changed.md" postgres) >"$SCRATCH/verdict" 2>&1
		grep -c '^not ok' "$SCRATCH/verdict"
}
is "$(page_output none none)" 0 "other digits in a column of times are the same output"
is "$(page_output 'applied ' 'pending ')" 1 "another word in a cell is not"
is "$(page_output ' 12 ' ' 13 ')" 1 "nor is another number"
is "$(page_output '2025-11-12 13:14:15+00' 'yesterday')" 1 "nor a time of another form"
is "$(page_output '(1 row)' '(2 rows)')" 1 "nor another number of rows"
is "$(page_output ' status ' ' state ')" 1 "nor another column"

# What the pages take for granted: roles of PostgREST, and files of the server.
for name in anon authenticated authenticator service_role; do role "$name" NOLOGIN; done
sql postgres "SELECT rolname FROM pg_roles ORDER BY 1" >"$SCRATCH/roles"

# Roles belong to the cluster, not to the page's database.
clean_up() {
	local name
	sql postgres "DROP DATABASE app WITH (FORCE)"
	sql postgres "SELECT quote_ident(rolname) FROM pg_roles ORDER BY 1" | LC_ALL=C comm -13 <(LC_ALL=C sort "$SCRATCH/roles") - | while read -r name; do
		sql postgres "DROP ROLE $name"
	done
	for name in anon authenticated authenticator service_role; do sql postgres "ALTER ROLE $name RESET ALL"; done
}

# The checksums that the page computes are those of the extension.
after_checksums() {
	is "$(sql app "SELECT count(*) FILTER (WHERE migration_checksum(text) = checksum) = count(text) AND count(text) > 3 FROM migrate.script")" \
		t "the checksums that the page computes are those of the extension"
	is "$(sql app "SELECT bool_and(sha256 = encode(sha256(convert_to(text, getdatabaseencoding())), 'hex')) FROM migrate.script WHERE text IS NOT NULL")" \
		t "so are the hashes of the exact bytes"
}

# What the roles of the page may, and what they may not.
after_security() {
	mkdir -p "$SCRATCH/deployed"
	echo 'CREATE TABLE loaded ();' >"$SCRATCH/deployed/0018_loaded.sql"
	AS=deploy run app "SELECT migrate_add('0016_deployed', 'CREATE TABLE deployed ()')" "SELECT migrate_apply()" "SELECT migrate_status()"
	works "the deploy role registers and runs migrations"
	is "$(sql app "SELECT relowner::regrole FROM pg_class WHERE oid = 'deployed'::regclass")" deploy "they run as that role"
	AS=deploy run app "SELECT migrate_add('0017_up', 'SELECT 1', 'SELECT 1')" "CALL migrate_up()" "CALL migrate_down()" "SELECT migrate_start()"
	works "the deploy role runs migrations one by one, here and in the background"
	wait_until app "SELECT bool_and(finished_at IS NOT NULL) FROM migrate.job"
	AS=deploy run app "SELECT state FROM migrate.job ORDER BY id DESC LIMIT 1" "SELECT migrate_cancel(max(id)) FROM migrate.job"
	is "$OUT" $'finished\nf' "it sees how its job ended"
	AS=deploy run app "SELECT migrate_load_dir('$SCRATCH/deployed')"
	works "the deploy role loads a directory"
	AS=reader run app "SELECT migrate_status()" "SELECT migrate_plan()" "SELECT migrate_history()" "SELECT migrate_version()" \
		"SELECT version FROM migrate.schema_version" "SELECT migrate_progress()"
	works "the reader looks"
	AS=reader run app "SELECT text FROM migrate.script"
	fails 42501 "the reader does not read the texts"
	AS=app run app "SELECT migrate_require('0016_deployed')"
	works "the application asks for a migration"
	AS=app run app "SELECT migrate_status()"
	fails 42501 "the application does nothing else"
}

for page in ${PAGES:-README.md docs/*.md}; do
	name=$(basename "$page" .md)
	database app
	run_page "$page" app
	page_form "$page" "$([ "$name" = README ] && echo 320 || echo 200)"
	! declare -F "after_$name" >/dev/null || "after_$name"
	clean_up
done
[ -n "${PAGES:-}" ] || {
	like "$CHECKED" '^[1-9][0-9]' "the pages have blocks to run"
	like "$COMPARED" '^[1-9]' "and outputs to compare"
	is "$(broken_links ./*.md bench/*.md docs/*.md)" "" "every link leads somewhere"
}

database app
sql app "CREATE EXTENSION migrate"
functions=$(sql app "
	SELECT format('%s|%s|%s|%s', p.proname,
	    regexp_replace(replace(pg_get_function_arguments(p.oid), ' DEFAULT ', ' = '), '::\w+( with time zone)?(\[\])?|\mIN ', '', 'g'),
	    coalesce((SELECT string_agg(a.name, ', ' ORDER BY a.n) FROM unnest(p.proargnames, p.proargmodes)
	        WITH ORDINALITY AS a(name, mode, n) WHERE a.mode = 't'), pg_get_function_result(p.oid)), p.provolatile)
	FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'migrate'
	WHERE p.prorettype <> 'event_trigger'::regtype ORDER BY p.proname")
is "$(table Functions | awk -F'|' '{ print $1 "|" $2 "|" $3 "|" ($4 ~ /; reads$/ ? "s" : "v") }' | LC_ALL=C sort)" \
	"$(LC_ALL=C sort <<<"$functions")" "the table of functions lists what the extension has"

[ -n "${PAGES:-}" ] ||
	is "$(cut -d'|' -f1 <<<"$functions" | while read -r name; do grep -qE "\b$name\(" "$SCRATCH/compared.sql" || echo "$name"; done)" \
		"" "some page shows what each function prints"

settings=$(sql app "LOAD 'migrate'" "
	SELECT format('%s|%s|%s|%s', name, coalesce(nullif(current_setting(name), ''), 'empty'), unit,
	    CASE WHEN name IN ('migrate.environment', 'migrate.freeze', 'migrate.require_approval', 'migrate.require_proof', 'migrate.plain_indexes')
	    THEN 'the database' WHEN context = 'user' THEN 'anybody' ELSE context END)
	FROM pg_settings WHERE name LIKE 'migrate.%' ORDER BY name")
is "$(table Settings | cut -d'|' -f1-4 | LC_ALL=C sort)" "$(LC_ALL=C sort <<<"$settings")" \
	"the table of settings lists what the extension has"

# What a column of the schema may hold, one value a line.
values() {
	sql app "SELECT unnest(regexp_matches(pg_get_constraintdef(oid), '''([a-z]+)''', 'g')) FROM pg_constraint
		WHERE conname = '$1' ORDER BY 1"
}

is "$(table States | cut -d'|' -f1 | sort)" "$(values job_state_check)" "the table of states lists those of a job"
is "$(table History | cut -d'|' -f1 | sed 's/, /\n/g' | sort)" "$(values history_event_check | grep -v adopt)" \
	"the table of events lists those of the history"

codes=$(table "Error codes" | cut -d'|' -f1 | sort)
raised=$(sed -n 's/^inline constexpr char k[A-Za-z]*\[\] = "\([0-9A-Z]*\)";$/\1/p' src/core/base/error.h | sort)
is "$(grep '^MG' <<<"$codes")" "$(grep '^MG' <<<"$raised")" "the table of error codes lists the codes of class MG"
is "$(comm -13 <(echo "$codes") <(echo "$raised"))" "" "the table of error codes lists every code that is raised"

run app "SELECT migrate_repair('0001', 'mend')"
actions=$(sed 's/^The actions are //; s/\.$//; s/, /\n/g' <<<"$HINT" | sort)
is "$(table Repair | cut -d'|' -f1 | sed 's/, /\n/g' | sort)" "$actions" "the table of repairs lists every action"

clean_up
done_testing
