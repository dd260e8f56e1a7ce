#!/usr/bin/env bash
# -- migrate:keep-rows keeps what a migration deletes, replaces or truncates of the tables that it names, and
# migrate.keep_dropped the values of a column that gets another type; a generated rollback changes it back.
. test/server/lib/tap.bash
. test/server/lib/kept.bash

MARK=$'-- migrate:keep-rows app.orders, app.users\n'
migrate_database rows
sql rows "SET client_min_messages = warning" "CREATE SCHEMA app" "CREATE TYPE app.mood AS ENUM ('sad', 'ok')" \
	"CREATE TABLE app.users (id int PRIMARY KEY, email text NOT NULL UNIQUE, mood app.mood, loud text GENERATED ALWAYS AS (upper(email)) STORED)" \
	"CREATE TABLE app.orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES app.users ON DELETE CASCADE, total numeric(10, 2) NOT NULL, status text CHECK (status <> 'lost'), long text)" \
	"CREATE TABLE app.log (line text)" \
	"INSERT INTO app.users SELECT i, i || '@example.com', CASE WHEN i % 2 = 0 THEN 'ok' END::app.mood FROM generate_series(1, 60) i" \
	"INSERT INTO app.orders SELECT i, i, i * 1.5, CASE WHEN i % 3 = 0 THEN 'done' ELSE 'open' END, repeat(md5(i::text), 500) FROM generate_series(1, 60) i" \
	"CREATE FUNCTION app.loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF TG_OP = ''DELETE'' THEN RETURN old; END IF; IF new.total = 0 THEN RAISE EXCEPTION ''a trigger fired''; END IF; RETURN new; END'" >/dev/null
TABLES="app.users app.orders"

# What is changed, and how

applies rows 0001_delete "${MARK}DELETE FROM app.orders WHERE status = 'done'" off
is "$(kept rows)" "rows app.orders 20" "deleted rows are kept"
is "$(sql rows "SELECT key, columns, identity_after, columns_after[3], kept_as FROM migrate.kept")" "{id}|{id,user_id,total,status,long}|app.orders|total|orders_kept" "with their key, and what it is called then"
comes_back rows "exact; brought back: rows of app.orders (20 rows)" "DELETE"
applies rows 0001_update "${MARK}UPDATE app.orders SET total = total * 100, long = NULL WHERE id <= 10; UPDATE app.orders SET total = total + 1 WHERE id <= 5" off
is "$(kept rows)" "rows app.orders 10" "replaced rows are kept once, as they were first"
comes_back rows "exact; brought back: rows of app.orders (10 rows)" "UPDATE, twice"
applies rows 0001_same "${MARK}UPDATE app.orders SET total = total" off
is "$(kept rows)" "" "rows that are the same as before are not kept"
comes_back rows "exact" "UPDATE to the same values"
applies rows 0001_cascade "${MARK}DELETE FROM app.users WHERE id > 50" off
is "$(kept rows)" "rows app.users 10, rows app.orders 10" "those that go with others, too" || true
comes_back rows "exact; brought back: rows of app.orders (10 rows), rows of app.users (10 rows)" "DELETE that cascades"
applies rows 0001_truncate "${MARK}UPDATE app.orders SET total = 0 WHERE id = 1; DELETE FROM app.orders WHERE id = 2; INSERT INTO app.orders VALUES (100, 1, 1, NULL, NULL); TRUNCATE app.orders; INSERT INTO app.orders SELECT id, id, 7, 'new', NULL FROM app.users WHERE id > 55" off
is "$(kept rows)" "rows app.orders 60" "TRUNCATE: all rows, as they were before the migration"
comes_back rows "exact; rows not brought back: INSERT in line 2, INSERT in line 2; brought back: rows of app.orders (60 rows)" "TRUNCATE between other statements"
applies rows 0001_block "${MARK}DO \$\$BEGIN DELETE FROM app.orders WHERE id = 3; BEGIN DELETE FROM app.orders; RAISE 'x'; EXCEPTION WHEN raise_exception THEN NULL; END; UPDATE app.orders SET long = 'x' WHERE id = 4; END\$\$" off
is "$(kept rows)" "rows app.orders 2" "what a block of code did, without what it undid"
comes_back rows "exact; rows not brought back: DO in line 2; brought back: rows of app.orders (2 rows)" "a block of code"
applies rows 0001_both "${MARK}UPDATE app.orders SET status = 'closed' WHERE status = 'done'; ALTER TABLE app.orders ALTER total TYPE int; UPDATE app.orders SET total = 5 WHERE id = 7; ALTER TABLE app.orders RENAME status TO state; ALTER TABLE app.orders DROP long; ALTER TABLE app.orders RENAME TO purchases" off
comes_back rows "exact; brought back: table column app.orders.long (60 values), rows of app.orders (60 rows)" "rows of a table that is rewritten, loses a column and is renamed"
sql rows "DROP TABLE app.orders" "CREATE TABLE app.orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES app.users ON DELETE CASCADE, total numeric(10, 2) NOT NULL, status text CHECK (status <> 'lost'), long text)" \
	"INSERT INTO app.orders SELECT i, i, i * 1.5, CASE WHEN i % 3 = 0 THEN 'done' ELSE 'open' END, repeat(md5(i::text), 500) FROM generate_series(1, 60) i" >/dev/null
