#!/usr/bin/env bash
# What a script says of transactions: a COMMIT without BEGIN, isolation levels, and what psql only warns of. psql itself
# runs each text first: by both it comes to the same.
. test/server/lib/tap.bash

migrate_database transactions
add() { add_migration transactions "$@"; }
discard() { discard_migrations transactions; }
events() { sql transactions "SELECT string_agg(concat_ws(' ', event, statements), ', ' ORDER BY id) FROM migrate.history WHERE id > $last_event"; }
skip_events() { last_event=$(sql transactions "SELECT coalesce(max(id), 0) FROM migrate.history"); }
sql transactions "CREATE TABLE t (a text)"
rows() { sql transactions "SELECT string_agg(a, ' ' ORDER BY a) FROM t" "TRUNCATE t"; }
level="current_setting('transaction_isolation')"

# by_psql TEXT: what is in t then, and the SQLSTATE.
by_psql() {
	run transactions <<<"$1"
	BY_PSQL="$STATE $(rows)"
}

# A COMMIT without BEGIN

text=$'INSERT INTO t VALUES (\'1\');\nCOMMIT;\n-- the end'
by_psql "$text"
add 0001_last "$text"
is "$(sql transactions "SELECT $(property transactional) FROM migrate_status()")" yes "a COMMIT at the end divides nothing"
run transactions "SELECT migrate_apply()"
is "$STATE $(rows)" "$BY_PSQL" "it is skipped"
like "$ERR" 'migration "0001_last", line 2: skipped COMMIT, there is no transaction in progress' "with a notice"
discard

text=$'INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\nCOMMIT;\nINSERT INTO t VALUES (3);\nSELECT 1/0;'
by_psql "$text"
is "$BY_PSQL" "22012 1 2 3" "psql commits at each statement"
add 0001_middle "$text" "DELETE FROM t"
is "$(sql transactions "SELECT $(property transactional) || ' ' || $(property remark) FROM migrate_status()")" "no not transactional: line 3: COMMIT" "one in the middle divides a migration"
run transactions "SELECT migrate_apply()"
fails 25001 "migrate_apply refuses it"
like "$MESSAGE $DETAIL $HINT" '0001_middle.*line 3: COMMIT.*CALL migrate_up' "by name, with reason and way out"
skip_events
run transactions "CALL migrate_up()"
is "$STATE $CONTEXT" '22012 migration "0001_middle", line 5, column 1' "what stands behind it fails at its line"
is "$(events)" "start 0, statement 2, fail 2" "what stands before it stays"
is "$(rows)" "1 2" "… and what stands behind it does not, since it is one transaction"
is "$(sql transactions "SELECT status FROM migrate_status()")" partial "so it is partial"
add 0001_middle "${text%SELECT*}INSERT INTO t VALUES (4);" "DELETE FROM t"
skip_events
run transactions "CALL migrate_up()"
is "$STATE $(rows): $(events)" "00000 3 4: start 2, statement 4, apply 4" "the next call goes on behind it"
run transactions "SELECT migrate_rollback()"
is "$STATE" 00000 "its down script is a transaction"
discard
add 0001_down "SELECT 1" $'DELETE FROM t;\nCOMMIT;\nDELETE FROM t;'
sql transactions "SELECT migrate_apply()" >"$SCRATCH/out"
run transactions "SELECT migrate_rollback()"
fails 25001 "a down script is divided, too"
run transactions "CALL migrate_down()"
is "$STATE" 00000 "and migrate_down runs it"
discard

add 0001_checked "INSERT INTO t VALUES ('checked')" "DELETE FROM t" $'BEGIN;\nSELECT count(*) = 1 FROM t;\nCOMMIT;'
run transactions "SELECT migrate_apply()"
is "$STATE $(rows)" "00000 checked" "a verify script may end by COMMIT"
discard

# Blocks: each is a transaction, and so is what stands beside them

