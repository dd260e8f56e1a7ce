BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- Loads files as the only ones of a source; returns what became of them.
CREATE FUNCTION pg_temp.load(VARIADIC parts text[]) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s|%s %s', version, name, action), ', ') FROM migrate_load(pg_temp.files(VARIADIC parts))
$$;

-- Versions, names and status in order.
CREATE FUNCTION pg_temp.order_now() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws('_', nullif(version, ''), nullif(name, '')), ' ') FROM migrate_status() WHERE status <> 'absent'
$$;

SELECT plan(47);

-- Version and name of a file

SELECT is((SELECT version || '|' || name FROM migrate_add(given, 'SELECT 1')), wanted, 'name of ' || given)
  FROM (VALUES
    ('0003_add_email.sql', '0003|add_email'),
    ('0003_add_email', '0003|add_email'),
    ('20250120000000_init.sql', '20250120000000|init'),
    ('1.2.3_dotted.sql', '1.2.3|dotted'),
    ('2024-01-05_dated.sql', '2024-01-05|dated'),
    ('0004-dash.sql', '0004|dash'),
    ('7.sql', '7|'),
    ('accounts.sql', '|accounts'),
    ('2fa_codes', '|2fa_codes'),
    ('db/migrations/0005_in_folder.sql', '0005|in_folder'),
    ('0006_with.dot.sql', '0006|with.dot'),
    ('0007_Grüße.sql', '0007|Grüße')) AS t(given, wanted);

