#!/usr/bin/env bash
# A migration without a down script is rolled back by its recorded changes: the schema is as before, or the verdict says what
# differs, or it is refused and nothing has happened.
. test/server/lib/tap.bash
. test/server/lib/statements.bash

# rolls_back DATABASE VERDICT NAME: the last migration, with this verdict and the schema of before the apply, whose hash is
# in BEFORE.
rolls_back() {
	run "$1" "SELECT action FROM migrate_rollback()"
	is "$STATE $OUT" "00000 rolled back, generated: $2" "$3" || explain "$ERR"
	sql "$1" "SELECT migrate_remove('0001')" >/dev/null
	[ "$2" != exact ] || is "$(sql "$1" "SELECT migrate_schema_hash()")" "$BEFORE" "$3: the schema is as before"
}

# applies DATABASE NAME TEXT
applies() {
	BEFORE=$(sql "$1" "SELECT migrate_schema_hash()")
	run "$1" "SELECT action FROM migrate_run(\$m\$$2\$m\$, \$m\$$3\$m\$)"
	is "$STATE $OUT" "00000 applied" "$2 is applied" || explain "$ERR"
}

migrate_database back
sql back "SET client_min_messages = warning" "CREATE SCHEMA app" "CREATE TYPE app.state AS ENUM ('new', 'paid')" \
	"CREATE TABLE app.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state app.state DEFAULT 'new', total numeric(9, 2), note text, last date)" \
	"CREATE TABLE app.items (orders int REFERENCES app.orders, price numeric CHECK (price > 0))" \
	"CREATE VIEW app.totals AS SELECT sum(total) AS total FROM app.orders" >/dev/null

applies back 0001_more "CREATE TABLE app.tags (tag text PRIMARY KEY); CREATE INDEX ON app.orders (total); GRANT SELECT ON app.tags TO PUBLIC"
rolls_back back exact "what was made goes"
applies back 0001_names "ALTER TABLE app.orders RENAME TO purchases; ALTER TABLE app.purchases RENAME total TO amount; ALTER TABLE app.purchases RENAME CONSTRAINT orders_pkey TO key; CREATE SCHEMA other; ALTER TABLE app.items SET SCHEMA other"
sql back "INSERT INTO app.purchases (amount) VALUES (1)" >/dev/null
rolls_back back exact "what was renamed has its name again"
is "$(sql back "SELECT total FROM app.orders")" 1.00 "and its rows"
applies back 0001_swap "ALTER TABLE app.orders RENAME TO x; ALTER TABLE app.items RENAME TO orders; ALTER TABLE app.x RENAME TO items"
rolls_back back exact "two tables have their own names again"
is "$(sql back "SELECT count(*) FROM app.orders")" 1 "each with its rows"
applies back 0001_replaced "ALTER TABLE app.orders RENAME note TO note_old; ALTER TABLE app.orders ADD note int; ALTER TABLE app.orders DROP last"
rolls_back back "exact; data lost: table column app.orders.last" "a column whose name was taken has it again"
applies back 0001_view "CREATE OR REPLACE VIEW app.totals AS SELECT sum(total) AS total, count(*) AS orders FROM app.orders; CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW app.more AS SELECT app.f(), t.* FROM app.totals t"
rolls_back back exact "views are made anew"
applies back 0001_type "ALTER TABLE app.items ALTER price TYPE numeric(12, 3); DROP VIEW app.totals; ALTER TABLE app.orders ALTER total TYPE text"
rolls_back back exact "a type changes back"
applies back 0001_cascade "DROP TABLE app.orders CASCADE"
rolls_back back "exact; data lost: table app.orders" "what was dropped is made again, and what depended on it"
applies back 0001_middle "ALTER TABLE app.orders DROP note"
rolls_back back "equal but for column order; data lost: table column app.orders.note" "another order of columns is said"
applies back 0001_label "ALTER TYPE app.state ADD VALUE 'sent'"
rolls_back back "superset: labels of app.state" "a label stays, which is said"
applies back 0001_rows "INSERT INTO app.orders (total) VALUES (1)"
run back "SELECT migrate_rollback()"
is "$STATE" MG007 "what only changes rows has no way back"
like "$ERR" "what it did to rows is not recorded: INSERT in line 1" "and why"
sql back "SELECT migrate_repair('0001', 'forget')" "SELECT migrate_remove('0001')" >/dev/null
applies back 0001_both "ALTER TABLE app.items ADD seen bool;
UPDATE app.items SET price = price + 1"
rolls_back back "exact; rows not brought back: UPDATE in line 2" "rows that it changed stay so, which is said"

