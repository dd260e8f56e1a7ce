#!/usr/bin/env bash
# What migrate_explain() says of statements, against a second session that tries to read and write while the same
# statements are applied; what it leaves, what it says of what it can't try, and on a server that only reads.
. test/server/lib/tap.bash

migrate_database explains
sql explains "CREATE SCHEMA app" "CREATE SCHEMA other" "CREATE SCHEMA third" \
	"CREATE DOMAIN app.age AS int" "CREATE TABLE app.customers (id bigint PRIMARY KEY, email text, age app.age)" \
	"INSERT INTO app.customers SELECT g, g || '@x' FROM generate_series(1, 100) g" \
	"CREATE TABLE app.orders (id bigserial PRIMARY KEY, v varchar(20), n int, c bigint)" \
	"INSERT INTO app.orders (v, n, c) SELECT g::text, g, g % 100 + 1 FROM generate_series(1, 1000) g" \
	"CREATE INDEX orders_n ON app.orders (n)" \
	"ALTER TABLE app.orders ADD CONSTRAINT known CHECK (n > 0) NOT VALID" \
	"CREATE VIEW app.shown AS SELECT id FROM app.orders" \
	"CREATE MATERIALIZED VIEW app.totals AS SELECT id FROM app.orders" "CREATE UNIQUE INDEX ON app.totals (id)" \
	"CREATE TABLE app.parted (id int, n int) PARTITION BY RANGE (id)" \
	"CREATE TABLE app.part PARTITION OF app.parted FOR VALUES FROM (1) TO (10)" "INSERT INTO app.parted VALUES (1, 1)" \
	"CREATE TABLE app.parent (id int, n int)" "CREATE TABLE app.child () INHERITS (app.parent)" \
	"INSERT INTO app.child VALUES (1, 1)" \
	"CREATE TABLE other.orders (id int, n int)" "INSERT INTO other.orders VALUES (1, 1)" \
	"CREATE TYPE app.color AS ENUM ('red')" \
	"CREATE FUNCTION app.widen() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''ALTER TABLE app.orders ADD w int''; END'" \
	"CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE app.customers SET email = email WHERE id = 1; RETURN NEW; END'" \
	"CREATE TRIGGER noted AFTER INSERT ON other.orders FOR EACH ROW EXECUTE FUNCTION app.note()" \
	"CREATE TABLE app.notices (customer bigint REFERENCES app.customers (id))" \
	"CREATE FUNCTION app.probe() RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE
  level text;
  statement text;
BEGIN
  SET LOCAL lock_timeout = '15ms';
  FOR level, statement IN VALUES
    ('blocks reads', 'SELECT FROM app.orders'), ('blocks reads', 'SELECT FROM app.customers'),
    ('blocks reads', 'SELECT FROM app.shown'), ('blocks reads', 'SELECT FROM app.totals'),
    ('blocks reads', 'SELECT FROM app.part'), ('blocks reads', 'SELECT FROM app.parted'),
    ('blocks reads', 'SELECT FROM app.child'), ('blocks reads', 'SELECT FROM other.orders'),
    ('blocks writes', 'UPDATE app.orders SET n = n WHERE id = 1'), ('blocks writes', 'INSERT INTO app.orders (n) VALUES (1)'),
    ('blocks writes', 'DELETE FROM app.customers WHERE id = 1'), ('blocks writes', 'UPDATE app.customers SET email = email WHERE id = 1'),
    ('blocks writes', 'UPDATE app.part SET n = n'), ('blocks writes', 'UPDATE app.child SET n = n'),
    ('blocks writes', 'UPDATE other.orders SET n = n'), ('blocks writes', 'REFRESH MATERIALIZED VIEW app.totals')
  LOOP
    BEGIN
      EXECUTE statement;
    EXCEPTION
      WHEN lock_not_available THEN RETURN level;
    END;
  END LOOP;
  RETURN 'safe';
END
\$\$"
add() { add_migration explains "$@"; }
discard() { discard_migrations explains; }

# explained [COLUMNS]: what explain says of what is pending, with migrate.brief_lock = BRIEF, or 0.
explained() { run explains "SET migrate.brief_lock = '${BRIEF:-0}'" "SELECT ${1:-verdict} FROM migrate_explain(details => true, allow_effects => ${EFFECTS:-false})"; }

