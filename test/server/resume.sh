#!/usr/bin/env bash
# Whatever stops a migration, status says so, and the next call goes on at that statement: failures, changed texts,
# terminated sessions, in every kind of statement; what was begun and never recorded is looked up.
. test/server/lib/tap.bash

migrate_database resume
sql resume "CREATE TABLE held (a int)" "INSERT INTO held SELECT generate_series(1, 10)"
add() { add_migration resume "$@"; }
discard() { discard_migrations resume; }
told() { sql resume "SELECT status || ': ' || detail FROM migrate_status() WHERE status NOT IN ('applied', 'pending')"; }
status() { sql resume "SELECT string_agg(status, ' ') FROM migrate_status()"; }
indexes() { sql resume "SELECT string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END, ', ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = '${1:-held}'::regclass"; }
exists() { sql resume "SELECT to_regclass('$1') IS NOT NULL"; }

# A session that keeps others waiting.
open_session holder resume
# begin CALL: runs it in the background until it waits for a lock.
begin() {
	open_session runner resume
	send runner "$1;"
	wait_until resume "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted)"
}
terminate() {
	sql resume "SELECT FROM pg_stat_activity, LATERAL pg_terminate_backend(pid, 10000) WHERE application_name = 'runner'"
	close_session runner
}
# end_unrecorded: what waits for the holder ends, but its record can't be written; then the session is terminated.
end_unrecorded() {
	open_session keeper resume
	send keeper "BEGIN; LOCK TABLE migrate.history IN SHARE MODE;"
	answered keeper
	let_go
	wait_until resume "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted AND relation = 'migrate.history'::regclass)"
	terminate
	close_session keeper
}

# A build that fails

add 0001_unique $'CREATE TABLE doubled (a int);
INSERT INTO doubled VALUES (1), (1);
CREATE UNIQUE INDEX CONCURRENTLY doubled_a ON doubled (a);
CREATE TABLE behind (a int);' 'DROP TABLE behind; DROP TABLE doubled;'
run resume "CALL migrate_up()"
fails 23505 "a unique violation during a concurrent build"
like "$HINT" 'CALL migrate_up\(\) goes on behind it' "the hint says what comes next"
like "$CONTEXT" 'migration "0001_unique", line 3, column 1' "the context where it is"
like "$(told)" '^partial: applying stopped at line 3, with 2 of 4 statements done, perhaps more: 23505 could not create unique index "doubled_a"' "status says line, what is done, and the reason"
is "$(indexes doubled)" "doubled_a invalid" "the build has left an index that is not valid"
run resume "SELECT migrate_apply()"
fails 25001 "migrate_apply does not go on with it"
run resume "CALL migrate_down()"
fails 55000 "nor can anything be rolled back before"
like "$MESSAGE $DETAIL $HINT" 'migration "0001_unique" stopped half way Applying it stopped at line 3, with 2 of 4 statements done, perhaps more. Use CALL migrate_up\(\) to go on there' "which is said"
run resume "CALL migrate_up()"
fails 23505 "calling again fails again"
like "$ERR" 'NOTICE:  00000: migration "0001_unique", line 3: dropped the invalid index public.doubled_a that a failed try had left' "after it has dropped that index, and said so"
is "$(sql resume "SELECT count(*) FROM doubled")" 2 "what was done before does not run again"
sql resume "DELETE FROM doubled WHERE ctid = '(0,1)'"
run resume "CALL migrate_up()"
works "once the data are mended"
is "$(indexes doubled) $(exists behind) $(status)" "doubled_a t applied" "it goes on to its end"
run resume "CALL migrate_down()"
discard

add 0001_missing $'CREATE INDEX CONCURRENTLY ON missing (a);'
run resume "CALL migrate_up()"
is "$STATE $(told)" '42P01 failed: applying stopped at line 1: 42P01 relation "missing" does not exist; not transactional: line 1: CREATE INDEX CONCURRENTLY; not reversible: it has no down script' \
	"one that could not even begin has left nothing"
