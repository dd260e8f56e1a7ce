BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE FUNCTION pg_temp.load(VARIADIC parts text[]) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s %s: %s', version, action, detail), E'\n' ORDER BY version, action) FROM migrate_load(pg_temp.files(VARIADIC parts))
    WHERE action <> 'unchanged' OR detail IS NOT NULL
$$;
CREATE FUNCTION pg_temp.statuses() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws('_', version, name) || ' ' || status, ', ') FROM migrate_status()
$$;

SELECT plan(29);

CREATE TABLE seeds (a int);
SELECT pg_temp.load('0001_a.sql', '', '0002_seed.sql', 'INSERT INTO seeds VALUES (1)') \g /dev/null
SELECT migrate_apply() \g /dev/null

-- A file is renamed, as the hint of an error says that one out of order should be

SELECT is(pg_temp.load('0001_a.sql', '', '0003_seed.sql', E'INSERT INTO seeds VALUES (1)  \n\n'), '0002 absent: gone from "load"
0003 added: the same text as the applied "0002_seed": renamed?', 'the load recognises it by its text');
SELECT is(pg_temp.load('0001_a.sql', '', '0003_seed.sql', 'INSERT INTO seeds VALUES (1)'),
  '0003 replaced: differs only in blanks or line ends; the same text as the applied "0002_seed": renamed?', '… each time');
SELECT is((SELECT detail FROM migrate_load(pg_temp.files('0001_a.sql', '', '0004_seed.sql', 'INSERT INTO seeds VALUES (1)'), dry_run => true) WHERE version = '0004'),
  'the same text as the applied "0002_seed": renamed?', '… in a dry run');
SELECT is(pg_temp.statuses(), '0001_a applied, 0002_seed missing, 0003_seed pending', 'it is pending');
SELECT ok(EXISTS (SELECT FROM migrate_status() WHERE note LIKE '%renamed?%') AND EXISTS (SELECT FROM migrate_show('0003_seed') WHERE value = 'the same text as the applied "0002_seed": renamed?'), '… with the remark');
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55000: migration "0003_seed" has the text of "0002_seed", which is applied and gone from its source
DETAIL: Applying it would run the same text twice.
HINT: If the file was renamed, call migrate_repair(''0003_seed'', ''renamed''). To run it again all the same, call migrate_repair(''0002_seed'', ''forget'') first.', 'it does not run a second time');
SELECT is((SELECT action || ': ' || detail FROM migrate_plan()), 'refuse: has the text of "0002_seed", which is applied and gone from its source',
  '… which the plan shows');
SELECT is((SELECT count(*) FROM seeds), 1::bigint, '… nothing was run');
SELECT is(left(pg_temp.failure($$SELECT migrate_require('0003_seed')$$), 5), 'MG005', 'it is not there before somebody has looked');

-- One call settles it

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('0003_seed', 'renamed')$$), '(0003,seed,renamed,"applied as ""0002_seed"", nothing was run")', 'the repair says what it did');
SELECT is(pg_temp.statuses(), '0001_a applied, 0003_seed applied', 'it is applied by its new name');
SELECT is((SELECT concat_ws(' ', event, version, name, note) FROM migrate_history() LIMIT 1), 'repair 0003 seed renamed from 0002_seed', 'the history says so');
SELECT is((SELECT date_trunc('second', occurred_at) FROM migrate_history() WHERE event = 'apply' AND version = '0002'), (SELECT date_trunc('second', applied_at) FROM migrate_status() WHERE version = '0003'), 'it is applied since it ran');
SELECT is(migrate_version(), '0003', 'the version is the new one');
SELECT is((SELECT count(*) FROM migrate_plan()), 0::bigint, 'nothing is left to do');
SELECT is(pg_temp.load('0001_a.sql', '', '0003_seed.sql', 'INSERT INTO seeds VALUES (1)'), NULL, 'the next load finds all as it is');

-- What is no renamed file is none

SELECT is(pg_temp.failure($$SELECT migrate_repair('0003_seed', 'renamed')$$), '55000: migration "0003_seed" is applied already
HINT: Name the new one, which is pending.', 'an applied one has its name');
SELECT pg_temp.load('0001_a.sql', '', '0003_seed.sql', 'INSERT INTO seeds VALUES (1)', '0004_copy.sql', 'INSERT INTO seeds VALUES (1)', '0005_empty.sql', '') \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_repair('0004_copy', 'renamed')$$), '55000: migration "0004_copy" has not the text of an applied one that is gone
HINT: Load the folder in which its file was renamed; if what it makes is there, use ''applied''.', 'a copy beside it is a migration of its own');
SELECT is(pg_temp.load('0003_seed.sql', 'INSERT INTO seeds VALUES (1)', '0004_copy.sql', 'INSERT INTO seeds VALUES (1)', '0005_empty.sql', ''), '0001 absent: gone from "load"', 'nor is one that holds nothing');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '0004 0005', '… and both run');
SELECT is((SELECT count(*) FROM seeds), 2::bigint, '… as often as they are there');

-- To run it again is possible, too

SELECT pg_temp.load('0006_again.sql', 'INSERT INTO seeds VALUES (1)') \g /dev/null
SELECT is((SELECT detail FROM migrate_repair('0003_seed', 'forget')), 'forgotten, nothing was undone', 'what is gone is forgotten');
SELECT is(split_part(pg_temp.failure('SELECT migrate_apply()'), ',', 1), '55000: migration "0006_again" has the text of "0004_copy"', '… but for another of the same text');
SELECT migrate_repair('0004_copy', 'forget') \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '0006', '… and then it runs again');

-- Of several the one of the same name

SELECT pg_temp.load('0010_b.sql', 'INSERT INTO seeds VALUES (2)', '0011_c.sql', 'INSERT INTO seeds VALUES (2)') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT pg_temp.load('0012_c.sql', 'INSERT INTO seeds VALUES (2)', '0013_b.sql', 'INSERT INTO seeds VALUES (2)') \g /dev/null
SELECT is((SELECT detail FROM migrate_repair('0012_c', 'renamed')), 'applied as "0011_c", nothing was run', 'the name says which of two it was');
SELECT is((SELECT detail FROM migrate_repair('0013_b', 'renamed')), 'applied as "0010_b", nothing was run', '… and so for the other');
SELECT is((SELECT count(*) FROM seeds), 5::bigint, 'nothing was run twice');

-- Two files of one version

SELECT is(pg_temp.load('0012_c.sql', 'INSERT INTO seeds VALUES (2)', '0013_b.sql', 'INSERT INTO seeds VALUES (2)', '13_d.sql', ''),
  '0013 unchanged: version is shared with "13_d", ordered by name
13 added: version is shared with "0013_b", ordered by name', 'the load says which other has its version');

-- Supabase's history follows

CREATE SCHEMA supabase_migrations;
CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
SET LOCAL migrate.supabase = on;
SELECT pg_temp.load('20250101000000_t.sql', 'SELECT 17') \g /dev/null
SELECT migrate_apply('20250101000000') \g /dev/null
SELECT pg_temp.load('20250102000000_t.sql', 'SELECT 17') \g /dev/null
SELECT migrate_repair('20250102000000', 'renamed') \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM supabase_migrations.schema_migrations), '20250102000000', 'Supabase knows it by its new name alone');

SELECT * FROM finish();
ROLLBACK;
