-- What a load says of a migration besides its texts: placeholder values, order, what it replaces.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(42);

-- Placeholder values are part of what runs

CREATE FUNCTION pg_temp.load(table_name text, source text DEFAULT 'app') RETURNS text LANGUAGE sql AS $$
  SELECT action || coalesce(': ' || detail, '') FROM migrate_load(
    pg_temp.files('0001_a.sql', E'CREATE TABLE ${t} ();\n-- migrate:down\nDROP TABLE ${t};'), source,
    placeholders => jsonb_build_object('t', table_name));
$$;
CREATE ROLE load_options_deploy;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO load_options_deploy;
SELECT is(pg_temp.load('one'), 'added', 'a migration with a placeholder');
CREATE TEMP TABLE seen AS SELECT detail, migrate_plan_hash() AS plan_hash FROM migrate_plan();
GRANT SELECT ON seen TO PUBLIC;
SELECT is(pg_temp.load('one'), 'unchanged', 'the same value changes nothing');
SELECT is(migrate_plan_hash(), (SELECT plan_hash FROM seen), '… nor the hash of the plan');
SELECT is(pg_temp.load('one', 'other'), 'unchanged: found in another source or place', '… nor does another source');
SELECT is((SELECT detail FROM migrate_plan()), (SELECT detail FROM seen), '… which is no new text of anybody');
SET LOCAL ROLE load_options_deploy;
SELECT is(pg_temp.load('two'), 'replaced: the texts are the same, placeholders or other options are not', 'another value is a change');
RESET ROLE;
SELECT is((SELECT detail FROM migrate_plan()), 'text of load_options_deploy', '… by who loaded it');
SELECT isnt(migrate_plan_hash(), (SELECT plan_hash FROM seen), '… and makes another plan');
SELECT is(pg_temp.failure(format('SELECT migrate_apply(expected_plan => %L)', (SELECT plan_hash FROM seen)))::char(5), 'MG004',
  '… so that one who has read the other does not run it');
SELECT is(pg_temp.load('one'), 'replaced: the texts are the same, placeholders or other options are not', 'back');
SELECT is(migrate_plan_hash(), (SELECT plan_hash FROM seen), '… it is the plan of before');
SELECT * FROM migrate_load(pg_temp.files('0001_a.autocommit.up.sql', E'CREATE TABLE ${t} ();\n-- migrate:down\nDROP TABLE ${t};'), 'app',
  placeholders => '{"t": "one"}') \g /dev/null
SELECT isnt(migrate_plan_hash(), (SELECT plan_hash FROM seen), 'so does another form of transaction');

-- What was applied is rolled back with the values of then

SELECT is(pg_temp.load('one'), 'replaced: the texts are the same, placeholders or other options are not', 'as it was');
SELECT * FROM migrate_apply() \g /dev/null
CREATE TABLE two ();
SELECT is(pg_temp.load('two'), 'replaced: the texts are the same, placeholders or other options are not', 'another value after the apply');
SELECT is((SELECT status FROM migrate_status()), 'applied', '… leaves it applied');
SELECT * FROM migrate_rollback() \g /dev/null
SELECT ok(to_regclass('one') IS NULL AND to_regclass('two') IS NOT NULL, '… and the rollback drops what the apply made');
SELECT migrate_remove('0001') \g /dev/null

-- Values and names are whole, whatever is in them

