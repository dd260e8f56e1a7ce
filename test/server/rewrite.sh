#!/usr/bin/env bash
# A generated way back with rewrite => true: columns stand where they stood, an enum has no label too many, every row is as
# it was. What can't be rewritten stays as it would be without, and the verdict says why.
. test/server/lib/tap.bash

# Rows, and where sequences stand. Not how many values a sequence has logged ahead.
rows_of() {
	sql "$1" "SELECT tablename FROM pg_tables WHERE schemaname = 'app' ORDER BY 1" | while read -r table; do
		sql "$1" "SELECT '$table', * FROM app.$table t ORDER BY t::text"
	done
	sql "$1" "SELECT sequencename FROM pg_sequences WHERE schemaname = 'app' ORDER BY 1" | while read -r sequence; do
		sql "$1" "SELECT '$sequence', last_value, is_called FROM app.$sequence"
	done
}

# applies DATABASE TEXT: what the schema and the rows were before is noted.
applies() {
	plain_dump -s -N migrate_kept "$1" >"$SCRATCH/schema"
	rows_of "$1" >"$SCRATCH/rows"
	run "$1" "SELECT action FROM migrate_run('0001_it', \$m\$$2\$m\$)"
	is "$STATE $OUT" "00000 applied" "applied: ${2%%$'\n'*}" || explain "$ERR"
}

# goes_back DATABASE VERDICT NAME: exactly, as pg_dump shows it. Without `rewrite`, which is tried before, it would not.
goes_back() {
	run "$1" "SELECT action FROM migrate_rollback(dry_run => true) LIMIT 1"
	unlike "$STATE $OUT" "^00000 would roll back, generated: exact" "$3: without a rewrite it is not exact"
	run "$1" "SELECT action FROM migrate_rollback(dry_run => true, rewrite => true) LIMIT 1"
	is "$STATE $OUT" "00000 would roll back, generated: $2" "$3: a dry run says so" || explain "$ERR"
	run "$1" "SELECT action FROM migrate_rollback(rewrite => true)"
	is "$STATE $OUT" "00000 rolled back, generated: $2" "$3" || explain "$ERR"
	plain_dump -s -N migrate_kept "$1" >"$SCRATCH/schema.back"
	rows_of "$1" >"$SCRATCH/rows.back"
	same "$SCRATCH/schema" "$SCRATCH/schema.back" "$3: the schema is as before"
	sql "$1" "SELECT migrate_remove('0001')" >/dev/null
}

# with_rows NAME: … and the rows are.
with_rows() { same "$SCRATCH/rows" "$SCRATCH/rows.back" "$1: the rows are as before"; }

# stays DATABASE VERDICT NAME: the verdict of a rollback without a rewrite, and why.
stays() {
	run "$1" "SELECT action FROM migrate_rollback(rewrite => true)"
	is "$STATE $OUT" "00000 rolled back, generated: $2" "$3" || explain "$ERR"
	rows_of "$1" >"$SCRATCH/rows.back"
	is "$(sql "$1" "SELECT count(*) FROM pg_attribute WHERE attname LIKE 'migrate%'")" 0 "$3: nothing is left of the try"
	sql "$1" "SELECT migrate_remove('0001')" >/dev/null
}

