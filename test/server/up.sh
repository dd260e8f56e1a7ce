#!/usr/bin/env bash
# CALL migrate_up and migrate_down: each migration commits by itself, statements that refuse a transaction block run
# between segments, both directions keep the rules of migrate_apply, and nothing stays in the session.
. test/server/lib/tap.bash

migrate_database up
role up_deploy LOGIN
role up_other LOGIN
# Who logs in as a superuser and becomes a role that is none can change no role in a migration.
role up_lead "SUPERUSER NOLOGIN"
sql up "GRANT up_deploy, up_other TO up_deploy" 2>/dev/null
sql up "GRANT CREATE, USAGE ON SCHEMA public TO up_deploy, up_other" \
	"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO up_deploy" "GRANT EXECUTE ON ALL PROCEDURES IN SCHEMA public TO up_deploy"
add() { add_migration up "$@"; }
discard() { discard_migrations up; }
statuses() { sql up "SELECT string_agg(coalesce(nullif(version, ''), name) || ' ' || status, ', ') FROM migrate_status()"; }
# The events since skip_events, in one line.
last_event=0
events() { sql up "SELECT string_agg(concat_ws(' ', event, version, statements, CASE WHEN unsure THEN 'unsure' END), ', ' ORDER BY id) FROM migrate.history WHERE id > $last_event"; }
skip_events() { last_event=$(sql up "SELECT coalesce(max(id), 0) FROM migrate.history"); }

# The very first migration fails

add 0001_first $'SELECT 1/0;'
run up "CALL migrate_up()"
fails 22012 "the first migration ever fails"
run up "CALL migrate_up()"
is "$STATE $(statuses)" "22012 0001 failed" "which is no reason to suspect the version guard"
run up "SELECT migrate_apply()"
fails 22012 "nor for migrate_apply"
discard

# Each migration commits by itself

add 0001_first 'CREATE TABLE first (a int);' 'DROP TABLE first;'
add 0002_second $'CREATE TABLE second (a int);\nINSERT INTO second VALUES (1);' 'DROP TABLE second;'
add 0003_third $'CREATE TABLE third (a int);\nSELECT 1/0;' 'DROP TABLE third;'
add 0004_fourth 'CREATE TABLE fourth (a int);' 'DROP TABLE fourth;'
run up "CALL migrate_up()"
fails 22012 "the third of four fails, with its own error"
like "$CONTEXT" 'migration "0003_third", line 2, column 1' "and the place in it"
is "$(statuses)" "0001 applied, 0002 applied, 0003 failed, 0004 pending" "those before it stay, those after it did not run"
is "$(sql up "SELECT to_regclass('first') IS NOT NULL, (SELECT count(*) FROM second), to_regclass('third') IS NULL, to_regclass('fourth') IS NULL")" \
	"t|1|t|t" "nor did it leave anything"
is "$(events)" "start 0001 0, apply 0001 1, start 0002 0, apply 0002 2, start 0003 0, fail 0003 0" "each has its events"
is "$(sql up "SELECT count(DISTINCT xmin::text) FROM migrate.history WHERE event <> 'start'")" 3 "each in a transaction of its own"
is "$(sql up "SELECT sqlstate, message, line, action, detail IS NULL, duration_ms > 0 FROM migrate.history WHERE event = 'fail'")" \
	"22012|division by zero|2|apply|t|t" "the failure with code, message and line"
like "$(sql up "SELECT $(property remark) FROM migrate_status() WHERE status = 'failed'")" 'applying stopped at line 2: 22012 division by zero' "status says where and why"
is "$(sql up "SELECT migrate_version()")" 0002 "the guard stands at the last that was applied"
run up "CALL migrate_up()"
fails 22012 "calling again tries again"
add 0003_third $'CREATE TABLE third (a int);\nSELECT 1;' 'DROP TABLE third;'
run up "CALL migrate_up()"
works "mended, it goes on"
is "$(statuses)" "0001 applied, 0002 applied, 0003 applied, 0004 applied" "to the end"
is "$(sql up "SELECT count(*) FROM migrate.migration WHERE unfinished_event IS NOT NULL")" 0 "nothing is unfinished"

# Notices

