BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

-- Once, and not with each call that is undone.
SELECT migrate_drift('accept') \g /dev/null
\ir helpers/functions.psql

-- Applies a text as the only pending migration; what it fails with, or what is applied then.
CREATE FUNCTION pg_temp.outcome(up text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  failure text;
BEGIN
  DELETE FROM migrate.migration;
  DELETE FROM migrate.history;
  DELETE FROM migrate.schema_version;
  PERFORM migrate_add('0001_it', up, 'SELECT 1');
  failure := pg_temp.failure('SELECT migrate_apply()');
  RETURN CASE WHEN failure = 'did not fail' THEN 'applied ' || migrate_version() ELSE failure END;
END
$$;

SELECT plan(42);

-- Calls of the extension's functions

SELECT is(pg_temp.outcome(E'SELECT 1;\n  SELECT ' || call), '55000: ' || name || '() can''t be called from inside a migration
DETAIL: The plan is fixed before the first migration runs.
HINT: Call it before or after.
AT: migration "0001_it", line 2, column 3', call || ' inside a migration is refused')
  FROM (VALUES
    ($$migrate_add('0002_b', '')$$, 'migrate_add'),
    ($$migrate_load('[]')$$, 'migrate_load'),
    ($$migrate_load_dir('/tmp')$$, 'migrate_load_dir'),
    ($$migrate_remove('0001')$$, 'migrate_remove'),
    ($$migrate_apply()$$, 'migrate_apply'),
    ($$migrate_apply(dry_run => true)$$, 'migrate_apply'),
    ($$migrate_rollback()$$, 'migrate_rollback'),
    ($$migrate_baseline('0001')$$, 'migrate_baseline'),
    ($$migrate_repair('0001', 'applied')$$, 'migrate_repair')) AS t(call, name);
SELECT is(pg_temp.outcome(E'DO $$ BEGIN PERFORM migrate_apply(); EXCEPTION WHEN OTHERS THEN END $$'), 'applied 0001', 'a refusal that is caught stops nothing');
SELECT is(pg_temp.outcome('SELECT count(*) FROM migrate_' || call), 'applied 0001', 'migrate_' || call || ' inside a migration works')
  FROM (VALUES ('status()'), ('plan()'), ('history()'), ('version()'), ('verify()')) AS t(call);
SELECT is(pg_temp.outcome($$DO 'BEGIN ASSERT migrate_version() IS NULL AND (SELECT status FROM migrate_status()) = ''pending''; END'$$),
  'applied 0001', '… and shows what was applied before it');
SELECT is(pg_temp.outcome($$SELECT migrate_require('0001')$$), 'MG005: migration "0001" is required and not applied
DETAIL: No migration is applied.
HINT: Apply it with migrate_apply() before this application starts.
AT: migration "0001_it", line 1, column 1', 'migrate_require, too');
SELECT lives_ok($$SELECT migrate_add('0002_b', '')$$, 'after it they work again');

-- Its own tables

SELECT matches(pg_temp.outcome('DROP SCHEMA migrate CASCADE'), '^2BP01: cannot drop schema migrate because extension migrate requires it', 'the tables'' schema can''t be dropped');
SELECT matches(pg_temp.outcome('DROP TABLE migrate.history'), '^2BP01: cannot drop table migrate.history because extension migrate requires it', 'nor a table');
SELECT matches(pg_temp.outcome('DROP FUNCTION migrate_apply'), '^2BP01: cannot drop function migrate_apply', 'nor a function');
CREATE FUNCTION pg_temp.dropped() RETURNS text LANGUAGE sql AS $$
  SELECT '55000: extension "migrate" was dropped or replaced while it was running
DETAIL: Its tables can''t be written, so nothing of this call may stay.
HINT: Drop the extension outside of a migration.'
$$;
SELECT is(pg_temp.outcome('DROP EXTENSION migrate'), pg_temp.dropped(), 'the extension can''t be dropped from inside');
SELECT is(pg_temp.outcome('DROP EXTENSION migrate CASCADE'), pg_temp.dropped(), '… not with CASCADE');
SELECT is(pg_temp.outcome('DROP EXTENSION migrate; CREATE EXTENSION migrate'), pg_temp.dropped(), '… nor replaced');
SELECT is(pg_temp.outcome('DROP EXTENSION migrate; CREATE SCHEMA migrate; CREATE TABLE migrate.history (); CREATE TABLE migrate.migration ()'), pg_temp.dropped(), '… nor imitated');
SELECT is(pg_temp.outcome('ALTER EXTENSION migrate DROP SCHEMA migrate'), pg_temp.dropped(), '… nor parted from its schema');
SELECT is(pg_temp.outcome('ALTER SCHEMA migrate RENAME TO elsewhere'), pg_temp.dropped(), '… nor its schema renamed');
SELECT is((SELECT count(*) FROM pg_extension WHERE extname = 'migrate')::int + (SELECT count(*) FROM migrate.migration)::int, 2, '… and everything is still there');
SELECT is(pg_temp.outcome('ALTER EXTENSION migrate DROP TABLE migrate.history; DROP TABLE migrate.history CASCADE'), pg_temp.dropped(), '… nor robbed of a table');
CREATE TABLE kept AS SELECT 1 AS a;
SELECT is(pg_temp.outcome('DROP TABLE kept; DROP EXTENSION migrate'), pg_temp.dropped(), 'what else it did');
SELECT is((SELECT count(*) FROM kept), 1::bigint, '… is undone, too');
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), pg_temp.dropped(), 'a dry run says the same');

-- The schema of its functions

CREATE EXTENSION pgcrypto SCHEMA public;
DROP EXTENSION migrate;
CREATE SCHEMA tools;
CREATE EXTENSION migrate SCHEMA tools;
SET LOCAL search_path = public, tools;
SELECT is(pg_temp.outcome('DROP SCHEMA tools CASCADE'), pg_temp.dropped(), 'the schema of the functions can''t be dropped from inside');

-- Its own role

CREATE ROLE worker;
GRANT CREATE ON SCHEMA public TO worker;
GRANT USAGE ON SCHEMA tools TO worker;
GRANT EXECUTE ON FUNCTION migrate_apply TO worker;
DELETE FROM migrate.migration;
SELECT migrate_add('0001_it', 'DROP ROLE worker') \g /dev/null
SET LOCAL ROLE worker;
-- From 16 on there is a detail too.
SELECT is(regexp_replace(pg_temp.failure('SELECT migrate_apply()'), '(?n)^DETAIL: .*\n', ''), '42501: permission denied to drop role
AT: migration "0001_it", line 1, column 1', 'a role can''t drop itself');
RESET ROLE;
REVOKE ALL ON SCHEMA public, tools FROM worker;
REVOKE ALL ON FUNCTION migrate_apply FROM worker;
ALTER ROLE worker SUPERUSER;
SET LOCAL ROLE worker;
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '55006: current user cannot be dropped
AT: migration "0001_it", line 1, column 1', '… not as a superuser, either');
RESET ROLE;
SELECT migrate_add('0001_it', 'RESET ROLE; DROP ROLE worker') \g /dev/null
SET LOCAL ROLE worker;
SELECT pg_temp.failure('SELECT tools.migrate_apply()') AS outcome \gset
RESET ROLE;
SELECT matches(:'outcome'::text, '^55000: ', '… nor by way of another role');
SELECT is((SELECT count(*) FROM pg_roles WHERE rolname = 'worker'), 1::bigint, '… and stays');

-- Event triggers of others

CREATE TABLE public.seen (tag text, role name, path text);
CREATE FUNCTION public.see() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.seen VALUES (tg_tag, current_user, current_setting('search_path'));
END
$$;
CREATE EVENT TRIGGER see ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION public.see();
SELECT is(pg_temp.outcome('CREATE TABLE public.t (); DROP TABLE public.t'), 'applied 0001', 'event triggers of others');
SELECT is((SELECT string_agg(concat_ws(' ', tag, role, path), ', ') FROM public.seen), 'CREATE TABLE postgres "$user", public, pg_temp, DROP TABLE postgres "$user", public, pg_temp',
  '… fire for the statements of the migration, in its settings, and for nothing else');
CREATE OR REPLACE FUNCTION public.see() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'no DDL today' USING ERRCODE = 'ZZ999', HINT = 'Come back tomorrow.';
END
$$;
SELECT is(pg_temp.outcome(E'SELECT 1;\nCREATE TABLE public.t ()'), 'ZZ999: no DDL today
HINT: Come back tomorrow.
AT: migration "0001_it", line 2, column 1', 'one that refuses is the failure of the migration');
SELECT is((SELECT status FROM migrate_status()), 'pending', '… which stays pending');
DROP EVENT TRIGGER see;
CREATE FUNCTION public.call_it() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tools.migrate_add('0009_z', ''); END $$;
CREATE EVENT TRIGGER see ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION public.call_it();
SELECT is(left(pg_temp.outcome('CREATE TABLE public.t ()'), 70), '55000: migrate_add() can''t be called from inside a migration' || E'\nDETAIL: T', 'one that registers migrations is inside, too');
DROP EVENT TRIGGER see;

SELECT * FROM finish();
ROLLBACK;