SELECT is(pg_temp.failure($$SELECT migrate_add('.sql', 'SELECT 1')$$),
  '22023: migration name is empty
HINT: Name it as its file, for example "0003_add_email".', 'a name of nothing is refused');
SELECT is(pg_temp.failure($$SELECT migrate_add(E'0001_a\nb', 'SELECT 1')$$),
  '22023: invalid migration name
DETAIL: It has control characters, or more than 255 bytes.
HINT: Name it as its file, for example "0003_add_email".', 'control characters in a name are refused');
SELECT is(left(pg_temp.failure($$SELECT migrate_add(repeat('x', 256), 'SELECT 1')$$), 29), '22023: invalid migration name',
  'a name of 256 bytes is refused');
SELECT lives_ok($$SELECT migrate_add(repeat('x', 255), 'SELECT 1')$$, 'a name of 255 bytes is not');
DELETE FROM migrate.migration;

-- Pairs and the folder rollbacks

SELECT is(pg_temp.load('0001_a.up.sql', 'CREATE TABLE a ()', '0001_a.down.sql', 'DROP TABLE a'), '0001|a added',
  'up and down files are one migration');
SELECT is((SELECT reversible FROM pg_temp.details()), 'script', '… that is reversible');
SELECT is(pg_temp.load('0001_a.down.sql', 'DROP TABLE a', '0001_a.up.sql', 'CREATE TABLE a ()'), '0001|a unchanged',
  '… in any order');
SELECT is(pg_temp.load('0001_a.sql', 'CREATE TABLE a ()', 'rollbacks/0001_rollback_a.sql', 'DROP TABLE a'), '0001|a unchanged',
  'a file of the folder rollbacks is the down script of its version');
SELECT is(pg_temp.load('migrations/0001_a.sql', 'CREATE TABLE a ()', 'rollbacks/1_rollback_all_of_it.sql', 'DROP TABLE a'),
  '0001|a unchanged', '… whatever its name, and though its version is only numerically equal');
SELECT is(pg_temp.failure($$SELECT pg_temp.load('0001_a.sql', 'SELECT 1', 'rollbacks/0002_rollback_b.sql', 'SELECT 2')$$),
  '42704: file "rollbacks/0002_rollback_b.sql" belongs to no migration
DETAIL: There is not exactly one migration of version "0002" in this source.
HINT: Name it after the migration that it rolls back.', 'a rollback file without its migration is refused');
SELECT is(pg_temp.failure($$SELECT pg_temp.load('0001_a.down.sql', 'DROP TABLE a')$$),
  '42704: migration "0001_a" has no up script
DETAIL: "0001_a.down.sql" holds only what undoes or verifies it.
HINT: Add the file or the section that applies it.', 'a down file without its up file is refused');
SELECT is(pg_temp.failure($$SELECT migrate_load('[{"name": "0001_a.sql", "content": "SELECT 1"}, {"name": "0001_a", "content": "SELECT 2"}]')$$),
  '42710: migration "0001_a" is given twice
DETAIL: Both "0001_a.sql" and "0001_a" hold its up script.
HINT: Keep one of them.', 'the same migration twice is refused');
SELECT is(pg_temp.failure($$SELECT pg_temp.load('0001_a.sql', E'SELECT 1;\n-- migrate:down\nSELECT 2', '0001_a.down.sql', 'SELECT 3')$$),
  '42710: migration "0001_a" is given twice
DETAIL: Both "0001_a.sql" and "0001_a.down.sql" hold its down script.
HINT: Keep one of them.', 'a down section and a down file are refused');
SELECT is(pg_temp.failure($$SELECT migrate_add('0001_a', E'-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2', 'SELECT 3')$$),
  '42710: migration "0001_a" is given twice
DETAIL: Both "up" and "down" hold its down script.
HINT: Keep one of them.', 'a down section and a down argument are refused');
DELETE FROM migrate.migration;

-- Order

SELECT is(pg_temp.load('010_c.sql', '', '20250120000000_d.sql', '', '2_b.sql', '', '1.10_a.sql', '', '1.9_z.sql', ''),
  '1.9|z added, 1.10|a added, 2|b added, 010|c added, 20250120000000|d added', 'digits compare as numbers, dotted parts one by one');
SELECT is(pg_temp.order_now(), '1.9_z 1.10_a 2_b 010_c 20250120000000_d', '… in status, too');
DELETE FROM migrate.migration;
SELECT is(pg_temp.load('0000_b.sql', '', '0000_a.sql', '', '0000_B.sql', '', '0001_x.sql', ''),
  '0000|B added, 0000|a added, 0000|b added, 0001|x added', 'migrations that share a version run in the C order of their names');
SELECT is((SELECT string_agg(DISTINCT detail, '/') FROM pg_temp.details() WHERE version = '0000'),
  'version is shared, ordered by name; not reversible: it has no down script', '… and say so in status');
SELECT is((SELECT string_agg(concat_ws(' ', name, detail), ', ') FROM migrate_plan()),
  'B version is shared, ordered by name, a version is shared, ordered by name, b version is shared, ordered by name, x', '… and in the plan');
DELETE FROM migrate.migration;
SELECT is(pg_temp.load('zebra.sql', '', 'accounts.sql', '-- migrate:requires users', 'users.sql', '', '0001_first.sql', ''),
  '0001|first added, |zebra added, |users added, |accounts added',
  'plain names come after numbered ones and what they require, then in the order they were given');
SELECT is((SELECT string_agg(name, ' ') FROM migrate_plan()), 'first zebra users accounts', '… in the plan, too');
DELETE FROM migrate.migration;
SELECT is(pg_temp.load('posts.sql', E'-- Posts\n-- Dependencies: users, media\n', 'users.sql', '-- Dependencies: none',
    'media.sql', '-- dependencies of others: users'),
  '|users added, |media added, |posts added', 'a header line Dependencies orders plain names');
SELECT is((SELECT jsonb_agg(options -> 'requires' ORDER BY id) FROM migrate.migration), '[null, null, ["users", "media"]]', '… and none is nobody');
SELECT is(pg_temp.load('0001_a.sql', E'-- Dependencies: something that is prose', 'b.sql', ''), '0001|a added, |b added, |users absent, |media absent, |posts absent',
  'it does not order numbered ones');
SELECT is((SELECT count(*) FROM migrate_plan() WHERE action = 'refuse'), 0::bigint, '… nor do they require what it says');
DELETE FROM migrate.migration;
SELECT migrate_add('posts', '-- migrate:requires users') \g /dev/null
SELECT migrate_add('users', '') \g /dev/null
SELECT migrate_add('0009_last', '-- migrate:requires users') \g /dev/null
SELECT is((SELECT string_agg(name, ' ') FROM migrate_plan() WHERE action = 'apply'), 'users last posts',
  'a plain name that is required runs before what requires it, whichever was added first');
DELETE FROM migrate.migration;

-- The JSON of a load

SELECT is(pg_temp.failure(format('SELECT migrate_load(%L)', json)), '22023: ' || problem || '
HINT: Give an array of {"name": "0003_add_email.sql", "content": "..."}.', 'load refuses ' || json)
  FROM (VALUES
    ('{"name": "0001_a.sql", "content": ""}', 'files is not a JSON array'),
    ('null', 'files is not a JSON array'),
    ('["0001_a.sql"]', 'element 1 of files is not an object'),
    ('[{"name": "0001_a.sql", "content": ""}, []]', 'element 2 of files is not an object'),
    ('[{"content": ""}]', 'element 1 of files has no text "name"'),
    ('[{"name": 1, "content": ""}]', 'element 1 of files has no text "name"'),
    ('[{"name": "0001_a.sql"}]', 'element 1 of files has no text "content"'),
    ('[{"name": "0001_a.sql", "content": null}]', 'element 1 of files has no text "content"')) AS t(json, problem);
SELECT is((SELECT count(*) FROM migrate.migration), 0::bigint, '… and loads nothing');

SELECT * FROM finish();
ROLLBACK;
