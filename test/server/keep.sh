#!/usr/bin/env bash
# With migrate.keep_dropped what migrations drop is kept, whatever drops it, and a generated rollback brings it back: rows,
# values, sequences.
. test/server/lib/tap.bash
. test/server/lib/kept.bash

migrate_database keep
sql keep "SET client_min_messages = warning" "CREATE SCHEMA app" "CREATE TYPE app.mood AS ENUM ('sad', 'ok')" \
	"CREATE DOMAIN app.email AS text CHECK (VALUE LIKE '%@%')" "CREATE TYPE app.place AS (street text, since date)" \
	"CREATE TABLE app.users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email app.email NOT NULL UNIQUE, mood app.mood,
		moods app.mood[], place app.place, score float8, took interval, data jsonb, long text,
		upper text GENERATED ALWAYS AS (upper(long)) STORED)" \
	"CREATE TABLE app.orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES app.users, total numeric(10, 2) NOT NULL, note text)" \
	"ALTER TABLE app.users ADD last_order int REFERENCES app.orders DEFERRABLE" \
	"CREATE VIEW app.totals AS SELECT user_id, sum(total) FROM app.orders GROUP BY 1" \
	"CREATE FUNCTION app.loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''a trigger fired''; END'" \
	"INSERT INTO app.users (email, mood, moods, place, score, took, data, long)
		SELECT i || '@example.com', CASE WHEN i % 2 = 0 THEN 'ok' END::app.mood, ARRAY['sad', NULL]::app.mood[],
		ROW('A, \"B\" ' || i, '2026-01-31')::app.place, i / 3.0, '1 mon 3 days', jsonb_build_object('i', i), repeat(md5(i::text), 500)
		FROM generate_series(1, 60) i" \
	"INSERT INTO app.orders (user_id, total, note) SELECT i, i * 1.5, nullif('n' || i % 3, 'n0') FROM generate_series(1, 60) i" \
	"UPDATE app.users SET last_order = id" \
	"CREATE TRIGGER loud BEFORE INSERT OR UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.loud()" >/dev/null

# What drops, and how

TABLES="app.users app.orders"
applies keep 0001_table "DROP TABLE app.orders CASCADE"
is "$(kept keep)" "sequence app.orders_id_seq 0, table app.orders 60" "a dropped table is kept, with its sequence"
is "$(sql keep "SELECT kept_as, bytes > 0, key, kept_at > now() - interval '1 minute' FROM migrate.kept WHERE class = 'table'")" \
	"orders_kept|t|{}|t" "migrate.kept lists it with its size and age"
comes_back keep "exact; brought back: table app.orders (60 rows)" "DROP TABLE … CASCADE"
is "$(sql keep "SELECT nextval('app.orders_id_seq')")" 61 "its sequence goes on where it stood"
applies keep 0001_both "DROP TABLE app.users, app.orders CASCADE"
comes_back keep "exact; brought back: table app.orders (60 rows), table app.users (60 rows)" "tables that refer to each other"
applies keep 0001_schema "DROP SCHEMA app CASCADE"
comes_back keep "exact; brought back: table app.orders (60 rows), table app.users (60 rows)" "DROP SCHEMA … CASCADE, types and functions included"
applies keep 0001_block "DO \$\$BEGIN EXECUTE 'ALTER TABLE app.users DROP last_order'; DROP TABLE app.orders CASCADE; END\$\$"
comes_back keep "exact; rows not brought back: DO in line 1; brought back: table app.orders (60 rows), table column app.users.last_order (60 values)" "what a block of code drops"

# Columns

applies keep 0001_column "ALTER TABLE app.orders DROP total CASCADE"
is "$(sql keep "SELECT key, rows FROM migrate.kept")" "{id}|60" "a dropped column is kept with the key of its table"
sql keep "UPDATE app.users SET last_order = NULL WHERE id = 60" "SET session_replication_role = replica" "DELETE FROM app.orders WHERE id = 60" "SET session_replication_role = origin" >/dev/null
run keep "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: equal but for column order; brought back: table column app.orders.total (59 of 60 values); still kept: table column app.orders.total (60 values)" \
	"its values come back to the rows that are still there, NOT NULL and all" || explain "$ERR"