# Rows

sql back "DROP VIEW app.totals" >/dev/null
applies back 0001_kept "CREATE TABLE app.kept (id int); ALTER TABLE app.orders ADD extra text, ADD other int; ALTER TABLE app.orders ALTER total TYPE numeric"
sql back "INSERT INTO app.kept VALUES (1), (2)" "UPDATE app.orders SET extra = 'x', total = 1.005" >/dev/null
rows=$(sql back "SELECT count(*) FROM app.orders")
run back "SELECT migrate_rollback()"
is "$STATE $MESSAGE" 'MG011 rolling back migration "0001_kept" would lose rows' "rows that would be lost refuse the rollback"
like "$ERR" "DETAIL: .*table app.kept: 2 rows" "each is named: a table with its rows"
like "$ERR" "table column app.orders.extra: $rows value" "a column with its values"
like "$ERR" "table column app.orders.total: $rows value.* as numeric\(9,2\)" "and values that the old type would change"
is "$(sql back "SELECT status FROM migrate_status()")" applied "and nothing has happened"
sql back "DELETE FROM app.kept" "UPDATE app.orders SET extra = NULL, total = 1" >/dev/null
rolls_back back exact "without them it goes back"

applies back 0001_plain "ALTER TABLE app.items ADD double numeric GENERATED ALWAYS AS (price * 2) STORED"
sql back "INSERT INTO app.items (price) VALUES (2)" "SELECT migrate_run('0002_computed', 'ALTER TABLE app.items ALTER double DROP EXPRESSION')" >/dev/null
sql back "UPDATE app.items SET double = 7" >/dev/null
run back "SELECT migrate_rollback()"
like "$STATE $ERR" 'MG011.*table column app.items.double: 1 value' "values that would be computed again, too" || explain "$ERR"
sql back "DELETE FROM app.items" "SELECT migrate_rollback()" "SELECT migrate_remove('0002')" >/dev/null
rolls_back back exact "a computed column goes"

role back_owner LOGIN
sql back "GRANT CREATE, USAGE ON SCHEMA app TO back_owner" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO back_owner" >/dev/null
AS=back_owner run back "SELECT migrate_run('0001_hidden', 'CREATE TABLE app.hidden (id int); ALTER TABLE app.hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE app.hidden FORCE ROW LEVEL SECURITY')"
works "a table whose rows are hidden from its owner"
sql back "INSERT INTO app.hidden VALUES (1)" >/dev/null
AS=back_owner run back "SELECT migrate_rollback()"
is "$STATE" 42501 "rows that row security hides are not passed over"
is "$(sql back "SELECT count(*) FROM app.hidden")" 1 "and stay"
sql back "DELETE FROM app.hidden" "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null

applies back 0001_busy "CREATE TABLE app.busy (id int)"
open_session writes back
send writes "BEGIN; INSERT INTO app.busy VALUES (1);"
answered writes
run back "SET migrate.lock_timeout = 200" "SET migrate.lock_retries = 0" "SELECT migrate_rollback()"
is "$STATE" 55P03 "a row that another session is about to commit is waited for"
send writes "COMMIT;"
answered writes
close_session writes
run back "SELECT migrate_rollback()"
is "$STATE" MG011 "and counts"
sql back "DELETE FROM app.busy" >/dev/null
rolls_back back exact "without it it goes back"
sql back "SELECT migrate_guard('block')" >/dev/null
applies back 0001_guarded "CREATE TABLE app.guarded (id int)"
rolls_back back exact "the guard lets the way back pass"
sql back "SELECT migrate_guard('off')" >/dev/null

# What somebody else has changed

