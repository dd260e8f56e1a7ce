#!/usr/bin/env bash
# migrate_online(): what has no gentler form and is named, what it refuses, and what is left when the online form fails,
# is cancelled or is killed.
. test/server/lib/tap.bash

migrate_database online
role online_poor
role online_owner
sql online "SET client_min_messages = error" "CREATE SCHEMA app" "CREATE TABLE app.t (id int PRIMARY KEY, note text, amount int)" \
	"INSERT INTO app.t SELECT g, 'n' || g, g FROM generate_series(1, 1000) g" \
	"CREATE TABLE app.parted (id int, note text) PARTITION BY RANGE (id)" \
	"CREATE TABLE app.part PARTITION OF app.parted FOR VALUES FROM (0) TO (100)" \
	"CREATE TABLE app.parent (id int)" "CREATE TABLE app.child () INHERITS (app.parent)" \
	"CREATE TABLE app.published (id int PRIMARY KEY)" "CREATE PUBLICATION online_published FOR TABLE app.published" \
	"CREATE TABLE app.ruled (id int)" "CREATE RULE no_update AS ON UPDATE TO app.ruled DO INSTEAD NOTHING" \
	"CREATE TABLE app.secret (id int, who name)" "ALTER TABLE app.secret OWNER TO online_owner" \
	"ALTER TABLE app.secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY" \
	"CREATE POLICY mine ON app.secret USING (who = CURRENT_USER)" \
	"CREATE TABLE app.computed (id int, twice int GENERATED ALWAYS AS (id * 2) STORED, note int)" \
	"CREATE TABLE app.tracked (id int, changed int DEFAULT 0)" "ALTER TABLE app.tracked OWNER TO online_owner" \
	"INSERT INTO app.tracked SELECT g FROM generate_series(1, 10) g" \
	"CREATE FUNCTION app.count_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := NEW.changed + 1; RETURN NEW; END'" \
	"CREATE TRIGGER changes BEFORE UPDATE ON app.tracked FOR EACH ROW EXECUTE FUNCTION app.count_change()" \
	"CREATE TABLE app.measured (a int, b int)" "CREATE STATISTICS app.ab ON a, b FROM app.measured" \
	"GRANT USAGE, CREATE ON SCHEMA app TO online_owner" "GRANT ALL ON SCHEMA migrate TO online_owner" \
	"GRANT SELECT ON ALL TABLES IN SCHEMA migrate TO online_owner" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO online_owner, online_poor" "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO online_owner"

# form NAME UP ROWS: what it says of the only pending migration; ROWS are kind, verdict and note.
form() {
	add_migration online 0001_change "$2"
	run online "SELECT concat_ws('|', kind, verdict, note) FROM migrate_online('0001')"
	is "$STATE $OUT" "00000 $3" "$1" || explain "$ERR"
}

# Without a gentler form, and named