applies rows 0001_null "${MARK}ALTER TABLE app.orders ALTER total DROP NOT NULL, DROP CONSTRAINT orders_status_check; UPDATE app.orders SET total = NULL, status = 'lost' WHERE id < 9" off
comes_back rows "exact; brought back: rows of app.orders (8 rows)" "rows that constraints of before would not allow"
applies rows 0001_drop "${MARK}UPDATE app.orders SET total = 0; DELETE FROM app.orders WHERE id > 50; DROP TABLE app.orders" off
comes_back rows "exact; brought back: table app.orders (50 rows), rows of app.orders (60 rows)" "a table that is named is kept when it is dropped"
applies rows 0001_enum "${MARK}UPDATE app.users SET mood = NULL; ALTER TABLE app.users DROP mood; DROP TYPE app.mood" off
run rows "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: equal but for column order; brought back: table column app.users.mood (60 values), rows of app.users (60 rows)" "a type of one's own that goes" || explain "$ERR"
is "$(sql rows "SELECT count(*) FILTER (WHERE mood = 'ok' AND id % 2 = 0), count(mood) FROM app.users")" "30|30" "its values are back"
sql rows "SELECT migrate_remove('0001')" "CREATE TRIGGER loud BEFORE INSERT OR UPDATE OR DELETE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.loud()" \
	"ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY" >/dev/null

# What has happened since

applies rows 0001_since "${MARK}UPDATE app.orders SET total = total * 100, status = 'all' WHERE id <= 10; DELETE FROM app.orders WHERE id IN (20, 21)" off
sql rows "UPDATE app.orders SET long = 'mine' WHERE id = 1" "UPDATE app.orders SET total = 1 WHERE id = 2" "DELETE FROM app.orders WHERE id = 3" >/dev/null
run rows "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: exact; brought back: rows of app.orders (11 rows); left as they are: 1 row of app.orders changed since, 1 row of app.orders deleted since" \
	"what was changed since is left, and said" || explain "$ERR"
is "$(sql rows "SELECT id, total, status, long = 'mine' FROM app.orders WHERE id IN (1, 2, 3, 4, 20) ORDER BY id" | tr '\n' ' ')" \
	"1|1.50|open|t 2|1.00|open|f 4|6.00|open|f 20|30.00|open|f " "value by value"
is "$(kept rows)" "rows app.orders 12" "and all are kept on"
sql rows "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" >/dev/null
applies rows 0001_again "${MARK}DELETE FROM app.orders WHERE id IN (30, 31)" off
sql rows "INSERT INTO app.orders VALUES (30, 1, 1)" >/dev/null
run rows "SELECT migrate_rollback()"
is "$STATE $DETAIL" "MG007 There is no room for what comes back: table app.orders has 1 row again that the migration deleted, one with (id) = (30)." \
	"a row that came since in its place refuses the rollback" || explain "$ERR"
sql rows "DELETE FROM app.orders WHERE id = 30" "DELETE FROM app.users WHERE id = 31" >/dev/null
run rows "SELECT migrate_rollback()"
is "$STATE $MESSAGE" '23503 rows of table app.orders would violate foreign key constraint "orders_user_id_fkey"' "so does one that refers to what is gone" || explain "$ERR"
is "$(sql rows "SELECT count(*) FROM app.orders WHERE id IN (30, 31)")" 0 "nothing has happened"
sql rows "INSERT INTO app.users VALUES (31, '31')" "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null

# What can't be kept

refused() { # NAME TEXT MESSAGE DETAIL DESCRIPTION
	run rows "SELECT migrate_run(\$m\$$1\$m\$, \$m\$$2\$m\$)"
	is "$STATE $MESSAGE" "$3" "$5" || explain "$ERR"
	is "${DETAIL%%$'\n'*}" "$4" "$5: why"
}
refused 0001_no_key $'-- migrate:keep-rows app.log\nDELETE FROM app.log' "MG012 the rows of table app.log can't be kept" \
	"The table has no column, or columns, that tell its rows apart." "a table without a key"
refused 0001_unknown $'-- migrate:keep-rows app.nothing\nSELECT 1' "42P01 table app.nothing is not there, whose rows are to be kept" \
	'The migration says "-- migrate:keep-rows".' "a table that is not there"