applies back 0001_changed "CREATE TABLE app.changed (id int)"
sql back "ALTER TABLE app.changed ADD more int" >/dev/null
run back "SELECT migrate_rollback()"
is "$STATE $MESSAGE" 'MG007 migration "0001_changed" can'\''t be rolled back' "what was changed since is not dropped"
like "$ERR" "app.changed.more was added" "which is said"
sql back "ALTER TABLE app.changed DROP more" "CREATE VIEW app.above AS SELECT id FROM app.changed" >/dev/null
run back "SELECT migrate_rollback()"
is "$STATE" MG007 "nor what something else needs"
like "$ERR" "app.above" "which is named"
is "$(sql back "SELECT count(*) FROM app.above")" 0 "and stays"
sql back "DROP VIEW app.above" >/dev/null
rolls_back back exact "without it it goes back"
applies back 0001_gone "CREATE TABLE app.gone (id int)"
sql back "DROP TABLE app.gone" >/dev/null
run back "SELECT migrate_rollback()"
like "$STATE $ERR" "MG007.*app.gone is gone" "what is gone is said" || explain "$ERR"
sql back "SELECT migrate_repair('0001', 'forget')" "SELECT migrate_remove('0001')" >/dev/null

# What has no way back

applies back 0001_said "-- migrate:irreversible it drops a column
CREATE TABLE app.said ()"
run back "SELECT migrate_rollback()"
is "$STATE" MG007 "what is said to be irreversible stays"
like "$HINT" "migrate_text\('0001_said', 'down'\).*'accept down'" "the hint says how it may go all the same"
like "$(sql back "SELECT text FROM migrate_text('0001', 'down')")" "DROP TABLE app.said" "the text of its way back can be read"
is "$(sql back "SELECT detail FROM migrate_repair('0001', 'accept down')")" "its recorded changes may be taken back" "and accepted"
rolls_back back exact "then it goes back"
BEFORE=
run back "SET migrate.record_changes = off" "SELECT migrate_run('0001_off', 'CREATE TABLE app.off ()')"
run back "SELECT migrate_rollback()"
is "$STATE" MG007 "so does what was not recorded"
sql back "SELECT migrate_repair('0001', 'forget')" "SELECT migrate_remove('0001')" >/dev/null
applies back 0001_setting "CREATE TABLE app.setting ()"
run back "SET migrate.generate_down = off" "SELECT migrate_rollback()"
is "$STATE" MG007 "and all without a down script where migrate.generate_down is off"
run back "SET migrate.generate_down = off" "SELECT note FROM migrate_status()"
like "$OUT" irreversible "which the status says"
is "$(sql back "SELECT value FROM migrate_show('0001') WHERE property = 'reversible'")" generated "migrate_show() tells that it can be"
is "$(sql back "SELECT action FROM migrate_rollback(dry_run => true) LIMIT 1")" "would roll back, generated: exact" "a dry run tells the verdict"
run back "CALL migrate_down()"
is "$STATE" 00000 "migrate_down() goes the same way" || explain "$ERR"
like "$ERR" "generated: exact" "and says so"
is "$(sql back "SELECT migrate_schema_hash()")" "$BEFORE" "to the same end"

sql back "SELECT migrate_remove('0001')" >/dev/null

# A migration in several parts

BEFORE=$(sql back "SELECT migrate_schema_hash()")
run back "SELECT migrate_add('0001_parts', \$m\$-- migrate:no-transaction
ALTER TABLE app.items ADD a int;
CREATE INDEX CONCURRENTLY parts ON app.items (a);
ALTER TABLE app.items RENAME a TO b;\$m\$)"
run back "CALL migrate_up()"
is "$STATE" 00000 "a migration of several parts is applied" || explain "$ERR"
rolls_back back exact "and goes back as a whole"

# The text

sql back "DELETE FROM app.orders" >/dev/null
applies back 0001_text "ALTER TABLE app.orders DROP state; CREATE TABLE app.more (id int); COMMENT ON TABLE app.orders IS \$c\$it's\$c\$"
sql back "INSERT INTO app.more VALUES (1)" >/dev/null
run back "BEGIN" "SET LOCAL lock_timeout = '7s'" "SELECT line, text FROM migrate_text('0001', 'down')" \
	"SELECT count(*) || ' locks, ' || current_setting('lock_timeout') FROM pg_locks WHERE pid = pg_backend_pid() AND mode !~ 'AccessShare' AND relation::regclass::text !~ '^migrate'" "COMMIT"
