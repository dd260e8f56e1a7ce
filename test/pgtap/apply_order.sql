BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- Forgets all migrations and loads these.
CREATE FUNCTION pg_temp.fresh(VARIADIC parts text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM migrate.migration;
  DELETE FROM migrate.history;
  DELETE FROM migrate.schema_version;
  DELETE FROM done;
  PERFORM migrate_load(pg_temp.files(VARIADIC parts));
END
$$;

-- Every migration here writes down that it ran.
CREATE TABLE done (id int GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION pg_temp.done() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(what, ' ' ORDER BY id) FROM done $$;
CREATE FUNCTION pg_temp.says(what text) RETURNS text LANGUAGE sql AS $$ SELECT format('INSERT INTO done (what) VALUES (%L)', what) $$;
-- The newest event of each migration that has one, and its status.
CREATE FUNCTION pg_temp.applied() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws('_', nullif(version, ''), nullif(name, '')), ' ') FROM migrate_status() WHERE status = 'applied'
$$;

SELECT plan(53);

-- Order and rows

SELECT pg_temp.fresh('20250120000000_c.sql', pg_temp.says('c'), '010_b.sql', pg_temp.says('b') || ';' || pg_temp.says('b2'), '2_a.sql', pg_temp.says('a')) \g /dev/null
SELECT is(pg_temp.rows_of('SELECT version, name, action, statements, duration_ms >= 0 FROM migrate_apply()'), '(2,a,applied,1,t)
(010,b,applied,2,t)
(20250120000000,c,applied,1,t)', 'apply says what it applied, in order');
SELECT is(pg_temp.done(), 'a b b2 c', '… and ran it in that order');
SELECT is((SELECT count(*) FROM migrate_apply()), 0::bigint, 'a second apply has nothing to do');
SELECT is(pg_temp.done(), 'a b b2 c', '… and does nothing');
SELECT is(migrate_version(), '20250120000000', 'the version is that of the newest');

-- Target

SELECT pg_temp.fresh('0001_a.sql', pg_temp.says('a'), '0002_b.sql', pg_temp.says('b'), '0003_c.sql', pg_temp.says('c'), 'plain.sql', pg_temp.says('plain')) \g /dev/null
SELECT is(pg_temp.rows_of($$SELECT version, action FROM migrate_apply('0002')$$), '(0001,applied)
(0002,applied)', 'apply goes up to and with its target');
SELECT is(pg_temp.applied(), '0001_a 0002_b', '… and no further');
SELECT is((SELECT count(*) FROM migrate_apply('2')), 0::bigint, 'a target that is applied has nothing before it to do');
SELECT is(pg_temp.rows_of($$SELECT version, name, action FROM migrate_apply('plain')$$), '(0003,c,applied)
("",plain,applied)', 'a plain name as the target comes after the numbered ones');
SELECT is(migrate_version(), 'plain', '… and its name is the version then');

-- Out of order

SELECT pg_temp.fresh('0001_a.sql', pg_temp.says('a'), '0003_c.sql', pg_temp.says('c')) \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_load(pg_temp.files('0001_a.sql', pg_temp.says('a'), '0002_b.sql', pg_temp.says('b'), '0003_c.sql', pg_temp.says('c'), '0004_d.sql', pg_temp.says('d'))) \g /dev/null
SELECT is((SELECT status FROM migrate_status() WHERE version = '0002'), 'out of order', 'older than the newest applied is out of order');
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'MG006: migration "0002_b" is out of order
DETAIL: Version 0003, which comes after it, is already applied.
HINT: Give it a newer version, or call with allow_out_of_order => true.', '… and refused');
SELECT is(pg_temp.done(), 'a c', '… before anything runs');
SELECT is(pg_temp.rows_of('SELECT action, version, detail FROM migrate_plan()'),
  '(refuse,0002,"is out of order")
(apply,0004,)', 'the plan says so');
SELECT is(pg_temp.rows_of('SELECT version, action FROM migrate_apply(allow_out_of_order => true)'), '(0002,applied)
(0004,applied)', 'it runs when allowed');
SELECT is(migrate_version(), '0004', '… and the version is still the highest in order');
SELECT pg_temp.fresh('0003_c.sql', pg_temp.says('c')) \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_load(pg_temp.files('0002_b.sql', pg_temp.says('b'), '0003_a.sql', pg_temp.says('a'), '0003_c.sql', pg_temp.says('c'))) \g /dev/null
SELECT is((SELECT string_agg(status, ', ') FROM migrate_status()), 'out of order, out of order, applied', 'of a shared version the names count');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply('0002', allow_out_of_order => true)), '0002', 'with a target before the newest');
SELECT is(migrate_version(), '0003', '… the version stays');
SELECT pg_temp.fresh('0001_a.sql', '', '0003_c.sql', '', 'plain.sql', '') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('0002_b', '') \g /dev/null
SELECT is((SELECT status FROM migrate_status() WHERE version = '0002'), 'out of order', 'a plain name that is applied hides no order');

-- Requirements

SELECT pg_temp.fresh('0001_a.sql', E'-- migrate:requires nowhere\n' || pg_temp.says('a')) \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '42704: migration "0001_a" requires "nowhere", which does not exist
HINT: Load the migration that it requires, or correct its requirement.', 'a requirement that does not exist is refused');
SELECT is((SELECT action || ': ' || detail FROM migrate_plan()), 'refuse: requires "nowhere", which does not exist', '… and the plan says so');
SELECT pg_temp.fresh('0001_a.sql', E'-- migrate:requires 2', '0002_b.sql', '') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55000: migration "0001_a" requires "0002_b", which comes after it
HINT: Give one of them another version.', 'a requirement that comes later is refused');
SELECT pg_temp.fresh('0001_a.sql', E'-- migrate:requires 0001') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '42P17: migrations require each other in a circle
DETAIL: "0001_a" requires "0001_a".
HINT: Remove one of the requirements.', 'one that requires itself is refused');
SELECT pg_temp.fresh('a.sql', '-- migrate:requires c', 'b.sql', '-- migrate:requires a', 'c.sql', '-- migrate:requires b', 'd.sql', '') \g /dev/null
SELECT matches(pg_temp.failure('SELECT migrate_apply()'), '^42P17: migrations require each other in a circle
DETAIL: ("a" requires "c" requires "b" requires "a"|"b" requires "a" requires "c" requires "b"|"c" requires "b" requires "a" requires "c")\.
HINT: Remove one of the requirements\.$', 'a circle is shown');
SELECT is((SELECT string_agg(name, ' ' ORDER BY name) FROM migrate_plan() WHERE action = 'refuse'), 'a b c', '… for each of it in the plan');
SELECT pg_temp.fresh('0001_a.sql', '', '0002_b.sql', '-- migrate:requires 0001_a') \g /dev/null
SELECT migrate_load(pg_temp.files('0002_b.sql', '-- migrate:requires 0001_a')) \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55000: migration "0002_b" requires "0001_a", which is absent from its source
HINT: Load its file again.', 'a requirement that is absent is refused');
SELECT pg_temp.fresh('0001_a.sql', pg_temp.says('a'), '0002_b.sql', E'-- migrate:requires 0001_a\n' || pg_temp.says('b')) \g /dev/null
SELECT migrate_baseline('0001') \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '0002', 'a baselined one satisfies a requirement');
SELECT is(pg_temp.done(), 'b', '… though it never ran');
SELECT pg_temp.fresh('0001_a.sql', E'-- migrate:requires users\n' || pg_temp.says('a'), 'users.sql', E'-- Dependencies: base\n' || pg_temp.says('users'), 'base.sql', pg_temp.says('base')) \g /dev/null
SELECT is((SELECT string_agg(name, ' ') FROM migrate_apply()), 'base users a', 'a plain name comes before the numbered one that requires it');
SELECT is(pg_temp.done(), 'base users a', '… and runs there');
SELECT pg_temp.fresh('a.sql', '-- migrate:requires b', 'b.sql', '', 'c.sql', '') \g /dev/null
SELECT is((SELECT string_agg(name, ' ') FROM migrate_apply('a')), 'b a', 'a target brings what it requires');
SELECT pg_temp.fresh('0001_same.sql', '', '0002_same.sql', '', '0003_a.sql', '-- migrate:requires same') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '42725: migration "0003_a" requires what is ambiguous: migration "same" is ambiguous
DETAIL: It could be "0001_same", "0002_same".
HINT: Give version and name together.', 'a requirement that is ambiguous is refused');

-- Changed texts

SELECT pg_temp.fresh('0001_a.sql', pg_temp.says('a'), '0002_b.sql', pg_temp.says('b')) \g /dev/null
SELECT migrate_apply('0001') \g /dev/null
SELECT migrate_load(pg_temp.files('0001_a.sql', pg_temp.says('A'), '0002_b.sql', pg_temp.says('b'))) \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), format('MG002: migration "0001_a" has changed since it was applied
DETAIL: Its text had checksum %s and now has %s.
HINT: Load the text that was applied, or accept the new one with migrate_repair(''0001_a'', ''accept'').',
  encode(sha256(pg_temp.says('a')::bytea), 'hex'), encode(sha256(pg_temp.says('A')::bytea), 'hex')), 'a changed text stops apply');
SELECT is(pg_temp.failure($$SELECT migrate_apply('0002')$$) LIKE 'MG002: %', true, '… with a target, too');
SELECT is((SELECT string_agg(concat_ws('|', action, version, detail), ', ') FROM migrate_plan()),
  'refuse|0001|has changed since it was applied, apply|0002', '… and the plan says so first');
SELECT is(pg_temp.done(), 'a', '… and nothing runs');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('0001', 'accept')$$), '(0001,a,accept,"the loaded text counts as applied")', 'accepting it');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '0002', '… heals it');
SELECT is(pg_temp.done(), 'a b', '… and runs nothing again');
SELECT is((SELECT string_agg(status, ' ') FROM migrate_status()), 'applied applied', '… and status agrees');
SELECT migrate_load(pg_temp.files('0001_a.sql', pg_temp.says('A'), '0002_b.sql', pg_temp.says('b') || E' \n', '0003_c.sql', '')) \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '0003', 'a text that differs in trailing blanks only has not changed');