migrate_database rewrite
sql rewrite "SET client_min_messages = error" "CREATE SCHEMA app" "CREATE TYPE app.state AS ENUM ('new', 'paid')" \
	"CREATE DOMAIN app.amount AS int NOT NULL CHECK (VALUE > 0)" \
	"CREATE TABLE app.orders (head text, id int GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 3) PRIMARY KEY,
	   ref serial UNIQUE, note text COLLATE \"C\" DEFAULT 'x' NOT NULL, state app.state DEFAULT 'new', states app.state[] DEFAULT '{new}',
	   qty app.amount DEFAULT 1, total numeric(9, 2), twice numeric GENERATED ALWAYS AS (total * 2) STORED, last date)" \
	"ALTER TABLE app.orders ALTER state SET STATISTICS 7, ALTER note SET STORAGE EXTERNAL, ALTER note SET COMPRESSION pglz, ALTER qty SET (n_distinct = 3)" \
	"COMMENT ON COLUMN app.orders.total IS 'the total'" "GRANT SELECT (total) ON app.orders TO PUBLIC" \
	"GRANT USAGE ON SEQUENCE app.orders_id_seq TO PUBLIC" "COMMENT ON SEQUENCE app.orders_id_seq IS 'numbers'" \
	"CREATE TABLE app.items (id int PRIMARY KEY, orders int REFERENCES app.orders (ref) ON DELETE CASCADE, price numeric)" \
	"ALTER TABLE app.orders ADD CONSTRAINT first_item FOREIGN KEY (qty) REFERENCES app.items DEFERRABLE INITIALLY DEFERRED" \
	"ALTER TABLE app.orders ADD CONSTRAINT positive CHECK (state <> 'paid' OR total > 0)" "COMMENT ON CONSTRAINT positive ON app.orders IS 'a check'" \
	"CREATE INDEX ON app.orders (state) WHERE state = 'new'" "CREATE INDEX ON app.orders (state)" "CREATE INDEX ON app.orders (lower(note), total DESC)" \
	"CREATE STATISTICS app.numbers ON ref, total FROM app.orders" "ALTER TABLE app.orders REPLICA IDENTITY USING INDEX orders_ref_key" \
	"CREATE VIEW app.first AS SELECT id, total, state FROM app.orders" "CREATE VIEW app.second AS SELECT sum(total) AS total, state FROM app.first GROUP BY state" \
	"CREATE VIEW app.whole AS SELECT o, o.id FROM app.orders o" "GRANT SELECT ON app.first TO PUBLIC" \
	"CREATE FUNCTION app.turned(s app.state) RETURNS app.state LANGUAGE sql AS 'SELECT \$1'" \
	"CREATE FUNCTION app.count() RETURNS bigint BEGIN ATOMIC SELECT count(total) FROM app.orders; END" \
	"CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''a trigger fired''; END'" \
	"CREATE TABLE app.log (id int PRIMARY KEY, as_text text DEFAULT 'new'::app.state::text, state app.state DEFAULT app.turned('paid'))" \
	"CREATE PUBLICATION rewrite_it FOR TABLE app.orders (ref, total) WHERE (ref > 3)" \
	"INSERT INTO app.items SELECT g FROM generate_series(1, 20) g" \
	"INSERT INTO app.orders (head, note, state, states, qty, total, last) SELECT 'h' || g, 'n' || g, CASE WHEN g % 2 = 0 THEN 'new' ELSE 'paid' END::app.state, ARRAY['new', 'paid']::app.state[], g, g * 1.5, current_date FROM generate_series(1, 20) g" \
	"UPDATE app.items SET orders = id" "INSERT INTO app.log VALUES (1)" "SELECT nextval('app.orders_id_seq'), nextval('app.orders_ref_seq')" \
	"CREATE MATERIALIZED VIEW app.counted AS SELECT state, count(*) FROM app.orders GROUP BY state" "CREATE UNIQUE INDEX ON app.counted (state)" \
	"ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY" "ALTER TABLE app.orders FORCE ROW LEVEL SECURITY" \
	"CREATE POLICY paid ON app.orders USING (state <> 'paid' AND total > 0)" \
	"CREATE TRIGGER fires BEFORE INSERT OR UPDATE OR DELETE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.fire()" \
	"CREATE TRIGGER on_total AFTER UPDATE OF total ON app.orders FOR EACH ROW WHEN (NEW.state = 'paid') EXECUTE FUNCTION app.fire()" >/dev/null

# Columns

export PGOPTIONS="$PGOPTIONS -c migrate.keep_dropped=on"
sql rewrite "ALTER TABLE app.orders DISABLE TRIGGER fires" >/dev/null
applies rewrite "ALTER TABLE app.orders DROP note"
goes_back rewrite "exact; rewritten: table app.orders; brought back: table column app.orders.note (20 values)" "a column in the middle"
with_rows "a column in the middle"
applies rewrite "ALTER TABLE app.orders DROP head"
goes_back rewrite "exact; rewritten: table app.orders; brought back: table column app.orders.head (20 values)" "one before serial and identity"
with_rows "one before serial and identity"
is "$(sql rewrite "INSERT INTO app.orders (qty) OVERRIDING USER VALUE VALUES (1) RETURNING id, ref")" "68|22" "their sequences go on"
sql rewrite "DELETE FROM app.orders WHERE ref = 22" "ALTER TABLE app.orders DISABLE TRIGGER fires" >/dev/null
applies rewrite "ALTER TABLE app.orders DROP id CASCADE; ALTER TABLE app.items DROP orders"
goes_back rewrite "exact; rewritten: table app.items, table app.orders; brought back: table column app.orders.id (20 values), table column app.items.orders (20 values)" "keys and what refers to them"
with_rows "keys and what refers to them"
applies rewrite "ALTER TABLE app.orders DROP twice"
goes_back rewrite "exact; rewritten: table app.orders" "a computed column"
with_rows "a computed column"

