#!/usr/bin/env bash
# Where a session ends in the middle of a migration, what was begun and never recorded is looked up, in every kind of
# statement; the next call goes on from there.
. test/server/lib/tap.bash
. test/server/lib/resume.bash

# A session that ends: nobody could write what became of the statement

add 0001_plain $'CREATE TABLE plain (a int);\nLOCK TABLE held;'
hold "LOCK TABLE held IN ACCESS SHARE MODE"
begin "CALL migrate_up()"
like "$(sql resume "SELECT status || ': ' || $(property remark) FROM migrate_status()")" '^pending: applying is under way' "while it runs, status says so"
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

# An index that another tool's build has left is not taken for done.

sql resume "CREATE TABLE twice (a int)" "INSERT INTO twice VALUES (1), (1)"
sql resume "CREATE UNIQUE INDEX CONCURRENTLY twice_a ON twice (a)" 2>/dev/null
add 0001_index 'CREATE TABLE behind (a int); CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS twice_a ON twice (a);'
run resume "CALL migrate_up()"
is "$STATE $MESSAGE $(indexes twice)" '55000 index "twice_a" is not valid twice_a invalid' "an invalid index is named"
like "$HINT" 'DROP INDEX CONCURRENTLY public.twice_a' "with the way out"
sql resume "DROP INDEX CONCURRENTLY twice_a"
run resume "CALL migrate_up()"
is "$STATE $(indexes twice)" "23505 twice_a invalid" "without it our own build fails"
sql resume "DELETE FROM twice"
run resume "CALL migrate_up()"
is "$STATE $(indexes twice)" "00000 twice_a" "and clears away what itself has left"
sql resume "DROP TABLE twice, behind"
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
resume_done