is "$(sql keep "SELECT count(*), sum(total) FROM app.orders")|$(sql keep "SELECT count(*) FROM app.totals")" "59|2655.00|59" "each to its row"
is "$(kept keep)" "table column app.orders.total 60" "and all are kept on, since one did not"
sql keep "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" >/dev/null
applies keep 0001_mood "DROP TYPE app.mood CASCADE"
run keep "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: equal but for column order; brought back: table column app.users.mood (60 values), table column app.users.moods (60 values)" \
	"DROP TYPE … CASCADE: the columns that go with it" || explain "$ERR"
is "$(sql keep "SELECT count(*) FILTER (WHERE mood = 'ok' AND id % 2 = 0), count(*) FILTER (WHERE mood IS NULL AND id % 2 = 1), count(DISTINCT moods) FROM app.users")" \
	"30|30|1" "their values are of the type again"
sql keep "SELECT migrate_remove('0001')" >/dev/null
applies keep 0001_new_rows "ALTER TABLE app.orders DROP total CASCADE"
sql keep "SET session_replication_role = replica" "INSERT INTO app.orders (user_id) VALUES (1)" >/dev/null
run keep "SELECT migrate_rollback()"
is "$STATE" MG007 "a row that came since, and would have no value where NULL is refused, refuses the rollback"
like "$ERR" "23502: column \"total\" of relation \"orders\" contains null values" "and says so" || explain "$ERR"
is "$(kept keep)" "table column app.orders.total 59" "what was kept is still there"
sql keep "DELETE FROM app.orders WHERE id > 60" "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
sql keep "CREATE TABLE app.log (line text, at int)" "INSERT INTO app.log VALUES ('a', 1)" >/dev/null
run keep "SET migrate.keep_dropped = on" "SELECT migrate_run('0001_no_key', 'ALTER TABLE app.log DROP at')"
is "$STATE $MESSAGE" 'MG012 the values of column "at" of table app.log can'"'"'t be kept' "without a key a column is refused"
is "$DETAIL|$HINT" "The table has no other column, or columns, that tell its rows apart.|Give it a primary key, or let the values go: SET migrate.keep_dropped = off." "and says what to do"
is "$(sql keep "SELECT at FROM app.log")" 1 "nothing has happened"
# A column in the place of another.
sql keep "CREATE TABLE app.sessions (id int PRIMARY KEY, redirect text, last int)" "INSERT INTO app.sessions VALUES (1, 'a', 1), (2, 'b', 2)" >/dev/null
TABLES=app.sessions applies keep 0001_column "ALTER TABLE app.sessions DROP redirect; ALTER TABLE app.sessions ADD redirect jsonb"
run keep "SELECT action FROM migrate_rollback()"
is "$STATE $OUT|$(sql keep "SELECT string_agg(redirect, ',' ORDER BY id) FROM app.sessions")" \
	"00000 rolled back, generated: equal but for column order; brought back: table column app.sessions.redirect (2 values)|a,b" \
	"a column that another one stands in the place of comes back with its values" || explain "$ERR"
sql keep "SELECT migrate_remove('0001')" "DROP TABLE app.sessions" >/dev/null
# A table in the place of another, with rows of its own.
sql keep "CREATE TABLE app.prints (id serial PRIMARY KEY, hash text NOT NULL, kind text NOT NULL, UNIQUE (hash, kind))" \
	"INSERT INTO app.prints (hash, kind) VALUES ('a', 'x'), ('b', 'y')" \
	"CREATE TABLE app.uses (hash text, kind text, FOREIGN KEY (hash, kind) REFERENCES app.prints (hash, kind))" "CREATE VIEW app.seen AS SELECT hash FROM app.prints" >/dev/null
TABLES=app.prints applies keep 0001_replaced "ALTER TABLE app.prints RENAME TO old_prints; CREATE TABLE app.prints (id serial PRIMARY KEY, hash text NOT NULL);
	INSERT INTO app.prints (hash) SELECT hash FROM app.old_prints; DROP TABLE app.old_prints CASCADE; CREATE VIEW app.seen AS SELECT hash FROM app.prints"
run keep "SET migrate.keep_dropped = on" "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: exact; rows not brought back: INSERT in line 2; brought back: table app.prints (2 rows)" \
	"a table that another one stands in the place of comes back with its rows" || explain "$ERR"