sql transactions "CREATE SCHEMA billing; CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE moods (m mood);
  CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int, parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
  INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)"
path=current_setting\(\'search_path\'\)
for text in "BEGIN; SET LOCAL search_path = billing; INSERT INTO public.t SELECT 1 || $path; COMMIT; BEGIN; INSERT INTO t SELECT 2 || $path; COMMIT;" \
	"BEGIN; SET LOCAL search_path = billing; COMMIT; INSERT INTO t SELECT 3 || $path;" \
	"BEGIN; SET LOCAL ROLE pg_monitor; INSERT INTO public.t SELECT 4 WHERE false; COMMIT; INSERT INTO t SELECT 5 || (current_user = session_user)::text;" \
	"BEGIN; SET search_path = billing; COMMIT; BEGIN; INSERT INTO public.t SELECT 6 || $path; COMMIT; RESET search_path;" \
	"START TRANSACTION; UPDATE child SET parent = 1; COMMIT; START TRANSACTION; ALTER TABLE child ADD COLUMN note text; COMMIT; ALTER TABLE child DROP COLUMN note;"; do
	[[ $text == *ROLE* ]] && sql transactions "GRANT INSERT ON t TO pg_monitor"
	by_psql "$text"
	add 0001_blocks "$text"
	run transactions "SELECT migrate_apply()"
	is "$STATE" 25001 "migrate_apply refuses blocks: $text"
	like "$DETAIL" 'It divides itself into transactions: line 1: COMMIT' "and says which line"
	run transactions "SELECT count(*) FROM migrate_apply(dry_run => true)"
	is "$STATE $OUT $(rows)" "00000 2 " "a dry run does each by itself, and undoes it"
	run transactions "CALL migrate_up()"
	is "$STATE $(rows)" "$BY_PSQL" "migrate_up runs them as psql does"
	discard
done
text=$'BEGIN;\nALTER TYPE mood ADD VALUE \'tired\';\nCOMMIT;\nBEGIN;\nINSERT INTO moods VALUES (\'tired\');\nSELECT 1/0;\nCOMMIT;'
add 0001_label "$text"
skip_events
run transactions "CALL migrate_up()"
is "$STATE $CONTEXT $(events)" '22012 migration "0001_label", line 6, column 1 start 0, statement 1, fail 1' "a failure in the second undoes the second"
add 0001_label "${text/SELECT 1\/0;/}"
run transactions "CALL migrate_up()"
is "$STATE $(sql transactions "SELECT m FROM moods")" "00000 tired" "a new label can be used in the next block"
discard
add 0001_deferred $'BEGIN;\nUPDATE child SET parent = 7;\nCOMMIT;\nUPDATE child SET parent = 1;'
for call in "SELECT migrate_apply(dry_run => true)" "CALL migrate_up()"; do
	run transactions "$call"
	is "$STATE" 23503 "constraints are checked at the end of each block: $call"
done
discard
sql transactions "INSERT INTO t VALUES ('kept')"
add 0001_both "SELECT 1; COMMIT; SELECT 2" "BEGIN; DELETE FROM t; COMMIT; SELECT 1;"
sql transactions "CALL migrate_up()"
run transactions "SELECT count(*) FROM migrate_rollback(dry_run => true)"
is "$STATE $OUT $(rows)" "00000 2 kept" "a dry run of a down script that is divided"
discard

for text in "BEGIN READ ONLY; INSERT INTO t VALUES (1); COMMIT;" "BEGIN TRANSACTION READ ONLY; SELECT 1; COMMIT; INSERT INTO t VALUES (1);"; do
	by_psql "$text"
	for form in '' $'-- migrate:no-transaction\n'; do
		add 0001_read_only "$form$text"
		run transactions "CALL migrate_up()"
		is "$STATE $(rows)" "$BY_PSQL" "READ ONLY holds for its transaction: ${form//$'\n'/ }$text"
		discard
	done
	add 0001_read_only "$text"
	run transactions "SELECT migrate_apply()"
	is "$STATE" 25001 "it is refused in one transaction"
	like "$DETAIL" 'line 1: READ ONLY' "by name"
	run transactions "SELECT migrate_apply(dry_run => true)"
	is "$STATE" "${BY_PSQL%% *}" "a dry run heeds it"
	discard
done

# Isolation levels

for text in "BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; INSERT INTO t SELECT 1 || $level; INSERT INTO t SELECT 2 || $level; COMMIT; INSERT INTO t SELECT 3 || $level;" \
	"INSERT INTO t SELECT 0 || $level; BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO t SELECT 1 || $level; COMMIT; INSERT INTO t SELECT 2 || $level;" \
	"BEGIN; SET LOCAL work_mem = '1MB'; SET transaction_isolation TO 'repeatable read'; INSERT INTO t SELECT 1 || $level; COMMIT;" \
	"START TRANSACTION ISOLATION LEVEL READ COMMITTED; INSERT INTO t SELECT 1 || $level; END;"; do
	by_psql "$text"
	for form in '' $'-- migrate:no-transaction\n'; do
		add 0001_isolated "$form$text"
		run transactions "CALL migrate_up()"
		is "$STATE $(rows)" "$BY_PSQL" "an isolation level holds for its transaction: ${form//$'\n'/ }$text"
		discard
	done
	[[ $text == *"READ COMMITTED"* ]] && continue
	add 0001_isolated "$text"
	run transactions "SELECT migrate_apply()"
	is "$STATE" 25001 "migrate_apply refuses it up front"
	like "$DETAIL $HINT" 'line 1: ISOLATION LEVEL .* CALL migrate_up' "with the way out"
	discard
done
add 0001_now $'BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO t VALUES (1);\nCOMMIT;\nSELECT 1/0;'
skip_events
run transactions "CALL migrate_up()"
is "$STATE $(events)" "22012 start 0, statement 2, fail 2" "an isolated transaction that is done stays"
add 0001_now $'BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO t VALUES (1);\nCOMMIT;\nINSERT INTO t VALUES (2);'
run transactions "CALL migrate_up()"
is "$STATE $(rows)" "00000 1 2" "the next call goes on behind it"
discard
add 0001_job $'BEGIN ISOLATION LEVEL SERIALIZABLE;\nINSERT INTO t SELECT '"$level"$';\nCOMMIT;'
sql transactions "SELECT migrate_start()" >"$SCRATCH/out"
wait_until transactions "SELECT state IN ('finished', 'failed') FROM migrate.job ORDER BY id DESC LIMIT 1"
is "$(rows)" "serializable" "a job sets it, too"
discard

# What an update meanwhile makes of it

open_session holder transactions
send holder "INSERT INTO t VALUES ('old'); BEGIN; UPDATE t SET a = 'new';"
answered holder
add 0001_late $'BEGIN ISOLATION LEVEL REPEATABLE READ;\nUPDATE t SET a = \'late\';\nCOMMIT;'
open_session caller transactions
send caller "CALL migrate_up();"
wait_until transactions "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'caller' AND wait_event_type = 'Lock'"
send holder "COMMIT;"
answered holder
answered caller
ERR=$OUT
fails 40001 "its snapshot is its own"
close_session holder
close_session caller
sql transactions "TRUNCATE t"
discard

# Long names

long=$(printf 'x%.0s' {1..70})
run transactions "SELECT migrate_add('0001_long', 'CREATE TABLE $long (a int)')"
is "$STATE ${ERR:-no notice}" "00000 no notice" "a name that will be shortened is no news while loading"
run transactions "SELECT migrate_apply()"
like "$ERR" "identifier \"$long\" will be truncated" "but when it runs"
run transactions "SELECT pg_typeof(1) AS $long"
like "$ERR" "will be truncated" "and the session's own notices are as before"

sql postgres "DROP DATABASE transactions"
done_testing
