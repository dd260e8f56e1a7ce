#!/usr/bin/env bash
# migrate_drift(): every way to run a migration leaves none; what is done by hand is told, with who did it, as far as the
# guard saw it, also if a migration met it; gaps, what is ignored, another server; who may see and accept what.
. test/server/lib/tap.bash

migrate_database drift
role drift_clerk LOGIN
role drift_reader LOGIN
role drift_partman LOGIN

# drifts [DATABASE]: drift, class and identity of each row, who did it, the event of whose migration met it.
drifts() {
	sql "${1:-drift}" "SELECT concat_ws(' ', drift, class, identity, 'by ' || changed_by, 'with ' || command, 'met by ' || (SELECT h.name FROM migrate.history h WHERE h.id = d.event)) FROM migrate_drift() d"
}
accept() { sql drift "SELECT count(*) FROM migrate_drift('accept')"; }

# Without a base

run drift "SELECT * FROM migrate_drift()"
is "$STATE $MESSAGE|$DETAIL|$HINT" "55000 there is no schema to compare with|The whole schema is noted before the first migration runs, unless migrate.record_changes is off.|SELECT * FROM migrate_drift('accept') notes the schema as it is now." \
	"before the first migration there is nothing to compare with"
sql drift "CREATE SCHEMA app; CREATE TABLE app.old (id int)" "SELECT migrate_add('0001_t', 'CREATE TABLE app.t (id int PRIMARY KEY, a text)', 'DROP TABLE app.t')" \
	"SELECT migrate_apply(dry_run => true)" "SET migrate.record_changes = off" "BEGIN" "SELECT migrate_apply()" "ROLLBACK" >/dev/null
is "$(sql drift "SELECT count(*) FROM migrate.base")" 0 "a dry run takes no base, nor does what runs without recording"
run drift "SELECT migrate_drift('forget')"
is "$STATE $MESSAGE|$HINT" '22023 unknown action "forget"|The only action is accept.' "another action is an error"

# All ways to run one

sql drift "SELECT migrate_apply()" >/dev/null
is "$(sql drift "SELECT event, major = current_setting('server_version_num')::int / 10000, taken_by FROM migrate.base")" "0|t|postgres" "the first migration takes the base"
is "$(sql drift "SELECT string_agg(identity, ' ' ORDER BY identity) FROM migrate.base_object WHERE schema = 'app'")" "app app.old app.old.id" "as it was before it"
is "$(drifts)" "" "no drift after migrate_apply()"
sql drift "SELECT migrate_rollback()" "SELECT migrate_apply()" >/dev/null
is "$(drifts)" "" "after a rollback and the same again"
sql drift "SELECT migrate_run('0002_v', 'CREATE VIEW app.v AS SELECT id FROM app.t', 'DROP VIEW app.v')" >/dev/null
is "$(drifts)" "" "after migrate_run()"
sql drift "SELECT migrate_add('0003_parts', 'ALTER TABLE app.t ADD b int;
CREATE INDEX CONCURRENTLY t_b ON app.t (b);
COMMENT ON TABLE app.t IS ''ours'';
ALTER TABLE app.t RENAME b TO c;
DROP INDEX CONCURRENTLY app.t_b;
CREATE INDEX CONCURRENTLY t_c ON app.t (c);', 'DROP INDEX CONCURRENTLY app.t_c; ALTER TABLE app.t DROP c')" "CALL migrate_up()" >/dev/null
is "$(drifts)" "" "after migrate_up(), in parts and with CONCURRENTLY"
sql drift "CALL migrate_down()" "CALL migrate_up()" >/dev/null
is "$(drifts)" "" "after migrate_down()"
job=$(sql drift "SELECT migrate_add('0004_swap', 'CREATE TABLE app.a (id int); CREATE TABLE app.b (id int, x int); ALTER TABLE app.a RENAME TO c; ALTER TABLE app.b RENAME TO a; ALTER TABLE app.c RENAME TO b', 'DROP TABLE app.a, app.b')" "SELECT migrate_start()" | tail -n 1)
wait_until drift "SELECT state = 'finished' FROM migrate_job($job)"
is "$(drifts)" "" "after a job"
sql drift "SELECT migrate_run('0005_rewritten', 'ALTER TABLE app.b ADD s serial CHECK (s > 0); CREATE INDEX b_s ON app.b (s); CREATE STATISTICS app.b_st ON id, s FROM app.b', 'SELECT 1')" >/dev/null
sql drift "SELECT migrate_run('0006_gone', 'ALTER TABLE app.b ALTER id TYPE bigint USING id; INSERT INTO app.b VALUES (5); DROP TABLE app.b', 'SELECT 1')" >/dev/null
is "$(sql drift "SELECT DISTINCT before IS NULL FROM migrate_changes('0006')") $(drifts)" "t " "after one that has dropped a table that it could not describe any more"