is "$OUT" "1|-- generated by migrate from the recorded changes: equal but for column order; data lost: table column app.orders.state
2|-- goes with what it holds: table app.more
3|SET LOCAL search_path = pg_catalog, pg_temp;
4|COMMENT ON TABLE app.orders IS NULL;
5|DROP TABLE app.more;
6|ALTER TABLE app.orders ADD COLUMN state app.state DEFAULT 'new'::app.state;
0 locks, 7s" "the text of the way back says where it leads to, and leaves no lock" || explain "$ERR"
is "$(sql back "SELECT count(*) FROM app.more")" 1 "nothing has happened"
run back "BEGIN READ ONLY" "SELECT migrate_text('0001')" "SELECT migrate_text('0001', 'down')"
is "$STATE $MESSAGE|$DETAIL" '25006 migrate_text() can'\''t run in a read-only transaction|Migration "0001_text" has no down script: its way back is found by going it.' "which can't be tried where nothing can be written"
open_session holds back
send holds "BEGIN; SELECT FROM app.orders;"
answered holds
run back "SET migrate.lock_timeout = 200" "SET migrate.lock_retries = 0" "SELECT migrate_text('0001', 'down')"
is "$STATE" 55P03 "it waits no longer than migrate.lock_timeout"
close_session holds
sql back "SELECT migrate_run('0002_later', 'ALTER TABLE app.orders RENAME TO later')" >/dev/null
like "$(sql back "SELECT text FROM migrate_text('0001', 'down')")" "ALTER TABLE app.orders ADD COLUMN state app.state" "behind a later migration, too"
run back "SET migrate.generate_down = off" "SELECT migrate_text('0002', 'down')"
is "$STATE" 55000 "with migrate.generate_down off there is none"
sql back "SELECT migrate_rollback()" "SELECT migrate_remove('0002')" "DELETE FROM app.more" >/dev/null
rolls_back back "equal but for column order; data lost: table column app.orders.state" "the rollback has the same verdict"

applies back 0001_secret "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw; CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'x')"
sql back "SELECT migrate_run('0002_less', 'DROP USER MAPPING FOR PUBLIC SERVER far')" >/dev/null
for call in "migrate_rollback()" "migrate_text('0002', 'down')"; do
	run back "SELECT $call"
	is "$STATE" MG007 "$call: a secret can't be made again"
	like "$DETAIL" "user mapping .* holds a secret, which is not recorded" "which is said" || explain "$ERR"
done
sql back "SELECT migrate_repair('0002', 'forget')" "SELECT migrate_remove('0002')" "DROP EXTENSION postgres_fdw CASCADE" "SELECT migrate_repair('0001', 'forget')" "SELECT migrate_remove('0001')" >/dev/null 2>&1

# Partitions and children

sql back "CREATE TABLE app.parts (id int, total int) PARTITION BY HASH (id)" \
	"CREATE TABLE app.parts_0 PARTITION OF app.parts FOR VALUES WITH (MODULUS 1, REMAINDER 0)" \
	"CREATE TABLE app.parent (total int, CONSTRAINT positive CHECK (total > 0))" \
	"CREATE TABLE app.child (total int, more int, CONSTRAINT positive CHECK (total > 0)) INHERITS (app.parent)" \
	"CREATE TABLE app.grandchild () INHERITS (app.child)" >/dev/null
applies back 0001_renamed "ALTER TABLE app.parts RENAME total TO amount; ALTER TABLE app.parts ADD note text; ALTER TABLE app.parent RENAME total TO amount; ALTER TABLE app.parent RENAME CONSTRAINT positive TO above_zero; ALTER TABLE app.child RENAME more TO less"
rolls_back back exact "a column has its old name in partitions and children"

# What stands in the way of others

sql back "CREATE TYPE app.step AS ENUM ('a', 'b')" "CREATE TABLE app.steps (step app.step CHECK (step <> 'a'), at timestamp)" \
	"CREATE INDEX ON app.steps (at) WHERE step = 'b'" \
	"CREATE FUNCTION app.on_step() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'" \
	"CREATE TRIGGER stepped AFTER INSERT ON app.steps FOR EACH ROW WHEN (NEW.step = 'b') EXECUTE FUNCTION app.on_step()" \
	"CREATE VIEW app.ages AS SELECT now() - at AS age FROM app.steps" "CREATE VIEW app.some AS SELECT age FROM app.ages" >/dev/null
