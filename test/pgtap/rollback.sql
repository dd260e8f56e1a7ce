BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- Every script here writes down that it ran.
CREATE TABLE done (id int GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION pg_temp.done() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(what, ' ' ORDER BY id) FROM done $$;
CREATE FUNCTION pg_temp.says(what text) RETURNS text LANGUAGE sql AS $$ SELECT format('INSERT INTO done (what) VALUES (%L);', what) $$;

-- Forgets everything and applies these: versions, each with an up and a down script that say so.
CREATE FUNCTION pg_temp.applied(VARIADIC versions text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM migrate.migration;
  DELETE FROM migrate.history;
  DELETE FROM migrate.schema_version;
  PERFORM migrate_add(v || '_m', pg_temp.says('up' || v), pg_temp.says('down' || v)) FROM unnest(versions) AS v;
  PERFORM migrate_apply();
  DELETE FROM done;
END
$$;
CREATE FUNCTION pg_temp.left_over() RETURNS text LANGUAGE sql AS $$
  SELECT format('%s; version %s', (SELECT string_agg(concat_ws(' ', concat_ws('_', nullif(version, ''), nullif(name, '')), status), ', ') FROM migrate_status()), COALESCE(migrate_version(), 'none'))
$$;

SELECT plan(51);

-- How far

SELECT is((SELECT count(*) FROM migrate_rollback()), 0::bigint, 'with nothing applied there is nothing to roll back');
SELECT is((SELECT count(*) FROM migrate_rollback('zero')), 0::bigint, '… to zero, too');
SELECT pg_temp.applied('1', '2', '3', '4') \g /dev/null
SELECT is(pg_temp.rows_of('SELECT version, name, action, statements, duration_ms >= 0 FROM migrate_rollback()'), '(4,m,"rolled back",1,t)', 'rollback undoes the last');
SELECT is(pg_temp.left_over(), '1_m applied, 2_m applied, 3_m applied, 4_m pending; version 3', '… which is pending then');
SELECT is(pg_temp.rows_of('SELECT version, action FROM migrate_rollback(steps => 2)'), '(3,"rolled back")
(2,"rolled back")', 'steps are that many, the last first');
SELECT is(pg_temp.done(), 'down4 down3 down2', '… by their down scripts');
SELECT migrate_apply() \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback('2')), '4 3', 'a target stays');
SELECT is(pg_temp.left_over(), '1_m applied, 2_m applied, 3_m pending, 4_m pending; version 2', '… and is the version then');
SELECT is((SELECT count(*) FROM migrate_rollback('2_m')), 0::bigint, 'to where it is there is nothing to do');
SELECT is(pg_temp.failure($$SELECT migrate_rollback('3')$$), '55000: migration "3" is not applied
HINT: The target of a rollback stays: name one that is applied, or "zero".', 'a target that is not applied is refused');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback('zero')), '2 1', 'zero leaves nothing');
SELECT is(migrate_version(), NULL, '… and no version');
SELECT is(pg_temp.rows_of('SELECT version, name, applied_at, only_row FROM migrate.schema_version'), '(,,,t)', '… which the guard says in one row');
SELECT pg_temp.applied('1', '2', '3') \g /dev/null
SELECT is((SELECT count(*) FROM migrate_rollback(steps => 99)), 3::bigint, 'more steps than there are roll back all');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '1 2 3', 'what was rolled back can be applied again');

-- In reverse order of application

SELECT pg_temp.applied('1', '3') \g /dev/null
SELECT migrate_add('2_m', '', pg_temp.says('down2')) \g /dev/null
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback()), '2', 'the last is the one applied last, not the highest');
SELECT is(migrate_version(), '3', '… so that the version stays');
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback('1')), '2 3', 'to a target what was applied last goes first');
SELECT pg_temp.applied('1', '3') \g /dev/null
SELECT migrate_add('2_m', '', pg_temp.says('down2')) \g /dev/null
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback('2')), '3', 'what orders before the target stays, whenever it was applied');
SELECT is(pg_temp.left_over(), '1_m applied, 2_m applied, 3_m pending; version 2', '… with the highest that is left as the version');

-- What can't be rolled back

SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('2_m', '') \g /dev/null
SELECT migrate_add('3_m', '-- migrate:irreversible drops the old column') \g /dev/null
SELECT migrate_add('4_m', E'SELECT 1;\n-- migrate:down\n-- DROP it by hand\n') \g /dev/null
SELECT migrate_add('5_m', '', '') \g /dev/null
SELECT migrate_add('6_m', '', 'VACUUM') \g /dev/null
SELECT migrate_add('7_m', E'-- migrate:no-transaction\n', 'SELECT 1') \g /dev/null
SELECT migrate_apply('6') \g /dev/null
SELECT migrate_repair('7', 'applied') \g /dev/null
CREATE FUNCTION pg_temp.refusal() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  refusal text := pg_temp.failure('SELECT migrate_rollback()');
BEGIN
  PERFORM migrate_repair(migrate_version(), 'forget');
  RETURN refusal;
