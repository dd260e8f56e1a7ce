#!/usr/bin/env bash
# README as a user reads it: its sql blocks run from top to bottom in one database, and its tables list what
# the extension has.
. test/server/lib/tap.bash

# Prints the rows of the tables in section $1 of README, cells parted by "|", without blanks and backticks around them.
table() {
	awk -v section="## $1" '/^```/ { code = !code } !code && /^## / { inside = $0 == section } inside && /^\|/' README.md |
		sed -E '1,2d; s/^\| *//; s/ *\|$//; s/ *\| */|/g; s/`//g'
}

# Writes the sql blocks to numbered files and prints their headings, one a line.
blocks() {
	awk -v folder="$SCRATCH" '
		/^```/ && inside { inside = 0; close(file); next }
		/^```/ && other { other = 0; next }
		/^```sql$/ { inside = 1; file = sprintf("%s/%03d.sql", folder, ++count); print heading ", line " NR; next }
		/^```/ { other = 1; next }
		inside { print > file; next }
		!other && /^#+ / { heading = $0; sub(/^#+ */, "", heading) }' README.md
}

# What README's blocks take for granted: roles of PostgREST, and a folder that stands for /srv/app/migrations.
prepare() {
	local name
	for name in anon authenticated authenticator; do role "$name" NOLOGIN; done
	psql -XAtq -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS readme" -c "DROP ROLE IF EXISTS deploy, reader, app"
	database readme
	server_folder "$SCRATCH/migrations"
	cat >"$SCRATCH/migrations/0004_authors.sql" <<-'END'
		CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL);
		-- migrate:down
		-- DROP TABLE authors;
	END
	chmod 755 "$SCRATCH/migrations"
}

cleanup() {
	psql -XAtq -c "DROP DATABASE readme" -c "DROP ROLE deploy, reader, app" -c "ALTER ROLE authenticator RESET ALL"
}

run_blocks() {
	local name number=0 file
	while IFS= read -r name; do
		number=$((number + 1))
		file=$(printf '%s/%03d.sql' "$SCRATCH" "$number")
		sed -i "s|/srv/app/migrations|$SCRATCH/migrations|" "$file"
		psql -X -v ON_ERROR_STOP=1 -d readme -f "$file" >"$SCRATCH/out" 2>&1
		ok $? "$name" || explain "$(cat "$SCRATCH/out")"
		! grep -q migrate_start "$file" || wait_until readme "SELECT bool_and(finished_at IS NOT NULL) FROM migrate.job"
	done < <(blocks)
	like "$number" '^[1-9][0-9]' "README has blocks to run"
}

prepare
run_blocks

is "$(sql readme "SELECT count(*) FILTER (WHERE migration_checksum(text) = checksum) = count(text) AND count(text) > 9 FROM migrate.script")" \
	t "the checksums that README computes are those of the extension"

# So that the versions of the tests below are the newest.
sql readme "SET migrate.supabase = on" "SELECT migrate_rollback()" "SELECT migrate_remove('20250120103000')" >/dev/null

# What the roles of "Who may what" may, and what they may not.
AS=deploy run readme "SELECT migrate_add('0016_deployed', 'CREATE TABLE deployed ()')" "SELECT migrate_apply()" "SELECT migrate_status()"
works "the deploy role registers and runs migrations"
is "$(sql readme "SELECT relowner::regrole FROM pg_class WHERE oid = 'deployed'::regclass")" deploy "they run as that role"
AS=deploy run readme "SELECT migrate_add('0017_up', 'SELECT 1', 'SELECT 1')" "CALL migrate_up()" "CALL migrate_down()" "SELECT migrate_start()"
works "the deploy role runs the committing forms, here and in the background"
wait_until readme "SELECT bool_and(finished_at IS NOT NULL) FROM migrate.job"
AS=deploy run readme "SELECT state FROM migrate.job ORDER BY id DESC LIMIT 1" "SELECT migrate_cancel(max(id)) FROM migrate.job"
is "$OUT" $'finished\nf' "it sees how its job ended"
AS=deploy run readme "SELECT migrate_load_dir('$SCRATCH/migrations')"
works "the deploy role loads a directory"
AS=reader run readme "SELECT migrate_status()" "SELECT migrate_plan()" "SELECT migrate_history()" "SELECT migrate_version()" \
	"SELECT version FROM migrate.schema_version" "SELECT migrate_progress()"
works "the reader looks"
AS=reader run readme "SELECT text FROM migrate.script"
fails 42501 "the reader does not read the texts"
AS=app run readme "SELECT migrate_require('0003_colours')"
works "the application asks for a migration"
AS=app run readme "SELECT migrate_status()"
fails 42501 "the application does nothing else"

functions=$(sql readme "
	SELECT format('%s|%s|%s|%s', p.proname,
	    regexp_replace(replace(pg_get_function_arguments(p.oid), ' DEFAULT ', ' = '), '::\w+(\[\])?|\mIN ', '', 'g'),
	    coalesce((SELECT string_agg(a.name, ', ' ORDER BY a.n) FROM unnest(p.proargnames, p.proargmodes)
	        WITH ORDINALITY AS a(name, mode, n) WHERE a.mode = 't'), pg_get_function_result(p.oid)), p.provolatile)
	FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'migrate' ORDER BY p.proname")
is "$(table Functions | awk -F'|' '{ print $1 "|" $2 "|" $3 "|" ($4 ~ /; reads$/ ? "s" : "v") }' | LC_ALL=C sort)" \
	"$(LC_ALL=C sort <<<"$functions")" "the table of functions lists what the extension has"

settings=$(sql readme "LOAD 'migrate'" "
	SELECT format('%s|%s|%s|%s', name, coalesce(nullif(current_setting(name), ''), 'empty'), unit,
	    CASE context WHEN 'user' THEN 'anybody' ELSE context END)
	FROM pg_settings WHERE name LIKE 'migrate.%' ORDER BY name")
is "$(table Settings | cut -d'|' -f1-4 | LC_ALL=C sort)" "$(LC_ALL=C sort <<<"$settings")" \
	"the table of settings lists what the extension has"

# What a column of the schema may hold, one value a line.
values() {
	sql readme "SELECT unnest(regexp_matches(pg_get_constraintdef(oid), '''([a-z]+)''', 'g')) FROM pg_constraint
		WHERE conname = '$1' ORDER BY 1"
}

is "$(table "In the background" | cut -d'|' -f1 | sort)" "$(values job_state_check)" "the table of states lists those of a job"
is "$(table History | cut -d'|' -f1 | sed 's/, /\n/g' | sort)" "$(values history_event_check | grep -v adopt)" \
	"the table of events lists those of the history"

codes=$(table "Error codes" | cut -d'|' -f1 | sort)
raised=$(sed -n 's/^inline constexpr char k[A-Za-z]*\[\] = "\([0-9A-Z]*\)";$/\1/p' src/core/error.h | sort)
is "$(grep '^MG' <<<"$codes")" "$(grep '^MG' <<<"$raised")" "the table of error codes lists the codes of class MG"
is "$(comm -13 <(echo "$codes") <(echo "$raised"))" "" "the table of error codes lists every code that is raised"

run readme "SELECT migrate_repair('0001', 'mend')"
actions=$(sed 's/^The actions are //; s/\.$//; s/, /\n/g' <<<"$HINT" | sort)
is "$(table Repair | cut -d'|' -f1 | sed 's/, /\n/g' | sort)" "$actions" "the table of repairs lists every action"

cleanup
done_testing