refused 0001_key "${MARK}UPDATE app.orders SET id = id + 1000 WHERE id = 5" "MG012 the rows of table app.orders can't be kept" \
	"The migration changes the key that tells them apart." "a key that is changed"
refused 0001_view $'-- migrate:keep-rows pg_stats\nSELECT 1' '42809 the rows of "pg_stats" can'"'"'t be kept' \
	"This operation is not supported for views." "a view"
run rows "SELECT migrate_run('0001_empty', '-- migrate:keep-rows')"
is "$STATE" 42601 "no table"
run rows "SET migrate.keep_limit = '1kB'" "SELECT migrate_run('0001_limit', \$m\$${MARK}DELETE FROM app.orders\$m\$)"
is "$STATE $MESSAGE" "MG012 keeping rows would copy more than migrate.keep_limit" "more than the limit" || explain "$ERR"
sql rows "SELECT migrate_add('0001_parts', \$m\$-- migrate:no-transaction
${MARK}DELETE FROM app.orders\$m\$)" >/dev/null
run rows "CALL migrate_up()"
is "$STATE $MESSAGE" "0A000 a migration that runs in several transactions can't keep rows" "several transactions" || explain "$ERR"
sql rows "SELECT migrate_remove('0001')" "SELECT migrate_add('0001_up', \$m\$${MARK}DELETE FROM app.orders WHERE id = 7\$m\$)" "CALL migrate_up()" >/dev/null
is "$(kept rows)" "rows app.orders 1" "migrate_up() keeps, too"
run rows "CALL migrate_down()"
is "$STATE|$(sql rows "SELECT count(*) FROM app.orders WHERE id = 7")|$(kept rows)" "00000|1|" "and migrate_down() brings back" || explain "$ERR"
run rows "SELECT action FROM migrate_apply(dry_run => true)"
is "$STATE|$(kept rows)" "00000|" "a dry run keeps nothing"
sql rows "SELECT migrate_remove('0001')" >/dev/null

# Who may

sql rows "CREATE ROLE rows_deploy" "GRANT USAGE, CREATE ON SCHEMA app TO rows_deploy" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO rows_deploy" \
	"SELECT migrate_add('0001_theirs', \$m\$${MARK}SELECT 1\$m\$)" >/dev/null
run rows "SET ROLE rows_deploy" "SELECT migrate_apply()"
is "$STATE $MESSAGE" "42501 permission denied for table orders" "who may do nothing with a table can't have it watched, and locked" || explain "$ERR"
sql rows "GRANT SELECT, DELETE ON app.orders TO rows_deploy" "GRANT SELECT ON app.users TO rows_deploy" "CREATE POLICY all_rows ON app.orders TO rows_deploy USING (true)" \
	"SELECT migrate_remove('0001')" "SELECT migrate_add('0001_mine', \$m\$${MARK}DELETE FROM app.orders WHERE id = 8\$m\$)" \
	"ALTER TABLE app.orders DISABLE TRIGGER loud" >/dev/null
run rows "SET ROLE rows_deploy" "SELECT action FROM migrate_apply()"
is "$STATE $OUT|$(kept rows)" "00000 applied|rows app.orders 1" "who may delete has the rows kept" || explain "$ERR"
run rows "SET ROLE rows_deploy" "SELECT migrate_rollback()"
is "$STATE" 42501 "who may not become the owner does not bring them back" || explain "$ERR"
is "$(sql rows "SELECT action FROM migrate_rollback()")" "rolled back, generated: exact; brought back: rows of app.orders (1 row)" "the owner does"
sql rows "SELECT migrate_remove('0001')" "DROP POLICY all_rows ON app.orders" "ALTER TABLE app.orders ENABLE TRIGGER loud" >/dev/null

# Partitions and children

sql rows "CREATE TABLE app.days (day date, id int, note text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day)" \
	"CREATE TABLE app.days_1 PARTITION OF app.days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')" \
	"CREATE TABLE app.days_2 PARTITION OF app.days FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')" \
	"INSERT INTO app.days SELECT '2026-01-20'::date + i, i, 'n' || i FROM generate_series(1, 20) i" >/dev/null
TABLES="app.days"
applies rows 0001_parted $'-- migrate:keep-rows app.days\nUPDATE app.days SET note = upper(note) WHERE id > 8; DELETE FROM app.days WHERE id = 20' off
is "$(kept rows)" "rows app.days_1 3, rows app.days_2 9" "rows of partitions are kept by partition"
comes_back rows "exact; brought back: rows of app.days_2 (9 rows), rows of app.days_1 (3 rows)" "rows of partitions"
refused 0001_moved $'-- migrate:keep-rows app.days\nUPDATE app.days SET day = day + 30 WHERE id = 1' "MG012 the rows of table app.days_1 can't be kept" \
	"The migration moves rows to another partition." "a row that moves"

