#!/usr/bin/env bash
# migrate_generate(): the migration that leads to a wanted schema, and what becomes of the scratch database in which it is
# found: when it fails, is cancelled in each phase, when the server crashes, beside another session.
. test/server/lib/tap.bash

role generate_plain LOGIN
role generate_maker "LOGIN CREATEDB CONNECTION LIMIT -1"
role generate_clerk NOLOGIN
migrate_database generate
for name in generate_plain generate_maker; do
	sql generate "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO $name"
done
sql generate "CREATE SCHEMA app" "CREATE TABLE app.orders (id bigint PRIMARY KEY, total numeric)" "GRANT ALL ON SCHEMA app TO generate_maker"
readonly ORDERS='CREATE TABLE app.orders (id bigint PRIMARY KEY, total numeric);'

# generate NAME TEXT [ARGUMENTS]: run, as AS.
generate() {
	run generate "SELECT version, name, action, section, text FROM migrate_generate('$1', \$wanted\$$2\$wanted\$${3:+, $3})"
}
scratches() { sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate_scratch%'"; }
no_scratch() {
	wait_until postgres "SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname LIKE 'migrate_scratch%')"
	is "$(scratches)" 0 "$1: no scratch database stays"
	wait_until postgres "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migrate helper%')"
	is "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'migrate helper%'")" 0 "$1: nor a worker"
}
# refused STATE MESSAGE NAME: what the last run failed with, and nothing stays.
refused() {
	is "$STATE $MESSAGE" "$1 $2" "$3" || explain "$ERR"
	is "$(scratches)" 0 "$3: no scratch database stays"
}

# The way there and back

hash=$(sql generate "SELECT migrate_schema_hash('{app}')")
generate add_note "$ORDERS ALTER TABLE app.orders ADD note text; CREATE INDEX orders_total ON app.orders (total);"
works "a column and an index are wanted"
like "$OUT" '^0001\|add_note\|added\|up\|ALTER TABLE app.orders ADD COLUMN note text;' "the up section adds them"
like "$OUT" '0001\|add_note\|added\|down\|.*DROP' "the down section drops them"
is "$(scratches)" 0 "the scratch database is gone when the call returns"
is "$(sql generate "SELECT migrate_schema_hash('{app}')")" "$hash" "the database's own schema is as it was"
run generate "SELECT action FROM migrate_apply()" "SELECT action FROM migrate_rollback()"
is "$OUT $(sql generate "SELECT migrate_schema_hash('{app}')")" $'applied\n'"rolled back $hash" "the migration runs, and its way back restores the schema"
generate nothing "$ORDERS"
is "$STATE|$OUT" "00000|" "nothing to do is no row"
like "$ERR" 'NOTICE:  00000: nothing differs' "and a notice"
is "$(sql generate "SELECT string_agg(name, ' ') FROM migrate_status()")" add_note "and no migration"
generate shown "$ORDERS CREATE VIEW app.v AS SELECT 1 AS a;" "dry_run => true"
like "$OUT" '0002\|shown\|would add\|up\|CREATE VIEW' "a dry run shows it"
is "$(sql generate "SELECT string_agg(name, ' ') FROM migrate_status()")" add_note "and registers nothing"
generate 0007_given "$ORDERS CREATE VIEW app.v AS SELECT 1 AS a;"
like "$OUT" '^0007\|given\|added' "a version in the name is kept"
sql generate "SELECT migrate_remove('0007')" >/dev/null
run generate "BEGIN" "CREATE TABLE app.notes (a int)" "SELECT text FROM migrate_generate('mine', \$\$$ORDERS\$\$, allow_drop => true) WHERE section = 'up'" "ROLLBACK"
is "$OUT" "DROP TABLE app.notes;" "what the transaction has changed counts"
is "$(sql generate "SELECT string_agg(name, ' ') FROM migrate_status()")" add_note "what is rolled back is not registered"
sql generate "SELECT migrate_remove('0001')" >/dev/null

# Scope

