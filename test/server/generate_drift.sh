#!/usr/bin/env bash
# migrate_generate(drift => …): the migration that brings the database back to what its history has made, and the one that
# takes into the history what somebody has done by hand.
. test/server/lib/tap.bash

role drift_reader LOGIN
# begin NAME: a database with a history, and somebody who worked by hand while the guard looked on.
begin() {
	migrate_database "$1"
	sql "$1" "CREATE SCHEMA app" "SELECT migrate_guard('record')" "SELECT migrate_run('0001_orders', 'CREATE TABLE app.orders (
		id bigint PRIMARY KEY, total numeric, note text); CREATE INDEX orders_total ON app.orders (total);
		CREATE TABLE app.old (z int, a int, m text); CREATE FUNCTION app.tax(a numeric) RETURNS numeric LANGUAGE sql AS ''SELECT a''')" >/dev/null
	sql "$1" "DROP INDEX app.orders_total" "ALTER TABLE app.orders ALTER total TYPE numeric(10,2)" \
		"ALTER TABLE app.orders RENAME note TO remark" "INSERT INTO app.orders VALUES (1, 2.5, 'mine')" "DROP TABLE app.old" \
		"CREATE VIEW app.large AS SELECT id FROM app.orders WHERE total > 1000" \
		"CREATE OR REPLACE FUNCTION app.tax(a numeric) RETURNS numeric LANGUAGE sql AS 'SELECT a * 2'"
}
drifted() { sql "$1" "SELECT string_agg(drift || ' ' || identity, ', ' ORDER BY identity) FROM migrate_drift()${2:-}"; }
readonly HASH="SELECT migrate_schema_hash('{app}')"

# Brought back

begin drift_revert
run drift_revert "SELECT section, text FROM migrate_generate('back', drift => 'revert', dry_run => true) WHERE section = 'up'"
works "a dry run shows the way back to the history's schema"
like "$OUT" 'RENAME COLUMN remark TO note' "a rename that the guard saw is no loss"
like "$OUT" $'CREATE TABLE app.old \\(\n  z integer,\n  a integer,\n  m text\n\\)' "a dropped table has its columns in their order"
is "$(sql drift_revert "SELECT count(*) FROM migrate_status()")" 1 "and registers nothing"
run drift_revert "SELECT DISTINCT action FROM migrate_generate('back', drift => 'revert')"
is "$OUT" added "it is registered, to be applied as any other"
run drift_revert "SELECT migrate_generate('kept', drift => 'keep')"
is "$STATE $MESSAGE" '55000 migration "0002_back" is pending' "nothing is recorded behind what is pending"
run drift_revert "SELECT action FROM migrate_apply()"
is "$OUT" applied "it runs"
is "$(drifted drift_revert " WHERE event IS NULL")" "" "the schema is what the history has made, but for what the migration has met"
is "$(sql drift_revert "SELECT note FROM app.orders")" mine "the renamed column has its values"
run drift_revert "SELECT migrate_generate('again', drift => 'revert')"
is "$STATE|$OUT" "00000|" "nothing differs: no row, no migration"

# Kept

begin drift_keep
run drift_keep "SELECT migrate_generate('kept', drift => 'keep')"
is "$STATE" MG010 "more is dropped than created"
before=$(sql drift_keep "$HASH")
run drift_keep "SELECT section, action FROM migrate_generate('kept', drift => 'keep', allow_drop => true)"
is "$OUT" $'up|kept\ndown|kept' "it is registered and recorded as applied"
is "$(sql drift_keep "$HASH")" "$before" "nothing was run"
is "$(drifted drift_keep)" "" "and nothing is drift any more"
is "$(sql drift_keep "SELECT status || ': ' || note FROM migrate_status() WHERE version = '0002'")" "applied: 10 changes" "nor is there any for the status"
is "$(sql drift_keep "SELECT event || ': ' || note FROM migrate_history() LIMIT 1")" "repair: drift kept, 10 changes" "the history says so"
is "$(sql drift_keep "SELECT action || ' ' || identity FROM migrate_changes('0002') WHERE identity LIKE 'app.orders.%' ORDER BY identity")" \
	$'altered app.orders.remark\naltered app.orders.total' "its changes are recorded"
run drift_keep "SELECT action FROM migrate_rollback()"
is "$OUT $(drifted drift_keep)" "rolled back " "its way back leads to what was there before"
run drift_keep "SELECT action FROM migrate_apply()"
is "$OUT $(drifted drift_keep)" "applied " "and its way there to what somebody has done"
is "$(sql drift_keep "$HASH")" "$before" "to the letter"

# One schema of two

sql drift_keep "CREATE SCHEMA other" "CREATE TABLE other.t (a int)" "CREATE TABLE app.t (a int)"
run drift_keep "SELECT text FROM migrate_generate('app', drift => 'keep', schemas => '{app}') WHERE section = 'up'"
is "$OUT" $'CREATE TABLE app.t (\n  a integer\n);' "schemas says what is kept"
is "$(drifted drift_keep)" "added other, added other.t, added other.t.a" "the rest is drift as before"
sql drift_keep "ALTER DATABASE drift_keep SET migrate.drift_ignore = 'other'"
run drift_keep "SELECT migrate_generate('x', drift => 'keep')"
is "$STATE|$OUT" "00000|" "what migrate.drift_ignore leaves out is no drift"
sql drift_keep "ALTER DATABASE drift_keep RESET migrate.drift_ignore" "DROP SCHEMA other CASCADE" 2>/dev/null

# A table by its new name

sql drift_keep "ALTER TABLE app.orders RENAME TO purchases" "ALTER TABLE app.purchases RENAME total TO sum" "ALTER TABLE app.purchases RENAME sum TO amount"
run drift_keep "SELECT text FROM migrate_generate('names', drift => 'keep', dry_run => true) WHERE section = 'up'"
is "$(grep -v CONSTRAINT <<<"$OUT")" $'ALTER TABLE app.orders RENAME TO purchases;\nALTER TABLE app.purchases RENAME COLUMN total TO amount;' "renames in a chain"
sql drift_keep "SELECT migrate_guard('off')" "ALTER TABLE app.purchases RENAME remark TO words" >/dev/null
run drift_keep "SELECT migrate_generate('names', drift => 'keep')"
is "$STATE" 42725 "what the guard has not seen is asked for"
run drift_keep "SELECT text FROM migrate_generate('names', '-- migrate:renamed app.orders.remark words', drift => 'keep', dry_run => true) WHERE section = 'up'"
like "$OUT" 'RENAME COLUMN remark TO words' "a line says it"

# Who may, and what can't be told

sql drift_keep "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO drift_reader"
AS=drift_reader run drift_keep "SELECT migrate_generate('x', drift => 'revert')"
is "$STATE" 42501 "what is expected is shown to those who may read the texts"
sql drift_keep "GRANT USAGE ON SCHEMA migrate TO drift_reader" "GRANT SELECT ON migrate.script TO drift_reader"
AS=drift_reader run drift_keep "SELECT migrate_generate('x', drift => 'keep')"
is "$STATE" 42501 "and decided by the owner"
sql drift_keep "SET migrate.record_changes = off" "SELECT migrate_run('0009_dark', 'CREATE TABLE app.dark (a int)')" >/dev/null
run drift_keep "SELECT migrate_generate('x', drift => 'keep')"
is "$STATE|$DETAIL" '55000|Of migration "0009_dark" no changes are recorded.' "a run of which nothing is recorded"
for name in drift_revert drift_keep; do sql postgres "DROP DATABASE $name"; done
sql postgres "DROP ROLE drift_reader"
done_testing