form "a foreign key of a partitioned table" "ALTER TABLE app.parted ADD FOREIGN KEY (id) REFERENCES app.t" $'head|nothing to gain\nrefused|table constraint parted_id_fkey on app.parted: that of a partitioned table is checked at once'
like "$ERR" 'no statement of migration "0001_change" has a gentler form' "it says so"
form "a type of one" "ALTER TABLE app.parted ALTER note TYPE int USING 1" $'head|nothing to gain\nrefused|table column app.parted.note: the table has partitions or children'
form "a type of a parent" "ALTER TABLE app.parent ALTER id TYPE bigint" $'head|nothing to gain\nrefused|table column app.parent.id: the table has partitions or children'
form "a type of a published table" "ALTER TABLE app.published ALTER id TYPE bigint" $'head|nothing to gain\nrefused|table column app.published.id: the table is published, and subscribers have no such column'
form "a type of a table with rules" "ALTER TABLE app.ruled ALTER id TYPE bigint" $'head|nothing to gain\nrefused|table column app.ruled.id: rules of the table would change the UPDATE that fills the new column'
form "a stored generated column" "ALTER TABLE app.t ADD COLUMN twice int GENERATED ALWAYS AS (id * 2) STORED" $'head|nothing to gain\nrefused|table column app.t.twice: the server computes a stored generated column in a rewrite only'
form "a type below statistics" "ALTER TABLE app.measured ALTER a TYPE bigint" $'head|nothing to gain\nrefused|table column app.measured.a: statistics object app.ab hangs on it'
form "a type changed by a block" "DO 'BEGIN ALTER TABLE app.t ALTER amount TYPE bigint; END'" $'head|nothing to gain\nrefused|table column app.t.amount: what its values are is not told'
form "a block that does more than it shows" "DO 'BEGIN UPDATE app.t SET note = ''x'' WHERE false; CREATE INDEX ON app.t (note); END'" $'head|nothing to gain\nrefused|a block or a function does it, and what else that does is not known'
form "several types at once" "ALTER TABLE app.t ALTER amount TYPE bigint, ALTER id TYPE bigint" $'head|nothing to gain\nrefused|table column app.t.id: several columns change their types at once; table column app.t.amount: several columns change their types at once'
form "an exclusion constraint" "ALTER TABLE app.t ADD EXCLUDE USING btree (id WITH =)" $'head|nothing to gain\nrefused|table constraint t_id_excl on app.t: its index can\'t be built before it'
form "a rewrite of another kind" "ALTER TABLE app.t SET UNLOGGED" $'head|nothing to gain\nrefused|it rewrites app.t'
form "what is brief as it is" "CREATE TABLE app.new (id int PRIMARY KEY, t_id int REFERENCES app.t); ALTER TABLE app.t ADD COLUMN more int DEFAULT 1; CREATE INDEX ON app.new (t_id)" $'head|nothing to gain\nas it stands\nas it stands\nas it stands'
form "a new name" "ALTER TABLE app.t RENAME note TO remark" $'head|nothing to gain\nrename|app.t.note is app.t.remark from then on, and the old name is gone'
is "$(sql online "SELECT text FROM migrate_online('0001') WHERE kind = 'rename'" 2>/dev/null | head -n 1)" "-- So that no name is missing for a moment: add a column of the new name, let a trigger keep both in" "its text has the recipe"
form "rows, locks and settings stay in their places" "SET LOCAL search_path = app; LOCK TABLE t; UPDATE t SET note = 'x' WHERE id = 1; CREATE INDEX ON t (note)" $'head|proven: equal\nas it stands|safe\nas it stands|left out: each step takes its own locks\nrows|brief lock|changes rows in one transaction\nindex|safe|others write meanwhile'
is "$(sql online "SELECT string_agg(text, ' ' ORDER BY step) FROM migrate_online('0001') WHERE step IN (1, 2)")" "SET search_path = app; -- LOCK TABLE is left out: each step takes its own locks." "a setting holds for all that follows"
form "what goes and comes around a long step" "CREATE VIEW app.v AS SELECT id FROM app.t; DROP VIEW app.v; CREATE INDEX ON app.t (note); CREATE VIEW app.v AS SELECT id FROM app.t" $'head|nothing to gain\nas it stands\nas it stands\nrefused|until it is done, view app.v is missing, which stands around it\nas it stands'
form "a generated column beside it is no matter" "ALTER TABLE app.computed ALTER note TYPE bigint" $'head|proven: equal\ncolumn type|brief lock|a new column that takes the place of note\ncolumn type|brief lock|backfill in batches that commit, then a short swap'

# Roles

form_as() {
	add_migration online 0001_change "$2"
	AS=online_owner run online "SELECT concat_ws('|', kind, note) FROM migrate_online('0001')"
	is "$STATE $OUT" "00000 $3" "$1" || explain "$ERR"
}
form_as "row security that hides rows from the role" "ALTER TABLE app.secret ALTER id TYPE bigint" $'head|nothing to gain\nrefused|table column app.secret.id: row security hides rows from the role that fills the new column'
form_as "a new column below it" "ALTER TABLE app.secret ADD COLUMN k uuid DEFAULT gen_random_uuid()" $'head|nothing to gain\nrefused|table column app.secret.k: row security hides rows from the role that fills it'
form_as "triggers that the role can't silence" "ALTER TABLE app.tracked ALTER id TYPE bigint" $'head|nothing to gain\nrefused|table column app.tracked.id: triggers would fire for each row, and the role can\'t set session_replication_role'
form_as "a new column of such a table" "ALTER TABLE app.tracked ADD COLUMN k uuid DEFAULT gen_random_uuid()" $'head|nothing to gain\nrefused|table column app.tracked.k: triggers would fire for each row, and the role can\'t set session_replication_role'
add_migration online 0001_change "CREATE INDEX ON app.t (note)"
AS=online_owner run online "SELECT FROM migrate_online('0001')"
is "$STATE" 42501 "without rights on the table the migration's own error"
AS=online_poor run online "SELECT FROM migrate_online('0001')"
is "$STATE" 42501 "who may not read texts gets none"
add_migration online 0001_change "ALTER TABLE app.tracked ADD COLUMN k uuid DEFAULT gen_random_uuid(); ALTER TABLE app.tracked ALTER id TYPE bigint"
run online "SELECT count(*) FROM migrate_online('0001', true)" "CALL migrate_up()"
works "a superuser silences them" || explain "$ERR"
is "$(sql online "SELECT count(*), count(k), sum(changed), pg_typeof(min(id)) FROM app.tracked")" "10|10|0|bigint" "and none of them fires"