discard
sql resume "CREATE INDEX held_own ON held (a)"
add 0001_taken $'SELECT 1;\nCREATE INDEX CONCURRENTLY held_own ON held (a);'
run resume "CALL migrate_up()"
fails 42P07 "an index of that name that is there already"
run resume "CALL migrate_up()"
is "$STATE $(indexes)" "42P07 held_own" "is nobody's to drop, and counts for nothing"
discard
sql resume "DROP INDEX held_own"

# Changed texts

changed=$'CREATE TABLE doubled (a int);
INSERT INTO doubled VALUES (1), (1);
CREATE UNIQUE INDEX CONCURRENTLY doubled_a ON doubled (a);
CREATE TABLE behind (a int);'
stop_at_index() {
	sql resume "SET client_min_messages = warning" "DROP TABLE IF EXISTS doubled, behind, ahead" 2>/dev/null
	discard
	add 0001_text "$changed"
	run resume "CALL migrate_up()"
}
stop_at_index
add 0001_text "${changed/VALUES (1)/VALUES (2)}"
run resume "CALL migrate_up()"
fails MG002 "a text that changed before the place where it stopped is refused"
is "$MESSAGE" 'migration "0001_text" has changed before the place where it stopped' "with the migration"
like "$DETAIL $CONTEXT" 'Statement 2 is no longer the one that ran.*line 2' "and the statement"
like "$HINT" "migrate_repair\('0001_text', 'forget'\)" "the hint says what can be done"
is "$(indexes doubled) $(status)" "doubled_a invalid partial" "nothing was touched"
add 0001_text $'CREATE TABLE doubled (a int);'
run resume "CALL migrate_up()"
fails MG002 "one that ends before that place"
add 0001_text $'CREATE TABLE ahead (a int);\n'"$changed"
run resume "CALL migrate_up()"
is "$STATE $(exists ahead)" "MG002 f" "one with a statement more in front"
add 0001_text "${changed/CREATE UNIQUE/-- not unique after all
CREATE}"
run resume "CALL migrate_up()"
is "$STATE $(indexes doubled) $(exists behind)" "00000 doubled_a t" "the statement that failed may be another one now"
stop_at_index
add 0001_text "-- a comment and
$(sed 's/CREATE TABLE behind (a int)/CREATE TABLE ahead (a int)/' <<<"$changed")"
sql resume "TRUNCATE doubled"
run resume "CALL migrate_up()"
is "$STATE $(indexes doubled) $(exists ahead) $(exists behind)" "00000 doubled_a t f" "comments, and what comes later, may change"
stop_at_index
sql resume "SELECT migrate_load('[{\"name\": \"0001_text.sql\", \"content\": \"SELECT 1\"}]', 'folder')" "SELECT migrate_load('[]', 'folder')" >/dev/null
run resume "CALL migrate_up()"
fails 55000 "one whose file is gone"
stop_at_index

# Repair

run resume "SELECT migrate_repair('0001', 'resume after')" "CALL migrate_up()"
is "$STATE $(indexes doubled) $(exists behind) $(status)" "00000 doubled_a invalid t applied" "resume after: on behind the statement, whatever became of it"
stop_at_index
run resume "SELECT migrate_repair('0001', 'resume here')"
like "$OUT" 'CALL migrate_up\(\) goes on with 2 of 4 statements done' "resume here says where"
like "$(told)" '^partial: applying goes on with 2 of 4 statements done' "and so does status"
run resume "CALL migrate_up()"
fails 42P07 "the human has looked: nothing is dropped any more"
stop_at_index
run resume "SELECT migrate_repair('0001', 'applied')"
is "$STATE $(status)" "00000 applied" "applied: done by hand"
run resume "SELECT migrate_repair('0001', 'resume here')"
fails 55000 "there is nothing to resume then"
stop_at_index
sql resume "DROP TABLE doubled"
run resume "SELECT migrate_repair('0001', 'forget')"
is "$STATE $(status)" "00000 pending" "forget: undone by hand"
run resume "CALL migrate_up()"
is "$STATE $(indexes doubled)" "23505 doubled_a invalid" "it begins anew"
sql resume "DROP TABLE doubled"
discard
add 0001_failed 'SELECT 1/0;'
run resume "CALL migrate_up()"
run resume "SELECT migrate_repair('0001', 'resume after')"
fails 55000 "what has left nothing can't be resumed"
run resume "SELECT migrate_remove('0001')"
is "$STATE $(status)" "00000 " "but removed"
discard