applies back 0001_label "ALTER TYPE app.step ADD VALUE 'c'"
is "$(sql back "SELECT count(*) FROM migrate_text('0001', 'down') WHERE text ~ 'TRIGGER|CONSTRAINT|INDEX'")" 0 "what uses the type of a label is left alone"
rolls_back back "superset: labels of app.step" "a label stays, though a trigger, a check and an index use its type"
applies back 0001_ages "DROP VIEW app.some; DROP VIEW app.ages; ALTER TABLE app.steps ALTER at TYPE timestamptz; CREATE VIEW app.ages AS SELECT now() - at AS age FROM app.steps; CREATE VIEW app.some AS SELECT age FROM app.ages"
rolls_back back exact "a view that can be replaced, but only to what it is, makes way"

# Who was given what first

role back_a
role back_b
sql back "CREATE TABLE app.given (id int)" "GRANT SELECT ON app.given TO back_a WITH GRANT OPTION" "GRANT SELECT ON app.given TO back_b" \
	"ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO back_b" >/dev/null
grants=$(sql back "SELECT relacl FROM pg_class WHERE oid = 'app.given'::regclass")
applies back 0001_given "DROP TABLE app.given"
rolls_back back "exact; data lost: table app.given" "default privileges come in the way of grants"
is "$(sql back "SELECT relacl FROM pg_class WHERE oid = 'app.given'::regclass")" "$grants" "grants are in their old order, in which pg_dump writes them"
sql back "DROP OWNED BY back_a, back_b" "SELECT migrate_add('0001_again', 'REVOKE SELECT ON app.given FROM back_a', 'GRANT SELECT ON app.given TO back_a')" \
	"GRANT SELECT ON app.given TO back_a" "GRANT SELECT ON app.given TO back_b" >/dev/null
is "$(sql back "SELECT verdict, detail FROM migrate_prove(in_place => true)")" "equal but for the order of grants|script" "a script that gives in another order is told"
sql back "SELECT migrate_remove('0001')" "DROP OWNED BY back_a, back_b" >/dev/null

# Types

sql back "CREATE TYPE app.old AS ENUM ('x', 'y')" "CREATE TYPE app.other AS ENUM ('x', 'y')" "CREATE TYPE app.role AS ENUM ('r')" \
	"CREATE TABLE app.typed (a app.old)" "CREATE TABLE app.moved (id int)" >/dev/null
applies back 0001_types "ALTER TABLE app.typed ALTER a TYPE app.other USING a::text::app.other"
rolls_back back exact "a type to which there is no cast"
applies back 0001_types "ALTER TABLE app.typed ALTER a TYPE app.other USING a::text::app.other; DROP TYPE app.old"
rolls_back back exact "a type that is gone"
sql back "SELECT migrate_run('0001_types', 'ALTER TABLE app.typed ALTER a TYPE app.other USING a::text::app.other; DROP TYPE app.old')" "INSERT INTO app.typed VALUES ('x')" >/dev/null
run back "SELECT migrate_rollback()"
like "$STATE $ERR" "MG011.*app.typed.a: 1 value as app.old" "values that the old type can't be asked for are named" || explain "$ERR"
sql back "DELETE FROM app.typed" "SELECT migrate_rollback()" "SELECT migrate_remove('0001')" >/dev/null
applies back 0001_types "ALTER TYPE app.role RENAME TO rank; CREATE TABLE app.role (rank app.rank); ALTER TABLE app.moved RENAME TO gone; CREATE VIEW app.moved AS SELECT 1 AS a"
rolls_back back exact "a name that something of another kind has taken"

sql back "CREATE TABLE app.kinds (kind app.other PRIMARY KEY)" "CREATE TABLE app.of_kinds (kind app.other CONSTRAINT of_kind REFERENCES app.kinds)" >/dev/null
applies back 0001_both "ALTER TABLE app.of_kinds DROP CONSTRAINT of_kind; ALTER TABLE app.kinds ALTER kind TYPE text; ALTER TABLE app.of_kinds ALTER kind TYPE text; ALTER TABLE app.of_kinds ADD CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES app.kinds"
rolls_back back exact "both sides of a foreign key have another type"
sql back "CREATE TABLE app.boxes (id int PRIMARY KEY)" "CREATE TABLE app.in_boxes (box int REFERENCES app.boxes)" >/dev/null
applies back 0001_taken "ALTER TABLE app.boxes RENAME TO crates; CREATE TABLE app.boxes (id int PRIMARY KEY, crate int REFERENCES app.crates); ALTER TABLE app.in_boxes RENAME box TO crate; ALTER TABLE app.in_boxes ADD box int REFERENCES app.boxes; CREATE VIEW app.boxed AS SELECT id FROM app.boxes"
rolls_back back exact "a name that a table has taken on which others stand"