# By hand, without the guard

sql drift "CREATE TABLE app.mine (id int)" "ALTER TABLE app.old ADD note text" "CREATE OR REPLACE VIEW app.v AS SELECT id + 1 AS id FROM app.t" "DROP INDEX app.t_c" "ALTER TABLE app.a RENAME TO z" >/dev/null
is "$(drifts)" "dropped table app.a
dropped table column app.a.id
dropped table column app.a.x
added table app.mine
added table column app.mine.id
added table column app.old.note
dropped index app.t_c
altered view app.v
added table app.z
added table column app.z.id
added table column app.z.x" "what was added, altered, dropped and renamed by hand"
like "$(sql drift "SELECT expected || '->' || found FROM migrate_drift() WHERE identity = 'app.v'")" "^CREATE VIEW app.v AS.*->CREATE VIEW app.v AS.*id \\+ 1" "with both definitions"
is "$(sql drift "SELECT expected || '|' || (found IS NULL) FROM migrate_drift() WHERE identity = 'app.t_c'")" "CREATE INDEX t_c ON app.t USING btree (c);|true" "of what is gone there is one"
is "$(accept)" 11 "accepting returns the same rows"
is "$(drifts)" "" "and then there are none"

# With the guard

sql drift "SELECT migrate_guard('record')" "GRANT ALL ON SCHEMA app TO drift_clerk" "ALTER TABLE app.old OWNER TO drift_clerk" "SELECT migrate_drift('accept')" >/dev/null
AS=drift_clerk run drift "ALTER TABLE app.old ADD more int" "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'" "CREATE TABLE app.named (id int PRIMARY KEY)"
sql drift "DROP TABLE app.z" "ALTER TABLE app.named RENAME TO renamed" >/dev/null
is "$(drifts)" "added function app.f() by drift_clerk with CREATE FUNCTION
added table column app.old.more by drift_clerk with ALTER TABLE
added table app.renamed by postgres with ALTER TABLE
added table column app.renamed.id by postgres with ALTER TABLE
added table constraint named_pkey on app.renamed by postgres with ALTER TABLE
dropped table app.z by postgres with DROP TABLE
dropped table column app.z.id by postgres with DROP TABLE
dropped table column app.z.x by postgres with DROP TABLE" "who did it, and with what"
is "$(sql drift "SELECT bool_and(changed_at > now() - interval '1 minute') FROM migrate_drift()")" t "and when"
sql drift "SELECT migrate_drift('accept')" "ALTER TABLE app.renamed RENAME TO again" "ALTER TABLE app.again RENAME COLUMN id TO number" "ALTER FUNCTION app.f() RENAME TO g" >/dev/null
is "$(drifts | grep '^dropped')" "dropped function app.f() by postgres with ALTER FUNCTION
dropped table app.renamed by postgres with ALTER TABLE
dropped table column app.renamed.id by postgres with ALTER TABLE
dropped table constraint named_pkey on app.renamed by postgres with ALTER TABLE" "under the old name, too"
is "$(sql drift "SELECT count(*), count(*) FILTER (WHERE substring(note FROM '([0-9]+) change') = $(property changes)) FROM migrate_status()")" "6|6" \
	"the status says how many changes each migration made, in all of its parts"
is "$(sql drift "SELECT note FROM migrate_status() ORDER BY version DESC LIMIT 1")" "2 changes, drifted: 3" "and on the newest how many objects the guard has seen since the base"
is "$(sql drift "SELECT value FROM migrate_show('0006') WHERE value ~ 'drift'")" "3 objects were changed outside of migrations: migrate_drift() shows what differs" "and so does migrate_show()"
accept >/dev/null
is "$(sql drift "SELECT count(*) FROM migrate_status() WHERE note ~ 'drifted'")" 0 "none once they are accepted"

# Between two migrations