# The first migration of all takes long: it notes the schema.
add 0000_first "SELECT 1"
sql explains "SELECT migrate_apply()" >"$SCRATCH/out"
discard

# What a second session finds. Each statement is explained alone, and behind a migration that has locked all before, as
# migrations of one run do; then it is applied, and while that is open the other session tries to read and write. All in
# one session, which undoes it.
cat >"$SCRATCH/list" <<'LIST'
safe; safe|CREATE TABLE app.fresh (id int PRIMARY KEY); INSERT INTO app.fresh VALUES (1)
blocks reads|ALTER TABLE app.orders ADD COLUMN x int
blocks reads, rewrites|ALTER TABLE app.orders ADD COLUMN x uuid DEFAULT gen_random_uuid()
blocks reads|ALTER TABLE app.orders ADD COLUMN x int DEFAULT 7
blocks reads, rewrites|ALTER TABLE app.orders ALTER n TYPE bigint
blocks reads|ALTER TABLE app.orders ALTER v TYPE varchar(40)
blocks reads, destroys data|ALTER TABLE app.orders DROP COLUMN v
blocks reads|ALTER TABLE app.orders ALTER n SET NOT NULL
blocks reads|ALTER TABLE app.orders ADD CHECK (n < 5000)
safe|ALTER TABLE app.orders VALIDATE CONSTRAINT known
blocks writes|ALTER TABLE app.orders ADD FOREIGN KEY (c) REFERENCES app.customers (id)
blocks writes|ALTER TABLE app.orders ADD FOREIGN KEY (c) REFERENCES app.customers (id) NOT VALID
blocks reads|ALTER TABLE app.orders ADD UNIQUE (n)
safe|ALTER TABLE app.orders ALTER n SET STATISTICS 200
blocks writes|CREATE INDEX ON app.orders (v)
blocks reads|DROP INDEX app.orders_n
blocks reads|REINDEX INDEX app.orders_n
blocks reads|REINDEX TABLE app.orders
blocks reads, rewrites|CLUSTER app.orders USING orders_pkey
blocks reads, destroys data|TRUNCATE app.orders
blocks reads, destroys data|DROP TABLE app.orders CASCADE
blocks reads|ALTER TABLE app.orders RENAME TO sales
blocks reads|ALTER TABLE app.orders SET SCHEMA third
blocks writes|CREATE TRIGGER t AFTER INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.note()
blocks reads|CREATE POLICY p ON app.orders
blocks reads|CREATE OR REPLACE VIEW app.shown AS SELECT id FROM app.orders
blocks reads, rewrites|REFRESH MATERIALIZED VIEW app.totals
blocks writes|LOCK TABLE app.orders IN SHARE MODE
blocks writes|UPDATE app.orders SET n = n + 1
blocks writes, destroys data|DELETE FROM app.orders WHERE id = 1
safe|INSERT INTO app.orders (n) VALUES (1)
blocks writes|SELECT FROM app.orders FOR UPDATE
blocks writes|ALTER SEQUENCE app.orders_id_seq RESTART WITH 5000
safe|ALTER TYPE app.color ADD VALUE 'blue'
safe|COMMENT ON TABLE app.orders IS 'x'
safe|ANALYZE app.orders
blocks reads|ALTER TABLE app.parted ADD COLUMN x int
blocks writes|CREATE INDEX ON app.parted (n)
blocks reads|ALTER TABLE app.parted DETACH PARTITION app.part
blocks reads|CREATE TABLE app.part2 PARTITION OF app.parted FOR VALUES FROM (10) TO (20)
blocks reads|ALTER TABLE app.parent ADD COLUMN x int
blocks reads|DO $x$ BEGIN EXECUTE 'ALTER TABLE app.orders ADD x int'; END $x$
blocks reads|SELECT app.widen()
blocks writes|INSERT INTO other.orders VALUES (2, 2)
blocks writes|ALTER TABLE other.orders DISABLE TRIGGER noted
blocks reads|DROP TRIGGER noted ON other.orders
blocks reads|DROP FUNCTION app.note() CASCADE
blocks reads|ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY
safe|ALTER TABLE app.orders SET (fillfactor = 90)
safe|GRANT SELECT ON app.orders TO PUBLIC
safe|CREATE STATISTICS app.stats ON n, c FROM app.orders
safe|ALTER INDEX app.orders_n RENAME TO orders_by_n
blocks reads|ALTER VIEW app.shown RENAME TO seen
blocks writes|CREATE TABLE app.notes (id bigint REFERENCES app.customers (id))
safe; blocks writes|CREATE TABLE app.notes AS SELECT id FROM app.orders; UPDATE app.customers SET email = email WHERE id = 1
safe; safe|CREATE TABLE app.part3 (id int, n int); ALTER TABLE app.parted ATTACH PARTITION app.part3 FOR VALUES FROM (10) TO (20)
blocks writes|INSERT INTO app.notices VALUES (1)
blocks writes|ALTER DOMAIN app.age ADD CHECK (VALUE > 0)
safe|ALTER DOMAIN app.age ADD CHECK (VALUE > 0) NOT VALID
blocks writes|MERGE INTO app.customers c USING (VALUES (1)) v (id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET email = 'x'
blocks reads, destroys data|DROP SCHEMA other CASCADE
blocks reads, destroys data|ALTER TABLE app.orders DROP CONSTRAINT orders_pkey, DROP COLUMN n
blocks reads, rewrites|ALTER TABLE app.orders SET UNLOGGED
blocks reads, rewrites|ALTER TABLE app.orders ADD COLUMN g int GENERATED ALWAYS AS (n * 2) STORED
safe; blocks reads|SET search_path = other; ALTER TABLE orders ADD COLUMN x int
LIST
{
	echo "SET migrate.brief_lock = 0; SET client_min_messages = warning;"
	while IFS='|' read -r _ statement; do
		cat <<-SQL
			BEGIN;
			SELECT FROM migrate_add('0001_it', \$t\$$statement\$t\$);
			SELECT string_agg(verdict, '; ') FROM migrate_explain();
			SELECT FROM migrate_add('0000_all', 'LOCK app.orders, app.customers, app.shown, app.part, app.parted, app.parent, app.child, other.orders IN ACCESS EXCLUSIVE MODE');
			SELECT string_agg(verdict, '; ') FROM migrate_explain() WHERE version = '0001';
			SELECT FROM migrate_remove('0000_all');
			SELECT FROM migrate_apply();
			\\! psql -XAtq -d explains -c 'BEGIN; SELECT app.probe(); ROLLBACK'
			ROLLBACK;
		SQL
	done <"$SCRATCH/list"
} >"$SCRATCH/truths.sql"
psql -XAtq -d explains -f "$SCRATCH/truths.sql" 2>&1 | grep -v '^$' | paste -d '|' - - - >"$SCRATCH/truths"
while IFS='|' read -r verdict statement && IFS='|' read -r alone behind found <&3; do
	last=${verdict##*; }
	is "$alone | $behind | $found" "$verdict | $verdict | ${last%%, *}" "$statement"
done <"$SCRATCH/list" 3<"$SCRATCH/truths"

add 0001_it $'CREATE TABLE app.fresh AS SELECT id FROM app.orders WHERE n = 5;\nDROP TABLE app.orders CASCADE'
explained "line, verdict"
is "$OUT" $'1|safe\n2|blocks reads, destroys data' "indexes that were read by are locked by the statement that drops them with their table"
discard

add 0001_it $'UPDATE app.orders SET v = n WHERE id = 1;\nALTER TABLE app.orders ALTER n TYPE bigint'
explained "line, verdict"
is "$OUT" $'1|blocks writes\n2|blocks reads, rewrites' "and those that are built anew by the one that rewrites it"
discard
sql explains "CREATE FUNCTION app.sleep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END'" \
	"CREATE TRIGGER slow BEFORE INSERT ON migrate.history FOR EACH ROW EXECUTE FUNCTION app.sleep()"
add 0001_it "ALTER TABLE app.orders ADD COLUMN x int"
BRIEF=200ms explained
is "$OUT" "blocks reads" "a lock is held until what the migration did is recorded"
sql explains "DROP FUNCTION app.sleep() CASCADE"
discard

add 0001_it "UPDATE app.customers SET email = 'x' WHERE id = 1"
run explains "SET track_counts = off" "SET migrate.brief_lock = 0" "SELECT verdict FROM migrate_explain()" "SHOW track_counts"
is "$OUT" $'blocks writes\noff' "rows are counted where the server counts none"
discard

# What it leaves

before=$(sql explains "SELECT migrate_schema_hash()" "SELECT count(*) FROM migrate.history" "SELECT last_value FROM app.orders_id_seq")
add 0001_seed "SELECT setval('app.orders_id_seq', 5); CREATE TABLE app.notes (id int); INSERT INTO app.orders (id, n) VALUES (5001, 1), (5002, 2)"
add 0002_more $'ALTER TABLE app.notes ADD v text;\nALTER TABLE app.orders ADD v2 text;\nUPDATE app.customers SET email = upper(email);\nCREATE INDEX ON app.notes (v)'
BRIEF=10min EFFECTS=true explained "version, line, statement, verdict"
is "$OUT" '0001|1|SELECT setval('"'"'app.…|safe
0001|1|CREATE TABLE app.no…|safe
0001|1|INSERT INTO app.ord…|safe
0002|1|ALTER TABLE app.not…|safe
0002|2|ALTER TABLE app.ord…|brief lock
0002|3|UPDATE app.customer…|brief lock
0002|4|CREATE INDEX ON app…|brief lock' "a migration finds what the one before it made; a lock counts until its migration ends"
is "$(sql explains "SELECT migrate_schema_hash()" "SELECT count(*) FROM migrate.history" "SELECT last_value FROM app.orders_id_seq")" \
	"$before" "nothing is left of it, and no sequence is moved back"
explained "line, l->>'relation', l->>'lock', l->>'since_line', l->>'held_ms' <> '' AND l->>'held_by_apply_ms' <> '' FROM (SELECT * FROM migrate_explain(details => true)) x, jsonb_array_elements(seen->'locks') l WHERE version = '0002' AND line > 1 AND l->>'lock' = 'AccessExclusiveLock' --"
is "$OUT" "2|app.orders|AccessExclusiveLock||t
3|app.orders|AccessExclusiveLock|2|t
4|app.orders|AccessExclusiveLock|2|t" "a statement names the lock that an earlier one holds"
explained "seen->'rows', seen->'objects' FROM migrate_explain(details => true) WHERE version = '0002' AND line IN (2, 3) --"
is "$OUT" '|["altered table app.orders", "created table column app.orders.v2"]
[{"updated": 100, "relation": "app.customers"}]|' "rows and objects that were changed"
run explains "SELECT * FROM migrate_explain('0001')"
is "$STATE $(wc -l <<<"$OUT") ${OUT: -5}" "00000 3 safe|" "a target; without details nothing is seen"
discard

# Advice

advised() {
	add 0001_it "$2"
	explained "seen->'advice'->>0 FROM migrate_explain(details => true) WHERE seen ? 'advice' --"
	like "$OUT" "$1" "advice on $2"
	discard
}
advised "CONCURRENTLY" "CREATE INDEX ON app.orders (v)"
advised "NOT VALID" "ALTER TABLE app.orders ADD FOREIGN KEY (c) REFERENCES app.customers (id)"
advised "IS NOT NULL" "ALTER TABLE app.orders ALTER n SET NOT NULL"
advised "without the default" "ALTER TABLE app.orders ADD COLUMN x uuid DEFAULT gen_random_uuid()"
advised "new type" "ALTER TABLE app.orders ALTER n TYPE bigint"
advised "USING INDEX" "ALTER TABLE app.orders ADD UNIQUE (n)"
advised "Keep what goes" "DROP TABLE other.orders"
advised "Set migrate.lock_timeout" "SET lock_timeout = 0; ALTER TABLE app.orders ADD x int"
add 0001_it "SET lock_timeout = '1s'; ALTER TABLE app.orders ADD x int"
explained "count(*) FROM migrate_explain(details => true) WHERE seen ? 'advice' --"
is "$OUT" 0 "none where all is done: a limit that the migration sets counts"
discard
sql explains "ALTER TABLE app.orders ADD CONSTRAINT n_known CHECK (n IS NOT NULL)"
add 0001_it "ALTER TABLE app.orders ALTER n SET NOT NULL"
explained "seen->'scans', seen->'advice' FROM migrate_explain(details => true) --"
is "$OUT" "|" "nothing is scanned, and nothing advised, where a valid check says so already"

# What is larger than migrate.rehearse_size is not touched

large() { explained "verdict FROM migrate_explain(details => true) --"; }
export PGOPTIONS="$PGOPTIONS -c migrate.rehearse_size=16kB"
sql explains "INSERT INTO app.orders (v, n, c) SELECT g::text, g, 1 FROM generate_series(1, 3000) g" "ANALYZE app.orders"
large
is "$OUT" "blocks reads" "SET NOT NULL that scans nothing runs, however large the table is"
discard
stopped() {
	add 0001_it "$2"
	local file
	file=$(sql explains "SELECT pg_relation_size('app.orders')")
	large
	is "$OUT $(sql explains "SELECT pg_relation_size('app.orders')")" "$1 $file" "$2 on a large table" || explain "$ERR"
	discard
}
stopped "blocks reads, rewrites, estimated" "ALTER TABLE app.orders ALTER n TYPE bigint"
stopped "blocks reads" "ALTER TABLE app.orders ALTER v TYPE varchar(40)"
stopped "blocks writes, estimated" "CREATE INDEX ON app.orders (v)"
stopped "safe, estimated" "CREATE INDEX CONCURRENTLY ON app.orders (v)"
stopped "blocks reads, estimated" "ALTER TABLE app.orders ADD CHECK (n < 50000)"
stopped "blocks writes, estimated" "DO \$x\$ BEGIN CREATE INDEX ON app.orders (v); EXCEPTION WHEN OTHERS THEN NULL; END \$x\$"
add 0001_it $'CREATE INDEX v ON app.orders (v);\nDROP INDEX app.v;\nSELECT 1'
large
is "$OUT" 'blocks writes, estimated
not tried: uncertain: index "v" does not exist
not tried: behind line 2' "what needs it is uncertain"
discard
PGOPTIONS=${PGOPTIONS% -c *}

# What can't be tried, and what fails

add 0001_it $'CREATE INDEX CONCURRENTLY v ON app.orders (v);\nVACUUM app.orders;\nVACUUM FULL app.orders;\nCREATE TABLE app.last ()'
explained "line, verdict, seen->>'expected', seen->>'rehearsed' FROM migrate_explain(details => true) --"
is "$OUT" "1|safe||without CONCURRENTLY
2|not tried: VACUUM refuses a transaction block|safe|
3|not tried: VACUUM refuses a transaction block|blocks reads, rewrites|
4|safe||" "statements that refuse a transaction block"
discard
add 0001_it $'ALTER TABLE app.orders ADD x int;\nALTER TABLE nothing ADD x int;\nCREATE INDEX ON app.orders (v)'
add 0002_it "ALTER TABLE app.customers ADD x int"
add 0003_it "DO 'BEGIN END'"
explained "version, line, verdict, seen->>'expected' FROM migrate_explain(details => true) --"
is "$OUT" '0001|1|blocks reads|
0001|2|fails 42P01: relation "nothing" does not exist|
0001|3|not tried: behind line 2|blocks writes
0002|1|not tried: behind 0001, line 2|blocks reads
0003|1|not tried: behind 0001, line 2|' "a failure is a row, and what stands behind it is estimated"
run explains "BEGIN" "SELECT count(*) FROM migrate_explain()" "SELECT count(*) FROM app.orders" "COMMIT"
works "the caller's transaction goes on"
discard

add 0001_it $'-- migrate:no-transaction\nSET search_path = other;\nALTER TABLE orders ADD x int;\nINSERT INTO app.orders (id, n) VALUES (7001, 1);\nALTER TABLE orders ADD y int'
explained "string_agg(line || ' ' || verdict, ', ') FROM migrate_explain() --"
is "$OUT" "2 safe, 3 blocks reads, 4 safe, 5 blocks reads" "a lock ends with its statement where each is a transaction"
discard

add 0001_it $'CREATE TABLE app.last ();\nSELECT 1' "" "SELECT false"
explained "line, verdict"
is "$OUT" '1|safe
2|fails MG001: verify script of migration "0001_it" failed' "a verify script that fails is told at the last statement"
add 0002_it "-- nothing" "" "SELECT false"
sql explains "SELECT FROM migrate_remove('0001')"
add 0001_it "SELECT 1"
explained "line, verdict"
fails MG001 "that of a migration without any is an error"
discard

# What takes too long, and what is locked

add 0001_it $'ALTER TABLE app.orders ADD x int;\nSELECT pg_sleep(60);\nALTER TABLE app.customers ADD x int'
add 0002_it "CREATE TABLE app.last ()"
run explains "SET migrate.explain_hold = '200ms'" "SELECT version, line, verdict FROM migrate_explain()"
is "$OUT" "0001|1|blocks reads
0001|2|blocks reads, estimated
0001|3|not tried: would hold AccessExclusiveLock on app.orders longer than 200ms
0002|1|not tried: would hold AccessExclusiveLock on app.orders longer than 200ms" "locks are held for migrate.explain_hold at most" || explain "$ERR"
discard
open_session holder explains
hold "SELECT FROM app.orders"
add 0001_it "ALTER TABLE app.orders ADD x int"
run explains "SET migrate.lock_timeout = '30ms'" "SELECT verdict, seen->>'detail' FROM migrate_explain(details => true)"
like "$OUT" "^not tried: canceling statement due to lock timeout[|]It waited for AccessExclusiveLock on app.orders, held by session" "a lock that is not to be had"
run explains "SET migrate.explain_hold = '100ms'" "SELECT verdict, seen->>'detail' FROM migrate_explain(details => true)"
like "$OUT" "^not tried: it did not get its lock within 100ms[|]It waited for AccessExclusiveLock on app.orders, held by session" "nor is it waited for any longer than a lock may be held"
let_go
close_session holder
run explains "SET statement_timeout = '100ms'" "SET migrate.explain_hold = 0" "SELECT migrate_add('0001_it', 'SELECT pg_sleep(60)')" "SELECT verdict FROM migrate_explain()"
fails 57014 "who cancels it gets no answer"
discard

# What stopped half way

add 0001_half $'CREATE TABLE app.half (a int);\nVACUUM app.half;\nSELECT 1 / (SELECT count(*) FROM app.half);'
run explains "CALL migrate_up()"
explained "line, verdict"
is "$OUT" "3|fails 22012: division by zero" "what is done already is not told again"
add 0001_half $'CREATE TABLE app.half (a int);\nVACUUM app.half;\nSELECT 2;'
explained "line, verdict"
is "$OUT" "1|not tried: it stopped half way, and its text has changed since
2|not tried: it stopped half way, and its text has changed since
3|not tried: it stopped half way, and its text has changed since" "likewise if its text has changed"
run explains "SELECT migrate_repair('0001', 'forget')"
discard

# Who may what, and where nothing can be tried

role explains_other NOLOGIN
sql explains "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO explains_other" "GRANT USAGE ON SCHEMA app TO explains_other"
add 0001_it "ALTER TABLE app.orders ADD x int"
run explains "SET ROLE explains_other" "SELECT statement, verdict FROM migrate_explain()"
is "$OUT" "ALTER TABLE|fails 42501: must be owner of table orders" "without rights on the table it fails; without those on texts there is none"
add 0001_it $'ALTER TABLE app.orders ADD x int;\nALTER TABLE app.orders ALTER n TYPE bigint;\nDELETE FROM app.orders;\nDO $x$ BEGIN END $x$;\nCREATE TABLE app.last ()'
run explains "BEGIN READ ONLY" "SELECT line, verdict FROM migrate_explain()" "COMMIT"
is "$STATE $OUT" "00000 1|brief lock, estimated
2|blocks reads, rewrites, estimated
3|blocks writes, estimated
4|not tried: this session only reads
5|safe, estimated" "in a read-only transaction all is estimated" || explain "$ERR"
discard
run explains "SELECT migrate_explain('zero')"
fails 22023 "a target that is none"
run explains "SELECT migrate_explain(details => NULL)"
fails 22004 "details are asked for or not"
done_testing