is "$(sql keep "SELECT migrate_schema_hash()")|$(rows_of keep app.prints)" "$BEFORE|$ROWS" "and with what hangs on it, and without the other one's rows"
is "$(kept keep)" "sequence app.prints_id_seq1 0, table app.prints 2" "which are kept under its name"
sql keep "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" "DROP TABLE app.prints, app.uses CASCADE" >/dev/null
sql keep "ALTER TABLE app.log ADD empty int" >/dev/null
applies keep 0001_empty "ALTER TABLE app.log DROP empty"
run keep "SELECT action FROM migrate_rollback()"
is "$OUT" "rolled back, generated: exact" "a column without values needs no key: nothing is lost"
sql keep "ALTER TABLE app.log DROP empty" "SELECT migrate_remove('0001')" >/dev/null
sql keep "SELECT migrate_run('0001_new', 'ALTER TABLE app.log ADD new int')" >/dev/null
run keep "SET migrate.keep_dropped = on" "SELECT action FROM migrate_rollback()"
is "$OUT" "rolled back, generated: exact" "nor does one that a rollback drops"
sql keep "SELECT migrate_repair('0001', 'free kept')" "SELECT migrate_remove('0001')" >/dev/null

# What is not kept

applies keep 0001_own "CREATE TABLE app.scratch AS SELECT * FROM app.log; DROP TABLE app.scratch; CREATE TEMP TABLE t AS SELECT 1; DROP TABLE t"
is "$(kept keep)" "" "what the migration made itself is not kept"
sql keep "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
applies keep 0001_undone "DO \$\$BEGIN BEGIN DROP TABLE app.log; RAISE 'x'; EXCEPTION WHEN raise_exception THEN NULL; END; CREATE TABLE app.other (); END\$\$"
is "$(kept keep)|$(sql keep "SELECT count(*) FROM app.log")" "|1" "nor what was dropped and is there all the same"
sql keep "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
sql keep "SELECT migrate_run('0001_off', 'DROP TABLE app.log')" >/dev/null
is "$(kept keep)" "" "without the setting nothing is"
sql keep "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
sql keep "SELECT migrate_run('0001_marked', E'-- migrate:keep-dropped\nDROP TABLE app.log')" >/dev/null
is "$(kept keep)" "table app.log 0" "a line in the migration turns it on for that one"
sql keep "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
sql keep "SET migrate.keep_dropped = on" "SELECT migrate_add('0001_fails', 'DROP TABLE app.orders CASCADE; SELECT 1 / 0')" >/dev/null
run keep "SET migrate.keep_dropped = on" "SELECT migrate_apply()"
is "$STATE|$(kept keep)|$(sql keep "SELECT count(*) FROM pg_class WHERE relnamespace = 'migrate_kept'::regnamespace")" "22012||0" "of a migration that fails nothing is kept"
run keep "SET migrate.keep_dropped = on" "SELECT action FROM migrate_apply(dry_run => true)"
is "$(sql keep "SELECT count(*) FROM pg_class WHERE relnamespace = 'migrate_kept'::regnamespace")" 0 "nor of a dry run"
sql keep "SELECT migrate_remove('0001')" >/dev/null

# Limits

sql keep "CREATE TABLE app.large (id int PRIMARY KEY, text text)" "INSERT INTO app.large SELECT i, repeat('x', 900) FROM generate_series(1, 3000) i" >/dev/null
run keep "SET migrate.keep_dropped = on" "SET migrate.keep_limit = '1MB'" "SELECT migrate_run('0001_large', 'DROP TABLE app.large')"
is "$STATE $MESSAGE" "MG012 keeping what is dropped would copy more than migrate.keep_limit" "more than migrate.keep_limit is refused"
like "$DETAIL" '^With app.large \(2 MB\) it would be 2 MB; the limit is 1 MB.$' "with the sizes"
is "$(sql keep "SELECT count(*) FROM app.large")" 3000 "nothing has happened"

# Rollbacks keep, too

sql keep "SELECT migrate_run('0001_made', 'CREATE TABLE app.made (id int PRIMARY KEY); ALTER TABLE app.large ADD more int')" \
	"INSERT INTO app.made VALUES (1), (2)" "UPDATE app.large SET more = 1" >/dev/null
