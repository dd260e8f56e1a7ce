-- What a load says of a migration besides its texts: placeholder values, order, what it replaces.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(26);

-- Placeholder values are part of what runs

CREATE FUNCTION pg_temp.load(table_name text, source text DEFAULT 'app') RETURNS text LANGUAGE sql AS $$
  SELECT action || coalesce(': ' || detail, '') FROM migrate_load(
    pg_temp.files('0001_a.sql', E'CREATE TABLE ${t} ();\n-- migrate:down\nDROP TABLE ${t};'), source,
    placeholders => jsonb_build_object('t', table_name));
$$;
CREATE ROLE load_options_deploy;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO load_options_deploy;
SELECT is(pg_temp.load('one'), 'added', 'a migration with a placeholder');
CREATE TEMP TABLE seen AS SELECT added_by, plan_hash FROM migrate_plan();
GRANT SELECT ON seen TO PUBLIC;
SELECT is(pg_temp.load('one'), 'unchanged', 'the same value changes nothing');
SELECT is((SELECT plan_hash FROM migrate_plan()), (SELECT plan_hash FROM seen), '… nor the hash of the plan');
SELECT is(pg_temp.load('one', 'other'), 'unchanged: found in another source or place', '… nor does another source');
SELECT is((SELECT added_by::text FROM migrate_plan()), (SELECT added_by::text FROM seen), '… which is no new text of anybody');
SET LOCAL ROLE load_options_deploy;
SELECT is(pg_temp.load('two'), 'replaced: the texts are the same, placeholders or other options are not', 'another value is a change');
RESET ROLE;
SELECT is((SELECT added_by::text FROM migrate_plan()), 'load_options_deploy', '… by who loaded it');
SELECT isnt((SELECT plan_hash FROM migrate_plan()), (SELECT plan_hash FROM seen), '… and makes another plan');
SELECT is(pg_temp.failure(format('SELECT migrate_apply(expected_plan => %L)', (SELECT plan_hash FROM seen)))::char(5), 'MG004',
  '… so that one who has read the other does not run it');
SELECT is(pg_temp.load('one'), 'replaced: the texts are the same, placeholders or other options are not', 'back');
SELECT is((SELECT plan_hash FROM migrate_plan()), (SELECT plan_hash FROM seen), '… it is the plan of before');
SELECT * FROM migrate_load(pg_temp.files('0001_a.autocommit.up.sql', E'CREATE TABLE ${t} ();\n-- migrate:down\nDROP TABLE ${t};'), 'app',
  placeholders => '{"t": "one"}') \g /dev/null
SELECT isnt((SELECT plan_hash FROM migrate_plan()), (SELECT plan_hash FROM seen), 'so does another form of transaction');

-- What was applied is rolled back with the values of then

SELECT is(pg_temp.load('one'), 'replaced: the texts are the same, placeholders or other options are not', 'as it was');
SELECT * FROM migrate_apply() \g /dev/null
CREATE TABLE two ();
SELECT is(pg_temp.load('two'), 'replaced: the texts are the same, placeholders or other options are not', 'another value after the apply');
SELECT is((SELECT status FROM migrate_status()), 'applied', '… leaves it applied');
SELECT * FROM migrate_rollback() \g /dev/null
SELECT ok(to_regclass('one') IS NULL AND to_regclass('two') IS NOT NULL, '… and the rollback drops what the apply made');
SELECT migrate_remove('0001') \g /dev/null

-- Another order of what is applied

CREATE FUNCTION pg_temp.in_order(VARIADIC tags text[]) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(action, ' ') FROM migrate_load(pg_temp.files('0000_a.sql', 'SELECT 1', '0001_b.sql', 'SELECT 2', 'meta/_journal.json',
    (SELECT jsonb_build_object('entries', jsonb_agg(jsonb_build_object('idx', n - 1, 'tag', tag))) FROM unnest(tags) WITH ORDINALITY AS t(tag, n))::text), 'journal');
$$;
SELECT is(pg_temp.in_order('0000_a', '0001_b'), 'added added', 'two by a journal');
SELECT * FROM migrate_apply() \g /dev/null
SELECT is(migrate_version(), '0001', 'the newest is the last');
SELECT is(pg_temp.in_order('0001_b', '0000_a'), 'replaced replaced', 'the journal is turned round');
SELECT is(migrate_version(), '0000', '… and the version with it');
SELECT is((SELECT count(*)::int FROM migrate_apply()), 0, '… which nobody has altered by hand');
UPDATE migrate.schema_version SET version = '7', name = 'x';
SELECT is(pg_temp.failure($$SELECT pg_temp.in_order('0000_a', '0001_b')$$)::char(5), 'MG003', 'one that was is not written over');
SELECT migrate_repair('0000', 'accept') \g /dev/null

-- A repeatable one that changed

SELECT is((SELECT action FROM migrate_load(pg_temp.files('v.sql', E'-- migrate:repeatable\nSELECT 1'), 'views')), 'added', 'a repeatable migration');
SELECT * FROM migrate_apply() \g /dev/null
SELECT is((SELECT action || ': ' || detail FROM migrate_load(pg_temp.files('v.sql', E'-- migrate:repeatable\nSELECT 2'), 'views')),
  'replaced: runs again with the next apply', '… whose text changed runs again');
SELECT is((SELECT action || ': ' || name FROM migrate_plan('v')), 'apply: v', '… also as the target of a plan');

-- What a consolidated one replaces is not done if it is gone

SELECT * FROM migrate_load(pg_temp.files('20250101_a.sql', 'SELECT 1', '20250102_b.sql', 'SELECT 2', '20250103_c.sql', 'SELECT 3'), 'dated') \g /dev/null
SELECT * FROM migrate_apply('20250102') \g /dev/null
SELECT * FROM migrate_load(pg_temp.files('20250109_all.sql', E'-- migrate:replaces 20250101 .. 20250103\nSELECT 4'), 'dated') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55000: migration "20250109_all" replaces others of which only some are applied
DETAIL: Not applied, and gone from their source: "20250103_c".
HINT: Load those again and apply them first, or forget what was never meant to be: migrate_remove(''20250103_c'').', 'what is gone and was never applied is named');

SELECT * FROM finish();
ROLLBACK;
