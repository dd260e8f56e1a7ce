-- A label can be unsafe to use only in a type that another transaction made.
SET client_min_messages = warning;
DROP TYPE IF EXISTS migrate_test_kind;
CREATE TYPE migrate_test_kind AS ENUM ('a');

BEGIN;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- What is left of migrations: the history, the guard, and the tables of schema app.
CREATE SCHEMA app;
CREATE FUNCTION pg_temp.left_over() RETURNS text LANGUAGE sql AS $$
  SELECT format('%s events, version %s, tables %s', (SELECT count(*) FROM migrate.history), COALESCE(migrate_version(), 'none'),
    COALESCE((SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r'), 'none'))
$$;

-- The fields of an error that name objects.
CREATE FUNCTION pg_temp.objects_named(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  names text[];
  found text;
BEGIN
  EXECUTE statement;
  RETURN 'did not fail';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS found = SCHEMA_NAME; names := names || found;
  GET STACKED DIAGNOSTICS found = TABLE_NAME; names := names || found;
  GET STACKED DIAGNOSTICS found = COLUMN_NAME; names := names || found;
  GET STACKED DIAGNOSTICS found = PG_DATATYPE_NAME; names := names || found;
  GET STACKED DIAGNOSTICS found = CONSTRAINT_NAME; names := names || found;
  RETURN array_to_string(names, '/');
END
$$;

-- Makes this the only migration that is pending; whatever came after 0002 is forgotten.
CREATE FUNCTION pg_temp.only(up text, verify text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM migrate.migration WHERE version > '0002';
  UPDATE migrate.schema_version SET version = '0002', name = 'b' WHERE version > '0002';
  PERFORM migrate_add('0009_it', up, verify => verify);
END
$$;

SELECT plan(39);

-- All or nothing

SELECT migrate_add('0001_a', 'CREATE TABLE app.a (id int CONSTRAINT positive CHECK (id > 0))') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('0002_b', 'CREATE TABLE app.b ()') \g /dev/null
SELECT migrate_add('0003_c', E'CREATE TABLE app.c ();\n  INSERT INTO app.a VALUES (-1);') \g /dev/null
SELECT migrate_add('0004_d', 'CREATE TABLE app.d ()') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '23514: new row for relation "a" violates check constraint "positive"
DETAIL: Failing row contains (-1).
AT: migration "0003_c", line 2, column 3', 'an error keeps its SQLSTATE, message and detail, and says where it was');
SELECT is(pg_temp.left_over(), '1 events, version 0001, tables a', '… and of three, nothing stays, history and version are unchanged');
SELECT is((SELECT string_agg(status, ' ') FROM migrate_status()), 'applied pending pending pending', '… they are pending');
SELECT is(pg_temp.objects_named('SELECT migrate_apply()'), 'app/a///positive', 'an error keeps schema, table and constraint names');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply('0002')), '0002', 'what is before it can be applied');
SELECT pg_temp.only('CREATE DOMAIN app.d AS int CHECK (VALUE > 0); SELECT (-1)::app.d') \g /dev/null
SELECT is(pg_temp.objects_named('SELECT migrate_apply()'), 'app///d/d_check', '… and type names');
SELECT pg_temp.only('CREATE TABLE app.n (x int NOT NULL); INSERT INTO app.n VALUES (NULL)') \g /dev/null
SELECT is(pg_temp.objects_named('SELECT migrate_apply()'), 'app/n/x//', '… and column names');
SELECT pg_temp.only(E'SELECT 1;\nSELECT\n  nothing FROM app.a') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '42703: column "nothing" does not exist
AT: migration "0009_it", line 3, column 3', 'an error that the server places has that line and column');
SELECT pg_temp.only(E'DO $$\nBEGIN\n  RAISE EXCEPTION ''no'' USING ERRCODE = ''ZZ123'', DETAIL = ''d'', HINT = ''h'';\nEND\n$$') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'ZZ123: no
DETAIL: d
HINT: h
AT: migration "0009_it", line 1, column 1', 'an error of the migration''s own keeps what it says');
SELECT pg_temp.only(E'CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS $$\n  SELECT\n  nothing\n$$') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 39), '42703: column "nothing" does not exist' || chr(10), 'an error in the body of a function');

-- Verify scripts

SELECT pg_temp.only('CREATE TABLE app.v (a int)', E'SELECT true;\nSELECT 1, false;\nSELECT 1, NULL;\nSELECT 0;\nSELECT count(*) = 1 FROM app.v') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'MG001: verify script of migration "0009_it" failed
DETAIL: A check returned false.
HINT: Find out what is missing; the check stands at the line given.
AT: migration "0009_it" verify, line 5, column 1', 'a row whose only column is false fails the migration');
SELECT is(pg_temp.left_over(), '2 events, version 0002, tables a b', '… and nothing stays');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', E'SELECT true;\nSELECT bool_and(a > 0) FROM app.v') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'MG001: verify script of migration "0009_it" failed
DETAIL: A check returned null.
HINT: Find out what is missing; the check stands at the line given.
AT: migration "0009_it" verify, line 2, column 1', 'so does one that is null: it can''t tell');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', 'SELECT to_regclass(''app.w'')') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 5), 'MG001', '… of whatever type');
SELECT pg_temp.only('CREATE TABLE app.v (a int); CREATE FUNCTION app.nothing() RETURNS void LANGUAGE sql AS ''SELECT NULL::void''',
  'SELECT false FROM app.v; SELECT NULL, NULL; SELECT app.nothing()') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), 'did not fail', 'no row, several columns and a function that returns nothing object to nothing');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', 'SELECT a > 0 FROM (VALUES (2), (1), (0), (3)) AS t(a)') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 5), 'MG001', 'any row of several');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', E'SELECT 1 / 0') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '22012: division by zero
