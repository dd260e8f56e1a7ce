#!/usr/bin/env bash
# What refuses a transaction block by what the catalog says, or by what a function says: it runs by itself below
# -- migrate:no-transaction, and elsewhere the error says so.
. test/server/lib/tap.bash

folder=$(mktemp -d /tmp/migrate-top-XXXXXX)
chmod 755 "$folder"
finish() {
	scripts/cluster stop "$folder/c" >/dev/null 2>&1
	rm -rf "$folder"
}
trap finish EXIT
CLUSTER_FSYNC=off CLUSTER_CONF="wal_level = logical" scripts/cluster start "$folder/c" "$TREE" 2>"$SCRATCH/error"
ok $? "a server that can publish starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
use_cluster "$folder/c"
migrate_database top
sql top "CREATE TABLE reading (at date, v int) PARTITION BY RANGE (at)" \
	"CREATE TABLE reading_2025 PARTITION OF reading FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')" \
	"CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" \
	"CREATE INDEX reading_at ON reading (at)" "CREATE TABLE plain (a int PRIMARY KEY)"
files() { sql top "SELECT string_agg(pg_relation_filenode(indexrelid)::text, ' ' ORDER BY indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relkind = 'i' AND indrelid IN ('reading_2025'::regclass, 'reading_2026'::regclass)"; }
advice='What refuses a transaction block needs the line "-- migrate:no-transaction" above the first statement'

for text in "REINDEX TABLE reading" "REINDEX INDEX reading_at" "CLUSTER reading USING reading_at"; do
	add_migration top 0001_rebuild "SELECT 1;
$text;"
	for call in "SELECT migrate_apply()" "CALL migrate_up()"; do
		run top "$call"
		fails 25001 "$text in a transaction: $call"
		like "$HINT" "$advice.*CALL migrate_up\\(\\)" "the hint is the way out"
		like "$CONTEXT" 'migration "0001_rebuild", line 2, column 1$' "and the context the place"
	done
	discard_migrations top
	add_migration top 0001_rebuild "-- migrate:no-transaction
SELECT 1;
BEGIN;
$text;
COMMIT;"
	run top "CALL migrate_up()"
	fails 25001 "$text in a block of its script"
	discard_migrations top
	for call in "CALL migrate_up()" "SELECT migrate_start()"; do
		before=$(files)
		add_migration top 0001_rebuild "-- migrate:no-transaction
SELECT 1;
$text;
SELECT 2;"
		run top "$call"
		works "$text by itself: $call"
		wait_until top "SELECT NOT EXISTS (SELECT FROM migrate_status() WHERE status <> 'applied')"
		ok $? "it is applied"
		is "$([ "$before" != "$(files)" ] && echo anew)" anew "all partitions are built anew"
		discard_migrations top
	done
done
for text in "REINDEX TABLE plain" "REINDEX INDEX plain_pkey" "CLUSTER plain USING plain_pkey"; do
	add_migration top 0001_rebuild "$text"
	run top "SELECT migrate_apply()"
	works "$text goes into any migration"
	discard_migrations top
done

# A function that refuses a block, as create_distributed_table_concurrently does

sql top "CREATE TABLE called (block text)"
cat >"$SCRATCH/refuse.c" <<'C'
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(refuse);
Datum refuse(PG_FUNCTION_ARGS)
{
	PreventInTransactionBlock(true, "refuse");
	PG_RETURN_INT32(1);
}
C
pg_config=${PG_CONFIG:-pg_config}
# shellcheck disable=SC2046 # flags
cc -w -shared -fPIC -I"$("$pg_config" --includedir-server)" $("$pg_config" --cppflags) -o "$folder/refuse.so" "$SCRATCH/refuse.c" 2>"$SCRATCH/error"
ok $? "a module is built" || explain "$(cat "$SCRATCH/error")"
sql top "CREATE FUNCTION refuse() RETURNS int LANGUAGE c AS '$folder/refuse', 'refuse'"
calls=$'INSERT INTO called VALUES (\'before\');\nSELECT refuse();\nINSERT INTO called VALUES (\'after\');'
add_migration top 0001_call "$calls"
run top "SELECT migrate_apply()"
fails 25001 "the function in a transaction"
like "$HINT" "$advice" "the hint is the way out"
add_migration top 0001_call "-- migrate:no-transaction
$calls"
run top "CALL migrate_up()"
works "the function by itself"
is "$(sql top "SELECT string_agg(block, ' ') FROM called")" "before after" "the other statements ran"
discard_migrations top

