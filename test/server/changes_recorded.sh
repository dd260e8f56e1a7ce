#!/usr/bin/env bash
# What migrate_changes() has of migrations in parts, of rollbacks, of what is made and dropped at once; who sees how much of
# it; what is left when it is switched off, undone or purged.
. test/server/lib/tap.bash

migrate_database recorded

# told [MIGRATION]: action, class and identity of each change, and the line.
told() { sql recorded "SELECT concat_ws(' ', event, action, class, identity, line) FROM migrate_changes(${1:+'$1'})"; }

# Parts, and what commits by itself

sql recorded "SELECT migrate_add('0001_t', 'CREATE TABLE t (id int, a text);
CREATE INDEX CONCURRENTLY t_a ON t (a);
COMMENT ON TABLE t IS ''ours'';
DROP INDEX CONCURRENTLY t_a;
VACUUM t;', 'DROP TABLE t')" "CALL migrate_up()" >/dev/null
is "$(told)" "apply created table public.t 1
apply created table column public.t.id 1
apply created table column public.t.a 1
apply created index public.t_a 2
apply altered table public.t 3
apply dropped index public.t_a 4" "a migration in parts: each part tells its own, those that commit by themselves too"
is "$(sql recorded "SELECT string_agg(replace(note, ', perhaps more', ''), '; ' ORDER BY id) FROM migrate_history() WHERE event = 'statement'")" \
	"1 done, 3 changes; 2 done, 1 change; 3 done, 1 change; 4 done, 1 change; 5 done" "the history says how many"
like "$(sql recorded "SELECT note FROM migrate_history() WHERE event = 'apply'")" "^[0-9.]+ ms\$" "and none where the last part made none"
is "$(sql recorded "SELECT value FROM migrate_show('0001') WHERE property = 'changes'")" 6 "migrate_show() counts all parts"
sql recorded "CALL migrate_down()" >/dev/null
is "$(told 0001 | tail -n 3)" "rollback dropped table public.t 1
rollback dropped table column public.t.id 1
rollback dropped table column public.t.a 1" "a rollback is recorded, too"

sql recorded "SELECT migrate_add('0002_loop', '-- migrate:no-transaction
DO \$\$ BEGIN CREATE TABLE one (); COMMIT; CREATE TABLE two (); COMMIT; END \$\$;
CREATE TABLE three ();')" "CALL migrate_up('0002')" >/dev/null
is "$(sql recorded "SELECT string_agg(COALESCE(changes::text, '-'), ' ' ORDER BY id) FROM migrate.history WHERE version = '0002' AND event IN ('statement', 'apply')")" \
	"- - -" "what a block has committed by itself is not known, and it is said that it is not"
sql recorded "SELECT migrate_rollback('zero')" "DROP TABLE one, two, three" >/dev/null 2>&1

# All in one transaction

sql recorded "DROP TABLE IF EXISTS one, two, three" "SELECT migrate_repair('0001', 'forget')" >/dev/null 2>&1
migrate_database once
sql once "SELECT migrate_add('0001_t', 'CREATE TABLE t (id int CHECK (id > 0)); CREATE VIEW v AS SELECT id FROM t', 'DROP TABLE t CASCADE')" \
	"BEGIN" "SELECT migrate_apply()" "SELECT migrate_rollback()" "SELECT migrate_apply()" "ALTER TABLE t ADD b int" "SELECT migrate_rollback()" "COMMIT" >/dev/null 2>&1
like "$(sql once "SELECT DISTINCT before FROM migrate_changes() WHERE action = 'dropped' AND class = 'view'")" "^CREATE VIEW public.v AS.*FROM public.t;.*OWNER TO" "what a transaction has made and dropped is known as it was"
is "$(sql once "SELECT identity FROM migrate_changes() WHERE event = 'rollback' AND identity ~ 't.b\$'")" "public.t.b" \
	"with what the caller has changed in between"

sql once "CREATE TABLE beside (a int CHECK (a > 0))" "CREATE TABLE old (id int CHECK (id > 0), name text); ALTER TABLE old ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON old USING (name > '')" \
	"SELECT migrate_add('0002_rewritten', 'ALTER TABLE old ALTER id TYPE bigint USING id; INSERT INTO old VALUES (5, ''x''); DROP TABLE old; CREATE TABLE kept (id int); INSERT INTO kept VALUES (1); ALTER TABLE beside ADD b int')" \
	"SELECT migrate_apply('0002')" >/dev/null