AT: migration "0009_it" verify, line 1, column 1', 'an error in it fails the migration');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', 'INSERT INTO app.v VALUES (1)') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '25006: cannot execute INSERT in a read-only transaction
AT: migration "0009_it" verify, line 1, column 1', 'it can''t write');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', 'SET transaction_read_only = off; INSERT INTO app.v VALUES (1)') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '25001: cannot set transaction read-write mode inside a read-only transaction
AT: migration "0009_it" verify, line 1, column 1', '… nor turn that off');
SELECT pg_temp.only('CREATE SEQUENCE app.s', 'SELECT nextval(''app.s'')') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 5), '25006', '… nor move a sequence');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', 'BEGIN; SET search_path = app; SELECT count(*) = 0 FROM v; ROLLBACK') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), 'did not fail', 'BEGIN … ROLLBACK in it is accepted');
SELECT is(current_setting('search_path'), '"$user", public', '… and its settings don''t leak');
SELECT pg_temp.only('CREATE TABLE app.v (a int)', 'SELECT false') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), 5), 'MG001', 'it runs in dry runs, too');

-- An index that another tool left half built

SELECT pg_temp.only('CREATE INDEX IF NOT EXISTS half_idx ON app.a (id); CREATE INDEX IF NOT EXISTS whole_idx ON app.a (id)') \g /dev/null
CREATE INDEX half_idx ON app.a (id);
CREATE INDEX whole_idx ON app.a (id);
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), 'did not fail', 'IF NOT EXISTS leaves indexes that are there');
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.half_idx'::regclass;
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55000: index "half_idx" is not valid
DETAIL: Building app.half_idx failed once, or is still under way. With IF NOT EXISTS it would be left as it is.
HINT: If nobody is building it, drop it with DROP INDEX CONCURRENTLY app.half_idx, and try again.
AT: migration "0009_it", line 1, column 1', '… but not one that is not valid');
DROP INDEX app.half_idx, app.whole_idx;
SELECT pg_temp.only('CREATE INDEX IF NOT EXISTS part_idx ON app.part (a)') \g /dev/null
CREATE TABLE app.part (a int) PARTITION BY RANGE (a);
CREATE TABLE app.part_1 PARTITION OF app.part FOR VALUES FROM (1) TO (2);
CREATE INDEX part_idx ON ONLY app.part (a);
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), 'did not fail', '… unless it only waits for those of its partitions');
DROP TABLE app.part;

-- Deferred constraints

SELECT pg_temp.only($$
CREATE TABLE app.parent (id int PRIMARY KEY);
CREATE TABLE app.child (parent int CONSTRAINT to_parent REFERENCES app.parent DEFERRABLE INITIALLY DEFERRED);
INSERT INTO app.child VALUES (7);$$) \g /dev/null
SELECT migrate_add('0010_later', 'INSERT INTO app.parent VALUES (7)') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '23503: insert or update on table "child" violates foreign key constraint "to_parent"
DETAIL: Key (parent)=(7) is not present in table "parent".
AT: migration "0009_it"', 'a deferred violation is the failure of its own migration');
SELECT is(left(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), 5), '23503', '… in dry runs, too');
SELECT pg_temp.only($$
CREATE TABLE app.parent (id int PRIMARY KEY);
CREATE TABLE app.child (parent int CONSTRAINT to_parent REFERENCES app.parent DEFERRABLE INITIALLY DEFERRED);
INSERT INTO app.child VALUES (7); INSERT INTO app.parent VALUES (7)$$) \g /dev/null
SELECT migrate_add('0010_next', 'INSERT INTO app.child VALUES (8); INSERT INTO app.parent VALUES (8); ALTER TABLE app.child ADD x int') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55006: cannot ALTER TABLE "child" because it has pending trigger events
AT: migration "0010_next", line 1, column 70', 'constraints are deferred anew in each migration');
SELECT migrate_add('0010_next', 'INSERT INTO app.child VALUES (8); INSERT INTO app.parent VALUES (8)') \g /dev/null
SELECT migrate_add('0011_alter', 'ALTER TABLE app.child ADD x int') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'did not fail', '… and checked at its end, so that the next can alter the table');
SELECT is(pg_temp.failure('INSERT INTO app.child VALUES (9); INSERT INTO app.parent VALUES (9)'), 'did not fail', '… and deferred as before for the caller');
-- What the caller has deferred is checked in the end, whatever a dry run or a failure saw