applies rewrite "ALTER TABLE app.items DROP orders"
add_migration rewrite 0002_later "ALTER TABLE app.items ADD more int"
sql rewrite "SELECT migrate_apply()" "UPDATE app.items SET more = id" >/dev/null
text=$(sql rewrite "SELECT text FROM migrate_text('0001', 'down', rewrite => true)")
like "$text" "^-- generated by migrate from the recorded changes: exact; rewritten: table app.items" "the text of an earlier migration can be read"
sql rewrite "UPDATE app.items SET more = NULL" "SELECT migrate_rollback()" "SELECT migrate_remove('0002')" >/dev/null
goes_back rewrite "exact; rewritten: table app.items; brought back: table column app.items.orders (20 values)" "behind a later migration"

# As a text

PGOPTIONS=${PGOPTIONS/keep_dropped=on/keep_dropped=off}
applies rewrite "ALTER TABLE app.orders DROP head"
text=$(sql rewrite "SELECT text FROM migrate_text('0001', 'down', rewrite => true)")
psql -XAtq -v ON_ERROR_STOP=1 -d rewrite -v down="$text" <<<"SELECT FROM migrate_add('0001_it', 'ALTER TABLE app.orders DROP head', :'down')"
run rewrite "SELECT action FROM migrate_rollback(dry_run => true)"
is "$STATE $OUT" $'00000 would roll back\n1 passed, 0 not tried, 0 uncertain' "as a down script a dry run tries all of it" || explain "$ERR"
sql rewrite "SELECT nextval('app.orders_id_seq'), nextval('app.orders_ref_seq')" >/dev/null
run rewrite "SELECT action FROM migrate_rollback()"
is "$STATE $OUT" "00000 rolled back" "and it runs" || explain "$ERR"
plain_dump -s -N migrate_kept rewrite >"$SCRATCH/schema.back"
same "$SCRATCH/schema" "$SCRATCH/schema.back" "it leads to the same schema"
is "$(sql rewrite "SELECT nextval('app.orders_id_seq'), nextval('app.orders_ref_seq')")" "74|24" "and sequences go on from where they are by then"
sql rewrite "SELECT migrate_remove('0001')" "UPDATE app.orders SET head = 'h'" >/dev/null

# Labels

applies rewrite "ALTER TYPE app.state ADD VALUE 'sent' BEFORE 'paid'"
goes_back rewrite "exact; rewritten: table app.log, table app.orders, type app.state" "a label that is nowhere used"
with_rows "a label that is nowhere used"
applies rewrite "ALTER TYPE app.state ADD VALUE 'sent'"
sql rewrite "ALTER TABLE app.orders DISABLE TRIGGER ALL" "UPDATE app.orders SET states = '{new,sent}' WHERE ref = 7" "ALTER TABLE app.orders ENABLE TRIGGER on_total" >/dev/null
stays rewrite "superset: labels of app.state; not rewritten: type app.state: table column app.orders.states holds label 'sent'" "one that a row holds"
is "$(sql rewrite "SELECT states FROM app.orders WHERE ref = 7")" "{new,sent}" "which it has still"
sql rewrite "UPDATE app.orders SET states = '{new}' WHERE ref = 7" >/dev/null
applies rewrite "ALTER TYPE app.state ADD VALUE 'gone'; ALTER TABLE app.orders DROP last, DROP note"
sql rewrite "UPDATE app.orders SET states = '{new}'" >/dev/null
run rewrite "SELECT action FROM migrate_rollback(rewrite => true)"
like "$STATE $OUT" "00000 rolled back, generated: exact; rewritten: table app.log, table app.orders, type app.state; data lost" "labels and columns at once" || explain "$ERR"
sql rewrite "SELECT migrate_remove('0001')" >/dev/null
sql rewrite "CREATE DOMAIN app.checked AS app.state" "CREATE TABLE app.domains (id int, state app.checked)" >/dev/null
applies rewrite "ALTER TYPE app.state ADD VALUE 'more'"
stays rewrite "superset: labels of app.state; not rewritten: type app.state: cannot drop type app.migrate_gone because other objects depend on it (type app.checked depends on type app.migrate_gone)" "one of a domain that a column has"
sql rewrite "DROP TABLE app.domains" >/dev/null
applies rewrite "ALTER TYPE app.state ADD VALUE 'last'"
goes_back rewrite "exact; rewritten: table app.log, table app.orders, type app.state" "the domain itself is made again"