run keep "SELECT migrate_rollback()"
is "$STATE" MG011 "a rollback that loses rows is refused"
run keep "SET migrate.keep_dropped = on" "SELECT action FROM migrate_rollback()"
is "$STATE $OUT|$(kept keep)" "00000 rolled back, generated: exact|table column app.large.more 3000, table app.made 2" "unless it keeps them" || explain "$ERR"
is "$(sql keep "SELECT h.event FROM migrate.kept k JOIN migrate.history h ON h.id = k.event LIMIT 1")" rollback "as what the rollback dropped"
is "$(sql keep "SELECT detail FROM migrate_repair('0001', 'free kept')")" "2 freed: a rollback brings back no rows" "it can be freed"
is "$(kept keep)|$(sql keep "SELECT count(*) FROM pg_class WHERE relnamespace = 'migrate_kept'::regnamespace")" "|0" "and is gone"
is "$(sql keep "SELECT detail FROM migrate_repair('0001', 'free kept')")" "nothing is kept of it" "once"

# Age: what a rollback would bring back stays

sql keep "SELECT migrate_apply()" "INSERT INTO app.made VALUES (1)" "SET migrate.keep_dropped = on" "SELECT migrate_rollback()" \
	"SELECT migrate_run('0002_drop', 'DROP TABLE app.large')" "UPDATE migrate.kept SET kept_at = kept_at - interval '8 days'" >/dev/null
sql keep "SET migrate.keep_days = 7" "SELECT migrate_run('0003_later', 'CREATE TABLE app.later ()')" >/dev/null
is "$(kept keep)" "table app.large 3000" "what is older than migrate.keep_days is freed, but for what a rollback would bring back"

# What is kept was changed, or is gone

large=migrate_kept.$(sql keep "SELECT kept_as FROM migrate.kept")
sql keep "UPDATE $large SET text = 'y' WHERE id = 7" >/dev/null
run keep "SELECT migrate_rollback(steps => 2)"
is "$STATE $(kept keep)" "MG007 table app.large 3000" "rows that somebody has changed since do not come back"
like "$ERR" "What was kept can't be brought back: what was kept in $large was changed since" "and it says so" || explain "$ERR"
sql keep "UPDATE $large SET text = repeat('x', 900) WHERE id = 7" >/dev/null
run keep "SELECT count(*) FROM migrate_rollback(steps => 2)"
is "$STATE|$(sql keep "SELECT count(*) FROM app.large")" "00000|3000" "put right, they do" || explain "$ERR"
sql keep "SELECT migrate_remove(name) FROM migrate_status() WHERE status = 'pending'" >/dev/null

# Each migration in a transaction of its own, names that are taken, names that changed

sql keep "SELECT migrate_add('0001_a', 'DROP TABLE app.large')" \
	"SELECT migrate_add('0002_b', 'CREATE TABLE app.large (id int PRIMARY KEY); INSERT INTO app.large VALUES (7)')" \
	"SELECT migrate_add('0003_c', 'ALTER TABLE app.large RENAME TO small; DROP TABLE app.small')" >/dev/null
run keep "SET migrate.keep_dropped = on" "CALL migrate_up()"
is "$STATE $(sql keep "SELECT string_agg(identity || ' ' || kept_as || ' ' || rows, ', ' ORDER BY id) FROM migrate.kept")" \
	"00000 app.large large_kept 3000, app.large small_kept 1" "two tables of one name are kept apart, each as it was called before" || explain "$ERR"
run keep "SET migrate.keep_dropped = on" "CALL migrate_down(steps => 3)"
is "$STATE $(sql keep "SELECT count(*) FROM app.large")" "00000 3000" "and each comes back" || explain "$ERR"
sql keep "SELECT migrate_repair(name, 'free kept') FROM migrate_status()" "SELECT migrate_remove(name) FROM migrate_status() WHERE status = 'pending'" >/dev/null

# Row security, partitions, other owners

role kept_owner NOLOGIN
role kept_deploy LOGIN
sql keep "SET client_min_messages = warning" "GRANT kept_owner TO kept_deploy" "GRANT USAGE, CREATE ON SCHEMA app TO kept_owner" \
	"CREATE TABLE app.secret (id int PRIMARY KEY, whose text)" "INSERT INTO app.secret SELECT i, 'somebody' FROM generate_series(1, 5) i" \
	"ALTER TABLE app.secret ENABLE ROW LEVEL SECURITY" "ALTER TABLE app.secret FORCE ROW LEVEL SECURITY" \
	"CREATE POLICY mine ON app.secret USING (whose = CURRENT_USER)" "ALTER TABLE app.secret OWNER TO kept_owner" \
	"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO kept_deploy" "GRANT EXECUTE ON PROCEDURE migrate_up, migrate_down TO kept_deploy" >/dev/null