# What the rest depends on in its session runs again

sql resume "CREATE SCHEMA aside"
add 0001_set $'SET search_path = aside, public;
SELECT set_config(\'resume.mine\', \'1\', false);
SET LOCAL work_mem = \'1MB\';
SET ROLE pg_database_owner;
RESET ROLE;
CREATE UNIQUE INDEX CONCURRENTLY held_a ON held (a);
CREATE TABLE in_aside AS SELECT current_setting(\'resume.mine\') AS mine;'
sql resume "INSERT INTO held VALUES (1)"
run resume "CALL migrate_up()"
fails 23505 "stopped behind settings"
sql resume "DELETE FROM held WHERE ctid = '(0,11)'"
run resume "CALL migrate_up()" "SHOW search_path" "SELECT current_setting('resume.mine', true)"
is "$STATE $(exists aside.in_aside)" "00000 t" "SET and set_config run again in another session"
is "$OUT" '"$user", public' "and do not stay in it"
sql resume "DROP SCHEMA aside CASCADE" "DROP INDEX held_a" 2>/dev/null
discard
for name in TABLE:42P01 STATEMENT:26000; do
	made='CREATE TEMP TABLE earlier (a int);' used='INSERT INTO earlier VALUES (1);'
	[ "$name" = TABLE:42P01 ] || { made='PREPARE earlier AS SELECT 1;' used='EXECUTE earlier;'; }
	add 0001_earlier "$made"$'\nVACUUM held;\nSELECT 1/count(*) FROM held WHERE a = -1;\n'"$used"
	run resume "CALL migrate_up()"
	add 0001_earlier "$made"$'\nVACUUM held;\nSELECT count(*) FROM held WHERE a = -1;\n'"$used"
	run resume "CALL migrate_up()"
	is "$STATE $(told | sed 's/:.*//')" "${name#*:} partial" "but nothing else does: the earlier session's is gone, ${name%:*}"
	add 0001_earlier "$made"$'\nVACUUM held;\n'"$made$used"
	run resume "CALL migrate_up()"
	works "which a part that makes it anew mends"
	discard
done

# A session that ends: nobody could write what became of the statement

add 0001_plain $'CREATE TABLE plain (a int);\nLOCK TABLE held;'
hold "LOCK TABLE held IN ACCESS SHARE MODE"
begin "CALL migrate_up()"
like "$(sql resume "SELECT status || ': ' || detail FROM migrate_status()")" '^pending: applying is under way' "while it runs, status says so"
terminate
is "$(told | sed 's/;.*//') $(exists plain)" "failed: applying was begun and undone when its session ended f" "in an ordinary statement: failed, nothing stays"
let_go
run resume "CALL migrate_up()"
is "$STATE $(exists plain)" "00000 t" "it runs again"
sql resume "DROP TABLE plain"
discard
add 0001_segment $'CREATE TABLE plain (a int);\nVACUUM plain;\nINSERT INTO plain VALUES (1);\nLOCK TABLE held;\nINSERT INTO plain VALUES (2);'
hold "LOCK TABLE held IN ACCESS SHARE MODE"
begin "CALL migrate_up()"
terminate
let_go
is "$(told | sed 's/;.*//')" "partial: applying stopped at line 3, with 2 of 5 statements done, when its session ended" "in a segment: partial, at the segment's first statement"
run resume "CALL migrate_up()"
is "$STATE $(sql resume "SELECT array_agg(a) FROM plain")" "00000 {1,2}" "which runs again, once"
sql resume "DROP TABLE plain"
discard

build=$'SELECT 1;\nCREATE INDEX CONCURRENTLY held_a ON held (a);\nCREATE TABLE behind (a int);'
sql resume "DROP TABLE IF EXISTS behind" 2>/dev/null
add 0001_build "$build"
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
terminate
is "$(told | sed 's/; not.*//')" "partial: applying stopped at line 2, with 1 of 3 statements done, perhaps more, when its session ended" "in a concurrent build"
is "$(indexes)" "held_a invalid" "its index is there, and not valid"
let_go
run resume "CALL migrate_up()"
is "$STATE $(indexes) $(exists behind)" "00000 held_a t" "the next call builds it anew"
like "$ERR" 'dropped the invalid index public.held_a' "and says what it dropped"
sql resume "DROP INDEX held_a" "DROP TABLE behind"
discard
add 0001_build "$build"
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
end_unrecorded
is "$(indexes) $(told | sed 's/; not.*//')" "held_a invalid partial: applying stopped at line 2, with 1 of 3 statements done, perhaps more, when its session ended" \
	"terminated before the record of a build could be written, its last step is undone with it"
sql resume "DROP INDEX held_a" "CREATE INDEX held_a ON held (a)"
oid=$(sql resume "SELECT 'held_a'::regclass::oid")
run resume "CALL migrate_up()"
like "$STATE $ERR" 'NOTICE:  00000: migration "0001_build", line 2: CREATE INDEX CONCURRENTLY was found done, it does not run again' "once somebody has made the index it is found done"
is "$STATE $(sql resume "SELECT 'held_a'::regclass::oid = $oid") $(exists behind)" "00000 t t" "that index stays, the rest runs"
sql resume "DROP INDEX held_a" "DROP TABLE behind"
discard
add 0001_build "$build"
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
terminate
let_go
sql resume "DROP INDEX held_a" "CREATE INDEX held_a ON held ((a + 1))"
run resume "CALL migrate_up()"
fails 42P07 "an index of another definition does not count as this one"
sql resume "DROP INDEX held_a"
add 0001_build "${build/(a)/(a DESC)}"
run resume "CALL migrate_up()"
is "$STATE $(sql resume "SELECT pg_get_indexdef('held_a'::regclass)")" "00000 CREATE INDEX held_a ON public.held USING btree (a DESC)" "what was not done may change"
sql resume "DROP INDEX held_a" "DROP TABLE behind"
discard

add 0001_unnamed $'CREATE INDEX CONCURRENTLY ON held (a) WHERE a > 1;'
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
terminate
let_go
run resume "CALL migrate_up()"
is "$STATE $(indexes)" "00000 held_a_idx" "an index without a name is found by its definition"
like "$ERR" 'dropped the invalid index public.held_a_idx' "and dropped where it is not valid"
sql resume "DROP INDEX held_a_idx"
discard
add 0001_unnamed $'CREATE INDEX CONCURRENTLY ON held (a);'
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
terminate
let_go
sql resume "DROP INDEX held_a_idx" "CREATE INDEX ON held (a)"
run resume "CALL migrate_up()"
fails 55000 "where it is valid, nobody can tell whose it is"
is "$MESSAGE" "nobody can tell whether this statement ran" "which is said"
like "$DETAIL $HINT" "CREATE INDEX CONCURRENTLY was begun, may have committed, and was never recorded as done.*migrate_repair\('0001_unnamed', 'resume here'\).*'resume after'" "with the way on"
like "$(told)" '^partial: ' "it stays partial"
run resume "SELECT migrate_repair('0001', 'resume after')" "CALL migrate_up()"
is "$STATE $(indexes) $(status)" "00000 held_a_idx applied" "until a human has looked"

# Other statements that stand alone

sql resume "ALTER INDEX held_a_idx RENAME TO held_a"
discard
add 0001_drop 'DROP INDEX CONCURRENTLY held_a;'
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
terminate
let_go
run resume "CALL migrate_up()"
is "$STATE $(indexes)" "00000 " "DROP INDEX CONCURRENTLY, terminated, runs again"
discard
sql resume "CREATE INDEX held_a ON held (a)"
add 0001_drop 'DROP INDEX CONCURRENTLY held_a;'
hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
begin "CALL migrate_up()"
end_unrecorded
is "$(indexes)" "held_a invalid" "terminated before it is recorded, its last step is undone with the record"
sql resume "DROP INDEX held_a"
run resume "CALL migrate_up()"
like "$STATE $ERR" 'DROP INDEX CONCURRENTLY was found done' "once somebody has dropped it, it is found done"
discard
sql resume "CREATE INDEX held_a ON held (a)"
for what in "INDEX CONCURRENTLY held_a" "TABLE CONCURRENTLY held"; do
	add 0001_reindex "REINDEX $what;"
	hold "LOCK TABLE held IN ROW EXCLUSIVE MODE"
	begin "CALL migrate_up()"
	terminate
	let_go
	is "$(indexes)" "held_a, held_a_ccnew invalid" "REINDEX $what, terminated, leaves an index"
	run resume "CALL migrate_up()"
	is "$STATE $(indexes)" "00000 held_a" "which the next call drops"
	like "$ERR" 'dropped the invalid index public.held_a_ccnew' "and says so"
	discard
done
sql resume "DROP INDEX held_a"
add 0001_vacuum 'VACUUM held; CREATE TABLE behind (a int);'
hold "LOCK TABLE held IN SHARE UPDATE EXCLUSIVE MODE"
begin "CALL migrate_up()"
terminate
let_go
run resume "CALL migrate_up()"
is "$STATE $(exists behind)" "00000 t" "VACUUM, terminated, runs again"
discard
sql resume "DROP TABLE behind" "CREATE TABLE parts (a int) PARTITION BY LIST (a)" "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1)"
add 0001_detach 'ALTER TABLE parts DETACH PARTITION part CONCURRENTLY;'
hold "LOCK TABLE parts IN ACCESS SHARE MODE"
begin "CALL migrate_up()"
terminate
is "$(sql resume "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'part'::regclass")" t "DETACH PARTITION CONCURRENTLY, terminated, is pending"
let_go
run resume "CALL migrate_up()"
is "$STATE $(sql resume "SELECT count(*) FROM pg_inherits WHERE inhrelid = 'part'::regclass")" "00000 0" "the next call finishes it"
like "$ERR" 'finished the detach that had stopped half way' "and says so"
discard
sql resume "ALTER TABLE parts ATTACH PARTITION part FOR VALUES IN (1)"
add 0001_detach 'ALTER TABLE parts DETACH PARTITION part CONCURRENTLY;'
hold "LOCK TABLE parts IN ACCESS SHARE MODE"
begin "CALL migrate_up()"
end_unrecorded
sql resume "ALTER TABLE parts DETACH PARTITION part FINALIZE"
run resume "CALL migrate_up()"
like "$STATE $ERR" 'DETACH PARTITION CONCURRENTLY was found done' "once somebody has finished it, it is found done"
discard

sql resume "DROP DATABASE IF EXISTS resume_made" "DROP DATABASE IF EXISTS resume_template" "CREATE DATABASE resume_template" 2>/dev/null
made() { sql resume "SELECT count(*) FROM pg_database WHERE datname = 'resume_made'"; }
for text in "CREATE DATABASE resume_made TEMPLATE resume_template" "DROP DATABASE resume_made"; do
	add 0001_database "$text;"
	hold "ALTER DATABASE resume_$([[ $text = C* ]] && echo template || echo made) RENAME TO resume_other"
	begin "SET migrate.lock_timeout = 0; CALL migrate_up()"
	terminate
	let_go
	was=$(made)
	run resume "CALL migrate_up()"
	is "$STATE $was $(made)" "00000 $([[ $text = C* ]] && echo '0 1' || echo '1 0')" "${text% TEMPLATE*}, terminated before it was done, runs again"
	discard
	[[ $text != C* ]] || sql resume "DROP DATABASE resume_made"
	[[ $text != D* ]] || sql resume "CREATE DATABASE resume_made TEMPLATE resume_template"
	add 0001_database "$text;"
	hold "ALTER DATABASE resume_$([[ $text = C* ]] && echo template || echo made) RENAME TO resume_other"
	begin "SET migrate.lock_timeout = 0; CALL migrate_up()"
	end_unrecorded
	run resume "CALL migrate_up()"
	like "$STATE $ERR" "${text%% resume*} was found done" "done and not recorded, it is found done"
	discard
done
sql resume "DROP DATABASE resume_template"

add 0001_code $'-- migrate:no-transaction
CREATE TABLE coded (a int);
DO $$ BEGIN INSERT INTO coded VALUES (1); COMMIT; LOCK TABLE held; INSERT INTO coded VALUES (2); END $$;
INSERT INTO coded VALUES (3);'
for way in here after; do
	hold "LOCK TABLE held IN ACCESS SHARE MODE"
	begin "CALL migrate_up()"
	terminate
	let_go
	is "$(told | sed 's/; not.*//')" "partial: applying stopped at line 3, with 1 of 3 statements done, perhaps more, when its session ended" "a DO block that commits"
	run resume "CALL migrate_up()"
	fails 55000 "is not run again"
	is "$(sql resume "SELECT array_agg(a) FROM coded")" "{1}" "nor is what follows"
	run resume "SELECT migrate_repair('0001', 'resume $way')" "CALL migrate_up()"
	is "$STATE $(sql resume "SELECT array_agg(a) FROM coded")" "00000 $([ $way = here ] && echo '{1,1,2,3}' || echo '{1,3}')" "until migrate_repair says resume $way"
	sql resume "DROP TABLE coded" "SELECT migrate_repair('0001', 'forget')" >/dev/null
done
discard
add 0001_code $'-- migrate:no-transaction
CREATE TABLE coded (a int);
DO $$ BEGIN INSERT INTO coded VALUES (1); COMMIT; PERFORM 1/0; END $$;'
run resume "CALL migrate_up()"
is "$STATE $(told | sed 's/; not.*//')" "22012 partial: applying stopped at line 3, with 1 of 2 statements done, perhaps more: 22012 division by zero" "a DO block that fails behind its commit"
run resume "CALL migrate_up()"
fails 55000 "may have done a part: it is not run again by itself"
sql resume "DROP TABLE coded"
discard
add 0001_code $'-- migrate:no-transaction
CREATE TABLE coded (a int);
DO $$ BEGIN INSERT INTO coded VALUES (1); PERFORM 1/0; END $$;'
run resume "CALL migrate_up()"
add 0001_code $'-- migrate:no-transaction
CREATE TABLE coded (a int);
DO $$ BEGIN INSERT INTO coded VALUES (1); END $$;'
run resume "CALL migrate_up()"
is "$STATE $(sql resume "SELECT count(*) FROM coded")" "00000 1" "one that fails before any commit has done nothing, and may change"
sql resume "DROP TABLE coded"
discard

# What can't be recorded is not done: the record of a segment or a DO block is cancelled while it waits.

for form in "" "-- migrate:no-transaction"; do
	add 0001_record "$form"$'\nVACUUM pg_class;\nCREATE TABLE recorded (a int);\nLOCK TABLE held;\nVACUUM pg_class;\nDROP TABLE recorded;'
	[ -z "$form" ] || add 0001_record "$form"$'\nVACUUM pg_class;\nDO $$ BEGIN CREATE TABLE recorded (a int); LOCK TABLE held; END $$;\nDROP TABLE recorded;'
	hold "LOCK TABLE held IN ACCESS SHARE MODE"
	begin "CALL migrate_up()"
	open_session keeper resume
	send keeper "BEGIN; LOCK TABLE migrate.history IN SHARE MODE;"
	answered keeper
	let_go
	wait_until resume "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted AND relation = 'migrate.history'::regclass)"
	sql resume "SELECT FROM pg_stat_activity, LATERAL pg_cancel_backend(pid) WHERE application_name = 'runner'"
	close_session keeper
	answered runner
	fails 57014 "cancelled while it is recorded"
	is "$(exists recorded) $(sql resume "SELECT statements, unsure FROM migrate.history ORDER BY id DESC LIMIT 1")" "f 1|f" "it is undone, and not counted"
	send runner "CALL migrate_up();"
	answered runner
	like "$OUT" 'NOTICE:  00000: migration "0001_record" applied' "and runs again"
	close_session runner
	discard
done
add 0001_deferred $'-- migrate:no-transaction
CREATE TABLE deferred (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);
DO $$ BEGIN INSERT INTO deferred VALUES (1), (1); END $$;'
run resume "CALL migrate_up()"
is "$STATE $(told | sed 's/; not.*//')" '23505 partial: applying stopped at line 3, with 1 of 2 statements done: 23505 duplicate key value violates unique constraint "deferred_a_key"' \
	"a deferred constraint fails the block that it was deferred in"
run resume "CALL migrate_up()"
fails 23505 "every time"
sql resume "DROP TABLE deferred"
discard

# The other direction

add 0001_down 'CREATE TABLE down_a (a int);' $'DROP TABLE down_a;\nSELECT 1/0;'
run resume "CALL migrate_up()" "CALL migrate_down()"
is "$STATE $(exists down_a) $(sql resume "SELECT status || ': ' || detail FROM migrate_status()")" "22012 t applied: rolling back stopped at line 2: 22012 division by zero" \
	"a rollback that left nothing leaves it applied, and status says why"
add 0001_down 'CREATE TABLE down_a (a int);' 'DROP TABLE down_a;'
run resume "CALL migrate_up()" "CALL migrate_down()"
is "$STATE $(exists down_a) $(status)" "00000 f pending" "mended, it is rolled back"
discard
add 0001_down $'CREATE TABLE down_a (a int);\nCREATE INDEX CONCURRENTLY down_b ON down_a (a);' $'DROP INDEX CONCURRENTLY down_b;\nSELECT 1/(SELECT count(*) FROM held WHERE a < 0);\nDROP TABLE down_a;'
run resume "CALL migrate_up()" "CALL migrate_down()"
is "$STATE $(told | sed 's/; not.*//') $(sql resume "SELECT migrate_version()")" "22012 partial: rolling back stopped at line 2, with 1 of 3 statements done: 22012 division by zero 0001" "a rollback that stops half way is partial, and applied as yet"
run resume "CALL migrate_up()"
fails 55000 "nothing is applied before it is finished"
like "$HINT" 'CALL migrate_down\(\) to go on' "which the hint says"
run resume "SELECT migrate_rollback()"
fails 25001 "migrate_rollback does not go on with it"
sql resume "INSERT INTO held VALUES (-1)"
run resume "CALL migrate_down()"
is "$STATE $(exists down_a) $(status)" "00000 f pending" "migrate_down does"
sql resume "DELETE FROM held WHERE a < 0"
discard

# Terminated while its timers tick every millisecond: the server stands.

add 0001_sleep 'SELECT pg_sleep(20);'
send holder "SELECT 'witness', pg_backend_pid();"
for ((i = 0; i < 6; i++)); do
	open_session runner resume
	send runner "SET migrate.lock_timeout = '5ms'; CALL migrate_up();"
	wait_until resume "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'runner' AND wait_event = 'PgSleep')"
	terminate
done
send holder "SELECT 'witness', pg_backend_pid();"
answered holder
is "$(grep -c '^witness' <<<"$OUT") $(grep '^witness' <<<"$OUT" | sort -u | wc -l)" "2 1" "six terminated sessions have disturbed no other one"
discard

close_session holder
sql postgres "DROP DATABASE resume"
done_testing