# What such a SELECT has done is undone with it when it fails, and the next call tries it again

sql top "TRUNCATE called" "CREATE SEQUENCE tries" \
	"CREATE FUNCTION fail_once() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO called VALUES ('tried'); IF nextval('tries') = 1 THEN RAISE 'once'; END IF; RETURN 1; END \$\$"
add_migration top 0001_once $'-- migrate:no-transaction\nINSERT INTO called VALUES (\'before\');\nSELECT fail_once();\n'
run top "CALL migrate_up()"
is "$STATE $MESSAGE" "P0001 once" "it fails"
is "$(sql top "SELECT status || ' ' || (SELECT statements || ' ' || coalesce(unsure::text, 'null') FROM migrate.history ORDER BY id DESC LIMIT 1) FROM migrate_status()" 2>/dev/null)" "partial 1 false" "nobody need look after it"
run top "CALL migrate_up()"
works "the next call goes on"
is "$(sql top "SELECT string_agg(block, ' ') FROM called")" "before tried" "with what failed"
discard_migrations top

# A subscription

database publisher
sql publisher "CREATE TABLE fed (a int)" "CREATE PUBLICATION one FOR TABLE fed" "CREATE PUBLICATION two" \
	"SELECT pg_create_logical_replication_slot('feed', 'pgoutput')" >/dev/null
sql top "CREATE TABLE fed (a int)" \
	"CREATE SUBSCRIPTION feed CONNECTION 'host=$PGHOST dbname=publisher user=postgres' PUBLICATION one WITH (create_slot = false, slot_name = feed)" 2>/dev/null
published() { sql top "SELECT array_to_string(subpublications, ' ') FROM pg_subscription"; }
for text in "ALTER SUBSCRIPTION feed REFRESH PUBLICATION" "ALTER SUBSCRIPTION feed SET PUBLICATION one, two" \
	"ALTER SUBSCRIPTION feed DROP PUBLICATION two" "ALTER SUBSCRIPTION feed ADD PUBLICATION two WITH (copy_data = off)"; do
	add_migration top 0001_feed "$text"
	like "$(sql top "SELECT $(property remark) FROM migrate_status()")" "^not transactional: line 1: ALTER SUBSCRIPTION" "$text is known to refuse a transaction"
	run top "SELECT migrate_apply()"
	fails 25001 "migrate_apply refuses it"
	like "$HINT" 'CALL migrate_up\(\)' "and names the way out"
	run top "CALL migrate_up()"
	works "migrate_up runs it"
	discard_migrations top
done
is "$(published)" "one two" "the publications are as they were set"
add_migration top 0001_feed "ALTER SUBSCRIPTION feed DROP PUBLICATION two WITH (refresh = false); ALTER SUBSCRIPTION feed SET (binary = true);"
run top "SELECT migrate_apply()"
works "without a refresh it goes into any migration"
discard_migrations top
add_migration top 0001_feed "DROP SUBSCRIPTION feed"
run top "SELECT migrate_apply()"
fails 25001 "DROP SUBSCRIPTION that has a slot, in a transaction"
like "$HINT" "$advice" "the hint is the way out"
add_migration top 0001_feed $'-- migrate:no-transaction\nDROP SUBSCRIPTION feed;'
run top "CALL migrate_up()"
works "DROP SUBSCRIPTION by itself"
is "$(sql top "SELECT count(*) FROM pg_subscription" "SELECT count(*) FROM pg_replication_slots")" "0
0" "subscription and slot are gone"
done_testing