AS=kept_deploy run keep "SET migrate.keep_dropped = on" "SELECT action FROM migrate_run('0001_secret', 'DROP TABLE app.secret')"
is "$STATE $(kept keep)" "00000 table app.secret 5" "row security hides no row from the keeping" || explain "$ERR"
AS=kept_deploy run keep "SELECT * FROM migrate_kept.secret_kept"
fails 42501 "and nobody reads what is kept"
is "$(sql keep "SELECT nspacl FROM pg_namespace WHERE nspname = 'migrate_kept'")$(sql keep "SELECT relacl FROM pg_class WHERE relname = 'secret_kept'")" "" "no right on it was given"
AS=kept_deploy run keep "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: exact; brought back: table app.secret (5 rows)" "a member of the owner brings it back" || explain "$ERR"
is "$(sql keep "SELECT count(*), pg_get_userbyid(relowner) FROM app.secret, pg_class WHERE pg_class.oid = 'app.secret'::regclass GROUP BY 2")" "5|kept_owner" "to its owner"
sql keep "SELECT migrate_remove('0001')" "CREATE TABLE app.parts (id int, day date) PARTITION BY RANGE (day)" \
	"CREATE TABLE app.part1 PARTITION OF app.parts FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')" "CREATE TABLE app.part2 PARTITION OF app.parts DEFAULT" \
	"INSERT INTO app.parts SELECT i, date '2026-06-01' + i FROM generate_series(1, 60) i" >/dev/null
TABLES=app.parts
applies keep 0001_parts "DROP TABLE app.parts"
comes_back keep "exact; brought back: table app.part1 (29 rows), table app.part2 (31 rows)" "a partitioned table"

role kept_other NOLOGIN
# Rows go to nobody else, whatever the extension's owner writes into its table

sql keep "GRANT USAGE ON SCHEMA app TO kept_other" "CREATE TABLE app.theirs (LIKE app.secret INCLUDING ALL)" "INSERT INTO app.theirs VALUES (1, 'me')" \
	"ALTER TABLE app.theirs OWNER TO kept_other" "SET migrate.keep_dropped = on" "SELECT migrate_run('0001_two', 'DROP TABLE app.secret, app.theirs')" \
	"UPDATE migrate.kept k SET (kept_as, rows, checksum) = (SELECT kept_as, rows, checksum FROM migrate.kept o WHERE o.identity <> k.identity)" >/dev/null
run keep "SELECT migrate_rollback()"
is "$STATE" MG007 "rows do not come back to a table of another role"
like "$ERR" 'what was kept of table "(secret|theirs)" belongs to another role' "and it says so" || explain "$ERR"
sql keep "UPDATE migrate.kept k SET (kept_as, rows, checksum) = (SELECT kept_as, rows, checksum FROM migrate.kept o WHERE o.identity <> k.identity)" \
	"SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
is "$(sql keep "SELECT count(*) FROM app.secret") $(sql keep "SELECT count(*) FROM app.theirs")" "5 1" "put right, they do"

# What a rewrite drops is not what was there; long values; what the migration makes anew, renames, and adds