migrate_database labels
sql labels "CREATE SCHEMA app" "CREATE TYPE app.state AS ENUM ('new', 'late', 'paid')" \
	"CREATE TABLE app.orders (id int PRIMARY KEY, state app.state CONSTRAINT known CHECK (state <> 'late'))" "INSERT INTO app.orders VALUES (1, 'paid')" >/dev/null
applies labels "ALTER TABLE app.orders DROP CONSTRAINT known; ALTER TYPE app.state RENAME TO old; CREATE TYPE app.state AS ENUM ('new', 'paid');
ALTER TABLE app.orders ALTER state TYPE app.state USING state::text::app.state; DROP TYPE app.old"
goes_back labels "exact; rewritten: table app.orders, type app.state" "a label that comes back is used at once"
with_rows "a label that comes back is used at once"

# Tables and those below them

database trees
sql trees "CREATE EXTENSION migrate" "CREATE SCHEMA app" "CREATE TYPE app.state AS ENUM ('new', 'paid')" \
	"CREATE TABLE app.orders (id bigint, day date, ref serial, note text, state app.state DEFAULT 'new', PRIMARY KEY (id, day)) PARTITION BY RANGE (day)" \
	"CREATE TABLE app.first PARTITION OF app.orders FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY HASH (id)" \
	"CREATE TABLE app.below PARTITION OF app.first FOR VALUES WITH (MODULUS 1, REMAINDER 0)" \
	"CREATE TABLE app.other (state app.state DEFAULT 'paid', day date NOT NULL, note text, ref int NOT NULL, id bigint NOT NULL)" \
	"ALTER TABLE app.orders ATTACH PARTITION app.other DEFAULT" "CREATE INDEX ON app.orders (state) WHERE state = 'new'" \
	"CREATE INDEX own ON app.below (state, note)" "CREATE VIEW app.shown AS SELECT id, state FROM app.below" \
	"CREATE TABLE app.referring (id bigint, day date, FOREIGN KEY (id, day) REFERENCES app.orders)" \
	"CREATE TABLE app.parent (a int, b text, c app.state, d int DEFAULT 4)" "CREATE TABLE app.child (e int) INHERITS (app.parent)" \
	"CREATE INDEX ON app.child (d)" "INSERT INTO app.parent VALUES (1, NULL, 'new')" "INSERT INTO app.child VALUES (3, NULL, 'paid', 7, 8)" \
	"INSERT INTO app.orders SELECT g, date '2020-02-01' + g * 30, g, NULL, 'new' FROM generate_series(1, 10) g" \
	"INSERT INTO app.referring SELECT id, day FROM app.orders" >/dev/null
applies trees "ALTER TABLE app.orders DROP note"
run trees "SELECT action FROM migrate_rollback(rewrite => true)"
like "$STATE $OUT" "00000 rolled back, generated: equal but for column order; rewritten: table app.orders; not rewritten: table app.other: column day comes from another table; data lost" "partitions follow their table; one that was attached keeps an order of its own" || explain "$ERR"
plain_dump -s -t app.orders -t app.first -t app.below trees >"$SCRATCH/schema.back"
like "$(cat "$SCRATCH/schema.back")" "ref integer[^,]*,[^,]*note text,[^,]*state app.state" "the others have theirs"
sql trees "SELECT migrate_remove('0001')" "ALTER TABLE app.referring DROP CONSTRAINT referring_id_day_fkey" "DROP TABLE app.other" "ALTER TABLE app.referring ADD FOREIGN KEY (id, day) REFERENCES app.orders" >/dev/null
applies trees "ALTER TABLE app.orders DROP note"
goes_back trees "exact; rewritten: table app.orders; data lost: table column app.below.note, table column app.first.note, table column app.orders.note" "partitions of partitions"
with_rows "partitions of partitions"
applies trees "ALTER TYPE app.state ADD VALUE 'sent'"
goes_back trees "exact; rewritten: table app.orders, table app.parent, type app.state" "a label in partitions and children"
with_rows "a label in partitions and children"
applies trees "ALTER TABLE app.parent DROP b"
goes_back trees "exact; rewritten: table app.child, table app.parent; data lost: table column app.child.b, table column app.parent.b" "a table and its child"
with_rows "a table and its child"
sql trees "CREATE TABLE app.keyed (a int, day date) PARTITION BY RANGE (day)" >/dev/null
applies trees "ALTER TABLE app.keyed DROP a"
stays trees 'equal but for column order; not rewritten: table app.keyed: cannot drop column "day" because it is part of the partition key of relation "keyed"; data lost: table column app.keyed.a' "a column that partitions go by can't be moved"
sql trees "CREATE TYPE app.kind AS ENUM ('a')" "CREATE TABLE app.kinds (kind app.kind) PARTITION BY LIST (kind)" >/dev/null
applies trees "ALTER TYPE app.kind ADD VALUE 'b'"
stays trees 'superset: labels of app.kind; not rewritten: type app.kind: cannot alter column "kind" because it is part of the partition key of relation "kinds"' "nor can the type of one lose a label"
sql trees "CREATE TABLE app.computed (a int, b int GENERATED ALWAYS AS (c) STORED, c int)" >/dev/null
applies trees "ALTER TABLE app.computed DROP a"
stays trees "equal but for column order; not rewritten: table app.computed: column b is computed from one behind it, c; data lost: table column app.computed.a" "nor can what is computed from a later column"
sql trees "CREATE TABLE app.rowed (a int, b int)" "CREATE TABLE app.rows (r app.rowed)" >/dev/null
applies trees "ALTER TABLE app.rowed DROP a"
stays trees 'equal but for column order; not rewritten: table app.rowed: cannot alter table "rowed" because column "rows.r" uses its row type; data lost: table column app.rowed.a' "nor can what other tables hold rows of"