# What it refuses

# refused NAME STATE DETAIL CALL
refused() {
	run online "SELECT FROM migrate_online($4)"
	is "$STATE $DETAIL" "$2 $3" "$1" || explain "$ERR"
}
refused "an applied one" 55000 "It is applied." "'0001'"
refused "no name" 22004 "" "NULL"
refused "an unknown one" 42704 "" "'0009'"
add_migration online 0002_next "SELECT 1/0"
refused "one that fails" 22012 "" "'0002'"
add_migration online 0002_next "-- migrate:no-transaction
CREATE INDEX ON app.t (note)"
refused "one that says where its transactions end" 55000 'It says "migrate:no-transaction": its statements are chosen one by one already.' "'0002'"
add_migration online 0002_next "VACUUM app.t; CREATE INDEX ON app.t (note)"
refused "one that can't be tried" 55000 "It can't be tried as a whole: not tried: VACUUM refuses a transaction block, line 1." "'0002'"
add_migration online 0002_next "CREATE INDEX ON app.t (note)"
run online "SET migrate.rehearse_size = '8kB'" "SELECT FROM migrate_online('0002')"
is "$STATE" 55000 "a table that is too large to be locked"
like "$HINT" "call it in a copy that has fewer rows" "and where to call it"
run online "SET migrate.explain_hold = '1ms'" "SELECT FROM migrate_online('0002')"
is "$STATE $DETAIL" "55000 It can't be tried as a whole: stopped after migrate.explain_hold." "locks that would be held for too long"
open_session holder online
hold "LOCK TABLE app.t"
run online "SET migrate.lock_timeout = '100ms'" "SET migrate.lock_retries = 0" "SELECT FROM migrate_online('0002')"
is "$STATE" 55P03 "a lock that is not to be had"
let_go
close_session holder
run online "BEGIN READ ONLY" "SELECT FROM migrate_online('0002')"
is "$STATE" 25006 "a transaction that only reads"

# Both texts are one migration

PLAIN="-- migrate:tag soon
-- Description: quick
CREATE INDEX t_note ON app.t (note);"
add_migration online 0002_next "$PLAIN" "DROP INDEX app.t_note;" "SELECT true;"
TEXT=$(sql online "SELECT text FROM migrate_online('0002')" 2>/dev/null)
run online "SELECT count(*) FROM migrate_online('0002', register => true)" "SELECT action || ': ' || detail FROM migrate_load(jsonb_build_array(jsonb_build_object('name', '0002_next.sql', 'content', \$m\$$TEXT\$m\$)), 'file')"
is "$STATE $OUT" $'00000 4\nreplaced: differs only in blanks or line ends' "the texts of all rows are the file that is registered" || explain "$ERR"
like "$TEXT" "$(printf -- '-- migrate:online-of [0-9a-f]{64}\n-- migrate:no-transaction\n-- migrate:tag soon\n-- Description: quick\n')" "its directives and headers stay"
is "$(sql online "SELECT note FROM migrate_status() WHERE version = '0002'")" "tagged soon, no-transaction" "it is pending as before"
refused "an online form" 55000 "It is an online form already." "'0002'"
load_plain() { sql "$1" "SELECT action || ': ' || detail FROM migrate_add('0002_next', \$m\$$PLAIN\$m\$, 'DROP INDEX app.t_note;', 'SELECT true;')"; }
is "$(load_plain online)" "unchanged: its online form stays" "the plain text changes nothing while it is pending"
run online "SELECT action FROM migrate_apply(dry_run => true)"
is "$STATE $OUT" $'00000 would apply, line 5 without CONCURRENTLY\n1 passed, 0 not tried, 0 uncertain' "a dry run gets to its end" || explain "$ERR"
sql online "CALL migrate_up()" 2>/dev/null
is "$(load_plain online)" "unchanged: its online form stays" "nor when the online form is applied"
is "$(sql online "SELECT status FROM migrate_status() WHERE version = '0002'")" applied "it has not changed"
is "$(sql online "SELECT value FROM migrate_show('0002') WHERE property = 'online_of'")" "$(sed -n 's/^-- migrate:online-of //p' <<<"$TEXT")" "migrate_show() tells of which it is"
run online "SELECT FROM migrate_rollback()"
works "its down script rolls it back"
migrate_database online_plain
sql online_plain "CREATE SCHEMA app" "CREATE TABLE app.t (note text)"
load_plain online_plain >/dev/null
sql online_plain "SELECT migrate_apply()" >/dev/null
run online_plain "SELECT action || ': ' || detail FROM migrate_load(jsonb_build_array(jsonb_build_object('name', '0002_next.sql', 'content', \$m\$$TEXT\$m\$)), 'add')" "SELECT status FROM migrate_status()" "SELECT count(*) FROM migrate_plan()"
is "$OUT" $'unchanged: the online form of what was applied\napplied\n0' "where the plain form was applied, the online form changes nothing"
is "$(sql online_plain "SELECT string_agg(text, ' ') FROM migrate_text('0002') WHERE text LIKE 'CREATE%'")" "CREATE INDEX t_note ON app.t (note);" "and the text that ran stays"