CREATE FUNCTION pg_temp.outcomes(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  outcomes text;
BEGIN
  BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    INSERT INTO app.child VALUES (99);
    outcomes := left(pg_temp.failure(call), 12) || ', then ' || pg_temp.failure('SET CONSTRAINTS ALL IMMEDIATE');
    RAISE EXCEPTION USING ERRCODE = 'ZZ001';
  EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
    RETURN outcomes;
  END;
END
$$;
SELECT pg_temp.only('') \g /dev/null
SELECT migrate_remove('0009') \g /dev/null
INSERT INTO app.parent SELECT i FROM generate_series(100, 300) AS i;
SELECT migrate_add('0020_parent', 'INSERT INTO app.parent VALUES (99)') \g /dev/null
SELECT migrate_add('0021_more', 'INSERT INTO app.child SELECT i FROM generate_series(100, 300) AS i') \g /dev/null
SELECT is(pg_temp.outcomes('SELECT migrate_apply(dry_run => true)'), 'did not fail, then 23503: insert or update on table "child" violates foreign key constraint "to_parent"
DETAIL: Key (parent)=(99) is not present in table "parent".', 'a dry run does not hide what is missing afterwards');
SELECT migrate_add('0022_fails', 'SELECT 1 / 0') \g /dev/null
SELECT is(pg_temp.outcomes('SELECT migrate_apply()'), '22012: divis, then 23503: insert or update on table "child" violates foreign key constraint "to_parent"
DETAIL: Key (parent)=(99) is not present in table "parent".', '… nor does an apply that fails');

SELECT pg_temp.only('') \g /dev/null
SELECT migrate_remove('0009') \g /dev/null
DELETE FROM migrate.migration WHERE applied_event IS NULL;
SELECT migrate_add('0030_explained', 'EXPLAIN ANALYZE INSERT INTO app.child VALUES (999)') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 5), '23503', 'whatever statement queued it');
SELECT migrate_remove('0030') \g /dev/null

-- A new enum label used at once

SELECT pg_temp.only(E'ALTER TYPE migrate_test_kind ADD VALUE ''b'';\nSELECT ''b''::migrate_test_kind') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55P04: unsafe use of new value "b" of enum type migrate_test_kind
HINT: New enum values must be committed before they can be used. Migrations of one call share a transaction: use CALL migrate_up(), or apply the one that adds the label in a call of its own.
AT: migration "0009_it", line 2, column 8', 'a label used in the transaction that adds it says what to do');

-- This changes the caller's transaction where it fails: it comes last

SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.only('SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO app.parent VALUES (10); INSERT INTO app.child VALUES (10)') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.failure('INSERT INTO app.child VALUES (11); INSERT INTO app.parent VALUES (11)'), 'did not fail', 'SET CONSTRAINTS of a migration does not leak');
SELECT pg_temp.only('') \g /dev/null
SELECT migrate_add('0010_set', 'SET CONSTRAINTS ALL IMMEDIATE') \g /dev/null
SELECT migrate_add('0011_next', 'INSERT INTO app.child VALUES (12); INSERT INTO app.parent VALUES (12)') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'did not fail', '… into the next migration');
SELECT pg_temp.only('SET CONSTRAINTS ALL IMMEDIATE; UPDATE app.parent SET id = 13 WHERE id = 12 AND false') \g /dev/null
SELECT migrate_add('0010_next', $$CREATE TABLE app.new_child (parent int REFERENCES app.parent DEFERRABLE INITIALLY DEFERRED);
INSERT INTO app.new_child VALUES (14); INSERT INTO app.parent VALUES (14)$$) \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'did not fail', '… not for constraints that the next one makes');
SET CONSTRAINTS app.to_parent IMMEDIATE;
SELECT pg_temp.only('UPDATE app.parent SET id = 13 WHERE false') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(left(pg_temp.failure('INSERT INTO app.child VALUES (15)'), 5), '23503', 'what the caller has set by SET CONSTRAINTS stays set');

SELECT * FROM finish();
ROLLBACK;
DROP TYPE migrate_test_kind;
