BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

-- Once, and not with each call that is undone.
SELECT migrate_drift('accept') \g /dev/null
\ir helpers/functions.psql

-- All that a client gets which drops the context: message, detail and hint, as they are.
CREATE FUNCTION pg_temp.told(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  EXECUTE 'SELECT ' || call;
  RETURN 'did not fail';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(chr(10), SQLERRM, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END
$$;
CREATE FUNCTION pg_temp.fails(up text, down text DEFAULT NULL, call text DEFAULT 'migrate_apply()') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM migrate_add('0009_last', up, down);
  RETURN pg_temp.told(call);
END
$$;

SELECT plan(32);

-- Where it is stands in the detail, behind what the server says there

CREATE TABLE stock (item text PRIMARY KEY, pieces int CHECK (pieces >= 0));
INSERT INTO stock VALUES ('bolt', 7);
SELECT is(pg_temp.fails(E'SELECT 1;\n  INSERT INTO stock VALUES (''nut'', -1);'), 'new row for relation "stock" violates check constraint "stock_pieces_check"
DETAIL: Failing row contains (nut, -1).
Migration "0009_last", line 2, column 3.
HINT: Nothing was applied.', 'the detail of the server comes first, then the place');
SELECT is(pg_temp.fails('SELECT 1/0'), 'division by zero
DETAIL: Migration "0009_last", line 1, column 1.
HINT: Nothing was applied.', 'the place is all there is where the server gives no detail');
SELECT is(pg_temp.fails($$DO 'BEGIN RAISE ''odd'' USING DETAIL = E''first \n\n second  ''; END'$$), E'odd\nDETAIL: first \n\n second  \nMigration "0009_last", line 1, column 1.\nHINT: Nothing was applied.',
  'the detail stays as it is, byte for byte');
SELECT is(pg_temp.fails($$DO 'BEGIN RAISE ''odd'' USING HINT = ''Ask Ann.''; END'$$), 'odd
DETAIL: Migration "0009_last", line 1, column 1.
HINT: Ask Ann.', 'a hint of the server, or of the migration, stands alone');
SELECT is(pg_temp.told($$migrate_add('0009_last', E'SELECT 1;\n SELEC 2')$$), 'syntax error at or near "SELEC"
DETAIL: Migration "0009_last", line 2, column 2.', 'what can''t be loaded has its place there, too');
SELECT is(pg_temp.told($$migrate_load(pg_temp.files('0009_last.sql', 'SELEC 2', '0010_more.sql', 'SELEC 3'))$$), 'syntax error at or near "SELEC"
DETAIL: Migration "0009_last", line 1, column 1.
1 more:
migration "0010_more", line 1, column 1: syntax error at or near "SELEC"', '… before the list of all else that can''t');

-- What became of the rest

SELECT migrate_add('0001_bolts', 'CREATE TABLE bolts ()', 'DROP TABLE bolts') \g /dev/null
SELECT is(pg_temp.fails('SELECT 1/0'), 'division by zero
DETAIL: Migration "0009_last", line 1, column 1.
HINT: Nothing was applied; 1 earlier migration of this call was undone.', 'one earlier migration');
SELECT migrate_add('0002_nuts', 'CREATE TABLE nuts ()', 'DROP TABLE nuts') \g /dev/null
SELECT is(pg_temp.fails('SELECT 1/0'), 'division by zero
DETAIL: Migration "0009_last", line 1, column 1.
HINT: Nothing was applied; 2 earlier migrations of this call were undone.', 'two of them');
SELECT is(pg_temp.fails('SELECT 1/0', NULL, 'migrate_apply(dry_run => true)'), 'division by zero
DETAIL: Migration "0009_last", line 1, column 1.
HINT: Nothing was applied: this was a dry run.', 'a dry run');
SELECT is(pg_temp.fails(E'SELECT 1;\n-- migrate:verify\nSELECT false'), 'verify script of migration "0009_last" failed
DETAIL: A check returned false.
Migration "0009_last" verify, line 3, column 1.
HINT: Find out what is missing; the check stands at the line given. Nothing was applied; 2 earlier migrations of this call were undone.', 'an error of our own has its hint, too');

-- What is there already

SELECT is(pg_temp.fails(up), format('%s
DETAIL: Migration "0009_last", line 1, column 1.
HINT: Nothing was applied; 2 earlier migrations of this call were undone. If all that it makes is there already, call migrate_repair(''0009_last'', ''applied'').', message), 'there already: ' || up)
  FROM (VALUES
    ('CREATE TABLE stock ()', 'relation "stock" already exists'),
    ('CREATE SCHEMA public', 'schema "public" already exists'),
    ('ALTER TABLE stock ADD COLUMN item text', 'column "item" of relation "stock" already exists'),
    ('CREATE TYPE stock AS ENUM ()', 'type "stock" already exists'),
    ('CREATE FUNCTION migrate_version() RETURNS text LANGUAGE sql AS ''SELECT 1::text''', 'function "migrate_version" already exists with same argument types')) AS t(up, message);
SELECT pg_temp.fails('CREATE TABLE gone ()', 'DROP TABLE gone;') \g /dev/null
DROP TABLE gone;
SELECT is(pg_temp.told('migrate_rollback()'), 'table "gone" does not exist
DETAIL: Migration "0009_last" down, line 1, column 1.
HINT: Nothing was rolled back. If all that it drops is gone already, call migrate_repair(''0009_last'', ''forget'').', 'gone already');
DROP TABLE bolts;
CREATE TABLE gone ();
SELECT is(pg_temp.told('migrate_rollback(steps => 3)'), 'table "bolts" does not exist
DETAIL: Migration "0001_bolts" down, line 1, column 1.
HINT: Nothing was rolled back; 2 earlier migrations of this call stay applied. If all that it drops is gone already, call migrate_repair(''0001_bolts'', ''forget'').',
  'what was rolled back before it stays applied');

-- How old the text is, where that may be the reason

UPDATE migrate.migration SET added_at = '2026-01-31 12:00:00.7+00';
SET LOCAL TimeZone = 'UTC';
SELECT is(pg_temp.told('migrate_rollback(steps => 3)'), 'table "bolts" does not exist
DETAIL: Migration "0001_bolts" down, line 1, column 1.
HINT: Nothing was rolled back; 2 earlier migrations of this call stay applied. If all that it drops is gone already, call migrate_repair(''0001_bolts'', ''forget''). The text was loaded at 2026-01-31 12:00:00+00: if yours is newer, load it again.',
  'a text of before says since when it is there');
SELECT migrate_add('0010_old', E'SELECT 1;\nSELECT 1/0') \g /dev/null
UPDATE migrate.migration SET added_at = '2026-01-31 12:00:00.7+00';
SELECT is(pg_temp.told('migrate_apply()'), 'division by zero
DETAIL: Migration "0010_old", line 2, column 1.
HINT: Nothing was applied. The text was loaded at 2026-01-31 12:00:00+00: if yours is newer, load it again.', '… going up, too');
SELECT migrate_remove('0010_old') \g /dev/null

-- Steps that might be a version

SELECT is(pg_temp.failure($$SELECT migrate_rollback('1')$$), '42725: "1" can be a version or a number of steps
DETAIL: Version 0001 is that of migration "0001_bolts".
HINT: To roll back the last one, call with steps => 1; to roll back to that one, which stays, with target => ''0001''.', 'a bare number that is no version as it stands is not guessed at');
SELECT is(pg_temp.failure($$SELECT migrate_rollback('3')$$), '42704: migration "3" does not exist
HINT: SELECT * FROM migrate_status() lists all migrations. To roll back the last 3, call with steps => 3.', '… nor is one that is no version at all');
SELECT is((SELECT count(*)::int FROM migrate_plan('1')), 2, 'a plan changes nothing, and takes it');
SELECT is((SELECT count(*)::int FROM migrate_rollback('0001')), 2, 'a whole version is one');

-- What an application asks for

SELECT is(pg_temp.failure('SELECT migrate_require()'), 'MG005: 2 migrations are pending
DETAIL: "0002_nuts", "0009_last".
HINT: Apply what is pending with migrate_apply() before this application starts.', 'nothing may be pending');
SELECT migrate_add('000' || i || '_more', '', '') FROM generate_series(3, 5) AS i \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_require()'), 'MG005: 5 migrations are pending
DETAIL: "0002_nuts", "0003_more", "0004_more" and 2 more.
HINT: Apply what is pending with migrate_apply() before this application starts.', '… of many three are named');
SELECT migrate_apply('0005') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_require()'), 'MG005: migration "0009_last" is pending
HINT: Apply what is pending with migrate_apply() before this application starts.', '… one is');
SELECT lives_ok($$SELECT migrate_require('0005', newest => true)$$, 'the newest is required');
SELECT lives_ok($$SELECT migrate_require('0004')$$, 'one that is not the newest is there');
SELECT is(pg_temp.failure($$SELECT migrate_require('0004', newest => true)$$), 'MG008: the database is newer than migration "0004_more"
DETAIL: The newest applied is "0005_more".
HINT: Start a version of this application that was written for it.', '… but not for an application that must know all');
SELECT is(left(pg_temp.failure($$SELECT migrate_require('0009', newest => true)$$), 5), 'MG005', 'what is not applied is not the newest');
SELECT migrate_apply() \g /dev/null
SELECT lives_ok('SELECT migrate_require()', 'with all applied nothing is pending');
INSERT INTO migrate.history (event, version, name, current_user_name, action, statements) VALUES ('fail', '0009', 'last', 'ann', 'rollback', 1);
UPDATE migrate.migration SET unfinished_event = (SELECT max(id) FROM migrate.history) WHERE version = '0009';
SELECT is(split_part(pg_temp.failure('SELECT migrate_require()'), E'\n', 1), 'MG005: migration "0009_last" is pending', '… but what is half rolled back is not there');

SELECT * FROM finish();
ROLLBACK;