is "$(grep -cE 'NOTICE:  00000: migration "000[34]_(third|fourth)" applied \([12] statements?, [0-9.]+ ms\)' <<<"$ERR")" 2 "each that finished is told"
run up "CALL migrate_up()"
like "$ERR" 'NOTICE:  00000: nothing to do' "so is that there is nothing to do"
run up "CALL migrate_down(steps => 2)"
is "$(grep -cE 'NOTICE:  00000: migration "000[34]_(third|fourth)" rolled back \(1 statement, [0-9.]+ ms\)' <<<"$ERR")" 2 "and each that was rolled back"
add 0004_fourth "CREATE TABLE fourth (a int); DO \$\$ BEGIN RAISE NOTICE 'of its own'; END \$\$;" 'DROP TABLE fourth;'
run up "SET migrate.notices = off" "CALL migrate_up()" "CALL migrate_up()" "CALL migrate_down()"
is "$STATE $(grep -c NOTICE <<<"$ERR")" "00000 1" "migrate.notices = off silences them"
like "$ERR" 'NOTICE:  00000: of its own' "but not a migration's own"
run up "CALL migrate_down('0002')"
add 0003_third $'CREATE TABLE third (a int);' 'DROP TABLE third;'
add 0003.1_日本 'SELECT 1;' 'SELECT 1;'
PGCLIENTENCODING=LATIN1 run up "CALL migrate_up()"
works "a notice that the client's encoding has no characters for ends nothing"
is "$STATE $(statuses)" "00000 0001 applied, 0002 applied, 0003 applied, 0003.1 applied, 0004 applied" "what comes behind it runs"
like "$ERR" 'NOTICE:  00000: migration "0003\.1_\?+" applied.*NOTICE:  00000: migration "0004_fourth" applied' "they are told of, with question marks for what is missing"
run up "CALL migrate_down('0003')" "SELECT migrate_remove('0003.1')"

# Targets, steps, order

run up "CALL migrate_down('0001')"
is "$STATE $(statuses)" "00000 0001 applied, 0002 pending, 0003 pending, 0004 pending" "migrate_down to a target, which stays"
run up "CALL migrate_up('0003')"
is "$STATE $(statuses)" "00000 0001 applied, 0002 applied, 0003 applied, 0004 pending" "migrate_up to a target, which is applied"
run up "CALL migrate_down(NULL, 2)"
is "$STATE $(statuses)" "00000 0001 applied, 0002 pending, 0003 pending, 0004 pending" "migrate_down by steps"
run up "CALL migrate_down('0001', 2)"
fails 22023 "target and steps exclude each other"
run up "CALL migrate_down(steps => 0)"
fails 22023 "no steps make no sense"
run up "CALL migrate_up('zero')"
fails 22023 "zero is no target for migrate_up"
run up "CALL migrate_up('0009')"
fails 42704 "an unknown target"
run up "CALL migrate_up('')"
fails 22023 "an empty target"
run up "CALL migrate_up(allow_out_of_order => NULL)"
fails 22004 "a null where a value is needed"
run up "CALL migrate_up()" "CALL migrate_down('zero')"
is "$STATE $(statuses)" "00000 0001 pending, 0002 pending, 0003 pending, 0004 pending" "all the way up, and down to zero"
is "$(sql up "SELECT coalesce(to_regclass('first'), to_regclass('second'), to_regclass('third'), to_regclass('fourth')) IS NULL")" t "nothing is left of them"
run up "CALL migrate_down()"
like "$STATE $ERR" 'nothing to do.*' "then there is nothing to roll back"
run up "CALL migrate_up()"
add 0002.1_late 'CREATE TABLE late (a int);' 'DROP TABLE late;'
skip_events
run up "CALL migrate_up()"
fails MG006 "one that is older than the newest applied is refused"
is "$(events)" "" "before anything runs"
run up "CALL migrate_up(allow_out_of_order => true)"
is "$STATE $(sql up "SELECT migrate_version(), to_regclass('late') IS NOT NULL")" "00000 0004|t" "unless it is allowed; the version stays that of the newest"
run up "CALL migrate_down()"
is "$STATE $(sql up "SELECT status FROM migrate_status() WHERE version = '0002.1'")" "00000 out of order" "what was applied last is rolled back first"
sql up "SELECT migrate_remove('0002.1')" >/dev/null
add 0005_needs $'-- migrate:requires 0099\nSELECT 1;'
skip_events
run up "CALL migrate_up()"
is "$STATE $(events)" "42704 " "what lacks its requirement is refused before anything runs"
sql up "SELECT migrate_remove('0005')" "UPDATE migrate.schema_version SET version = '0001'" >/dev/null
run up "CALL migrate_up()"
fails MG003 "so is everything when the version guard was altered"
run up "CALL migrate_down()"
fails MG003 "in both directions"
sql up "SELECT migrate_repair('0004', 'accept')" >/dev/null
add 0004_fourth 'CREATE TABLE fourth (a bigint);' 'DROP TABLE fourth;'
run up "CALL migrate_up()"
fails MG002 "and when an applied text has changed"
run up "CALL migrate_down()"
works "which rolling back does not mind"
run up "CALL migrate_down('zero')"
discard

