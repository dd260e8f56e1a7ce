BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(38);

-- One call registers and applies

SELECT is(pg_temp.rows_of($$SELECT version, name, action, regexp_replace(detail, '[0-9.]+ ms', 'N ms') FROM migrate_run('0001_users', 'CREATE TABLE users (id int)', 'DROP TABLE users', 'SELECT true')$$),
  '(0001,users,applied,"1 statement, N ms")', 'a new one is applied');
SELECT has_table('users', '… and has run');
SELECT is(pg_temp.rows_of('SELECT version, name, status FROM migrate_status()'), '(0001,users,applied)', '… and recorded');
SELECT is((SELECT string_agg(action, ' ') FROM migrate_rollback(dry_run => true)), 'would roll back 1 passed, 0 not tried, 0 uncertain', '… with its down script');
SELECT is((SELECT string_agg(action, ' ') FROM migrate_verify()), 'verified', '… and its verify script');

-- Twice

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_run('0001_users.sql', 'CREATE TABLE users (id int)', 'DROP TABLE users', 'SELECT true')$$),
  '(0001,users,unchanged,"is applied with this text")', 'with the same text nothing happens');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_run('0001_users', E'CREATE TABLE users (id int)  \n', 'DROP TABLE users', 'SELECT true')$$),
  '(0001,users,unchanged,"differs only in blanks or line ends")', '… nor with other blanks');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_run('0001_users', 'CREATE TABLE users (id int)', 'DROP TABLE public.users')$$),
  '(0001,users,replaced,"the up script is the same")', 'another down script is taken');
SELECT is((SELECT count(*) FROM migrate_history()), 1::bigint, '… and none of it is an event');
SELECT is(pg_temp.failure($$SELECT migrate_run('0001_users', 'CREATE TABLE users (id bigint)')$$), 'MG002: migration "0001_users" is applied with another text
DETAIL: What is applied is never run again with a text that has changed.
HINT: Make the change a migration of its own. The next free version is "0002".', 'with another text it is an error that names the next free version');
SELECT is(pg_temp.rows_of('SELECT version, name, status FROM migrate_status()'), '(0001,users,applied)', '… and the text is not taken');

-- What is pending beside it

SELECT migrate_add('0003_older', 'CREATE TABLE older ()'), migrate_add('0004_older', 'SELECT 1'), migrate_add('0005_older', 'SELECT 1'), migrate_add('0006_older', 'SELECT 1') \g /dev/null
SELECT is((SELECT string_agg(name || ' ' || action, ', ') FROM migrate_run('0007_alone', 'CREATE TABLE alone ()')), 'alone applied', 'it is applied alone');
SELECT hasnt_table('older', '… and no older one');
SELECT is((SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status() WHERE version > '0001'),
  '0003 out of order, 0004 out of order, 0005 out of order, 0006 out of order, 0007 applied', '… which status says');
SELECT is(pg_temp.failure($$SELECT migrate_run('0002_late', 'SELECT 1')$$), 'MG006: migration "0002_late" is out of order
DETAIL: Version 0007, which comes after it, is already applied.
HINT: Give it a newer version. The next free version is "0008".', 'an older version is refused');
SELECT is((SELECT count(*) FROM migrate_status() WHERE version = '0002'), 0::bigint, '… and is not registered');
SELECT is(pg_temp.failure($$SELECT migrate_run('0008_needs', E'-- migrate:requires 0003\nSELECT 1')$$), '55000: migration "0008_needs" requires "0003_older", which is pending
HINT: Apply that one first.', 'what it requires has to be applied');
SELECT is(left(pg_temp.failure($$SELECT migrate_run('0008_needs', E'-- migrate:requires 0009\nSELECT 1')$$), 5), '42704', '… and to be there');
SELECT is((SELECT action FROM migrate_run('0008_needs', E'-- migrate:requires 0007\nSELECT 1')), 'applied', '… as it is here');

-- Registered before, and then with another text

SELECT migrate_add('0009_again', 'SELECT 1/0') \g /dev/null
SELECT is((SELECT action FROM migrate_run('0009_again', 'SELECT 1')), 'applied', 'a pending one is applied with the new text');
SELECT is((SELECT string_agg(action, ' ') FROM migrate_run('0010_again', E'-- migrate:repeatable\nSELECT 1')), 'applied', 'a repeatable one');
SELECT is((SELECT string_agg(action, ' ') FROM migrate_run('0010_again', E'-- migrate:repeatable\nSELECT 1')), 'unchanged', '… does not run again');
SELECT is((SELECT string_agg(action, ' ') FROM migrate_run('0010_again', E'-- migrate:repeatable\nSELECT 2')), 'applied', '… but with another text');

-- What fails leaves nothing

SELECT is(pg_temp.failure($$SELECT migrate_run('0011_fails', 'CREATE TABLE gone (); SELECT 1/0')$$) LIKE '22012: division by zero%', true, 'an error is the statement''s own');
SELECT is((SELECT count(*) FROM migrate_status() WHERE version = '0011'), 0::bigint, '… and it is not registered');
SELECT hasnt_table('gone', '… nor has anything stayed');

-- What refuses a transaction

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_run('0011_index', 'CREATE INDEX CONCURRENTLY ON users (id)')$$),
  '(0011,index,registered,"run SELECT migrate_start(''0011_index'')")', 'is registered, and the row names the call that runs it');
SELECT is((SELECT status FROM migrate_status() WHERE version = '0011'), 'pending', '… so it is pending');
SELECT is((SELECT action FROM migrate_run('0012_parts', E'BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;')), 'registered', '… also what divides itself into transactions');

-- Other forms of versions

SELECT is(pg_temp.failure($$SELECT migrate_run('0011_index', '')$$), 'did not fail', 'a pending one is no reason to refuse');
SELECT migrate_run('20200101000000_time', 'SELECT 1') \g /dev/null
SELECT matches(pg_temp.failure($$SELECT migrate_run('20200101000000_time', 'SELECT 2')$$), 'next free version is "' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD'), 'where versions are times the next is now');
SELECT migrate_run('99991231235959_time', 'SELECT 1') \g /dev/null
SELECT matches(pg_temp.failure($$SELECT migrate_run('99991231235959_time', 'SELECT 2')$$), '"99991231235960"', '… or behind the newest');
SELECT is((SELECT action FROM migrate_run('plain', 'SELECT 1')), 'applied', 'a name without a version');

-- Notices

SELECT is(pg_temp.failure('SELECT ' || call), problem, call)
  FROM (VALUES
    ('migrate_run(NULL, '''')', '22004: name must not be null'),
    ('migrate_run(''0013_x'', NULL)', '22004: up must not be null'),
    ('migrate_run('''', ''SELECT 1'')', '22023: name must not be empty')) AS t(call, problem);
SELECT is(left(pg_temp.failure($$SELECT migrate_run('0013_x', 'SELEC 1')$$), 5), '42601', 'a text that is no SQL is not registered');
SET LOCAL transaction_read_only = on;
SELECT is(left(pg_temp.failure($$SELECT migrate_run('0013_x', 'SELECT 1')$$), 5), '25006', 'a read-only transaction can''t run one');

SELECT * FROM finish();
ROLLBACK;