migrate_database kept
# tries TEXT TABLES: runs the migration on fresh tables, then rolls it back; OUT is what the rollback says.
tries() {
	sql kept "DROP SCHEMA IF EXISTS t CASCADE" "SELECT migrate_repair(name, 'forget') FROM migrate_status() WHERE status = 'applied'" \
		"SELECT migrate_repair(name, 'free kept') FROM migrate_status()" "SELECT migrate_remove(name) FROM migrate_status()" "CREATE SCHEMA t" >/dev/null 2>&1
	printf '%s\n' "SET search_path = t;" "$2" | psql -XAtq -v ON_ERROR_STOP=1 -d kept >/dev/null 2>"$SCRATCH/setup" || explain "$(cat "$SCRATCH/setup")"
	run kept "SET migrate.keep_dropped = on" "SET migrate.search_path = t" "SELECT action FROM migrate_run('a', \$m\$$1\$m\$)"
	is "$STATE $OUT" "00000 applied" "$1" || explain "$ERR"
	KEPT=$(kept kept)
}
# and_back VERDICT QUERY ANSWER
and_back() {
	run kept "SELECT action FROM migrate_rollback()"
	is "$STATE $OUT" "00000 rolled back, generated: $1" "$1" || explain "$ERR"
	is "$(sql kept "SET search_path = t" "$2")" "$3" "and the rows are as they should be"
}
two="CREATE TABLE s (id int PRIMARY KEY, v text); INSERT INTO s VALUES (1, 'a'), (2, 'b');"
tries "ALTER TABLE s ALTER id TYPE bigint; ALTER TABLE s ADD q float8 DEFAULT random(); ALTER TABLE s SET UNLOGGED" "$two"
is "$KEPT" "" "a rewrite drops nothing"
tries "ALTER TABLE s ALTER a TYPE bigint; REFRESH MATERIALIZED VIEW m" "CREATE TABLE s (a int, b int); INSERT INTO s VALUES (1, 2); CREATE MATERIALIZED VIEW m AS SELECT 1"
is "$KEPT" "" "nor does one of a view"
tries "DROP TABLE s" "CREATE TABLE s (id int PRIMARY KEY, v text); ALTER TABLE s ALTER v SET STORAGE EXTERNAL; INSERT INTO s SELECT i, repeat(md5(i::text), 500) FROM generate_series(1, 5) i"
and_back "exact; brought back: table t.s (5 rows)" "SELECT sum(length(v)), count(DISTINCT v) FROM s" "80000|5"
tries "DROP TABLE s; CREATE TABLE s (id int PRIMARY KEY, v text)" "$two"
and_back "exact; still kept: table t.s (2 rows)" "SELECT count(*) FROM s" 0
is "$(kept kept)" "table t.s 2" "what does not come back is kept on"
tries "ALTER TABLE s DROP v; ALTER TABLE s ADD v int DEFAULT 5" "$two"
run kept "SELECT migrate_rollback()"
fails MG011 "the values of a column that was made anew are not lost, either"
sql kept "UPDATE t.s SET v = NULL" >/dev/null
and_back "exact; brought back: table column t.s.v (2 values)" "SELECT count(*), count(v) FROM s" "2|2"
tries "ALTER TABLE s DROP v" "$two"
sql kept "UPDATE t.s SET id = 11 WHERE id = 1" >/dev/null
and_back "exact; brought back: table column t.s.v (1 of 2 values); still kept: table column t.s.v (2 values)" "SELECT id, v FROM s ORDER BY 1" $'2|b\n11|'
is "$(kept kept)" "table column t.s.v 2" "values whose rows have another key are kept on"
tries "ALTER TABLE s RENAME v TO x; ALTER TABLE s RENAME w TO v; ALTER TABLE s RENAME x TO w; DROP TABLE s" "CREATE TABLE s (id int PRIMARY KEY, v text, w text); INSERT INTO s VALUES (1, 'V', 'W')"
and_back "exact; brought back: table t.s (1 row)" "SELECT id, v, w FROM s" "1|V|W"
tries "ALTER TABLE s DROP v; ALTER TABLE s RENAME w TO v; ALTER TABLE s DROP v" "CREATE TABLE s (id int PRIMARY KEY, v text, w text); INSERT INTO s VALUES (1, 'V', 'W')"
and_back "exact; brought back: table column t.s.v (1 value), table column t.s.w (1 value)" "SELECT id, v, w FROM s" "1|V|W"
tries "ALTER TABLE s RENAME id TO x; ALTER TABLE s RENAME id2 TO id; ALTER TABLE s RENAME x TO id2; ALTER TABLE s DROP v" \
	"CREATE TABLE s (id int PRIMARY KEY, id2 int UNIQUE NOT NULL, v text); INSERT INTO s VALUES (1, 2, 'one'), (2, 3, 'two'), (3, 1, 'three')"