# What was granted on an extension's objects

sql back "CREATE EXTENSION hstore SCHEMA app" "CREATE EXTENSION pg_stat_statements SCHEMA app" >/dev/null
applies back 0001_members "GRANT SELECT ON app.pg_stat_statements TO back_a; GRANT SELECT (query) ON app.pg_stat_statements TO back_b; REVOKE ALL ON FUNCTION app.akeys(app.hstore) FROM PUBLIC; CREATE TABLE app.beside (id int)"
is "$(sql back "SELECT class, identity, definition FROM migrate_schema() WHERE identity ~ 'akeys'")" \
	"extension member|function app.akeys(app.hstore)|-- of extension hstore
REVOKE ALL ON FUNCTION app.akeys(app.hstore) FROM PUBLIC;" "a member is shown for what was granted on it"
rolls_back back exact "it is taken back"
is "$(sql back "SELECT count(*) FROM migrate_schema() WHERE class = 'extension member'")" 0 "and nothing more is shown of members"
sql back "GRANT EXECUTE ON FUNCTION app.avals(app.hstore) TO back_a" >/dev/null
applies back 0001_members "DROP EXTENSION hstore"
rolls_back back exact "an extension that is made again has the grants on it"
sql back "DROP EXTENSION hstore" "DROP EXTENSION pg_stat_statements" >/dev/null

# Every statement of test/schema, undone to the schema of before by the text of its way back, registered as the down script:
# all in one transaction, each in its turn.

migrate_database back_each
make_roles
sql back_each "CREATE SCHEMA testing" "CREATE TABLE testing.verdict (statement text, verdict text, is_equal boolean)" \
	"CREATE PROCEDURE testing.try(number int, statement text) LANGUAGE plpgsql AS \$\$
DECLARE before text; verdict text; down text; done text; equal boolean; message text; detail text; BEGIN
	before := public.migrate_schema_hash();
	BEGIN
		PERFORM public.migrate_run(lpad(number::text, 4, '0') || '_x', statement);
		SELECT string_agg(t.text, E'\\n' ORDER BY line) INTO down FROM public.migrate_text(lpad(number::text, 4, '0'), 'down') t;
		PERFORM public.migrate_add(lpad(number::text, 4, '0') || '_x', statement, down);
		SELECT action INTO done FROM public.migrate_rollback();
		IF done <> 'rolled back' THEN RAISE EXCEPTION '%', done; END IF;
		verdict := split_part(down, E'\\n', 1);
		equal := before = public.migrate_schema_hash();
		RAISE EXCEPTION USING ERRCODE = 'T0000';
	EXCEPTION WHEN SQLSTATE 'T0000' THEN NULL;
		WHEN OTHERS THEN GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
		verdict := message || ': ' || detail;
	END;
	INSERT INTO testing.verdict VALUES (statement, verdict, equal);
	EXECUTE statement;
END \$\$" >/dev/null
number=0
statements | while IFS= read -r line; do
	case $line in *SUBSCRIPTION* | 'DROP OWNED'*) printf '%s;\n' "$line" && continue ;; esac
	printf 'CALL testing.try(%d, $q$%s$q$);\n' $((number += 1)) "$line"
done | psql -Xq -v ON_ERROR_STOP=1 -d back_each >"$SCRATCH/log" 2>&1
ok $? "all statements run" || explain "$(tail -n 5 "$SCRATCH/log")"
is "$(sql back_each "SELECT count(*) > 150 FROM testing.verdict")" t "there are many"
is "$(sql back_each "SELECT statement, verdict FROM testing.verdict WHERE verdict ~ '^-- generated by migrate from the recorded changes: exact' AND is_equal IS DISTINCT FROM true")" "" \
	"whatever is called exact is"
is "$(sql back_each "SELECT statement FROM testing.verdict WHERE verdict !~ '^-- generated by migrate from the recorded changes: (exact|equal but|superset)' ORDER BY 1")" \
	"ALTER EXTENSION hstore UPDATE TO '1.8'
ALTER TABLE s.child NO INHERIT s.parent
INSERT INTO s.fast VALUES (1); ANALYZE s.fast
SELECT setval('s.q', 7)" "these have no way back"
drop_roles back_each
done_testing