sql generate "CREATE SCHEMA other" "CREATE TYPE other.mood AS ENUM ('good')" "CREATE TABLE other.kept (a int)"
generate mood "$ORDERS CREATE TABLE app.moods (mood other.mood);" "dry_run => true"
like "$OUT" '\|up\|CREATE TABLE app.moods' "what stands in other schemas is there"
unlike "$OUT" 'kept' "and never differs"
generate also "$ORDERS DO 'BEGIN CREATE SCHEMA made; CREATE TABLE made.t (a int); END';" "dry_run => true"
like "$OUT" 'CREATE SCHEMA made;.*CREATE TABLE made.t' "what code makes that the text runs is wanted, too"
generate path "SET search_path = app; CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);"
is "$STATE|$OUT" "00000|" "SET search_path in the text is followed"
generate narrow "$ORDERS CREATE TABLE other.more (a int);" "schemas => '{app}'"
is "$STATE|$OUT" "00000|" "schemas says what counts"
generate extension "$ORDERS CREATE EXTENSION IF NOT EXISTS citext;" "dry_run => true"
like "$OUT" 'up\|CREATE EXTENSION citext' "an extension that the text wants is added"
generate concurrently "$ORDERS CREATE INDEX CONCURRENTLY orders_total ON app.orders (total);" "dry_run => true"
like "$OUT" 'up\|CREATE INDEX orders_total' "a text may say CONCURRENTLY"
sql generate "DROP SCHEMA other CASCADE" 2>/dev/null

# A snapshot of another database