AS=drift_clerk run drift "ALTER TABLE app.old ADD late int" "CREATE OR REPLACE FUNCTION app.h() RETURNS int LANGUAGE sql AS 'SELECT 1'" "COMMENT ON TABLE app.old IS 'theirs'"
sql drift "ALTER VIEW app.v SET (security_barrier)" "SELECT migrate_run('0007_met', 'COMMENT ON TABLE app.old IS ''ours''; DROP FUNCTION app.h(); DROP VIEW app.v')" >/dev/null
is "$(drifts)" "added function app.h() by drift_clerk with CREATE FUNCTION met by met
altered table app.old by drift_clerk with COMMENT met by met
added table column app.old.late by drift_clerk with ALTER TABLE
altered view app.v by postgres with ALTER VIEW met by met" "what a migration has met is told, although all of it is as the migration left it"
is "$(sql drift "SELECT count(*) FROM migrate_drift('accept')" "SELECT count(*) FROM migrate_drift()")" $'4\n0' "until it is accepted"
sql drift "DROP TABLE app.again" "SELECT migrate_run('0008_created', 'CREATE TABLE app.again (id int)')" >/dev/null
is "$(drifts | head -n 2)" "dropped table app.again by postgres with DROP TABLE met by created
dropped table column app.again.number by postgres with DROP TABLE" "what was made again had been dropped"
accept >/dev/null

# A gap

sql drift "SET migrate.record_changes = off" "SELECT migrate_run('0009_dark', 'CREATE TABLE app.dark (id int)')" >/dev/null
is "$(drifts)" "unknown migration 0009_dark by postgres with apply met by dark
added table app.dark
added table column app.dark.id" "a migration that was not recorded is said"
accept >/dev/null

sql drift "SELECT migrate_run('0009_lost', 'CREATE TABLE app.lost ()')" "DELETE FROM migrate.change WHERE event = (SELECT max(id) FROM migrate.history)" >/dev/null
is "$(drifts)" "unknown migration 0009_lost by postgres with apply met by lost
added table app.lost" "and so is one whose changes are not there any more"
accept >/dev/null

# A concurrent index that failed

sql drift "INSERT INTO app.old (id) VALUES (1), (1)" "SELECT migrate_add('0009_unique', 'CREATE UNIQUE INDEX CONCURRENTLY old_id ON app.old (id);', 'DROP INDEX app.old_id')" >/dev/null
run drift "CALL migrate_up()"
is "$STATE $(drifts)" "23505 added index app.old_id" "what a failed statement leaves behind is drift"
sql drift "DELETE FROM app.old" "CALL migrate_up()" >/dev/null
is "$(drifts)" "" "until it is done again"

# What is ignored

sql drift "SELECT migrate_guard('off')" "CREATE SCHEMA scratch" "CREATE TABLE app.events (at date) PARTITION BY RANGE (at)" "CREATE TABLE app.gone PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')" \
	"SELECT migrate_drift('accept')" "DROP TABLE app.gone" "CREATE TABLE app.y2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" \
	"CREATE INDEX ON app.y2026 (at)" "CREATE TABLE scratch.x (id int)" "CREATE TABLE app.tmp_1 (id int PRIMARY KEY)" "CREATE TABLE app.theirs (id int PRIMARY KEY)" "ALTER TABLE app.theirs OWNER TO drift_partman" "CREATE TABLE app.seen ()" >/dev/null
is "$(sql drift "SET migrate.drift_ignore = 'scratch, app.tmp_*, partitions of app.events, role drift_partman'" "SELECT drift, class, identity FROM migrate_drift()")" \
	"added|table|app.seen" "schemas, patterns, partitions and what a role owns are left out"
is "$(drifts | wc -l)" 14 "and told otherwise"
accept >/dev/null

# Another server

sql drift "ALTER TABLE app.seen ADD id int" "COMMENT ON TABLE app.events IS 'x'" "SET ROLE postgres" "UPDATE migrate.base SET major = major - 1" >/dev/null
is "$(drifts)" "not comparable table app.events
added table column app.seen.id" "definitions of another server are not compared"
is "$(sql drift "SELECT migrate_drift('accept')" "SELECT count(*) FROM migrate_drift()" | tail -n 1)" 0 "until a new base is accepted"

# Who may what

