#!/usr/bin/env bash
# Beside the Supabase CLI, the real one: it applies and we see it, we apply and it agrees, it resets and we come back.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/supabase.bash
npm_packages supabase@3.1.0

table_of() { sql "$1" "SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attnum), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'supabase_migrations.schema_migrations'::regclass AND attnum > 0" \
	"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'supabase_migrations.schema_migrations'::regclass AND contype = 'p'"; }
details() {
	on "$1" "SELECT version, status, $(property remark) FROM migrate_status() WHERE $(property remark) ~* 'supabase'"
	printf '%s' "$OUT"
}

# Statements and table, as the CLI has them

project
file 20250101000001_plain.sql 'CREATE TABLE a (id int);

-- a comment; with a semicolon
CREATE TABLE b (id int);;

  /* block ; /* nested; */ */ INSERT INTO a VALUES (1); -- trailing

-- migrate:down
-- DROP TABLE b;
-- DROP TABLE a;
-- migrate:verify
-- SELECT count(*) = 1 FROM a;
'
file 20250101000002_quotes.sql "SELECT 'it''s; x', E'\\'; y', E'a' 
 '\\'; q', \$\$d; \$x\$ \$\$, \$t\$ ;\$\$; \$t\$, U&'\\0041;' FROM (SELECT 1 AS \"a;b\") s;
SELECT E'x' -- c;
 '\\'; q';
SELECT 1 AS e\$1, \$\$a\$\$, 'é;☃' AS ünï\$x; SELECT \$é\$a;b\$é\$, 4 / 2, 1 - -1"
file 20250101000003_bodies.sql 'CREATE FUNCTION f(a int, b int DEFAULT (1)) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT b; /* end */ END;
CREATE FUNCTION g() RETURNS int LANGUAGE sql
begin
  atomic
  select 1 as endx;
  select 2;
  -- x
end;
CREATE RULE r AS ON INSERT TO b DO ALSO (DELETE FROM a WHERE id = 1; DELETE FROM a WHERE id = 5);
DO $$ BEGIN PERFORM 1; END $$;
'
printf '\xef\xbb\xbfSELECT 1;\r\n\r\nSELECT 2 ;\r\n' >"$FILES/20250101000004_windows.sql"
database cli_theirs
migrate_database cli_ours
supabase cli_theirs migration up
is "$STATE" 0 "the CLI applies the files" || explain "$OUT"
is "$(load cli_ours | cut -d'|' -f2 | uniq)" added "they are loaded"
on cli_ours "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT" "00000 4" "and applied"
is "$(rows cli_ours)" "$(rows cli_theirs)" "Supabase's history has the same versions, names and statements"
is "$(table_of cli_ours)" "$(table_of cli_theirs)" "its table is made as the CLI makes it"
supabase cli_ours migration list
is "$(pairs)" "20250101000001 20250101000001
20250101000002 20250101000002
20250101000003 20250101000003
20250101000004 20250101000004" "migration list agrees"
supabase cli_ours db push
like "$STATE $OUT" '^0 .*up to date' "db push has nothing to do"
supabase cli_ours migration up
like "$STATE $OUT" '^0 .*up to date' "nor has migration up"
is "$(details cli_ours)" "" "status has nothing to remark"

# fetch and export