is "$(sql once "SELECT concat_ws(' ', action, class, identity, before IS NULL) FROM migrate_changes('0002')")" "dropped table public.old t
created table public.kept t
created table column public.kept.id t
altered table public.beside f
created table column public.beside.b t" "a table that one migration has rewritten and dropped is named, without its definition"
is "$(sql once "SELECT count(*) FROM kept")" 1 "and the migration goes on"
sql once "BEGIN" "CREATE TABLE mine (id int CHECK (id > 0))" "SELECT migrate_add('0002_z_mine', 'DROP TABLE mine')" \
	"SELECT migrate_apply('0002_z_mine', dry_run => true)" "SELECT migrate_apply('0002_z_mine')" "COMMIT" >/dev/null
like "$(sql once "SELECT before FROM migrate_changes('0002_z_mine') WHERE class = 'table'")" "^CREATE TABLE public.mine" \
	"what the caller has made is known behind a dry run, too"

sql once "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE p (id int); CREATE POLICY own ON p USING (id > 1)" \
	"SELECT migrate_add('0003_again', 'DROP POLICY own ON p; CREATE POLICY own ON p USING (id > 1); CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS ''SELECT 2''; CREATE TABLE gone (); DROP TABLE gone; CREATE TEMPORARY TABLE tmp ()')" \
	"SELECT migrate_apply('0003')" >/dev/null
is "$(sql once "SELECT concat_ws(' ', action, class, identity) FROM migrate_changes('0003')")" "altered function public.f()" \
	"what is the same afterwards, was made and dropped again, or is temporary, is no change"

# Another session

sql once "CREATE TABLE shared (id int)" "SELECT migrate_add('0004_late', 'ALTER TABLE shared ADD mine int')" >/dev/null
open_session other once
send other "BEGIN; ALTER TABLE shared ADD theirs int;"
answered other
(
	sleep 1
	send other "COMMIT;"
) &
sql once "SELECT migrate_apply('0004')" >/dev/null
wait $!
is "$(sql once "SELECT concat_ws(' ', action, identity, substring(before FROM '-- [^\n]*')) FROM migrate_changes('0004')")" "altered public.shared -- columns: id, theirs
created public.shared.mine" "what another session has committed while it waited belongs to the state before"
close_session other

# Undone, switched off, purged

before=$(sql once "SELECT count(*) FROM migrate.change")
sql once "SELECT migrate_add('0005_dry', 'CREATE TABLE dry (id int)')" "SELECT migrate_apply('0005', dry_run => true)" >/dev/null
is "$(sql once "SELECT count(*) FROM migrate.change")" "$before" "a dry run leaves none"
sql once "SET migrate.record_changes = off" "SELECT migrate_apply('0005')" >/dev/null
is "$(sql once "SELECT count(*) FROM migrate.change; SELECT changes IS NULL FROM migrate.history WHERE version = '0005' AND event = 'apply'")" \
	"$before"$'\nt' "nor does what runs while it is off, and the history says that there is no telling"
sql once "BEGIN ISOLATION LEVEL REPEATABLE READ" "SELECT migrate_add('0006_rr', 'ALTER TABLE dry ADD x int')" "SELECT migrate_apply('0006')" "COMMIT" >/dev/null
is "$(sql once "SELECT concat_ws(' ', action, identity) FROM migrate_changes('0006')")" "altered public.dry
created public.dry.x" "repeatable read makes no difference"

role changes_reader LOGIN
sql once "GRANT EXECUTE ON FUNCTION migrate_changes TO changes_reader" >/dev/null
AS=changes_reader run once "BEGIN READ ONLY" "SELECT action, identity, before IS NULL, after IS NULL FROM migrate_changes('0003')" "COMMIT"
is "$OUT" "altered|public.f()|t|t" "who may not read the scripts sees no definitions"
run once "SELECT migrate_changes('0099')"
fails 42704 "an unknown migration is an error"

sql once "SELECT migrate_add('0007_secret', 'CREATE FUNCTION g() RETURNS text LANGUAGE sql AS ''SELECT ''''hidden-key''''''')" "SELECT migrate_apply('0007')" \
	"SELECT migrate_repair('0007', 'purge text')" >/dev/null
is "$(sql once "SELECT count(*) FROM migrate.definition WHERE definition ~ 'hidden-key'")" 0 "the definitions of what it made are purged with a text"
is "$(sql once "SELECT action, identity, after IS NULL FROM migrate_changes('0007')")" "created|public.g()|t" "and the change stays"
done_testing