migrate_database generate_there
sql generate_there "CREATE SCHEMA app" "GRANT ALL ON SCHEMA app TO generate_maker" "$ORDERS" "ALTER TABLE app.orders ADD note text"
snapshot() { sql generate_there "SELECT jsonb_agg(s) FROM migrate_schema('{app}') s" >"$SCRATCH/snapshot"; }
# from_snapshot ARGUMENTS
from_snapshot() {
	run generate <<-SQL
		\set other \`cat "$SCRATCH/snapshot"\`
		SELECT section, text FROM migrate_generate('there', snapshot => :'other', dry_run => true${1:+, $1});
	SQL
}
snapshot
from_snapshot
is "$OUT" $'up|ALTER TABLE app.orders ADD COLUMN note text;\ndown|ALTER TABLE app.orders DROP COLUMN note;' "a snapshot of another database"
sql generate_there "CREATE EXTENSION citext" "ALTER TABLE app.orders ADD mail citext"
sql generate_there "SELECT jsonb_agg(s) FROM migrate_schema() s WHERE schema = 'app' OR schema IS NULL" >"$SCRATCH/snapshot"
from_snapshot
like "$OUT" 'up\|CREATE EXTENSION citext.*ADD COLUMN mail' "an extension that a snapshot has more is added"
from_snapshot "schemas => '{app}'"
refused 55000 "no way was found to the wanted schema" "but not where schemas are named"
sql generate_there "ALTER TABLE app.orders DROP mail" "DROP EXTENSION citext"
sql generate_there "ALTER TABLE app.orders RENAME total TO sum"
snapshot
from_snapshot
is "$STATE $MESSAGE" "42725 is app.orders.total renamed to app.orders.sum?" "a snapshot can't say what was renamed"
from_snapshot "wanted => '-- migrate:renamed app.orders.total app.orders.sum'"
like "$OUT" 'RENAME COLUMN total TO sum' "lines beside it do"
from_snapshot "wanted => 'CREATE TABLE app.x (a int)'"
refused 22023 "wanted and snapshot can't be given together" "a text beside it is refused"
sed -i "s/sum/sun/" "$SCRATCH/snapshot"
from_snapshot
refused 22023 "the snapshot was edited" "a snapshot that was edited"
sql generate_there "CREATE ROLE generate_gone" "GRANT SELECT ON app.orders TO generate_gone" && snapshot
sql generate_there "DROP OWNED BY generate_gone" "DROP ROLE generate_gone"
from_snapshot "wanted => '-- migrate:renamed app.orders.total app.orders.sum'"
refused 42704 "role generate_gone does not exist" "a role that is not here"
from_snapshot "wanted => '-- migrate:renamed app.orders.total app.orders.sum', ignore => '{grants}'"
works "does not matter where privileges are ignored"

# What is wrong with the text comes back with its place

generate bad "$ORDERS
  CREATE INDEX ON app.orders (totl);"
like "$STATE $MESSAGE|$DETAIL|$CONTEXT" '^42703 column "totl" does not exist\|Wanted schema, line 2, column (3|31)\.\|wanted schema, line 2, column (3|31)$' "an error of a statement"
no_scratch "an error of a statement"
generate bad "-- migrate:file one.sql
$ORDERS
-- migrate:file two.sql

SELEC 1;"
is "$STATE|$DETAIL" '42601|Wanted schema, file "two.sql", line 2, column 1.' "an error of the grammar, with its file"
generate bad "$ORDERS INSERT INTO app.orders VALUES (1), (1);"
is "$STATE" 23505 "its SQLSTATE is the server's"
like "$DETAIL" '^Key \(id\)=\(1\) already exists\.' "and so is its detail"
generate bad "$ORDERS VACUUM;"
is "$STATE|$HINT" "25001|A wanted schema is run in one transaction." "a statement that refuses a transaction block"
generate bad "$ORDERS
-- migrate:down
DROP TABLE app.orders;"
is "$STATE $MESSAGE|$CONTEXT" '42601 directive "migrate:down" has no place in a wanted schema|wanted schema, line 2, column 1' "a directive of migrations"
generate bad "-- migrate:renamed app.orders
$ORDERS"
is "$STATE $MESSAGE" '42601 directive "migrate:renamed" names no two tables or columns' "a line that names too little"
generate bad "-- migrate:renamed app.notes app.remarks
$ORDERS"
is "$STATE $MESSAGE|$DETAIL" $'42704 app.notes can\'t be renamed to app.remarks|The wanted schema does not have app.remarks.\nWanted schema, line 1, column 1.' "a line that names what is not there"
generate bad "CREATE TABLE missing.t (a int);"
refused 3F000 'schema "missing" does not exist' "a schema that is not there"
generate roles "$ORDERS CREATE ROLE generate_new; GRANT SELECT ON app.orders TO generate_new;"
refused 42704 "role generate_new does not exist" "a role that the text makes"
is "$(sql postgres "SELECT to_regrole('generate_new') IS NULL")" t "which is not made"

# What is asked for

generate rename "CREATE TABLE app.orders (id bigint PRIMARY KEY, sum numeric);"
refused 42725 "is app.orders.total renamed to app.orders.sum?" "a column of the same type"
like "$HINT" '"-- migrate:renamed app.orders.total app.orders.sum", or "-- migrate:not-renamed' "the hint has both lines"
generate rename "-- migrate:renamed app.orders.total sum
CREATE TABLE app.orders (id bigint PRIMARY KEY, sum numeric);"
is "$OUT" $'0001|rename|added|up|ALTER TABLE app.orders RENAME COLUMN total TO sum;\n0001|rename|added|down|ALTER TABLE app.orders RENAME COLUMN sum TO total;' "a line says that it is"
sql generate "INSERT INTO app.orders VALUES (1, 2)" "SELECT migrate_apply()" >/dev/null
is "$(sql generate "SELECT sum FROM app.orders")" 2 "its values are kept"
generate again "-- migrate:renamed app.orders.total sum
CREATE TABLE app.orders (id bigint PRIMARY KEY, sum numeric);"
is "$STATE|$OUT" "00000|" "the line may stay when it is done"
sql generate "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
generate replace "-- migrate:not-renamed app.orders.total app.orders.sum
CREATE TABLE app.orders (id bigint PRIMARY KEY, sum numeric);" "dry_run => true"
like "$OUT" 'DROP COLUMN total' "a line says that it is not"
generate rename "CREATE TABLE app.purchases (id bigint PRIMARY KEY, total numeric);"
refused 42725 "is app.orders renamed to app.purchases?" "a table with the same columns"
generate rename "-- migrate:renamed app.orders purchases
CREATE TABLE app.purchases (id bigint PRIMARY KEY, total numeric);" "dry_run => true"
# From 18 on NOT NULL has a name, too.
is "$(grep -v not_null <<<"$OUT" | tail -n 2)" $'0001|rename|would add|down|ALTER TABLE app.purchases RENAME TO orders;\nALTER TABLE app.orders RENAME CONSTRAINT purchases_pkey TO orders_pkey;' \
	"a line says that it is renamed, and its primary key is not built again"
generate drop "CREATE VIEW app.v AS SELECT 1 AS a;"
refused MG010 "the migration would drop 4 objects and create 2" "more is dropped than created"
is "$DETAIL" "It would drop table app.orders, table column app.orders.id, table column app.orders.total, table constraint orders_pkey on app.orders." "the detail lists it"
generate drop "CREATE VIEW app.v AS SELECT 1 AS a;" "allow_drop => true, dry_run => true"
like "$OUT" 'DROP TABLE app.orders' "allow_drop lets it pass"
sql generate "CREATE SCHEMA gone"
generate drop "$ORDERS CREATE VIEW app.v AS SELECT 1 AS a, 2 AS b, 3 AS c;" "schemas => '{app,gone}'"
refused MG010 "the migration would drop a schema" "a schema is dropped"
generate drop "$ORDERS" "schemas => '{app,gone}', allow_drop => true, dry_run => true"
like "$OUT" 'up\|DROP SCHEMA gone' "allow_drop lets that pass, too"
sql generate "DROP SCHEMA gone"

# Arguments

run generate "SELECT migrate_generate('x')"
refused 22004 "one of wanted, snapshot and drift must be given" "neither text nor snapshot nor drift"
run generate "SELECT migrate_generate('x', drift => 'forget')"
refused 22023 "drift can't be \"forget\"" "drift that is neither reverted nor kept"
run generate "SELECT migrate_generate('x', snapshot => '[]', drift => 'keep')"
refused 22023 "drift and snapshot can't be given together" "drift and snapshot"
run generate "SELECT migrate_generate('x', 'SELECT 1', drift => 'revert')"
refused 22023 "wanted and drift can't be given together" "drift and a text"
run generate "SELECT migrate_generate('x', drift => 'keep', ignore => '{owners}')"
refused 22023 "ignore can't be given with drift => 'keep'" "what is kept is kept whole"
run generate "SELECT migrate_generate('', 'SELECT 1')"
is "$STATE" 22023 "an empty name"
run generate "SELECT migrate_generate('x', '', ignore => '{colours}')"
is "$STATE" 22023 "what can't be ignored"
run generate "BEGIN READ ONLY" "SELECT migrate_generate('x', '')"
is "$STATE" 25006 "a read-only transaction"

# Who may

AS=generate_plain generate x "$ORDERS"
refused 42501 'role "generate_plain" may not create databases' "without CREATEDB"
like "$HINT" 'CREATEDB' "the hint says what is missing"
AS=generate_maker generate x "$ORDERS CREATE TABLE app.more (a int);"
refused 55000 "the schema of this database can't be made again in a scratch database" "whoever may not give things to their owners"
AS=generate_maker generate x "$ORDERS CREATE TABLE app.more (a int);" "ignore => '{owners,grants}', dry_run => true"
like "$OUT" 'up\|CREATE TABLE app.more' "does without owners"
AS=generate_maker generate x "$ORDERS ALTER SYSTEM SET work_mem = '1MB';"
is "$STATE" 25001 "what nobody may in a transaction"
AS=generate_maker generate x "$ORDERS CREATE ROLE generate_more SUPERUSER;"
is "$STATE" 42501 "the text has no other rights than the caller"
no_scratch "rights"
sql postgres "ALTER ROLE generate_maker SET migrate.max_jobs = 1"
AS=generate_maker generate x "$ORDERS"
is "$STATE $MESSAGE" '53400 role "generate_maker" may have no more background workers at a time than 1' "no more workers than the role may have"
no_scratch "too many workers"
sql postgres "ALTER ROLE generate_maker RESET ALL"
PGUSER=generate_maker open_session full generate
answered full
sql postgres "ALTER ROLE generate_maker CONNECTION LIMIT 0"
send full "SELECT migrate_generate('x', '');"
answered full
refused 53300 'role "generate_maker" has no connection left' "the role's connection limit"
sql postgres "ALTER ROLE generate_maker CONNECTION LIMIT -1" "ALTER DATABASE generate CONNECTION LIMIT 0"
send full "SELECT migrate_generate('x', '');"
answered full
refused 53300 "this database has no connection left for a worker" "the database's"
sql postgres "ALTER DATABASE generate CONNECTION LIMIT -1"
close_session full

# From a folder

mkdir -p "$SCRATCH/schema/views"
printf '%s\n' "$ORDERS" >"$SCRATCH/schema/10_orders.sql"
printf '\nCREATE VIEW app.totals AS SELECT totl FROM app.orders;' >"$SCRATCH/schema/views/20_totals.sql"
push() {
	OUT=$(scripts/push "$@" -d generate -XAt 2>"$SCRATCH/stderr")
	code=$?
	ERR=$(cat "$SCRATCH/stderr")
	read_error "$ERR"
}
push --generate totals "$SCRATCH/schema"
is "$code $STATE" "1 42703" "push --generate: an error of a file"
like "$DETAIL" 'file "views/20_totals.sql", line 2, column 34' "and its place"
sed -i s/totl/total/ "$SCRATCH/schema/views/20_totals.sql"
push --generate totals --dry-run "$SCRATCH/schema"
is "$code|$(head -n 1 <<<"$OUT")" "0|0001|totals|would add|up|CREATE VIEW app.totals AS" "push --generate --dry-run shows it"
is "$(sql generate "SELECT count(*) FROM migrate_status()")" 0 "and registers nothing"
push --generate totals "$SCRATCH/schema"
is "$code|$(sql generate "SELECT name FROM migrate_status()")" "0|totals" "push --generate registers it"
sql generate "SELECT migrate_remove('0001')" >/dev/null
rm "$SCRATCH/schema/10_orders.sql"
push --generate totals "$SCRATCH/schema"
is "$code $STATE" "1 42P01" "a file that is missing"
printf 'CREATE SCHEMA app;' >"$SCRATCH/schema/views/20_totals.sql"
push --generate totals "$SCRATCH/schema"
is "$code $STATE" "1 MG010" "push --generate: what drops too much"
push --generate totals --allow-drop --dry-run --schema app --ignore owners "$SCRATCH/schema"
is "$code" 0 "passes with --allow-drop"
push --generate totals "$SCRATCH/schema/none"
is "$code" 1 "no folder"
push --generate --dry-run "$SCRATCH/schema"
is "$code" 2 "no name"
push --allow-drop --status "$SCRATCH/schema"
is "$code" 2 "--allow-drop is for --generate alone"

# Cancelled, or its session ended, in each phase

helper="FROM pg_stat_activity WHERE backend_type LIKE 'migrate helper%'"
sleeps="SELECT EXISTS (SELECT $helper AND wait_event = 'PgSleep')"
waits="SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE backend_type LIKE 'migrate helper%' AND NOT granted)"
open_session holder postgres
# ended NAME PHASE TEXT: by cancel and by terminate.
ended() {
	local way
	for way in cancel terminate; do
		[ "$2" != create ] || hold "COMMENT ON DATABASE template0 IS 'held'"
		open_session runner generate
		send runner "SELECT migrate_generate('x', \$wanted\$$3\$wanted\$);"
		if [ "$2" = drop ]; then
			wait_until postgres "$sleeps"
			hold "COMMENT ON DATABASE $(sql postgres "SELECT datname FROM pg_database WHERE datname LIKE 'migrate_scratch%'") IS 'held'"
			wait_until postgres "$waits"
		elif [ "$2" = create ]; then
			wait_until postgres "$waits"
		else
			wait_until postgres "$sleeps"
		fi
		ok $? "$1, $way: it is on its way"
		sql postgres "SELECT pg_${way}_backend(pid) FROM pg_stat_activity WHERE application_name = 'runner'" >/dev/null
		answered runner
		like "$STATE" '57014|57P01' "$1, $way: the call ends"
		let_go
		no_scratch "$1, $way"
		close_session runner
	done
}
ended "while the database is made" create "$ORDERS"
ended "while the text runs" text "$ORDERS SELECT pg_sleep(60);"
ended "while the database is dropped" drop "$ORDERS SELECT pg_sleep(0.7);"
sql generate "CREATE FUNCTION app.slow() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN IF current_database() <> ''generate'' THEN PERFORM pg_sleep(60); END IF; END'" \
	"CREATE EVENT TRIGGER slow ON ddl_command_end EXECUTE FUNCTION app.slow()"
ended "while the way is looked for" find "$ORDERS CREATE TABLE app.t (a int); CREATE TABLE app.u (a int); CREATE TABLE app.v (a int);"
sql generate "DROP EVENT TRIGGER slow" "DROP FUNCTION app.slow()"
close_session holder

# Two sessions at once; nobody else gets into the database

sql postgres "SET client_min_messages = warning" "DROP ROLE IF EXISTS generate_go"
open_session first generate
send first "SELECT section, text FROM migrate_generate('first', \$wanted\$$ORDERS CREATE TABLE app.a (a int);
  DO 'BEGIN WHILE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ''generate_go'') LOOP PERFORM pg_sleep(0.1); END LOOP; END';\$wanted\$, dry_run => true);"
wait_until postgres "$sleeps"
name=$(sql postgres "SELECT datname FROM pg_database WHERE datname LIKE 'migrate_scratch%'")
psql -XAtq -d "$name" -c 'SELECT 1' >/dev/null 2>"$SCRATCH/error"
like "$(cat "$SCRATCH/error")" 'not currently accepting connections' "nobody else gets into a scratch database"
migrate_database generate_two
sql generate_two "CREATE SCHEMA app"
run generate_two "SELECT text FROM migrate_generate('second', 'CREATE TABLE app.b (a int);') WHERE section = 'up'"
like "$OUT" 'CREATE TABLE app.b' "another session makes one meanwhile"
is "$(sql postgres "SELECT datname FROM pg_database WHERE datname LIKE 'migrate_scratch%'")" "$name" "and leaves that of the first alone"
run generate "SELECT migrate_generate('second', '')"
is "$STATE" 55P03 "two in one database take turns"
sql postgres "CREATE ROLE generate_go"
answered first
like "$OUT" 'up\|CREATE TABLE app.a' "the first one goes on"
close_session first

# One that is in the way of its own caller gives up

run generate "SET migrate.lock_timeout = '100ms'" "BEGIN" "CREATE ROLE generate_both" "SELECT migrate_generate('x', \$\$$ORDERS CREATE ROLE generate_both;\$\$)"
is "$STATE" 55P03 "what waits for the caller's own transaction gives up"
no_scratch "waiting for the caller"

# Encodings and locales

readonly LIKE="to_jsonb(d) - '{oid,datname,datdba,datallowconn,datfrozenxid,datminmxid,datacl,dattablespace,datcollversion,datconnlimit}'::text[]"
# same_locale OPTIONS NAME
same_locale() {
	psql -XAtq -c "DROP DATABASE IF EXISTS generate_locale" -c "CREATE DATABASE generate_locale TEMPLATE template0 $1" 2>"$SCRATCH/error" || {
		like "$(cat "$SCRATCH/error")" 'not (supported|recognized)|invalid' "$2: this server has none"
		return
	}
	sql generate_locale "CREATE EXTENSION migrate"
	run generate_locale "SELECT migrate_generate('x', \$\$DO 'BEGIN RAISE EXCEPTION ''%'', (SELECT $(sed "s/'/''/g" <<<"$LIKE") FROM pg_database d WHERE datname = current_database()); END'\$\$)"
	is "$MESSAGE" "$(sql generate_locale "SELECT $LIKE FROM pg_database d WHERE datname = current_database()")" "$2: a scratch database has the same"
}
same_locale "ENCODING UTF8 LOCALE 'C.UTF-8'" "UTF-8"
same_locale "ENCODING SQL_ASCII LOCALE 'C'" "SQL_ASCII"
same_locale "ENCODING LATIN1 LOCALE 'C'" "LATIN1"
run generate_locale "SELECT text FROM migrate_generate('x', 'CREATE TABLE \"grün\" (\"süß\" text DEFAULT ''ß'')') WHERE section = 'up'"
like "$OUT" '"süß" text DEFAULT' "LATIN1: names with umlauts"
same_locale "ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C.UTF-8'" "ICU"
same_locale "ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'de' ICU_RULES '&a < g' LOCALE 'C.UTF-8'" "ICU with rules"
same_locale "ENCODING UTF8 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'" "builtin"
psql -XAtq -c "DROP DATABASE IF EXISTS generate_locale" 2>/dev/null

# What a crash has left is dropped by the next call; no worker is free

own=$SCRATCH/own
CLUSTER_FSYNC=off CLUSTER_CONF=$'max_worker_processes = 3\nmigrate.max_jobs = 9' scripts/cluster start "$own" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster of its own starts" || explain "$(cat "$SCRATCH/error")"
trap 'scripts/cluster stop "$own" >/dev/null 2>&1' EXIT
use_cluster "$own"
migrate_database generate
sql generate "CREATE SCHEMA app"
open_session runner generate
send runner "SELECT migrate_generate('x', 'SELECT pg_sleep(60)');"
wait_until postgres "$sleeps"
as_server_user kill -KILL "$(sql postgres "SELECT pid $helper AND wait_event = 'PgSleep'")"
answered runner
close_session runner
wait_until postgres "SELECT true"
is "$(scratches)" 1 "a crash leaves a scratch database"
sql postgres "CREATE DATABASE migrate_scratch_mine"
generate x 'CREATE TABLE app.t (a int)' 'dry_run => true'
works "the next call works"
is "$(sql postgres "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'migrate_scratch%'")" migrate_scratch_mine "and drops what was left, and nothing else"
sql postgres "DROP DATABASE migrate_scratch_mine"
open_session runner generate
send runner "SELECT migrate_generate('x', 'SELECT pg_sleep(60)');"
wait_until postgres "$sleeps"
migrate_database beside
run beside "SELECT migrate_generate('x', 'SELECT 1')"
is "$STATE $MESSAGE" "53400 no background worker is free" "no worker is free"
sql postgres "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'runner'" >/dev/null
answered runner
close_session runner
no_scratch "no worker is free"

done_testing
