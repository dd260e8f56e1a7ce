BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE FUNCTION pg_temp.guard() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s %s %s', COALESCE(version, '-'), COALESCE(name, '-'), CASE WHEN applied_at IS NULL THEN 'never' ELSE 'dated' END), ' / ') FROM migrate.schema_version
$$;

SELECT plan(43);

SELECT migrate_add(v, '', 'SELECT 1') FROM unnest(ARRAY['0001_a', '0002_b', '0004_d']) AS v \g /dev/null
SELECT is(pg_temp.guard(), NULL, 'before the first event the guard has no row');
SELECT migrate_apply(dry_run => true) \g /dev/null
SELECT is(pg_temp.guard(), NULL, '… nor after a dry run');
SELECT migrate_apply('2') \g /dev/null
SELECT is(pg_temp.guard(), '0002 b dated', 'then it has one, of the newest');
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.guard(), '0004 d dated', '… which follows');
SELECT migrate_add('0003_c', '', 'SELECT 1') \g /dev/null
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is(pg_temp.guard(), '0004 d dated', 'one that is applied out of order is not the newest');
SELECT migrate_rollback('0003') \g /dev/null
SELECT is(pg_temp.guard(), '0003 c dated', 'after a rollback it is the newest that is left');
SELECT migrate_rollback() \g /dev/null
SELECT is(pg_temp.guard(), '0002 b dated', '… again');
SELECT migrate_rollback('zero') \g /dev/null
SELECT is(pg_temp.guard(), '- - never', 'after a rollback to zero it says nothing is applied');
SELECT lives_ok('SELECT migrate_apply()', '… and nobody altered it');
SELECT is(pg_temp.guard(), '0004 d dated', '… so that it follows again');
SELECT migrate_repair('4', 'forget') \g /dev/null
SELECT is(pg_temp.guard(), '0003 c dated', 'a repair moves it, too');
SELECT migrate_repair('4', 'applied') \g /dev/null
SELECT is(pg_temp.guard(), '0004 d dated', '… forth and back');
SELECT is(pg_temp.failure('INSERT INTO migrate.schema_version VALUES (''x'', ''x'', now())'), '23505: duplicate key value violates unique constraint "schema_version_pkey"
DETAIL: Key (only_row)=(t) already exists.', 'a second row is impossible');
SELECT is(left(pg_temp.failure('UPDATE migrate.schema_version SET only_row = false'), 5), '23514', '… by any way');

-- Altered by hand

SELECT migrate_add('0005_e', '') \g /dev/null
CREATE FUNCTION pg_temp.problem(said text) RETURNS text LANGUAGE sql AS $$
  SELECT 'MG003: the version guard was altered by hand
DETAIL: migrate.schema_version says ' || said || ', the history says "0004_d".
HINT: Find out who altered it; migrate_repair(''0004_d'', ''accept'') writes it anew.'
$$;
CREATE FUNCTION pg_temp.shown(said text) RETURNS text LANGUAGE sql AS $$
  SELECT 'the version guard was altered by hand: migrate.schema_version says ' || said || ', the history says "0004_d".'
$$;

UPDATE migrate.schema_version SET version = '0009', name = 'z';
SELECT is(pg_temp.failure('SELECT migrate_apply()'), pg_temp.problem('"0009_z"'), 'altered: apply is refused');
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), pg_temp.problem('"0009_z"'), '… a dry run, too');
SELECT is(pg_temp.failure('SELECT migrate_rollback()'), pg_temp.problem('"0009_z"'), '… and rollback');
SELECT is(pg_temp.failure($$SELECT migrate_baseline('5')$$), pg_temp.problem('"0009_z"'), '… and baseline');
SELECT is((SELECT detail FROM pg_temp.details() WHERE version = '0004'), pg_temp.shown('"0009_z"'), '… status says so, where the newest is');
SELECT is((SELECT action || ': ' || detail FROM migrate_plan() ORDER BY step LIMIT 1),
  'refuse: the version guard was altered by hand', '… and the plan, first');
