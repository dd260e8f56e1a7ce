#!/usr/bin/env bash
# migrate_probe: queries that are measured around each migration, which refuse one that slows them down. What is slow
# here sleeps, or reads all of a table that had an index.
. test/server/lib/tap.bash

migrate_database probes
role probes_deploy LOGIN
sql probes "CREATE SCHEMA app" "CREATE TABLE app.orders (id int PRIMARY KEY, customer int)" \
	"INSERT INTO app.orders SELECT g, g % 1000 FROM generate_series(1, 300000) g" \
	"CREATE INDEX orders_customer ON app.orders (customer)" "VACUUM ANALYZE app.orders" \
	"ALTER DATABASE probes SET max_parallel_workers_per_gather = 0" "CREATE FUNCTION app.look() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"
add() { add_migration probes "$@"; }
discard() { discard_migrations probes; }
slow_body="CREATE OR REPLACE FUNCTION app.look() RETURNS int LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.03); RETURN 1; END';"
quick_body="CREATE OR REPLACE FUNCTION app.look() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';"
results="SELECT string_agg(concat_ws(' ', h.event, h.version, r.probe, r.before_ms > 0, r.after_ms > 0, r.plan_before = r.plan_after), ', ' ORDER BY h.id, probe) FROM migrate.history h JOIN migrate.probe_result r ON r.event = h.id"

# Adding and removing

run probes "SELECT probe, action, duration_ms > 0, detail FROM migrate_probe('customer', 'SELECT * FROM app.orders WHERE customer = 7')"
like "$OUT" '^customer\|added\|t\|Bitmap Heap Scan on orders$' "a probe is added, and measured" || explain "$ERR"
run probes "SELECT action FROM migrate_probe('customer', 'SELECT * FROM app.orders WHERE customer = 7')"
is "$OUT" unchanged "the same again changes nothing"
run probes "SELECT action FROM migrate_probe('customer', 'SELECT * FROM app.orders WHERE customer = 7', 50)"
is "$OUT" replaced "one of that name is replaced"
is "$(sql probes "SELECT name, query, max_slowdown, added_by FROM migrate.probe")" "customer|SELECT * FROM app.orders WHERE customer = 7|50|postgres" "the table lists them"
run probes "SELECT action, duration_ms, detail FROM migrate_probe('later', 'SELECT * FROM app.later;')"
is "$OUT" 'added||not measured: relation "app.later" does not exist' "one of a table to come is added"
run probes "SELECT action FROM migrate_probe('later')"
is "$OUT" removed "without a query it is removed"
run probes "SELECT migrate_probe('custommer')"
is "$STATE $MESSAGE $HINT" '42704 there is no probe "custommer" Did you mean "customer"?' "an unknown one can't be"
run probes "SELECT migrate_probe('zzzzzz')"
is "$HINT" "With a query it is added: migrate_probe('zzzzzz', 'SELECT …')." "which says how it is added"

