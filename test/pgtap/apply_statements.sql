BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- Runs a text as a migration of its own; returns what it fails with, or how many statements ran.
CREATE FUNCTION pg_temp.outcome(up text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  failure text;
BEGIN
  DELETE FROM migrate.migration;
  DELETE FROM migrate.history;
  DELETE FROM migrate.schema_version;
  failure := pg_temp.failure(format('SELECT migrate_add(''0001_a'', %L)', up));
  IF failure <> 'did not fail' THEN
    RETURN 'not loaded: ' || failure;
  END IF;
  failure := pg_temp.failure('SELECT migrate_apply()');
  RETURN CASE WHEN failure = 'did not fail' THEN (SELECT 'ran ' || statements FROM migrate.history WHERE event = 'apply') ELSE failure END;
END
$$;

SELECT plan(61);

-- Statements that refuse a transaction block

CREATE TABLE ran (a int);
SELECT is(pg_temp.outcome(E'INSERT INTO ran VALUES (1);\n ' || statement), '25001: migration "0001_a" can''t run inside a transaction
DETAIL: It holds what refuses a transaction block: line 2: ' || tag || '.
HINT: Use CALL migrate_up(), outside of BEGIN, or migrate_start() from anywhere.', 'refused by name: ' || statement)
  FROM (VALUES
    ('CREATE INDEX CONCURRENTLY i ON ran (a)', 'CREATE INDEX CONCURRENTLY'),
    ('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ran (a)', 'CREATE INDEX CONCURRENTLY'),
    ('DROP INDEX CONCURRENTLY i', 'DROP INDEX CONCURRENTLY'),
    ('REINDEX TABLE CONCURRENTLY ran', 'REINDEX CONCURRENTLY'),
    ('REINDEX (CONCURRENTLY, VERBOSE) INDEX i', 'REINDEX CONCURRENTLY'),
    ('REINDEX SCHEMA public', 'REINDEX'),
    ('REINDEX DATABASE pgtap', 'REINDEX'),
    ('VACUUM', 'VACUUM'),
    ('VACUUM FULL ran', 'VACUUM'),
    ('VACUUM (ANALYZE) ran', 'VACUUM'),
    ('CLUSTER', 'CLUSTER'),
    ('ALTER SYSTEM SET work_mem = ''5MB''', 'ALTER SYSTEM'),
    ('ALTER SYSTEM RESET ALL', 'ALTER SYSTEM'),
    ('CREATE DATABASE other', 'CREATE DATABASE'),
    ('DROP DATABASE IF EXISTS other', 'DROP DATABASE'),
    ('ALTER DATABASE other SET TABLESPACE pg_default', 'ALTER DATABASE'),
    ('CREATE TABLESPACE t LOCATION ''/nowhere''', 'CREATE TABLESPACE'),
    ('DROP TABLESPACE t', 'DROP TABLESPACE'),
    ('ALTER TABLE p DETACH PARTITION c CONCURRENTLY', 'ALTER TABLE DETACH PARTITION CONCURRENTLY'),
    ('CREATE SUBSCRIPTION s CONNECTION '''' PUBLICATION p', 'CREATE SUBSCRIPTION')) AS t(statement, tag);
SELECT is((SELECT count(*) FROM ran), 0::bigint, '… before anything runs');
SELECT is(pg_temp.rows_of('SELECT action, name, detail FROM migrate_plan()'),
  '(apply,a,"line 2: CREATE SUBSCRIPTION")',
  'the plan says so');
SELECT is((SELECT transactional || ' ' || detail FROM pg_temp.details()),
  'false not transactional: line 2: CREATE SUBSCRIPTION; not reversible: it has no down script', '… and status');
SELECT is(pg_temp.outcome(E'-- migrate:no-transaction\nSELECT 1'), '25001: migration "0001_a" can''t run inside a transaction
DETAIL: It holds what refuses a transaction block: line 1: migrate:no-transaction.
HINT: Use CALL migrate_up(), outside of BEGIN, or migrate_start() from anywhere.', 'one that is marked is refused, too');
SELECT migrate_add('0000_before', 'INSERT INTO ran VALUES (0)') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 5) || ' ' || (SELECT count(*) FROM ran), '25001 0', '… and nothing before it runs');
SELECT is((SELECT count(*) FROM migrate_apply('0000')), 1::bigint, '… unless the target is before it');
SELECT is(pg_temp.outcome(statement), 'ran 1', 'not refused: ' || statement)
  FROM (VALUES ('CREATE INDEX concurrently_not ON ran (a)'), ('REINDEX TABLE ran'), ('REINDEX INDEX concurrently_not'), ('ANALYZE ran'),
    ('CLUSTER ran USING concurrently_not'), ('CREATE SUBSCRIPTION s CONNECTION ''dbname=x'' PUBLICATION p WITH (connect = false)'),
    ('DO $do$ BEGIN RAISE DEBUG ''VACUUM''; END $do$'), ('COMMENT ON TABLE ran IS ''CREATE INDEX CONCURRENTLY i ON ran (a);''')) AS t(statement);
SELECT is(pg_temp.outcome(E'SELECT 1;\nDO $$ BEGIN COMMIT; END $$'), '2D000: invalid transaction termination
HINT: A block of code that commits needs the line "-- migrate:no-transaction" above the first statement, and CALL migrate_up() or CALL migrate_down().
AT: migration "0001_a", line 2, column 1', 'a COMMIT inside a block of code is refused by the server');

-- BEGIN … COMMIT

SELECT is(pg_temp.outcome(content), ran, 'skipped: ' || content)
  FROM (VALUES
    ('BEGIN; SELECT 1; COMMIT', 'ran 1'),
    ('START TRANSACTION; SELECT 1; SELECT 2; END', 'ran 2'),
    ('BEGIN ISOLATION LEVEL READ COMMITTED; SELECT 1; SELECT 2; COMMIT WORK', 'ran 2'),
    ('SET work_mem = ''1MB''; BEGIN; SELECT 1; COMMIT', 'ran 2'),
    ('BEGIN; COMMIT', 'ran 0')) AS t(content, ran);

-- COPY with inline data, as pg_dump writes it

CREATE TABLE copied (id int GENERATED ALWAYS AS IDENTITY, a text, b text DEFAULT 'b');
CREATE FUNCTION pg_temp.copied() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%L/%L', a, b), ', ' ORDER BY id) FROM copied
$$;
SELECT is(pg_temp.outcome(E'COPY copied (a, b) FROM stdin;\none\t\\N\nit''s "q"; -- no\ttab\\there\n\\\\\t\\\\.x\n\\.\n\nSELECT 1;'), 'ran 2', 'COPY FROM stdin takes its data from the text');
SELECT is(pg_temp.copied(), replace($$'one'/NULL, 'it''s "q"; -- no'/'tab<>here', E'\\'/E'\\.x'$$, '<>', E'\t'),
  '… with quotes, semicolons, backslashes and null');
DELETE FROM copied;
SELECT is(pg_temp.outcome(E'COPY public.copied (b, a) FROM STDIN WITH (FORMAT csv, HEADER, NULL ''-'');\nb,a\n"x, ""y""\nz",-\n\\.\n'), 'ran 1', 'CSV with a column list, in another order');
SELECT is(pg_temp.copied(), E'NULL/\'x, "y"\nz\'', '… with quotes and a line break inside');
DELETE FROM copied;
SELECT is(pg_temp.outcome(E'COPY copied (a) FROM STDIN DELIMITER '';'' ;\r\none\r\ntwo\r\n\\.\r\nSELECT 1;\r\n'), 'ran 2', 'data of a CRLF file');
SELECT is(pg_temp.copied(), '''one''/''b'', ''two''/''b''', '… has no carriage returns');
DELETE FROM copied;
SELECT is(pg_temp.outcome(E'COPY copied (a) FROM STDIN WHERE a > ''o'';\none\nmany\n\\.\n'), 'ran 1', 'COPY … WHERE');
SELECT is(pg_temp.copied(), '''one''/''b''', '… takes what it says');
DELETE FROM copied;
SELECT is(pg_temp.outcome(E'COPY copied (a) FROM STDIN;\n\\.\n'), 'ran 1', 'COPY with no rows');
SELECT is(pg_temp.copied(), NULL, '… copies none');
SELECT is(pg_temp.outcome(E'COPY copied (a) FROM STDIN (ENCODING ''LATIN1'');\nGrüße, 世界\n\\.\n'), 'ran 1', 'the data is in the encoding of the text');
SELECT is(pg_temp.copied(), '''Grüße, 世界''/''b''', '… whatever the statement says');
SELECT is(pg_temp.outcome(E'SELECT 1;\nCOPY copied (a, b) FROM STDIN;\none\ttwo\nthree\n\\.\n'), '22P04: missing data for column "b"
AT: migration "0001_a", line 2, column 1', 'data that does not fit fails as COPY does');
SELECT is(pg_temp.copied(), '''Grüße, 世界''/''b''', '… and copies nothing');
SELECT is(pg_temp.outcome(E'\\restrict abc\nSET check_function_bodies = false;\nCOPY copied (a) FROM stdin;\nx\n\\.\n\n\\unrestrict abc\n'), 'ran 2',
  'a dump between \restrict and \unrestrict');
CREATE TABLE numbers (a int CHECK (a > 0));
CREATE VIEW some_view AS SELECT 1 AS a;
CREATE FUNCTION pg_temp.copy(into_table text) RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.outcome(format(E'COPY %s FROM stdin;\n1\n-1\n\\.\n', into_table))
$$;
SELECT is(pg_temp.copy('numbers'), '23514: new row for relation "numbers" violates check constraint "numbers_a_check"
DETAIL: Failing row contains (-1).
AT: migration "0001_a", line 1, column 1', 'a row that violates a constraint');
SELECT is(pg_temp.copy('nowhere'), '42P01: relation "nowhere" does not exist
AT: migration "0001_a", line 1, column 1', 'a table that does not exist');
SELECT is(pg_temp.copy('numbers (b)'), '42703: column "b" of relation "numbers" does not exist
AT: migration "0001_a", line 1, column 1', 'a column that does not exist');
SELECT is(pg_temp.copy('some_view'), '42809: cannot copy to view "some_view"
HINT: To enable copying to a view, provide an INSTEAD OF INSERT trigger.
AT: migration "0001_a", line 1, column 1', 'a view');

-- … as the caller, whose privileges count

CREATE ROLE some_role;
GRANT EXECUTE ON FUNCTION migrate_apply TO some_role;
GRANT INSERT (a) ON copied TO some_role;
DELETE FROM migrate.migration;
SELECT migrate_add('0002_b', E'COPY copied (a, b) FROM stdin;\none\ttwo\n\\.\n') \g /dev/null
SET LOCAL ROLE some_role;
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '42501: permission denied for table copied
AT: migration "0002_b", line 1, column 1', 'COPY into a column that the caller may not insert into');
RESET ROLE;
GRANT INSERT ON copied TO some_role;
ALTER TABLE copied ENABLE ROW LEVEL SECURITY;
SET LOCAL ROLE some_role;
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '0A000: COPY FROM not supported with row-level security
HINT: Use INSERT statements instead.
AT: migration "0002_b", line 1, column 1', 'COPY into a table with row-level security that holds for the caller');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