# How large

database large
sql large "CREATE EXTENSION migrate" "CREATE SCHEMA app" "CREATE TYPE app.state AS ENUM ('new')" "CREATE TABLE app.small (a int, b int)" \
	"CREATE TABLE app.large (a int, b int, c text, state app.state)" "INSERT INTO app.large SELECT g, NULL, 'x' FROM generate_series(1, 1000) g" >/dev/null
PGOPTIONS="$PGOPTIONS -c migrate.rewrite_limit=16kB"
applies large "ALTER TABLE app.large DROP b; ALTER TABLE app.small DROP a; ALTER TYPE app.state ADD VALUE 'sent'"
run large "SELECT action FROM migrate_rollback(dry_run => true, rewrite => true) LIMIT 1"
like "$STATE $OUT" "^00000 would roll back, generated: equal but for column order; superset: labels of app.state; rewritten: table app.small; not rewritten: table app.large: its [78][0-9] kB are more than migrate.rewrite_limit, type app.state: the [78][0-9] kB of table app.large are more than migrate.rewrite_limit; data lost: " "what is larger than migrate.rewrite_limit is not rewritten" || explain "$ERR"
sql large "SELECT migrate_rollback(rewrite => true)" >/dev/null
is "$(sql large "SELECT attname FROM pg_attribute WHERE attrelid = 'app.large'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum" | xargs)" "a c state b" "its columns are where they were put"
is "$(sql large "SELECT attname FROM pg_attribute WHERE attrelid = 'app.small'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum" | xargs)" "a b" "those of the other one where they were"
sql large "SELECT migrate_remove('0001')" >/dev/null
sql large "ALTER TABLE app.small ADD PRIMARY KEY (b)" "ALTER TABLE app.large ADD FOREIGN KEY (b) REFERENCES app.small" >/dev/null
applies large "ALTER TABLE app.small DROP a"
run large "SELECT action FROM migrate_rollback(dry_run => true, rewrite => true) LIMIT 1"
like "$OUT" "not rewritten: table app.small: the 1?[0-9]+ kB of table app.large are more than migrate.rewrite_limit" "nor is what a larger table refers to" || explain "$ERR"
sql large "CREATE MATERIALIZED VIEW app.counted AS SELECT s.b, l.c FROM app.small s RIGHT JOIN app.large l ON true WITH NO DATA" "ALTER TABLE app.large DROP CONSTRAINT large_b_fkey" >/dev/null
run large "SELECT action FROM migrate_rollback(dry_run => true, rewrite => true) LIMIT 1"
like "$OUT" "^would roll back, generated: exact; rewritten: table app.small" "unless it is a small one that is filled from it" || explain "$ERR"
sql large "REFRESH MATERIALIZED VIEW app.counted" >/dev/null
run large "SELECT action FROM migrate_rollback(dry_run => true, rewrite => true) LIMIT 1"
like "$OUT" "not rewritten: table app.small: the [0-9]+ kB of materialized view app.counted are more than" "nor is what a larger materialized view shows" || explain "$ERR"
sql large "DROP MATERIALIZED VIEW app.counted" "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
PGOPTIONS=${PGOPTIONS/ -c migrate.rewrite_limit=16kB/}