SELECT * FROM migrate_load(pg_temp.files('0001_a.sql', $$CREATE TABLE odd (); COMMENT ON TABLE odd IS '${v}'$$), 'odd',
  placeholders => jsonb_build_object('v', concat('a', chr(30), 'b', chr(31), 'c"\', chr(10), ', d'))) \g /dev/null
SELECT * FROM migrate_apply() \g /dev/null
SELECT is(obj_description('odd'::regclass), concat('a', chr(30), 'b', chr(31), 'c"\', chr(10), ', d'), 'a value with control characters, quotes and commas');
SELECT migrate_repair('0001', 'forget') \g /dev/null
SELECT migrate_remove('0001') \g /dev/null
SELECT * FROM migrate_load(pg_temp.files('sqitch.plan', E'%project=odd\n\na,x 2024-01-31T12:00:00Z A <a@example.org>\nb [a,x] 2024-01-31T12:00:00Z A <a@example.org>\n',
  'deploy/a,x.sql', 'SELECT 1', 'deploy/b.sql', 'SELECT 2'), 'odd') \g /dev/null
SELECT is((SELECT string_agg(name, ' ') FROM migrate_plan()), 'a,x b', 'a requirement whose name has a comma');
SELECT migrate_remove('b') \g /dev/null
SELECT migrate_remove('a,x') \g /dev/null

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

-- … also if only the values in it did

CREATE FUNCTION pg_temp.grants(reader text) RETURNS text LANGUAGE sql AS $$
  SELECT action || coalesce(': ' || detail, '') FROM migrate_load(
    pg_temp.files('g.sql', E'-- migrate:repeatable\nGRANT SELECT ON two TO ${reader};', 'other.sql', E'-- migrate:repeatable\nSELECT 1'), 'grants',
    placeholders => jsonb_build_object('reader', reader, 'unused', reader)) WHERE name = 'g';
$$;
CREATE ROLE load_options_ann;
CREATE ROLE load_options_bob;
SELECT is(pg_temp.grants('load_options_ann'), 'added', 'a repeatable migration with a placeholder');
SELECT * FROM migrate_apply() \g /dev/null
SELECT is(pg_temp.grants('load_options_ann'), 'unchanged', 'the same value is no change');
SELECT is((SELECT count(*)::int FROM migrate_plan()), 0, '… and leaves nothing to do');
SELECT is(pg_temp.grants('load_options_bob'), 'replaced: runs again with the next apply', 'another value runs again');
SELECT is((SELECT status || ': ' || detail FROM pg_temp.details() WHERE name = 'g'), 'pending: repeatable, and values of its placeholders have changed', '… as status says');
SELECT is(pg_temp.rows_of('SELECT action, name, detail FROM migrate_plan()'), '(apply,g,"repeatable: values of its placeholders have changed")', '… and the plan');
SELECT is(pg_temp.grants('load_options_bob'), 'unchanged: runs again with the next apply', '… and the next load');
SELECT is((SELECT string_agg(name, ' ') FROM migrate_apply()), 'g', '… and so it does');
SELECT ok(has_table_privilege('load_options_bob', 'two', 'SELECT'), '… with the new value');
SELECT is((SELECT count(*)::int FROM migrate_plan()), 0, '… once');
SELECT pg_temp.grants('load_options_ann') \g /dev/null
SELECT is((SELECT detail FROM migrate_repair('g', 'accept')), 'the loaded text counts as applied', 'a value can be accepted');
SELECT is((SELECT count(*)::int FROM migrate_plan()), 0, '… and does not run then');
SELECT is((SELECT status FROM migrate_status() WHERE name = 'g'), 'applied', '… as status says');

-- A value is taken as it is

CREATE FUNCTION pg_temp.odd() RETURNS text LANGUAGE sql AS $$ SELECT E'a\x1Eb\x1F,c:3;"\n' $$;
SELECT migrate_load(pg_temp.files('0009_odd.sql', E'CREATE TABLE odd_value AS SELECT $v$${odd}$v$::text AS v, $v$${plain}$v$::text AS w;'), 'odd',
  placeholders => jsonb_build_object('odd', pg_temp.odd(), 'plain', 'w')) \g /dev/null
SELECT * FROM migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is((SELECT v = pg_temp.odd() AND w = 'w' FROM odd_value), true, 'whatever characters it holds');

-- What a consolidated one replaces is not done if it is gone

SELECT * FROM migrate_load(pg_temp.files('20250101_a.sql', 'SELECT 1', '20250102_b.sql', 'SELECT 2', '20250103_c.sql', 'SELECT 3'), 'dated') \g /dev/null
SELECT * FROM migrate_apply('20250102') \g /dev/null
SELECT * FROM migrate_load(pg_temp.files('20250109_all.sql', E'-- migrate:replaces 20250101 .. 20250103\nSELECT 4'), 'dated') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55000: migration "20250109_all" replaces others of which only some are applied
DETAIL: Not applied, and gone from their source: "20250103_c".
HINT: Load those again and apply them first, or forget what was never meant to be: migrate_remove(''20250103_c'').', 'what is gone and was never applied is named');

SELECT * FROM finish();
ROLLBACK;