rm "$FILES"/*
supabase cli_ours migration fetch
is "$STATE" 0 "the CLI fetches" || explain "$OUT"
sql cli_ours "SELECT json_build_object('name', name, 'content', content) FROM migrate_export()" >"$SCRATCH/export.json"
mkdir -p "$SCRATCH/export"
rm -f "$SCRATCH/export"/*
while read -r line; do
	jq -j .content <<<"$line" >"$SCRATCH/export/$(jq -r .name <<<"$line")"
done <"$SCRATCH/export.json"
diff -r "$SCRATCH/export" "$FILES" >"$SCRATCH/diff" 2>&1
ok $? "migrate_export() gives what migration fetch writes" || explain "$(cat "$SCRATCH/diff")"
is "$(jq -r .name "$SCRATCH/export.json" | tr '\n' ' ')" "20250101000001_plain.sql 20250101000002_quotes.sql 20250101000003_bodies.sql 20250101000004_windows.sql " "in order"
sum() { sql cli_ours "SELECT md5(string_agg(concat(version, name, checksum, applied_checksum), ',' ORDER BY id)) FROM migrate.migration"; }
before=$(sum)
unlike "$(load cli_ours)" '\|changed' "fetched files count as what ran"
is "$(sum)" "$before" "with the checksums that they had"
migrate_database cli_export
load cli_export >/dev/null
is "$(sql cli_export "SELECT string_agg(concat_ws(' ', version, $(property reversible), verify_checksum IS NOT NULL), ', ' ORDER BY version) FROM migrate_status() s JOIN migrate.migration m USING (version, name)")" \
	"20250101000001 script t, 20250101000002 no f, 20250101000003 no f, 20250101000004 no f" "loaded elsewhere they have their down and verify scripts"
sed -i 's/INSERT INTO a VALUES (1)/INSERT INTO a VALUES (2)/' "$FILES/20250101000001_plain.sql"
like "$(load cli_ours)" '20250101000001\|changed' "another text does not"
sed -i 's/INSERT INTO a VALUES (2)/INSERT INTO a VALUES (1)/' "$FILES/20250101000001_plain.sql"
load cli_ours >/dev/null

# Rolling back, repairing, step by step

file 20250101000005_more.sql 'CREATE TABLE more (id int);
-- migrate:down
-- DROP TABLE more;
'
file 20250101000006_built.sql 'CREATE INDEX CONCURRENTLY more_idx ON more (id);
-- migrate:down
-- DROP INDEX CONCURRENTLY more_idx;
'
load cli_ours >/dev/null
on cli_ours "CALL migrate_up()"
works "step by step"
supabase cli_ours migration list
is "$(pairs | tail -n 2)" "20250101000005 20250101000005
20250101000006 20250101000006" "the CLI knows both"
on cli_ours "CALL migrate_down(steps => 2)"
works "and back"
supabase cli_ours migration list
is "$(pairs | tail -n 2)" "20250101000005 -
20250101000006 -" "the CLI, too"
on cli_ours "BEGIN" "SELECT count(*) FROM migrate_apply('20250101000005')" "ROLLBACK"
on cli_ours "SELECT count(*) FROM migrate_apply('20250101000005', dry_run => true)"
is "$(rows cli_ours | grep -c .)" 4 "what is undone, and a dry run, leave nothing there"
on cli_ours "SELECT migrate_start('20250101000005')"
wait_until cli_ours "SELECT bool_and(finished_at IS NOT NULL) FROM migrate.job"
is "$(rows cli_ours | grep -c .)" 5 "a job keeps it in step"
on cli_ours "SELECT count(*) FROM migrate_rollback()"
is "$(rows cli_ours | grep -c .)" 4 "a rollback, too"
on cli_ours "SELECT count(*) FROM migrate_baseline('20250101000005')"
is "$STATE $(rows cli_ours | grep -c .)" "00000 5" "a baseline keeps it in step"
on cli_ours "SELECT migrate_repair('20250101000005', 'forget')"
on cli_ours "SELECT migrate_repair('20250101000005', 'applied')"
is "$STATE $(rows cli_ours | tail -n 1)" '00000 20250101000005|more|["CREATE TABLE more (id int)","-- migrate:down\n-- DROP TABLE more;"]' "repair writes a row"
on cli_ours "SELECT migrate_repair('20250101000005', 'forget')"
is "$STATE $(rows cli_ours | grep -c .)" "00000 4" "and takes it away"
migrate_database cli_baseline
load cli_baseline >/dev/null
on cli_baseline "SELECT count(*) FROM migrate_baseline('20250101000004')"
is "$STATE $(rows cli_baseline | cut -d'|' -f1,2)" "00000 $(rows cli_ours | cut -d'|' -f1,2)" "a baseline writes them all"
run cli_ours "SELECT count(*) FROM migrate_apply('20250101000005')"
is "$STATE $(rows cli_ours | grep -c .)" "00000 4" "with the setting off nothing is written"
is "$(details cli_ours)" "20250101000005|applied|Supabase doesn't have it: supabase migration repair --status applied 20250101000005" "with it on, status says so"
supabase cli_ours migration repair --status applied 20250101000005
is "$STATE $(details cli_ours)" "0 " "what it says to do helps"

# What the CLI did

supabase cli_ours migration repair --status applied 20250101000006
is "$(details cli_ours)" "20250101000006|pending|not transactional: line 1: CREATE INDEX CONCURRENTLY; Supabase has it as applied: migrate_adopt('supabase')" "what the CLI applied is seen"
on cli_ours "CALL migrate_up()"
fails 55000 "and not applied again"
is "$MESSAGE" 'migration "20250101000006_built" is applied already, by Supabase' "which is said"
on cli_ours "SELECT action, detail FROM migrate_plan()"
like "$OUT" '^refuse\|is applied already, by Supabase' "by the plan, too"
sql cli_ours "INSERT INTO supabase_migrations.schema_migrations VALUES ('20250101000007', '{SELECT 1}', 'dashboard')"
is "$(details cli_ours | tail -n 1)" "20250101000007|missing|only Supabase has it: migrate_adopt('supabase')" "what the dashboard applied is a row of its own"
supabase cli_ours migration repair --status reverted 20250101000001 20250101000007
like "$(details cli_ours)" "^20250101000001\|applied\|Supabase doesn't have it" "what the CLI reverted is seen"
supabase cli_ours migration repair --status applied 20250101000001
on cli_ours "SELECT migrate_repair('20250101000006', 'applied')"
is "$STATE $(details cli_ours)" "00000 " "repaired on both sides, they agree"

# Versions and names that the CLI can't have

project
migrate_database cli_odd
for name in 01_short 2_shorter 3.1_dotted plain 99999999999999999999_big 20210101000000_init; do file "$name.sql" "SELECT 1;"; done
load cli_odd >/dev/null
on cli_odd "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT" "00000 6" "odd names are applied"
is "$(rows cli_odd | cut -d'|' -f1 | sort)" "01
2" "those that the CLI can have are told"
is "$(details cli_odd | cut -d'|' -f1,3 | sort)" "01|no down script: a rollback takes its recorded changes back; the Supabase CLI orders versions as texts, and these differ in length
20210101000000|no down script: a rollback takes its recorded changes back; the Supabase CLI skips it: an \"init\" from before it kept a history
2|no down script: a rollback takes its recorded changes back; the Supabase CLI orders versions as texts, and these differ in length
3.1|no down script: a rollback takes its recorded changes back; the Supabase CLI skips it: its versions are digits only
99999999999999999999|no down script: a rollback takes its recorded changes back; the Supabase CLI hides it: its versions are at most 9223372036854775807
|no down script: a rollback takes its recorded changes back; the Supabase CLI skips it: its versions are digits only" "of the others status says why"
supabase cli_odd migration list
is "$(pairs)" "01 01
2 2
20210101000000 -" "and the CLI bears it out"

# Columns of the dashboard, a table that was there, rights

for type in 'text[]' text; do
	migrate_database cli_columns
	sql cli_columns "CREATE SCHEMA supabase_migrations" "CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, created_by text, rollback $type)"
	add_migration cli_columns 20250101000001_a 'CREATE TABLE a (i int); CREATE TABLE b (i int)' 'DROP TABLE a; DROP TABLE b;' >/dev/null
	add_migration cli_columns 20250101000002_c 'CREATE TABLE c (i int)' >/dev/null
	on cli_columns "SELECT count(*) FROM migrate_apply()" "SELECT version, to_json(statements), to_json(rollback), created_by FROM supabase_migrations.schema_migrations ORDER BY version"
	wanted='["DROP TABLE a","DROP TABLE b"]'
	[ "$type" = 'text[]' ] || wanted='"DROP TABLE a; DROP TABLE b;"'
	is "$STATE $OUT" '00000 2
20250101000001|["CREATE TABLE a (i int)","CREATE TABLE b (i int)\n-- migrate:down\n-- DROP TABLE a; DROP TABLE b;"]|'"$wanted"'|
20250101000002|["CREATE TABLE c (i int)"]||' "a column rollback of type $type is filled, missing ones are added"
done
role cli_deploy
migrate_database cli_rights
sql cli_rights "GRANT CREATE, USAGE ON SCHEMA public TO cli_deploy" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO cli_deploy"
add_migration cli_rights 20250101000001_a 'CREATE TABLE a (i int)' 'DROP TABLE a' >/dev/null
AS=cli_deploy on cli_rights "SELECT migrate_apply()"
fails 42501 "a role that may not make the table can't apply with the setting on"
like "$HINT" 'migrate.supabase is on' "and is told why"
sql cli_rights "CREATE SCHEMA supabase_migrations" "CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text)"
AS=cli_deploy on cli_rights "SELECT migrate_apply()"
fails 42501 "nor one that may not write it"
is "$(sql cli_rights "SELECT to_regclass('a') IS NULL")" t "before anything runs"
AS=cli_deploy on cli_rights "SELECT status FROM migrate_status()"
is "$STATE $OUT" "00000 pending" "status works without that right"
sql cli_rights "GRANT USAGE ON SCHEMA supabase_migrations TO cli_deploy" "GRANT SELECT, INSERT, UPDATE, DELETE ON supabase_migrations.schema_migrations TO cli_deploy" \
	"CREATE TABLE seen (op text, who name)" "GRANT INSERT ON seen TO cli_deploy" \
	"CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen VALUES (TG_OP, current_user); RETURN COALESCE(NEW, OLD); END'" \
	"CREATE TRIGGER spy BEFORE INSERT OR DELETE ON supabase_migrations.schema_migrations FOR EACH ROW EXECUTE FUNCTION spy()"
AS=cli_deploy on cli_rights "SELECT count(*) FROM migrate_apply()" "SELECT count(*) FROM migrate_rollback()"
is "$STATE $(sql cli_rights "SELECT * FROM seen")" "00000 INSERT|cli_deploy
DELETE|cli_deploy" "it is written as the caller, never as the owner"
sql cli_rights "CREATE OR REPLACE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not here''; END'"
AS=cli_deploy on cli_rights "SELECT migrate_apply()"
fails P0001 "if it can't be written, nothing is applied"
is "$(sql cli_rights "SELECT to_regclass('a') IS NULL, count(*) FROM supabase_migrations.schema_migrations")" "t|0" "in either history"
sql cli_rights "DROP TRIGGER spy ON supabase_migrations.schema_migrations"
add_migration cli_rights 20250101000002_late "INSERT INTO supabase_migrations.schema_migrations VALUES ('20250101000002')" >/dev/null
on cli_rights "SELECT migrate_apply()"
fails 23505 "one that Supabase gets meanwhile is not recorded twice"
is "$(sql cli_rights "SELECT count(*) FROM supabase_migrations.schema_migrations")" 0 "and undone"

# Made by somebody else first

role cli_mallory
for made in "VIEW supabase_migrations.schema_migrations AS SELECT version, ''::text AS name, NULL::text[] AS statements FROM supabase_migrations.rows WHERE supabase_migrations.spy() IS NOT NULL" \
	"TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text)"; do
	migrate_database cli_foreign
	sql cli_foreign "CREATE SCHEMA supabase_migrations AUTHORIZATION cli_mallory" "CREATE TABLE seen (who name)" "GRANT INSERT ON seen TO PUBLIC" "SET ROLE cli_mallory" \
		"CREATE TABLE supabase_migrations.rows (version text)" "INSERT INTO supabase_migrations.rows VALUES ('1')" \
		"CREATE FUNCTION supabase_migrations.spy() RETURNS text LANGUAGE sql AS 'INSERT INTO public.seen VALUES (current_user); SELECT ''x'''" \
		"CREATE FUNCTION supabase_migrations.saw() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM supabase_migrations.spy(); RETURN NEW; END'" "CREATE $made"
	[[ $made = VIEW* ]] || sql cli_foreign "SET ROLE cli_mallory" "CREATE TRIGGER spy BEFORE INSERT ON supabase_migrations.schema_migrations FOR EACH ROW EXECUTE FUNCTION supabase_migrations.saw()"
	add_migration cli_foreign 20250101000001_a 'CREATE TABLE a (i int)' >/dev/null
	on cli_foreign "SELECT status FROM migrate_status()"
	is "$STATE $OUT" "00000 pending" "a ${made%% *} of another role is not read for the status"
	like "$ERR" 'schema supabase_migrations belongs to role "cli_mallory": what it says is not shown' "which says so"
	on cli_foreign "SELECT migrate_apply()"
	fails 42501 "nor read or written for applying"
	on cli_foreign "SELECT migrate_repair('20250101000001', 'applied')"
	fails 42501 "nor for repairing"
	is "$(sql cli_foreign "SELECT count(*) FROM seen" "SELECT to_regclass('a') IS NULL")" $'0\nt' "and so none of its code ran"
	sql cli_foreign "ALTER SCHEMA supabase_migrations OWNER TO CURRENT_USER"
	on cli_foreign "SELECT migrate_apply()"
	like "$MESSAGE" 'migrate.supabase is on, and supabase_migrations.schema_migrations belongs to role "cli_mallory"' "nor where only the table is another's"
done
sql cli_foreign "ALTER TABLE supabase_migrations.schema_migrations OWNER TO CURRENT_USER"
on cli_foreign "SELECT migrate_apply()"
like "$MESSAGE" 'the function of trigger spy on its table belongs to role "cli_mallory"' "nor where only what a trigger runs is"
sql cli_foreign "DROP TRIGGER spy ON supabase_migrations.schema_migrations"
on cli_foreign "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT $(sql cli_foreign "SELECT count(*) FROM seen")" "00000 1 0" "once all of it is the caller's, it is written"

# A secret

add_migration cli_rights 20250101000002_late "SELECT 'secret'" >/dev/null
on cli_rights "SELECT count(*) FROM migrate_apply()" "SELECT detail FROM migrate_repair('20250101000002', 'purge text')" \
	"SELECT to_json(statements) FROM supabase_migrations.schema_migrations WHERE name = 'late'" "SELECT detail FROM migrate_repair('20250101000002', 'purge text')"
is "$STATE $OUT" "00000 2
1 text purged
[\"SELECT 'secret'\"]
1 text purged" "texts are purged"
is "$(rows cli_rights | tail -n 1)" "20250101000002|late|" "there, too"
run cli_rights "SELECT name, content IS NULL FROM migrate_export()"
is "$STATE $OUT" "00000 20250101000001_a.sql|f
20250101000002_late.sql|t" "and null in an export"

for name in theirs ours export baseline odd columns rights foreign; do sql postgres "DROP DATABASE cli_$name"; done
done_testing