# refused STATE WHAT ARGUMENTS
refused() {
	run probes "SELECT migrate_probe($3)"
	is "$STATE $MESSAGE $DETAIL" "$1" "$2" || explain "$ERR"
}
refused "22004 name must not be null " "a null name" "NULL, 'SELECT 1'"
refused "22023 name must not be empty " "an empty name" "'', 'SELECT 1'"
refused "22023 query must not be empty " "an empty query" "'p', ''"
refused "22023 this query can't be a probe It is empty." "a comment alone" "'p', '-- nothing'"
refused "22023 this query can't be a probe It is more than one statement." "two statements" "'p', 'SELECT 1; SELECT 2'"
refused "22023 this query can't be a probe It is no SELECT." "a DELETE" "'p', 'DELETE FROM app.orders'"
refused "22023 this query can't be a probe It is no SELECT." "SELECT INTO" "'p', 'SELECT 1 AS a INTO app.made'"
refused "22023 this query can't be a probe It is no SELECT." "EXPLAIN" "'p', 'EXPLAIN SELECT 1'"
refused "22023 this query can't be a probe It changes rows." "a SELECT that writes" "'p', 'WITH d AS (DELETE FROM app.orders RETURNING id) SELECT count(*) FROM d'"
refused "22023 this query can't be a probe It writes: cannot execute nextval() in a read-only transaction." "one that takes a number" "'p', 'SELECT nextval(''migrate.history_id_seq'')'"
refused "22023 this query can't be a probe It writes: cannot execute SELECT FOR UPDATE in a read-only transaction." "one that locks rows" "'p', 'SELECT * FROM app.orders FOR UPDATE'"
refused "22023 this query can't be a probe It calls lo_export()." "one that writes a file" "'p', 'SELECT lo_export(1, ''/tmp/x'')'"
refused "22023 max_slowdown must be from 0 to 1000000 It is how much slower the query may get, in percent." "a negative limit" "'p', 'SELECT 1', -1"
refused "22023 max_slowdown must be from 0 to 1000000 It is how much slower the query may get, in percent." "one that is no number" "'p', 'SELECT 1', 'NaN'"
refused "22004 max_slowdown must not be null " "a null limit" "'p', 'SELECT 1', NULL"
refused '42601 syntax error at or near "FORM" ' "what does not parse" "'p', 'SELECT * FORM x'"
is "$(sql probes "SELECT string_agg(name, ',') FROM migrate.probe")" customer "nothing of it is added"
run probes "SET migrate.probe_timeout = '100ms'" "SELECT action, detail FROM migrate_probe('endless', 'SELECT pg_sleep(100)')"
is "$STATE $OUT" '00000 added|not measured: it takes more than 100 ms' "one that never ends is ended"

# In a run

add 0001_no "CREATE TABLE app.notes (a int);"
add 0002_drop "DROP INDEX app.orders_customer;"
run probes "SET migrate.probe_timeout = '100ms'" "SELECT migrate_apply()"
like "$STATE $MESSAGE" '^MG017 probe "customer" takes [0-9.]+ ms instead of [0-9.]+ ms$' "a migration that drops the index of a probe is refused"
is "$DETAIL" 'It may get 50 % slower. Its plan has changed from "Bitmap Heap Scan on orders" to "Seq Scan on orders".' "with both plans"
is "$OUTCOME $PLACE" 'Nothing was applied; 1 earlier migration of this call was undone. Migration "0002_drop".' "all of the call is undone"
is "$HINT" "Keep what the query needs, or change the probe: migrate_probe('customer', …)." "and what to do"
like "$ERR" 'NOTICE: .*probe "endless" is not measured: it takes more than 100 ms' "one that takes too long before is said, and blocks nothing"
is "$(sql probes "SELECT to_regclass('app.orders_customer') IS NOT NULL, to_regclass('app.notes') IS NULL")" "t|t" "the index is there"
sql probes "SELECT migrate_probe('endless')" >"$SCRATCH/out"
run probes "SELECT migrate_apply(dry_run => true)"
works "a dry run measures nothing"
run probes "SELECT migrate_explain()"
works "nor does migrate_explain"
run probes "CALL migrate_up()"
like "$STATE $MESSAGE" '^MG017 probe "customer" takes ' "CALL migrate_up() refuses it, too"
is "$OUTCOME" 'Nothing of it was applied; 1 earlier migration of this call stays applied.' "and undoes this migration"
is "$(sql probes "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()")" "0001 applied, 0002 failed" "the one before it stays"
is "$(sql probes "$results")" "apply 0001 customer t t t, fail 0002 customer t t f" "both are in the history"
like "$(sql probes "SELECT value FROM migrate_show('0001') WHERE property = 'probe'")" '^customer: [0-9.]+ ms before, [0-9.]+ ms after$' "migrate_show tells it"
like "$(sql probes "SELECT value FROM migrate_show('0002') WHERE property = 'probe'")" '^customer: [0-9.]+ ms before, [0-9.]+ ms after, another plan$' "of one that failed, too"
run probes "SELECT migrate_start()"
wait_until probes "SELECT state NOT IN ('queued', 'running') FROM migrate.job"
is "$(sql probes "SELECT state, sqlstate FROM migrate.job")" "failed|MG017" "a job fails with it"
run probes "SELECT action FROM migrate_probe('customer', 'SELECT * FROM app.orders WHERE customer = 7', 1000000)"
run probes "SELECT migrate_apply()"
works "a limit that is high enough lets it pass"
run probes "SELECT migrate_rollback()"
works "rolling back measures nothing"
sql probes "SELECT migrate_probe('customer')" >"$SCRATCH/out"
discard

