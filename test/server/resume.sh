#!/usr/bin/env bash
# Where a migration fails half way, status says so, and the next call goes on at that statement: also with a changed
# text, a repair, a session of its own, and on the way back.
. test/server/lib/tap.bash
. test/server/lib/resume.bash

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

# The other direction

add 0001_down 'CREATE TABLE down_a (a int);' $'DROP TABLE down_a;\nSELECT 1/0;'
run resume "CALL migrate_up()" "CALL migrate_down()"
is "$STATE $(exists down_a) $(sql resume "SELECT status || ': ' || $(property remark) FROM migrate_status()")" "22012 t applied: rolling back stopped at line 2: 22012 division by zero" \
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
resume_done
