#!/usr/bin/env bash
# What the Supabase CLI's resets leave: they drop the extension with all that it knows; it comes back by
# migrate_adopt('supabase').
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/supabase.bash
npm_packages supabase@3.1.0

statuses() {
	on "$1" "SELECT string_agg(concat_ws(' ', version, status), ', ' ORDER BY version) FROM migrate_status()"
	printf '%s' "$OUT"
}

project
file 20250101000001_a.sql 'CREATE TABLE a (id int);


CREATE INDEX ON a (id);
-- migrate:down
-- DROP TABLE a;
'
file 20250101000002_b.sql 'CREATE SCHEMA s; -- of ours
CREATE TABLE s.b (id int);
'
file 20250101000003_c.sql 'CREATE TABLE c (id int);
-- migrate:down
-- DROP TABLE c;
'
migrate_database reset
load reset >/dev/null
add_migration reset 3.1_odd 'CREATE TABLE odd (id int)' >/dev/null
on reset "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT" "00000 4" "all are applied, one of them without the CLI's knowledge"

supabase reset migration down
is "$STATE" 0 "supabase migration down" || explain "$OUT"
is "$(sql reset "SELECT count(*) FROM pg_extension WHERE extname = 'migrate'" "SELECT to_regnamespace('migrate') IS NULL" "SELECT to_regclass('odd') IS NULL")" "0
t
t" "drops the extension, its schema, and what the CLI didn't know"
is "$(rows reset | cut -d'|' -f1)" "20250101000001
20250101000002" "and has two again"
run reset "CREATE EXTENSION migrate" "SELECT version, action FROM migrate_adopt('supabase') WHERE version <> ''"
is "$STATE $(cut -d'|' -f1 <<<"$OUT" | sort -u | tr '\n' ' ')" "00000 20250101000001 20250101000002 " "the extension is made anew and takes both over" || explain "$ERR"
is "$(statuses reset)" "20250101000001 applied, 20250101000002 applied" "they are applied"
unlike "$(load reset)" '\|changed' "the files that are loaded then are no others, though the CLI's statements lack empty lines"
is "$(statuses reset)" "20250101000001 applied, 20250101000002 applied, 20250101000003 pending" "what was reset is pending"
on reset "SELECT version FROM migrate_apply()"
is "$STATE $OUT" "00000 20250101000003" "and applied"
supabase reset migration list
is "$(pairs)" "20250101000001 20250101000001
20250101000002 20250101000002
20250101000003 20250101000003" "the CLI agrees"
on reset "SELECT version FROM migrate_rollback('20250101000002')" "SELECT version, action FROM migrate_adopt('supabase')"
is "$STATE $(statuses reset)" "00000 20250101000001 applied, 20250101000002 applied, 20250101000003 pending" "adopting again changes nothing"

supabase reset db reset
is "$STATE" 0 "supabase db reset" || explain "$OUT"
is "$(sql reset "SELECT to_regnamespace('migrate') IS NULL")" t "drops the extension, too"
run reset "CREATE EXTENSION migrate"
unlike "$(load reset)" 'ERROR' "files may be loaded first"
is "$(statuses reset | sed 's/pending/is not applied/g')" "20250101000001 is not applied, 20250101000002 is not applied, 20250101000003 is not applied" "they are not applied then"
on reset "SELECT count(*) FROM migrate_apply()"
fails 55000 "and not run a second time while migrate.supabase is on"
on reset "SELECT FROM migrate_adopt('supabase')"
is "$STATE $(statuses reset)" "00000 20250101000001 applied, 20250101000002 applied, 20250101000003 applied" "adopting finds all of them" || explain "$ERR"

sql postgres "DROP DATABASE reset"
done_testing