sql drift "ALTER TABLE app.seen ADD more int" "GRANT EXECUTE ON FUNCTION migrate_drift TO drift_reader" >/dev/null
AS=drift_reader run drift "BEGIN READ ONLY" "SELECT drift, class, identity, expected IS NULL, found IS NULL FROM migrate_drift()" "COMMIT"
is "$STATE $OUT" "00000 added|table column|app.seen.more|t|t" "who may not read the scripts sees no definitions, in a read-only transaction"
AS=drift_reader run drift "SELECT migrate_drift('accept')"
is "$STATE $MESSAGE|$DETAIL|$HINT" '42501 must be owner of extension migrate|migrate_drift() with an action decides what is expected of this database. The owner is "postgres".|Ask the owner or a superuser.' "nor may they accept"
run drift "BEGIN READ ONLY" "SELECT migrate_drift('accept')"
fails 25006 "nothing is accepted in a read-only transaction"

# Text that was purged

sql drift "SELECT migrate_drift('accept')" "SELECT migrate_run('0010_secret', 'CREATE FUNCTION app.s() RETURNS text LANGUAGE sql AS ''SELECT ''''hidden-key''''''')" \
	"SELECT migrate_repair('0010', 'purge text')" >/dev/null
is "$(drifts)" "" "what was purged is no drift"
sql drift "SELECT migrate_drift('accept')" "DROP FUNCTION app.s()" >/dev/null
is "$(sql drift "SELECT drift, identity, expected IS NULL FROM migrate_drift()" "SELECT count(*) FROM migrate.definition WHERE definition ~ 'hidden-key'")" "dropped|app.s()|t"$'\n'0 "nor does its definition come back with a base"

# Baseline, adopt

for way in "SELECT migrate_baseline('0001')" "SELECT migrate_adopt('dbmate')"; do
	migrate_database drift_other
	sql drift_other "CREATE TABLE public.there (id int)" "CREATE TABLE public.schema_migrations (version varchar(128) PRIMARY KEY)" "INSERT INTO schema_migrations VALUES ('0001')" \
		"SELECT migrate_load('[{\"name\": \"0001_there.sql\", \"content\": \"-- migrate:up\nCREATE TABLE there (id int)\n-- migrate:down\nDROP TABLE there\"}]')" "$way" "ALTER TABLE there ADD note text" >/dev/null
	is "$(drifts drift_other)" "added table column public.there.note" "$way takes a base"
done

# Two sessions, of which each would be first

migrate_database drift_first
sql drift_first "SELECT migrate_add('0001_a', 'CREATE TABLE a (id int)')" >/dev/null
open_session one drift_first
send one "BEGIN; SELECT migrate_apply();"
answered one
open_session two drift_first
send two "SET migrate.wait_timeout = '20s'; SELECT migrate_run('0002_b', 'CREATE TABLE b (id int)');"
wait_until drift_first "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'two' AND state = 'active'"
send one "COMMIT;"
answered one
answered two
close_session one
close_session two
is "$(sql drift_first "SELECT event FROM migrate.base" "SELECT count(*) FROM migrate_status() WHERE status = 'applied'" "SELECT count(*) FROM migrate_drift()")" $'0\n2\n0' \
	"two sessions at once take one base"

# What can't be read now is no reason not to migrate

migrate_database drift_locked
sql drift_locked "CREATE TABLE t (id int)" "CREATE VIEW v AS SELECT id FROM t" >/dev/null
open_session locker drift_locked
send locker "BEGIN; LOCK TABLE t;"
answered locker
run drift_locked "SET migrate.lock_timeout = '100ms'" "SELECT migrate_run('0001_a', 'CREATE TABLE a (id int)')"
works "a table that somebody else has locked keeps no migration from running"
like "$ERR" "WARNING:  55P03: the schema could not be noted for migrate_drift\(\): canceling statement due to lock timeout" "and it is said that there is no base"
send locker "COMMIT;"
answered locker
close_session locker
is "$(sql drift_locked "SELECT migrate_run('0002_b', 'CREATE TABLE b (id int)')" "SELECT count(*) FROM migrate_drift()" | tail -n 1)" 0 "the next migration takes it"

# Ten thousand

sql drift_locked "DO \$\$ BEGIN FOR i IN 1..5000 LOOP EXECUTE format('CREATE TABLE many_%s (id int)', i); IF i % 500 = 0 THEN COMMIT; END IF; END LOOP; END \$\$"
is "$(sql drift_locked "SET statement_timeout = '60s'" "SELECT drift, count(*) FROM migrate_drift() GROUP BY 1")" "added|10000" "ten thousand objects that differ"
is "$(sql drift_locked "SET statement_timeout = '60s'" "SELECT count(*) FROM migrate_drift('accept')" "SELECT count(*) FROM migrate_drift()")" $'10000\n0' "are accepted"

done_testing