# Types

sql rows "CREATE TABLE app.typed (id int PRIMARY KEY, at timestamptz, price numeric, name text, mood text)" \
	"INSERT INTO app.typed SELECT i, '2026-01-01 12:00+00'::timestamptz + i * interval '1 hour', i + 0.25, repeat('x', i), 'ok' FROM generate_series(1, 20) i" \
	"CREATE TABLE app.keyless (price numeric, day timestamp)" "INSERT INTO app.keyless VALUES (1, '2026-01-01')" >/dev/null
TABLES="app.typed"
applies rows 0001_types "ALTER TABLE app.typed ALTER id TYPE bigint, ALTER at TYPE date, ALTER price TYPE int, ALTER name TYPE varchar(5) USING left(name, 5)"
is "$(kept rows)" "table column app.typed.at 19, table column app.typed.price 20, table column app.typed.name 15" "values that a type has cut are kept, no others" || true
comes_back rows "exact; brought back: table column app.typed.name (15 values), table column app.typed.price (20 values), table column app.typed.at (19 values)" "several columns of one statement"
applies rows 0001_wider "ALTER TABLE app.typed ALTER id TYPE bigint, ALTER price TYPE text, ALTER name TYPE varchar(100)"
is "$(kept rows)" "" "a wider type loses nothing, and nothing is kept"
comes_back rows "exact" "wider types"
applies rows 0001_renamed "ALTER TABLE app.typed RENAME at TO since; ALTER TABLE app.typed ALTER since TYPE date; ALTER TABLE app.typed RENAME TO kinds"
sql rows "UPDATE app.kinds SET since = '2030-01-01' WHERE id = 1" "DELETE FROM app.kinds WHERE id = 2" >/dev/null
run rows "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: exact; brought back: table column app.typed.at (17 values); left as they are: 1 row of app.kinds changed since, 1 row of app.kinds deleted since" "with other names" || explain "$ERR"
is "$(sql rows "SET timezone = 'UTC'" "SELECT at FROM app.typed WHERE id IN (1, 3) ORDER BY id" | tr '\n' ' ')" "2030-01-01 00:00:00+00 2026-01-01 15:00:00+00 " "a value that was changed since stays"
sql rows "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" >/dev/null
applies rows 0001_own "ALTER TABLE app.typed ADD more timestamptz DEFAULT '2026-01-01 12:00+00'; ALTER TABLE app.typed ALTER more TYPE date"
is "$(kept rows)|$(sql rows "SELECT count(*) FROM pg_class WHERE relnamespace = 'migrate_kept'::regnamespace AND relkind = 'r'")" "|0" "of a column that the migration has made nothing is kept"
run rows "SET migrate.keep_dropped = on" "SELECT migrate_rollback()"
is "$(sql rows "SELECT migrate_schema_hash()") $(rows_of rows app.typed)" "$BEFORE $ROWS" "and all is as before" || explain "$OUT $ERR"
sql rows "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" >/dev/null
applies rows 0001_new_key "ALTER TABLE app.typed ALTER name TYPE varchar(100), ADD n int GENERATED ALWAYS AS IDENTITY; ALTER TABLE app.typed DROP CONSTRAINT typed_pkey, ADD UNIQUE (n), ALTER at TYPE timestamp"
is "$(kept rows)" "" "a key that is new, and a type that changes no value"
run rows "SET migrate.keep_dropped = on" "SELECT migrate_rollback()"
is "$(sql rows "SELECT migrate_schema_hash()") $(rows_of rows app.typed)" "$BEFORE $ROWS" "and all is as before" || explain "$OUT $ERR"
sql rows "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" >/dev/null
applies rows 0001_twice $'-- migrate:keep-rows app.typed, app.typed\nALTER TABLE app.typed ALTER name SET NOT NULL; DELETE FROM app.typed WHERE id = 5; UPDATE app.typed SET mood = \'sad\' WHERE id = 6'
is "$(kept rows)" "rows app.typed 2" "a table that is named twice is kept once"
comes_back rows "exact; brought back: rows of app.typed (2 rows)" "a table that is named twice"
applies rows 0001_keyless "ALTER TABLE app.keyless ALTER day TYPE date, ALTER price TYPE bigint"
is "$(kept rows)" "" "without a key, a type that changes no value is no harm" || true
sql rows "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" "INSERT INTO app.keyless VALUES (1.5)" >/dev/null
run rows "SET migrate.keep_dropped = on" "SELECT migrate_run('0001_cut', 'ALTER TABLE app.keyless ALTER price TYPE int')"
is "$STATE $MESSAGE" 'MG012 the values of column "price" of table app.keyless can'"'"'t be kept' "one that does is refused" || explain "$ERR"
done_testing