and_back "exact; brought back: table column t.s.v (3 values)" "SELECT * FROM s ORDER BY 1" $'1|2|one\n2|3|two\n3|1|three'
tries "ALTER TABLE s RENAME v TO w; ALTER TABLE s ADD q int DEFAULT 4; DROP TABLE s" "$two"
and_back "exact; brought back: table t.s (2 rows)" "SELECT * FROM s ORDER BY 1" $'1|a\n2|b'
tries "ALTER TABLE pt DROP v" "CREATE TABLE pt (id int PRIMARY KEY, v text NOT NULL) PARTITION BY RANGE (id); CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (0) TO (10); INSERT INTO pt VALUES (1, 'a')"
and_back "exact; brought back: table column t.pt1.v (1 value)" "SELECT * FROM pt" "1|a"
tries "ALTER TABLE p DROP v" "CREATE TABLE p (id int PRIMARY KEY, v text); CREATE TABLE c (PRIMARY KEY (id)) INHERITS (p); INSERT INTO p VALUES (1, 'p'); INSERT INTO c VALUES (2, 'c')"
and_back "exact; brought back: table column t.c.v (1 value), table column t.p.v (1 value)" "SELECT * FROM p ORDER BY 1" $'1|p\n2|c'
tries "DROP TABLE pt1" "CREATE TABLE pt (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (0) TO (10); INSERT INTO pt VALUES (1, 'a'), (2, 'b')"
and_back "exact; brought back: table t.pt1 (2 rows)" "SELECT * FROM pt WHERE id = 2" "2|b"
tries "DROP TABLE s" "CREATE TABLE k (); CREATE TABLE s (id int PRIMARY KEY, r regclass); INSERT INTO s VALUES (1, 't.k')"
and_back "exact; brought back: table t.s (1 row)" "SELECT r::text FROM s" k
tries "DROP TABLE s" "$two"
sql kept "DROP TABLE migrate_kept.s_kept" >/dev/null
run kept "SELECT migrate_rollback()"
like "$STATE $ERR" 'MG007.*table migrate_kept."s_kept" is gone' "where somebody has dropped what was kept, the rollback is refused and says so" || explain "$ERR"
run kept "ALTER EXTENSION migrate DROP SCHEMA migrate_kept" "SET migrate.keep_dropped = on" "SELECT migrate_run('b', 'SELECT 1')"
is "$STATE $MESSAGE" '55000 schema "migrate_kept" is not what the extension made' "nor is anything kept in a schema of somebody else's"
run kept "ALTER EXTENSION migrate ADD SCHEMA migrate_kept" "DROP TABLE IF EXISTS t.n" "CREATE TABLE t.n (v text)" "INSERT INTO t.n VALUES ('a')" \
	"SET migrate.keep_dropped = on" "SELECT migrate_run('b', 'ALTER TABLE t.n ADD k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY; ALTER TABLE t.n DROP v')"
is "$STATE $DETAIL" "MG012 What tells the rows apart, column \"k\", is the migration's own." "a key that goes with the rollback is none"
tries "DROP TABLE s" "$two"
role kept_all NOLOGIN
sql kept "GRANT pg_read_all_data TO kept_all" >/dev/null
is "$(sql kept "SET ROLE kept_all" "SELECT count(*) FROM migrate_kept.s_kept")" 0 "who may read all tables reads nothing of it"

# A subscriber is not told of what is kept

if [ "$(sql keep "SHOW wal_level")" = logical ]; then
	sql keep "SELECT pg_create_logical_replication_slot('kept', 'test_decoding')" >/dev/null
	sql keep "SET migrate.keep_dropped = on" "SELECT migrate_run('0001_told', 'DROP TABLE app.parts')" >/dev/null
	is "$(sql keep "SELECT count(*) FROM pg_logical_slot_get_changes('kept', NULL, NULL) WHERE data LIKE '%migrate_kept%'")" 0 "rows that are kept are not replicated"
	sql keep "SELECT pg_drop_replication_slot('kept')" "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
fi

# Dump and restore

sql keep "SET migrate.keep_dropped = on" "SELECT migrate_run('0001_dumped', 'DROP TABLE app.secret; ALTER TABLE app.users DROP score')" >/dev/null
pg_dump -d keep -f "$SCRATCH/dump.sql"
database restored
psql -XAtq -v ON_ERROR_STOP=1 -d restored -f "$SCRATCH/dump.sql" >/dev/null
ok $? "a dump with kept rows is restored"
run restored "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back, generated: equal but for column order; brought back: table app.secret (5 rows), table column app.users.score (60 values)" \
	"and brings them back" || explain "$ERR"
is "$(rows_of restored app.secret) $(sql restored "SELECT sum(score) FROM app.users")" "$(sql keep "SELECT migrate_rollback()" >/dev/null && rows_of keep app.secret) $(sql keep "SELECT sum(score) FROM app.users")" "the same rows"

# The extension

sql keep "SELECT migrate_remove('0001')" "SET migrate.keep_dropped = on" "SELECT migrate_run('0001_last', 'DROP TABLE app.parts')" >/dev/null
run keep "DROP EXTENSION migrate"
fails 2BP01 "DROP EXTENSION does not throw away what is kept"
done_testing