END
$$;
SET migrate.generate_down = off;
SELECT is(pg_temp.refusal(), problem, name) FROM (VALUES
  ('one that is not transactional', '25001: migration "7_m" can''t run inside a transaction
DETAIL: It holds what refuses a transaction block: line 1: migrate:no-transaction.
HINT: Use CALL migrate_down(), outside of BEGIN, or migrate_start() from anywhere.'),
  ('one whose down script is not transactional', '25001: migration "6_m" can''t run inside a transaction
DETAIL: It holds what refuses a transaction block: line 1: VACUUM.
HINT: Use CALL migrate_down(), outside of BEGIN, or migrate_start() from anywhere.'),
  ('one with an empty down script', 'MG007: migration "5_m" can''t be rolled back
DETAIL: Reason: its down script is empty.
HINT: Write a migration that goes forward instead.'),
  ('one whose down script is prose', 'MG007: migration "4_m" can''t be rolled back
DETAIL: Reason: line 3 of its commented-out down script can''t be run.
HINT: Write a migration that goes forward instead.'),
  ('one that is irreversible', 'MG007: migration "3_m" can''t be rolled back
DETAIL: Reason: drops the old column.
HINT: Write a migration that goes forward instead.'),
  ('one without a down script', 'MG007: migration "2_m" can''t be rolled back
DETAIL: Reason: it has no down script.
HINT: Write a migration that goes forward instead.')) AS t(name, problem);
SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('2_m', '') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('3_m', '', pg_temp.says('down3')) \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(left(pg_temp.failure($$SELECT migrate_rollback('zero')$$), 5), 'MG007', 'one of several that can''t be');
SELECT is(COALESCE(pg_temp.done(), '') || pg_temp.left_over(), '1_m applied, 2_m applied, 3_m applied; version 3', '… keeps all, before anything runs');
RESET migrate.generate_down;

-- A down script that fails

SELECT pg_temp.applied('1', '2', '3') \g /dev/null
SELECT migrate_add('2_m', pg_temp.says('up2'), E'SELECT 1;\n SELECT 1 / 0') \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_rollback('zero')$$), '22012: division by zero
AT: migration "2_m" down, line 2, column 2', 'a down script that fails says where');
SELECT is(COALESCE(pg_temp.done(), '') || pg_temp.left_over(), '1_m applied, 2_m applied, 3_m applied; version 3', '… and nothing is rolled back');
SELECT is((SELECT string_agg(DISTINCT event, ' ') FROM migrate_history()), 'apply', '… nor recorded');

-- Closing comments

SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('2_m', pg_temp.says('up2') || E'\n-- Rollback:\n-- ' || pg_temp.says('down2')) \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_rollback()'), 'MG007: the down script of migration "2_m" is not accepted
DETAIL: It was found in a closing comment of the migration.
HINT: Read it, then call migrate_repair(''2_m'', ''accept down'').', 'a closing comment is not run');
SELECT is((SELECT action || ': ' || detail FROM migrate_plan('1')), 'refuse: the down script of migration "2_m" is not accepted', '… which the plan says');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('2', 'accept down')$$), '(2,m,"accept down","its closing comment may be run")', 'once accepted');
SELECT is((SELECT reversible || COALESCE(detail, '') FROM pg_temp.details() WHERE version = '2'), 'comment', '… status has no reservation');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback()), '2', '… it runs');
SELECT is(pg_temp.done(), 'up2 down2', '… as it stands');
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('2_m', pg_temp.says('up2') || E'\n-- Rollback:\n-- ' || pg_temp.says('another')) \g /dev/null
SELECT migrate_repair('2', 'accept') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_rollback()'), 5), 'MG007', 'another closing comment is to be accepted anew');

-- Which down script

SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('1_m', pg_temp.says('up1'), pg_temp.says('better1')) \g /dev/null
SELECT migrate_rollback() \g /dev/null
SELECT is(pg_temp.done(), 'better1', 'with the same up text the down script loaded last runs');
SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('1_m', pg_temp.says('changed1'), pg_temp.says('better1')) \g /dev/null
SELECT is((SELECT detail FROM migrate_plan('zero')), 'text has changed: uses the down script kept when it was applied', 'with a changed up text the plan says which down script');
SELECT migrate_rollback() \g /dev/null
SELECT is(pg_temp.done(), 'down1', '… the one kept from when it was applied');
SELECT is(pg_temp.left_over(), '1_m pending; version none', '… and the changed one is pending');
SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('1_m', pg_temp.says('changed1'), pg_temp.says('better1')) \g /dev/null
SELECT migrate_repair('1', 'accept') \g /dev/null
SELECT migrate_rollback() \g /dev/null
SELECT is(pg_temp.done(), 'better1', 'with an accepted up text its own down script runs');
SELECT pg_temp.applied('1') \g /dev/null
SELECT migrate_add('1_m', pg_temp.says('changed1')) \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback()), '1', 'a changed text without a down script');
SELECT is(pg_temp.done(), 'down1', '… has the kept one');
SELECT migrate_load(pg_temp.files('8_m.sql', pg_temp.says('up8'), '8_m.down.sql', pg_temp.says('down8')), 'app') \g /dev/null
SELECT migrate_apply('8') \g /dev/null
SELECT migrate_load('[]', 'app') \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback()), '8', 'a missing one can be rolled back');

-- A baseline stops

SELECT pg_temp.applied(VARIADIC '{}') \g /dev/null
SELECT migrate_add(v || '_m', '', pg_temp.says('down' || v)) FROM unnest(ARRAY['1', '2', '3']) AS v \g /dev/null
SELECT migrate_baseline('2') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_rollback(steps => 2)'), '55000: migration "2_m" is a baseline
DETAIL: It was recorded and not run here, so there is nothing to undo.
HINT: Roll back no further than to "2_m".', 'rollback stops before a baseline');
SELECT is(left(pg_temp.failure($$SELECT migrate_rollback('zero')$$), 5), '55000', '… on its way to zero, too');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback('2')), '3', 'a baseline as the target stays');

-- What others require

SELECT pg_temp.applied('1', '3') \g /dev/null
SELECT migrate_add('2_m', '-- migrate:requires 3', pg_temp.says('down2')) \g /dev/null
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_rollback('2')$$), '55000: migration "3_m" is required by "2_m"
DETAIL: That one would stay applied.
HINT: Roll back "2_m" first.', 'what one that stays requires can''t go');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_rollback('1')), '2 3', '… but both can');

SELECT * FROM finish();
ROLLBACK;