# Statements that refuse a transaction block

add 0001_mixed $'CREATE TYPE mood AS ENUM (\'sad\');
CREATE TABLE mixed (a int, m mood);
INSERT INTO mixed SELECT g, \'sad\' FROM generate_series(1, 100) g;
CREATE INDEX CONCURRENTLY mixed_a ON mixed (a);
ALTER TYPE mood ADD VALUE \'happy\';
REINDEX INDEX CONCURRENTLY mixed_a;
INSERT INTO mixed VALUES (101, \'happy\');
COPY mixed (a) FROM stdin;
102
103
\\.
VACUUM (ANALYZE) mixed;' $'DROP INDEX CONCURRENTLY mixed_a;\nDROP TABLE mixed;\nDROP TYPE mood;' $'SELECT count(*) = 103 FROM mixed;'
skip_events
run up "CALL migrate_up()"
works "a migration of both kinds"
is "$(sql up "SELECT count(*), (SELECT indisvalid FROM pg_index WHERE indexrelid = 'mixed_a'::regclass), (SELECT reltuples FROM pg_class WHERE relname = 'mixed') FROM mixed")" \
	"103|t|103" "did all of it"
is "$(events)" "start 0001 0, statement 0001 3 unsure, statement 0001 4, statement 0001 5 unsure, statement 0001 6, statement 0001 8 unsure, statement 0001 9, apply 0001 9" \
	"each run of ordinary statements is one transaction, each other stands alone; an event follows each"
is "$(sql up "SELECT string_agg(coalesce(line::text, '-'), ' ' ORDER BY id) FROM migrate.history")" "1 4 5 6 7 12 - -" \
	"with the line of what comes next"
is "$(sql up "SELECT status, $(property transactional), statements FROM migrate_status() s JOIN migrate.history h USING (version, name) WHERE event = 'apply'")" \
	"applied|no|9" "status and history know it"
skip_events
run up "CALL migrate_down()"
is "$STATE $(events)" "00000 start 0001 0 unsure, statement 0001 1, statement 0001 3, rollback 0001 3" "down is divided likewise"
is "$(sql up "SELECT to_regclass('mixed') IS NULL AND to_regtype('mood') IS NULL")" t "and leaves nothing"
discard

add 0001_each $'-- migrate:no-transaction
CREATE TABLE each (a int);
DO $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO each VALUES (i); COMMIT; END LOOP; END $$;
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO each VALUES (4); COMMIT; INSERT INTO each VALUES (5); END $$;
CALL fill();
BEGIN;
INSERT INTO each VALUES (6);
INSERT INTO each VALUES (7);
COMMIT;
INSERT INTO each VALUES (8);
INSERT INTO each VALUES (9);' $'-- migrate:no-transaction\nDROP PROCEDURE fill;\nDROP TABLE each;'
skip_events
run up "CALL migrate_up()"
works "migrate:no-transaction"
unlike "$ERR" 'skipped' "BEGIN … COMMIT is not skipped there"
is "$(events)" "start 0001 0, statement 0001 1 unsure, statement 0001 2, statement 0001 3 unsure, statement 0001 4, statement 0001 6, statement 0001 7, statement 0001 8, apply 0001 8" \
	"each statement is its own, a block is one"
is "$(sql up "SELECT count(DISTINCT xmin::text), count(*) FROM each")" "8|9" "in transactions of their own, also in a DO block and a procedure that commit"
skip_events
run up "CALL migrate_down()"
is "$STATE $(events)" "00000 start 0001 0, statement 0001 1, statement 0001 2, rollback 0001 2" "down, too"
discard
add 0001_block $'-- migrate:no-transaction\nCREATE TABLE block (a int);\nBEGIN;\nINSERT INTO block VALUES (1);\nSELECT 1/0;\nCOMMIT;' 'DROP TABLE block'
run up "CALL migrate_up()"
is "$STATE $(sql up "SELECT count(*) FROM block")" "22012 0" "a failure in a block undoes the block"
like "$(statuses) $(sql up "SELECT $(property remark) FROM migrate_status()")" '^0001 partial .*stopped at line [45], with [12] of 3 statements done: 22012' "and leaves the migration partial"
discard
sql up "DROP TABLE block"
for text in 'BEGIN; VACUUM; COMMIT;' 'BEGIN; CREATE INDEX CONCURRENTLY ON t (a); COMMIT;'; do
	run up "SELECT migrate_add('0001_block', E'-- migrate:no-transaction\n$text')"
	fails 25001 "refused when it is loaded: $text"
done
add 0001_out $'DO $$ BEGIN CREATE TABLE out_of (a int); COMMIT; END $$;'
run up "CALL migrate_up()"
is "$STATE $(sql up "SELECT to_regclass('out_of') IS NULL")" "2D000 t" "without the directive a DO block can't commit"
like "$HINT" '^A block of code that commits needs the line "-- migrate:no-transaction" above the first statement, and CALL migrate_up' "the hint says what it needs"
discard
for text in "BEGIN; DO 'BEGIN COMMIT; END'; COMMIT;" "DO 'BEGIN BEGIN COMMIT; EXCEPTION WHEN division_by_zero THEN NULL; END; END';"; do
	add 0001_out $'-- migrate:no-transaction\n'"$text"
	run up "CALL migrate_up()"
	is "$STATE $HINT" "2D000 " "it is no way out where the directive is given: $text"
	discard
done
for form in '' $'VACUUM pg_class;\n' $'-- migrate:no-transaction\nBEGIN;\n'; do
	add 0001_isolated "${form}SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;$([[ $form != *BEGIN* ]] || printf ' COMMIT;')"
	run up "CALL migrate_up()"
	is "$STATE ${HINT/What was committed before stays: CALL migrate_up() goes on behind it./}" "25001 " "an isolation level that comes too late has no hint: ${form//$'\n'/ }"
	discard
done

# What a migration says of later transactions is not for its record.

add 0001_reads $'CREATE TABLE reads (a int);
SET default_transaction_read_only = on;
VACUUM reads;
SELECT count(*) FROM reads;
VACUUM reads;
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE;
VACUUM reads;
INSERT INTO reads VALUES (1);' $'-- migrate:no-transaction
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
DO $$ BEGIN COMMIT; END $$;
SET default_transaction_read_only = off;
DROP TABLE reads;'
skip_events
run up "CALL migrate_up()" "SHOW default_transaction_read_only"
is "$STATE $OUT $(sql up "SELECT count(*) FROM reads")" "00000 off 1" "one that turns default_transaction_read_only on and off"
is "$(events)" "start 0001 0, statement 0001 2 unsure, statement 0001 3, statement 0001 4 unsure, statement 0001 5, statement 0001 6 unsure, statement 0001 7, statement 0001 8, apply 0001 8" "is recorded meanwhile, too"
run up "CALL migrate_down()" "SHOW default_transaction_read_only"
is "$STATE $OUT $(statuses)" "00000 off 0001 pending" "in each direction"
add 0001_reads $'SET default_transaction_read_only = on;\nVACUUM pg_class;\nCREATE TABLE reads (a int);'
run up "CALL migrate_up()" "SHOW default_transaction_read_only"
is "$STATE $MESSAGE $(statuses)" "25006 cannot execute CREATE TABLE in a read-only transaction 0001 partial" "its own statements can't write then"
is "$(sql up "SELECT statements, sqlstate, line FROM migrate.history WHERE event = 'fail'")" "2|25006|3" "which is recorded"
discard

# A record that can't be written

sql up "ALTER TABLE migrate.history ADD CONSTRAINT kept CHECK (statements < 2) NOT VALID"
add 0001_unrecorded $'CREATE TABLE unrecorded (a int);\nVACUUM unrecorded;'
run up "CALL migrate_up()"
fails 23514 "what can't be recorded fails"
is "$CONTEXT" 'migration "0001_unrecorded", line 2, column 1' "the context is the migration's, and shows no SQL of the extension"
discard
sql up "ALTER TABLE migrate.history DROP CONSTRAINT kept" "DROP TABLE unrecorded" \
	"CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''kept''; END'" \
	"CREATE TRIGGER keep BEFORE INSERT ON migrate.history EXECUTE FUNCTION keep()"
run up "SELECT migrate_add('0001_unrecorded', 'SELECT 1')" "CALL migrate_up()"
is "$STATE $CONTEXT" $'P0001 PL/pgSQL function public.keep() line 1 at RAISE\nmigration "0001_unrecorded"' "but a trigger that somebody made is named"
sql up "DROP FUNCTION keep() CASCADE" 2>/dev/null
discard

# Verify

add 0001_checked 'CREATE TABLE checked (a int);' 'DROP TABLE checked;' 'SELECT count(*) = 1 FROM checked;'
run up "CALL migrate_up()"
is "$STATE $(statuses) $(sql up "SELECT to_regclass('checked') IS NULL")" "MG001 0001 failed t" "a failed verify script undoes an ordinary migration"
add 0001_checked $'CREATE TABLE checked (a int);\nVACUUM checked;' 'DROP TABLE checked;' 'SELECT count(*) = 1 FROM checked;'
run up "CALL migrate_up()"
is "$STATE $(statuses)" "MG001 0001 partial" "one that can't be undone stays partial"
like "$(sql up "SELECT $(property remark) FROM migrate_status()")" 'applying stopped.* with ([0-9]+) of \1 statements done: MG001' "at its end"
run up "CALL migrate_up()"
fails MG001 "calling again runs nothing but the verify script"
sql up "INSERT INTO checked VALUES (1)"
run up "CALL migrate_up()"
is "$STATE $(statuses)" "00000 0001 applied" "which then lets it pass"
run up "CALL migrate_down()"
discard

# Notifications

open_session listener up
send listener "LISTEN migrate; LISTEN pgrst;"
answered listener
add 0001_told 'SELECT 1' 'SELECT 1'
add 0002_told $'VACUUM pg_class;\nSELECT 1;' 'SELECT 1'
add 0003_bad 'SELECT 1/0'
run up "CALL migrate_up()"
send listener "SELECT WHERE false;"
answered listener
is "$(sed -n 's/^Asynchronous notification "\(.*\)" with payload "\(.*\)" received.*/\1 \2/p' <<<"$OUT" | sed 's/,"actor":.*,"sqlstate"/,"sqlstate"/; s/,"actor":.*/}/')" \
	'migrate {"event":"apply","version":"0001","name":"told"}
pgrst reload schema
migrate {"event":"apply","version":"0002","name":"told"}
pgrst reload schema
migrate {"event":"fail","version":"0003","name":"bad","sqlstate":"22012"}' "each migration is told when it has committed; so is a failure"
close_session listener
discard

# Nothing of a migration stays in the session, and nothing of the session's is lost

cat >"$SCRATCH/state.sql" <<'END'
SELECT name, setting, source FROM pg_settings WHERE name !~ '^transaction_' ORDER BY name;
SELECT 'custom', current_setting('up.mine', true), coalesce(current_setting('up.new', true), ''), session_user, current_user;
SELECT 'prepared', name, statement FROM pg_prepared_statements ORDER BY name;
SELECT 'cursor', name FROM pg_cursors WHERE name !~ 'unnamed' ORDER BY name;
SELECT 'temporary', relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() ORDER BY relname;
SELECT 'lock', locktype, classid, objid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('advisory', 'object') ORDER BY 2, 4;
SELECT 'channel', c FROM pg_listening_channels() c;
SELECT 'mine', a FROM mine;
EXECUTE mine;
END
# One session that has something of everything runs every case; what it has is looked at after each.
cases=(
	"settings|SET work_mem = '9MB'; SET search_path = pg_catalog; SET TIME ZONE 'UTC'; SET up.mine = 'theirs'; SET up.new = '1'; SET row_security = off;"
	"set_config|SELECT set_config('work_mem', '9MB', false); SELECT set_config('search_path', '', false); SELECT set_config('up.mine', 'theirs', false);"
	"SET LOCAL|SET LOCAL work_mem = '9MB'; SET LOCAL up.mine = 'theirs'; SET LOCAL ROLE up_other;"
	"a role|SET ROLE up_other;"
	"session authorization|SET SESSION AUTHORIZATION up_other; SET work_mem = '9MB';"
	"RESET ALL|RESET ALL; RESET ROLE;"
	"a reset session authorization|SET SESSION AUTHORIZATION up_other; RESET SESSION AUTHORIZATION; SET ROLE NONE;"
	"session characteristics|SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE;"
	"lock timeouts|SET lock_timeout = '1s'; SET statement_timeout = '1min'; SET migrate.lock_timeout = '3s'; SET migrate.notices = on;"
	"prepared statements|PREPARE theirs AS SELECT 2; EXECUTE theirs;"
	"cursors|DECLARE theirs CURSOR WITH HOLD FOR SELECT generate_series(1, 9);"
	"temporary objects|CREATE TEMP TABLE theirs (a int); CREATE TEMP VIEW their_view AS SELECT 1; CREATE TEMP SEQUENCE their_sequence;"
	"advisory locks|SELECT pg_advisory_lock(8), pg_advisory_lock_shared(9);"
	"freed advisory locks|SELECT pg_advisory_unlock_all();"
	"DISCARD PLANS|DISCARD PLANS; DISCARD SEQUENCES;"
)
{
	cat <<-'END'
		SET work_mem = '5MB';
		SET search_path = public, pg_catalog;
		SET DateStyle = 'SQL, DMY';
		SET up.mine = 'mine';
		SET lock_timeout = '7s';
		SET default_transaction_isolation = 'repeatable read';
		SET migrate.notices = off;
		LOAD 'plpgsql';
		PREPARE mine AS SELECT 1;
		CREATE TEMP TABLE mine (a int);
		GRANT SELECT ON mine TO PUBLIC;
		INSERT INTO mine VALUES (42);
		BEGIN;
		DECLARE mine CURSOR WITH HOLD FOR SELECT 1;
		COMMIT;
		SELECT pg_advisory_lock(7);
		LISTEN mine;
		SET ROLE up_lead;
		SELECT set_config('up.version', '0', false), migrate_version();
	END
	printf '\\o %s/before\n\\i %s/state.sql\n\\o\n' "$SCRATCH" "$SCRATCH"
	for i in "${!cases[@]}"; do
		body=${cases[i]#*|}
		n=0
		for form in "$body" "$body SELECT 1/0;" "VACUUM public.up_own; $body" "VACUUM public.up_own; $body VACUUM public.up_own; SELECT 1;" "VACUUM public.up_own; $body VACUUM public.up_own; SELECT 1/0;" \
			$'-- migrate:no-transaction\n'"$body" $'-- migrate:no-transaction\n'"DO \$do\$ BEGIN COMMIT; END \$do\$; $body DO \$do\$ BEGIN COMMIT; END \$do\$; SELECT 1/0;"; do
			n=$((n + 1))
			printf "SELECT migrate_add('0001_case', \$text\$%s\$text\$);\nCALL migrate_up();\n" "$form"
			printf '\\echo %s %s :SQLSTATE\n\\o %s/after-%s-%s\n\\i %s/state.sql\n\\o\n' "$i" "$n" "$SCRATCH" "$i" "$n" "$SCRATCH"
			printf "RESET ROLE; SELECT FROM migrate_status() s, LATERAL migrate_repair('0001_case', 'forget') WHERE s.status <> 'pending'; SET ROLE up_lead;\n"
		done
	done
} >"$SCRATCH/leaks.sql"
sql up "CREATE TABLE up_own (a int)" "ALTER TABLE up_own OWNER TO up_deploy"
psql -XAtq -d up -f "$SCRATCH/leaks.sql" >"$SCRATCH/leaks.out" 2>&1
for i in "${!cases[@]}"; do
	difference=''
	is "$(grep -oE "^$i [1-7] [0-9A-Z]{5}\$" "$SCRATCH/leaks.out" | cut -d ' ' -f 3 | paste -sd ' ')" \
		"00000 22012 00000 00000 22012 00000 22012" "every form ends as it should: ${cases[i]%%|*}"
	for n in 1 2 3 4 5 6 7; do
		difference+=$(diff "$SCRATCH/before" "$SCRATCH/after-$i-$n" 2>&1 | sed "s/^/form $n: /")
	done
	is "$difference" "" "nothing leaks, whether it works or fails: ${cases[i]%%|*}"
done
discard

# What a failure says, and what of it the history keeps

add 0001_stock "CREATE TABLE stock (pieces int CHECK (pieces >= 0))" "DROP TABLE stock"
add 0002_less $'SELECT 1;\nINSERT INTO stock VALUES (-1);'
run up "CALL migrate_up()"
is "$STATE $DETAIL|$PLACE" '23514 Failing row contains (-1).|Migration "0002_less", line 2, column 1.' "the place stands behind the server's detail"
like "$OUTCOME" '^Nothing of it was applied; 1 earlier migration of this call stays applied[.] The text was loaded at 2[0-9-]+ [0-9:]+[+-][0-9]+: if yours is newer, load it again[.]$' \
	"the hint says what stays, and how old the text is"
is "$(sql up "SELECT event, message IS NOT NULL, detail, line FROM migrate.history ORDER BY id DESC LIMIT 1")" "fail|t|Failing row contains (-1).|2" "the history keeps the server's part"
add 0002_less "VACUUM stock; INSERT INTO stock VALUES (-1)"
run up "CALL migrate_up()"
is "$DETAIL|$PLACE|$HINT" 'Failing row contains (-1).|Migration "0002_less", line 1, column 15.|What was committed before stays: CALL migrate_up() goes on behind it.' "where a part stays, the hint says that"
sql up "SELECT migrate_repair('0002', 'forget'), migrate_remove('0002')" >/dev/null
run up "CALL migrate_down(steps => 3)"
like "$STATE $ERR" '^00000 .*NOTICE:  00000: asked to roll back 3 migrations, but only 1 is applied' "fewer than were asked for are a notice"
run up "CALL migrate_down('1')"
is "$STATE $HINT" "42725 To roll back the last one, call with steps => 1; to roll back to that one, which stays, with target => '0001'." "a bare number is not guessed at"
discard

# A setting of the caller's that names what the migration drops

for text in "VACUUM up_own;"$'\n' $'-- migrate:no-transaction\n' ''; do
	for end in '' ' SELECT 1/0;'; do
		# What is one transaction would not have dropped it then.
		[ -n "$text" ] || [ -z "$end" ] || continue
		sql up "CREATE TEXT SEARCH CONFIGURATION gone (COPY = simple)"
		add 0001_drops "${text}SET work_mem = '9MB'; SET search_path = pg_catalog; SET xmloption = document; DROP TEXT SEARCH CONFIGURATION public.gone; VACUUM public.up_own;$end"
		[ -n "$text" ] || add 0001_drops "SET work_mem = '9MB'; SET search_path = pg_catalog; SET xmloption = document; DROP TEXT SEARCH CONFIGURATION public.gone;"
		run up <<-END
			SET default_text_search_config = 'public.gone';
			SET work_mem = '5MB';
			\set ON_ERROR_STOP off
			CALL migrate_up();
			SELECT current_setting('work_mem'), current_setting('search_path'), current_setting('xmloption');
		END
		is "$STATE $OUT" "$([ -z "$end" ] && echo 00000 || echo 22012) 5MB|\"\$user\", public|content" "the other settings are put back: ${text//$'\n'/ }$end"
		[ -z "$text" ] || like "$ERR" 'WARNING:  22023: invalid value for parameter "default_text_search_config": "public.gone"' "with a warning"
		discard
	done
done

sql postgres "DROP DATABASE up"
done_testing