add_migration online 0003_comment "CREATE INDEX t_amounts ON app.t (amount);
-- Rollback
-- DROP INDEX app.t_amounts;"
run online "SELECT reversible FROM (SELECT value AS reversible FROM migrate_show('0003') WHERE property = 'reversible') r" "SELECT text FROM migrate_online('0003', true) WHERE kind = 'rollback'" "SELECT value FROM migrate_show('0003') WHERE property = 'reversible'"
is "$OUT" $'comment\n-- Rollback\n-- DROP INDEX app.t_amounts;\n\ncomment' "a rollback in a comment stays one" || explain "$ERR"
sql online "SELECT migrate_remove('0003')" >/dev/null

# When it fails, is cancelled or killed

LEFT="SELECT count(*) FROM pg_trigger t FULL JOIN pg_proc p ON false FULL JOIN pg_constraint c ON false WHERE coalesce(t.tgname, p.proname, c.conname) ~ 'migrate_[0-9a-f]{12}'"
sql online "SELECT migrate_remove('0002')" "TRUNCATE app.t" "INSERT INTO app.t SELECT g, repeat('n', 100), g + 10000 FROM generate_series(1, 30000) g" >/dev/null
add_migration online 0002_smaller "ALTER TABLE app.t ALTER amount TYPE smallint"
run online "SET migrate.explain_hold = '1min'" "SELECT FROM migrate_online('0002', register => true)"
is "$STATE" 22003 "what fails in the plain form has no online form"
sql online "UPDATE app.t SET amount = id % 100" "CREATE INDEX t_amount ON app.t (amount)"
run online "SET migrate.explain_hold = '1min'" "SELECT count(*) FROM migrate_online('0002', register => true)"
works "when it has one, it is registered" || explain "$ERR"
sql online "UPDATE app.t SET amount = 100000 WHERE id = 30000"
run online "CALL migrate_up()"
is "$STATE" 22003 "a value that does not fit ends it"
like "$HINT" "What kept both columns in step is gone" "and says what is left"
is "$(sql online "$LEFT")" 0 "neither trigger nor function nor constraint stays"
is "$(sql online "SELECT status FROM migrate_status() WHERE version = '0002'")" partial "it has stopped half way"
sql online "UPDATE app.t SET amount = id % 100"
open_session runs online
IN_BATCHES="SELECT EXISTS (SELECT FROM pg_trigger WHERE tgname ~ '^~migrate')"
send runs "CALL migrate_up();"
wait_until online "$IN_BATCHES"
sql online "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'runs'" >/dev/null
answered runs
close_session runs
is "$STATE" 57014 "a cancel ends it" || explain "$OUT"
is "$(sql online "$LEFT")" 0 "and nothing stays either"
open_session runs online
send runs "CALL migrate_up();"
wait_until online "$IN_BATCHES"
sql online "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'runs'" >/dev/null
answered runs
close_session runs
sql online "INSERT INTO app.t VALUES (40000, 'new', 7)"
run online "CALL migrate_up()"
works "the next run goes on after a kill" || explain "$ERR"
is "$(sql online "$LEFT")" 0 "what the killed one has left is gone"
is "$(sql online "SELECT count(*), count(amount), pg_typeof(min(amount)) FROM app.t")" "30001|30001|smallint" "all rows have their values"
is "$(sql online "SELECT string_agg(indexdef, '') FROM pg_indexes WHERE indexname = 't_amount'")" "CREATE INDEX t_amount ON app.t USING btree (amount)" "and the index is there"

# What limits migrations

add_migration online 0003_larger "ALTER TABLE app.t ALTER amount TYPE bigint"
LIMITED=("SET migrate.max_impact = 'brief lock'" "SET migrate.max_impact_size = 0" "SET migrate.brief_lock = '200ms'")
run online "${LIMITED[@]}" "SET migrate.brief_lock = 0" "CALL migrate_up()"
is "$STATE" MG013 "migrate.max_impact refuses the plain form"
run online "SET migrate.explain_hold = '1min'" "SELECT count(*) FROM migrate_online('0003', true)" "${LIMITED[@]}" "CALL migrate_up()"
works "and lets the online form pass" || explain "$ERR"
done_testing