# Fails afterwards

sql probes "SELECT migrate_probe('look', 'SELECT app.look()'), migrate_probe('count', 'SELECT count(*) FROM app.orders WHERE id < 10')" >"$SCRATCH/out"
add 0001_gone "ALTER FUNCTION app.look() RENAME TO peek;"
run probes "SELECT migrate_apply()"
is "$STATE $MESSAGE $DETAIL" 'MG017 probe "look" fails: function app.look() does not exist It worked before the migration.' "one that works before and fails behind it is refused"
add 0001_gone "ALTER FUNCTION app.look() RENAME TO peek; ALTER TABLE app.orders RENAME TO purchases;"
run probes "SELECT migrate_apply()"
is "$STATE $MESSAGE $DETAIL" 'MG017 probe "count" fails: relation "app.orders" does not exist It worked before the migration.
Likewise probe "look" fails: function app.look() does not exist.' "all of them are named"
add 0001_gone "${slow_body/0.03/10}"
run probes "SET migrate.probe_timeout = '400ms'" "SELECT migrate_apply()"
like "$STATE $MESSAGE" '^MG017 probe "look" takes more than 400 ms instead of [0-9.]+ ms$' "so is one that takes too long now"
run probes "SELECT migrate_run('0009_run', \$m\$$slow_body\$m\$)"
like "$STATE $MESSAGE $DETAIL" '^MG017 probe "look" takes [0-9.]+ ms instead of [0-9.]+ ms It may get 20 % slower. Its plan is the same: Result.$' "migrate_run measures, too"
discard

# What was there before is no migration's fault

sql probes "DROP FUNCTION app.look()"
add 0001_it "CREATE TABLE app.more (a int);"
run probes "SELECT migrate_apply()"
is "$STATE $(grep -c 'probe "look" is not measured: function app.look() does not exist' <<<"$ERR")" "00000 1" "one that fails before is said once"
add 0002_it "$quick_body"
run probes "SELECT migrate_apply()"
works "one that works behind it is welcome"
like "$(sql probes "SELECT value FROM migrate_show('0002') WHERE property = 'probe' AND value LIKE 'look%'")" '^look: not measured before \(function app.look\(\) does not exist\), [0-9.]+ ms after$' "which is kept"
discard

# After of one is before of the next: a run and five that count, four times for three migrations

sql probes "SELECT migrate_probe('count')" "$quick_body" "SELECT migrate_probe('look', 'SELECT app.look()', 1000000)" >"$SCRATCH/out"
add 0001_a "CREATE TABLE app.a (a int);"
add 0002_b "CREATE TABLE app.b (a int);"
add 0003_c "CREATE TABLE app.c (a int);"
run probes "SET track_functions = 'all'" "SELECT migrate_apply()"
wait_until probes "SELECT calls >= 24 FROM pg_stat_user_functions WHERE funcname = 'look'"
is "$(sql probes "SELECT calls FROM pg_stat_user_functions WHERE funcname = 'look'")" 24 "what was measured behind one is what the next one starts from"
is "$(sql probes "SELECT count(*) FROM migrate.probe_result r JOIN migrate.history h ON h.id = r.event")" 3 "each has its results"
sql probes "SELECT migrate_probe('look', 'SELECT app.look()')" >"$SCRATCH/out"
discard

# Without a transaction

add 0001_alone $'CREATE INDEX CONCURRENTLY ON app.orders (id, customer);\n'"$slow_body" "DROP INDEX app.orders_id_customer_idx; $quick_body"
add 0002_next "SELECT 1;"
run probes "CALL migrate_up()"
like "$STATE $MESSAGE" '^MG017 probe "look" takes ' "a migration without a transaction fails behind its commit"
is "$HINT $PLACE" "The migration is committed and recorded as applied. Mend it by another migration, or call migrate_down(); CALL migrate_up() goes on with what is pending. SELECT * FROM migrate_show('0001_alone') shows the probes. Migration \"0001_alone\"." "and says what to do"
is "$(sql probes "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()")" "0001 applied, 0002 pending" "it is applied, and the next one not begun"
is "$(sql probes "$results")" "apply 0001 look t t t" "with its results"
run probes "CALL migrate_down()" "CALL migrate_up('0001')"
like "$STATE $MESSAGE" '^MG017' "it goes back, and again"
run probes "CALL migrate_up()"
works "the next call goes on"
discard
sql probes "$quick_body"