# Whose rights

role rewrite_owner LOGIN
sql large "GRANT ALL ON SCHEMA app TO rewrite_owner" "GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO rewrite_owner" \
	"CREATE FUNCTION app.spy(v anyelement) RETURNS anyelement LANGUAGE plpgsql IMMUTABLE AS 'BEGIN IF current_user <> ''rewrite_owner'' THEN RAISE ''run by %'', current_user; END IF; RETURN v; END'" \
	"CREATE DOMAIN app.spied AS int CHECK (app.spy(VALUE) > 0)" "ALTER DOMAIN app.spied OWNER TO rewrite_owner" >/dev/null
AS=rewrite_owner run large "CREATE TABLE app.mine (a int, c int CHECK (app.spy(c) > 0), b int GENERATED ALWAYS AS (app.spy(c)) STORED, d app.spied)" \
	"CREATE INDEX ON app.mine (app.spy(c))" "INSERT INTO app.mine VALUES (1, 2, DEFAULT, 3)"
works "a table that runs code of its owner"
applies large "ALTER TABLE app.mine DROP a"
goes_back large "exact; rewritten: table app.mine; data lost: table column app.mine.a" "a superuser rewrites it as its owner"
# Code of the owner, which a computed column runs, puts a view under the name of the sequence that is to be read.
sql large "GRANT CREATE ON SCHEMA app TO rewrite_owner" \
	"CREATE FUNCTION app.set_trap() RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN
	   IF (SELECT relkind FROM pg_class WHERE oid = to_regclass('app.migrate_moved_3')) IS DISTINCT FROM 'S' THEN RETURN; END IF;
	   ALTER SEQUENCE app.migrate_moved_3 RENAME TO aside;
	   CREATE VIEW app.migrate_moved_3 AS SELECT app.spy(1)::bigint AS last_value, app.spy(true) AS is_called; END \$\$" \
	"CREATE FUNCTION app.trap(v int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM app.set_trap(); RETURN v; END'" >/dev/null
AS=rewrite_owner run large "CREATE TABLE app.trapped (a int, b int, c int GENERATED ALWAYS AS (app.trap(b)) STORED, d int GENERATED ALWAYS AS IDENTITY)" \
	"INSERT INTO app.trapped VALUES (1, 2), (3, 4)"
works "a table that sets a trap"
applies large "ALTER TABLE app.trapped DROP a"
run large "SELECT action FROM migrate_rollback(rewrite => true)"
unlike "$STATE $OUT $ERR" "run by" "what its owner puts in the place of a sequence runs as the owner, too" || explain "$ERR"
is "$(sql large "SELECT last_value FROM app.trapped_d_seq")" 1 "it was put there"
sql large "SELECT migrate_remove('0001')" "DROP TABLE app.trapped" >/dev/null
sql large "CREATE VIEW app.mine_shown AS SELECT d FROM app.mine" >/dev/null
AS=rewrite_owner run large "SELECT action FROM migrate_run('0001_mine', 'ALTER TABLE app.mine DROP a')"
works "its owner drops a column"
AS=rewrite_owner stays large "equal but for column order; not rewritten: table app.mine: cannot drop column d of table app.mine because other objects depend on it (view app.mine_shown depends on column d of table app.mine); data lost: table column app.mine.a" "what the owner may not drop is in the way"
is "$(sql large "SELECT count(*) FROM app.mine_shown")" 1 "and stays"

# Where else

sql large "CREATE TABLE app.called (a int, b int)" >/dev/null
applies large "ALTER TABLE app.called DROP a"
run large "CALL migrate_down(rewrite => true)"
works "migrate_down() takes it, too"
plain_dump -s -N migrate_kept large >"$SCRATCH/schema.back"
same "$SCRATCH/schema" "$SCRATCH/schema.back" "with the same schema"
like "$(sql large "SELECT note FROM migrate_history() ORDER BY id DESC LIMIT 1")" "exact; rewritten: table app.called" "the history keeps what was rewritten"
for call in "migrate_rollback(rewrite => NULL)" "migrate_text('0001', rewrite => NULL)"; do
	run large "SELECT $call"
	is "$STATE $MESSAGE" "22004 rewrite must not be null" "$call"
done
run large "CALL migrate_down(rewrite => NULL)"
is "$STATE $MESSAGE" "22004 rewrite must not be null" "and migrate_down"

done_testing
