#!/usr/bin/env bash
# On Citus, with the coordinator as its only node. Debian has no package of it: where it is not installed, this says so.
. test/server/lib/tap.bash

if [ ! -e "$TREE$("${PG_CONFIG:-pg_config}" --sharedir)/extension/citus.control" ]; then
	echo "1..0 # SKIP Citus is not installed"
	echo "# citus: skipped: Citus is not installed" >&2
	exit 0
fi

folder=$(mktemp -d /tmp/migrate-citus-XXXXXX)
chmod 755 "$folder"
finish() {
	scripts/cluster stop "$folder/c" >/dev/null 2>&1
	rm -rf "$folder"
}
trap finish EXIT
CLUSTER_FSYNC=off CLUSTER_CONF="
shared_preload_libraries = 'citus'
wal_level = logical
citus.local_hostname = '$folder/c'" scripts/cluster start "$folder/c" "$TREE" 2>"$SCRATCH/error"
ok $? "a server with Citus starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
use_cluster "$folder/c"
# Some minor versions want plugins of logical decoding to be listed, which moving shards without blocking needs.
if [ -n "$(sql postgres "SELECT name FROM pg_settings WHERE name = 'output_plugin_libraries'")" ]; then
	sql postgres "ALTER SYSTEM SET output_plugin_libraries = 'citus', 'pgoutput'" "SELECT pg_reload_conf()" >/dev/null
fi
database citus
sql citus "CREATE EXTENSION citus" "CREATE EXTENSION migrate"

add_migration citus 0001_events "CREATE TABLE events (id int PRIMARY KEY, a text); SELECT create_distributed_table('events', 'id');"
run citus "SELECT migrate_apply()"
works "a migration distributes a table"
add_migration citus 0002_data $'COPY events FROM stdin;\n1\tone\n2\ttwo\n3\tthree\n\\.\n'
run citus "SELECT migrate_apply()"
works "COPY into it"
is "$(sql citus "SELECT count(*), count(a) FROM events")" "3|3" "all rows are there"
add_migration citus 0003_again $'COPY events FROM stdin;\n3\tthree\n\\.\n'
run citus "SELECT migrate_apply()"
fails 23505 "a key that is there already"
discard_migrations citus

ways=("SELECT|SELECT migrate_apply()" "DO|DO \$\$ BEGIN PERFORM migrate_apply(); END \$\$" "a function|SELECT apply()" "CALL|CALL migrate_up()" "a worker|SELECT migrate_start()")
sql citus "CREATE FUNCTION apply() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM migrate_apply(); END'"
for i in "${!ways[@]}"; do
	way=${ways[$i]}
	add_migration citus "000${i}_tenant" "CREATE SCHEMA tenant$i; CREATE TABLE tenant$i.t (a int);"
	run citus "SET citus.enable_schema_based_sharding = on" "${way#*|}"
	works "a tenant's table below ${way%%|*}"
	wait_until citus "SELECT to_regclass('tenant$i.t') IS NOT NULL AND NOT EXISTS (SELECT FROM migrate.job WHERE state IN ('queued', 'running'))"
	is "$(sql citus "SELECT citus_table_type FROM citus_tables WHERE table_name = 'tenant$i.t'::regclass")" schema "below ${way%%|*}: it is distributed"
done
discard_migrations citus

add_migration citus 0001_alone "CREATE INDEX CONCURRENTLY events_a ON events (a)"
run citus "CALL migrate_up()"
works "a concurrent build on a distributed table"
discard_migrations citus

# What a failed build has left is dropped, though not every server has it

sql citus "CREATE TABLE twice (id int, a int)" "SELECT create_distributed_table('twice', 'id')" "INSERT INTO twice VALUES (1, 1), (1, 1), (2, 2)" >/dev/null
add_migration citus 0001_twice "CREATE UNIQUE INDEX CONCURRENTLY twice_id ON twice (id, a)"
run citus "CALL migrate_up()"
ok "$([ "$STATE" != 00000 ] && echo 0 || echo 1)" "a concurrent build that fails ($STATE)"
is "$(sql citus "SELECT status FROM migrate_status()" "SELECT indisvalid FROM pg_index WHERE indexrelid = 'twice_id'::regclass")" "partial
f" "leaves an invalid index"
sql citus "DELETE FROM twice WHERE id = 1"
run citus "CALL migrate_up()"
works "the next call drops it and builds it" || explain "$ERR"
is "$(sql citus "SELECT status FROM migrate_status()" "SELECT indisvalid FROM pg_index WHERE indexrelid = 'twice_id'::regclass")" "applied
t" "it is valid"
discard_migrations citus

# A function that refuses a transaction

sql citus "CREATE TABLE later (id int PRIMARY KEY)"
add_migration citus 0001_later "SELECT create_distributed_table_concurrently('later', 'id')"
run citus "CALL migrate_up()"
fails 25001 "a function that refuses a transaction"
add_migration citus 0001_later $'-- migrate:no-transaction\nSELECT create_distributed_table_concurrently(\'later\', \'id\');'
run citus "CALL migrate_up()"
works "below -- migrate:no-transaction it runs"
is "$(sql citus "SELECT citus_table_type FROM citus_tables WHERE table_name = 'later'::regclass")" distributed "and has distributed the table"
done_testing