-- Absent ones

SELECT pg_temp.fresh('0001_a.sql', pg_temp.says('a'), '0002_b.sql', pg_temp.says('b')) \g /dev/null
SELECT migrate_load(pg_temp.files('0002_b.sql', pg_temp.says('b'))) \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_plan()), '0002', 'an absent one is not planned');
SELECT is(pg_temp.failure($$SELECT migrate_apply('0001')$$), '55000: migration "0001_a" is absent
DETAIL: It was gone from "load" when that was loaded last.
HINT: Load its file again.', 'as a target it is refused');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '0002', '… and does not stop others');
SELECT migrate_load('[]') \g /dev/null
SELECT is((SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()), '0001 absent, 0002 missing', 'an applied one that is gone is missing');
SELECT is((SELECT count(*) FROM migrate_apply()), 0::bigint, '… which stops nothing');

SELECT migrate_load(pg_temp.files('0002_b.sql', pg_temp.says('B'))) \g /dev/null
SELECT migrate_load('[]') \g /dev/null
SELECT is(left(pg_temp.failure('SELECT migrate_apply()'), 5), 'MG002', 'a changed one stops apply, gone from its source or not');
SELECT is((SELECT status FROM migrate_status() WHERE version = '0002'), 'changed', '… so that is its status');

-- Numerically equal versions of one name

SELECT pg_temp.fresh('1_a.sql', '', '01_a.sql', '') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.rows_of('SELECT status, detail FROM pg_temp.details()'), '(applied,"no down script: a rollback takes its recorded changes back")
(applied,"no down script: a rollback takes its recorded changes back")', 'versions that are numerically equal: nobody altered the guard');
SELECT lives_ok('SELECT migrate_apply()', '… and the next apply is not refused');
SELECT pg_temp.fresh('1_a.sql', '') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('01_a', '') \g /dev/null
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'did not fail', '… whichever was applied last');
SELECT pg_temp.fresh('01_a.sql', '') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('1_a', '') \g /dev/null
SELECT migrate_apply(allow_out_of_order => true) \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'did not fail', '… or first');

SELECT * FROM finish();
ROLLBACK;