SELECT is((SELECT action || ': ' || detail FROM migrate_plan('0001') ORDER BY step LIMIT 1),
  'refuse: the version guard was altered by hand', '… and a plan back');
SELECT is(pg_temp.guard(), '0009 z dated', '… and it is left as it is');
SELECT lives_ok($$SELECT migrate_repair('0004_d', 'accept')$$, 'a repair');
SELECT is(pg_temp.guard(), '0004 d dated', '… writes it anew');
SELECT lives_ok('SELECT migrate_apply(dry_run => true)', '… and all is well');

DELETE FROM migrate.schema_version;
SELECT is(pg_temp.failure('SELECT migrate_apply()'), pg_temp.problem('nothing'), 'deleted: apply is refused');
SELECT is((SELECT detail FROM pg_temp.details() WHERE version = '0004'), pg_temp.shown('nothing'), '… status says so');
SELECT lives_ok($$SELECT migrate_repair('0001_a', 'accept')$$, '… a repair of any');
SELECT is(pg_temp.guard(), '0004 d dated', '… writes it anew');

UPDATE migrate.schema_version SET version = NULL, name = NULL;
SELECT is(pg_temp.failure('SELECT migrate_rollback()'), pg_temp.problem('nothing is applied'), 'emptied: rollback is refused');
SELECT migrate_repair('0004', 'accept') \g /dev/null
UPDATE migrate.schema_version SET name = 'x';
SELECT is(pg_temp.failure('SELECT migrate_apply()'), pg_temp.problem('"0004_x"'), 'another name alone: refused');
SELECT migrate_repair('0004', 'accept') \g /dev/null

-- Where the history is gone

CREATE TEMP TABLE kept AS SELECT * FROM migrate.history;
DELETE FROM migrate.history;
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'MG003: the version guard was altered by hand
DETAIL: migrate.schema_version says "0004_d", the history says nothing.
HINT: Find out who altered it; migrate_repair(''0004_d'', ''accept'') writes it anew.', 'a history that was deleted: refused');
INSERT INTO migrate.history OVERRIDING SYSTEM VALUE SELECT * FROM kept;
SELECT lives_ok('SELECT migrate_apply(dry_run => true)', '… put back, all is well');

-- Where nothing is applied

SELECT migrate_rollback('zero') \g /dev/null
UPDATE migrate.schema_version SET version = '0004', name = 'd';
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'MG003: the version guard was altered by hand
DETAIL: migrate.schema_version says "0004_d", the history says nothing is applied.
HINT: Find out who altered it; migrate_repair writes it anew.', 'after a rollback to zero: refused');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_status() WHERE note LIKE '%guard altered by hand%'), '0001', '… status says so once');
SELECT lives_ok($$SELECT migrate_repair('0001', 'accept down')$$, '… what can be repaired of a pending one');
SELECT is(pg_temp.guard(), '- - never', '… writes it anew');
SELECT lives_ok('SELECT migrate_apply()', '… and all is well');
DELETE FROM migrate.schema_version;
DELETE FROM migrate.history;
DELETE FROM migrate.migration;
INSERT INTO migrate.schema_version VALUES ('0001', 'a', now());
SELECT migrate_add('0001_a', '') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 47), 'MG003: the version guard was altered by hand' || E'\nDE', 'inserted before the first event: refused');
SELECT is((SELECT count(*) FROM migrate_plan() WHERE action = 'refuse'), 1::bigint, '… and the plan says so');
SELECT lives_ok($$SELECT migrate_repair('0001', 'applied')$$, '… a repair');
SELECT is(pg_temp.guard(), '0001 a dated', '… writes it anew');
UPDATE migrate.schema_version SET applied_at = NULL;
SELECT lives_ok('SELECT migrate_apply()', 'what the guard says of the time is no version');

SELECT * FROM finish();
ROLLBACK;