# Whose rights

sql probes "GRANT EXECUTE ON FUNCTION migrate_apply, migrate_add TO probes_deploy" "GRANT USAGE, CREATE ON SCHEMA app TO probes_deploy" \
	"SELECT migrate_probe('look', 'SELECT 1 WHERE current_user = ''postgres'' OR 1 / (SELECT count(*) FROM pg_roles WHERE rolname = current_user AND NOT rolsuper) = 1')" \
	"SELECT migrate_probe('secret', 'SELECT count(*) FROM app.orders')" >"$SCRATCH/out"
add 0001_it "CREATE TABLE app.theirs (a int); RESET ROLE; SET search_path = pg_catalog;"
AS=probes_deploy run probes "SELECT action FROM migrate_apply()"
is "$STATE $OUT $(grep -c 'probe "secret" is not measured: permission denied for table orders' <<<"$ERR") $(grep -c '"look"' <<<"$ERR")" "00000 applied 1 0" "a probe runs as the caller"
run probes "SET ROLE probes_deploy" "SELECT migrate_probe('p', 'SELECT 1')"
fails 42501 "only who may can add one"
sql probes "SELECT migrate_probe('look'), migrate_probe('secret')" >"$SCRATCH/out"
sql probes "CREATE FUNCTION app.back() RETURNS int LANGUAGE plpgsql AS 'BEGIN SET ROLE postgres; RETURN 1; END'"
run probes "SELECT action, detail FROM migrate_probe('back', 'SELECT app.back()')"
add 0002_it "SELECT 1;"
run probes "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO PUBLIC" "SET ROLE probes_deploy" "SELECT action FROM migrate_apply()"
is "$STATE $(grep -c "probe \"back\" is not measured: a migration can't change its role here" <<<"$ERR")" "00000 1" "and can't become the one that logged in" || explain "$ERR"
sql probes "SELECT migrate_probe('back')" >"$SCRATCH/out"
discard

# Others in the way

sql probes "SELECT migrate_probe('count', 'SELECT count(*) FROM app.orders WHERE id < 10')" >"$SCRATCH/out"
add 0001_it "SELECT 1;"
open_session holder probes
hold "LOCK TABLE app.orders"
run probes "SET migrate.probe_timeout = '200ms'" "SELECT action FROM migrate_apply()"
is "$STATE $OUT $(grep -c 'probe "count" is not measured: canceling statement due to lock timeout' <<<"$ERR")" "00000 applied 1" "a lock of another session is no slowness" || explain "$ERR"
close_session holder
discard

# A cancel is none of the probe

add 0001_it "SELECT 1;"
sql probes "SELECT migrate_probe('sleeps', 'SELECT pg_sleep(0.1)')" >"$SCRATCH/out"
run probes "SET statement_timeout = '250ms'" "SELECT migrate_apply()"
is "$STATE $MESSAGE" "57014 canceling statement due to statement timeout" "what cancels the call ends it"
run probes "SET statement_timeout = '250ms'" "CALL migrate_up()"
is "$STATE $(sql probes "SELECT status FROM migrate_status()")" "57014 failed" "a committing call, too"
sql probes "SELECT migrate_probe('sleeps')" >"$SCRATCH/out"
discard

# Names are found by the search_path that migrations start from

sql postgres "ALTER DATABASE probes SET search_path = app, public"
run probes "SET search_path = pg_catalog" "SELECT detail FROM public.migrate_probe('count', 'SELECT count(*) FROM orders WHERE id < 10')"
is "$STATE $OUT" "00000 Aggregate" "names are found as a migration finds them"

# Dumps have them

plain_dump probes >"$SCRATCH/dump"
database probes_restored
psql -XAtq -v ON_ERROR_STOP=1 -d probes_restored -f "$SCRATCH/dump" >"$SCRATCH/out" 2>&1
is "$(sql probes_restored "SELECT name FROM migrate.probe" "SELECT count(*) > 0 FROM migrate.probe_result")" $'count\nt' "a dump has probes and results"

done_testing
