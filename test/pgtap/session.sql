BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

-- Once, and not with each call that is undone.
SELECT migrate_drift('accept') \g /dev/null
\ir helpers/functions.psql

-- Runs a text as a migration of its own; what it fails with.
CREATE FUNCTION pg_temp.outcome(up text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM migrate.migration;
  DELETE FROM migrate.history;
  DELETE FROM migrate.schema_version;
  PERFORM migrate_add('0001_it', up);
  RETURN pg_temp.failure('SELECT migrate_apply()');
END
$$;

-- What of a session a migration can touch.
CREATE FUNCTION pg_temp.session() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(E'\n',
    'settings: ' || (SELECT md5(string_agg(name || '=' || setting, ',' ORDER BY name)) FROM pg_settings WHERE name !~ 'transaction'),
    'own settings: ' || COALESCE(current_setting('app.mine', true), '-') || COALESCE(nullif(current_setting('app.other', true), ''), '-'),
    'roles: ' || session_user || ' ' || current_user,
    'prepared: ' || (SELECT string_agg(name, ' ' ORDER BY name) FROM pg_prepared_statements),
    'cursors: ' || (SELECT string_agg(name, ' ' ORDER BY name) FROM pg_cursors WHERE name !~ 'unnamed' AND name <> ''),
    'locks: ' || (SELECT string_agg(concat_ws('/', classid, objid, mode), ' ' ORDER BY classid, objid) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
    'temporary: ' || (SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v', 'S') AND relname !~ '^__t'),
    'temporary types: ' || (SELECT string_agg(typname, ' ' ORDER BY typname) FROM pg_type WHERE typnamespace = pg_my_temp_schema() AND typrelid = 0 AND typelem = 0),
    'temporary functions: ' || (SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = pg_my_temp_schema()),
    'temporary others: ' || (SELECT string_agg(concat_ws(' ', kind, name), ', ' ORDER BY kind, name) FROM (
       SELECT 'operator', oprname, oprnamespace FROM pg_operator UNION ALL
       SELECT 'operator class', opcname, opcnamespace FROM pg_opclass UNION ALL
       SELECT 'operator family', opfname, opfnamespace FROM pg_opfamily UNION ALL
       SELECT 'collation', collname, collnamespace FROM pg_collation UNION ALL
       SELECT 'conversion', conname, connamespace FROM pg_conversion UNION ALL
       SELECT 'configuration', cfgname, cfgnamespace FROM pg_ts_config UNION ALL
       SELECT 'dictionary', dictname, dictnamespace FROM pg_ts_dict UNION ALL
       SELECT 'template', tmplname, tmplnamespace FROM pg_ts_template UNION ALL
       SELECT 'parser', prsname, prsnamespace FROM pg_ts_parser UNION ALL
       SELECT 'statistics', stxname, stxnamespace FROM pg_statistic_ext) AS t(kind, name, namespace)
      WHERE namespace = pg_my_temp_schema()))
$$;

SELECT plan(122);

-- What the caller has and keeps

CREATE ROLE other SUPERUSER;
CREATE TABLE public.t (a int);
SET LOCAL app.mine = 'mine';
SET LOCAL work_mem = '5MB';
SET search_path = public, pg_catalog;
SELECT set_config('DateStyle', 'German', false) \g /dev/null
PREPARE mine AS SELECT 1;
DECLARE mine CURSOR WITH HOLD FOR SELECT 1;
SELECT pg_advisory_lock(1), pg_advisory_lock_shared(2, 3), pg_advisory_xact_lock(4) \g /dev/null
CREATE TEMP TABLE mine (a int);

-- Each of these does something to the session; nothing of it is left, whether the migration succeeds or fails

CREATE TABLE leaks (what text, up text);
INSERT INTO leaks VALUES
  ('SET', 'SET search_path = pg_catalog; SET work_mem = ''6MB''; SET app.mine = ''x''; SET app.other = ''y'''),
  ('SET LOCAL', 'SET LOCAL search_path = pg_catalog; SET LOCAL DateStyle = ''SQL''; SET LOCAL app.mine = ''x'''),
  ('RESET', 'RESET ALL; RESET search_path; RESET app.mine'),
  ('set_config', 'SELECT set_config(''search_path'', ''pg_catalog'', false), set_config(''app.other'', ''y'', false), set_config(''work_mem'', ''7MB'', true)'),
  ('pg_dump''s own settings', 'SET statement_timeout = 0; SET client_min_messages = error; SET row_security = off; SELECT pg_catalog.set_config(''search_path'', '''', false)'),
  ('SET in a function', 'DO ''BEGIN SET search_path = pg_catalog; SET LOCAL work_mem = "8MB"; END'''),
  ('SET SESSION CHARACTERISTICS', 'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY'),
  ('session_replication_role', 'SET session_replication_role = replica'),
  ('lock_timeout', 'SET lock_timeout = 1; SET statement_timeout = 0'),
  ('SET ROLE', 'SET ROLE other'),
  ('SET LOCAL ROLE', 'SET LOCAL ROLE other'),
  ('SET SESSION AUTHORIZATION', 'SET SESSION AUTHORIZATION other'),
  ('SET SESSION AUTHORIZATION and ROLE', 'SET SESSION AUTHORIZATION other; SET ROLE postgres'),
  ('PREPARE', 'PREPARE theirs AS SELECT 1'),
  ('PREPARE by a function', 'DO ''BEGIN EXECUTE $x$PREPARE theirs AS SELECT 1$x$; END'''),
  ('an advisory lock', 'SELECT pg_advisory_lock(7), pg_advisory_lock(7), pg_advisory_lock_shared(8, 9)'),
  ('an advisory lock in an INSERT', 'INSERT INTO public.t SELECT 1 FROM (SELECT pg_advisory_lock(7)) AS l'),
  ('an advisory lock in an UPDATE', 'UPDATE public.leaks SET up = up WHERE pg_advisory_lock(7) IS NULL'),
  ('an advisory lock in a DEFAULT', 'INSERT INTO public.t VALUES (1); ALTER TABLE public.t ADD COLUMN b int DEFAULT length(pg_advisory_lock(7)::text)'),
  ('an advisory lock in an index', 'CREATE FUNCTION public.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS ''BEGIN PERFORM pg_advisory_lock(7); RETURN 1; END''; INSERT INTO public.t VALUES (1); CREATE INDEX i ON public.t (f(a))'),
  ('pg_advisory_unlock_all', 'SELECT pg_advisory_unlock_all()'),
  ('an unlocked lock of the caller', 'SELECT pg_advisory_unlock(1)'),
  ('a cursor', 'DECLARE theirs CURSOR FOR SELECT 1'),
  ('a WITH HOLD cursor', 'DECLARE theirs CURSOR WITH HOLD FOR SELECT 1'),
  ('a cursor of a function', 'DO ''DECLARE c refcursor := $x$theirs$x$; BEGIN OPEN c FOR SELECT 1; END'''),
  ('a temporary table', 'CREATE TEMP TABLE theirs (a serial); CREATE TEMP TABLE theirs2 AS SELECT 1; SELECT 1 INTO TEMP theirs3; CREATE TABLE pg_temp.theirs4 ()'),
  ('a temporary table by search_path', 'SET search_path = pg_temp; CREATE TABLE theirs ()'),
  ('a temporary table by LIKE', 'CREATE TEMPORARY TABLE theirs (LIKE public.t)'),
  ('a temporary view', 'CREATE TEMP VIEW theirs AS SELECT 1'),
  ('a temporary view of a temporary table', 'CREATE TEMP TABLE theirs (a int); CREATE VIEW theirs2 AS SELECT * FROM theirs'),
  ('a temporary sequence', 'CREATE TEMP SEQUENCE theirs'),
  ('a temporary function', 'CREATE FUNCTION pg_temp.theirs() RETURNS int LANGUAGE sql AS ''SELECT 1'''),
  ('a temporary type', 'CREATE TYPE pg_temp.theirs AS ENUM (''a''); CREATE DOMAIN pg_temp.theirs2 AS int'),
  ('a temporary range type', 'CREATE TYPE pg_temp.theirs AS RANGE (SUBTYPE = int)'),
  ('a temporary operator', 'CREATE OPERATOR pg_temp.=== (LEFTARG = int, RIGHTARG = int, PROCEDURE = int4eq)'),
  ('a temporary operator class', 'CREATE OPERATOR CLASS pg_temp.theirs FOR TYPE int USING btree AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int)'),
  ('a temporary operator family', 'CREATE OPERATOR FAMILY pg_temp.theirs USING btree'),
  ('a temporary collation', 'CREATE COLLATION pg_temp.theirs (LOCALE = ''C'')'),
  ('a temporary conversion', 'CREATE CONVERSION pg_temp.theirs FOR ''LATIN1'' TO ''UTF8'' FROM iso8859_1_to_utf8'),
  ('temporary text search objects', 'CREATE TEXT SEARCH CONFIGURATION pg_temp.theirs (COPY = simple); CREATE TEXT SEARCH DICTIONARY pg_temp.theirs (TEMPLATE = simple); CREATE TEXT SEARCH TEMPLATE pg_temp.theirs (LEXIZE = dsimple_lexize); CREATE TEXT SEARCH PARSER pg_temp.theirs (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)'),
  ('temporary statistics', 'CREATE STATISTICS pg_temp.theirs ON a, (a + 1) FROM public.t'),
  ('an aggregate and a cast', 'CREATE TYPE pg_temp.theirs AS (a int); CREATE AGGREGATE pg_temp.theirs(int) (SFUNC = int4pl, STYPE = int); CREATE CAST (pg_temp.theirs AS text) WITH INOUT');
CREATE FUNCTION pg_temp.left_over(up text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  outcome text;
BEGIN
  BEGIN
    outcome := pg_temp.outcome(up);
    outcome := CASE WHEN outcome ~ '^(did not fail|42P01: table "nowhere")' THEN '' ELSE outcome || E'\n' END || pg_temp.session();
    RAISE EXCEPTION USING ERRCODE = 'ZZ001';
  EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
    -- What does not end with a subtransaction, should it have leaked.
    WHILE pg_advisory_unlock(7) OR pg_advisory_unlock_shared(8, 9) LOOP
    END LOOP;
    IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'theirs') THEN
      DEALLOCATE theirs;
    END IF;
    RETURN outcome;
  END;
END
$$;
SELECT pg_temp.session() AS before \gset
SELECT is(pg_temp.left_over(up), :'before', 'does not leak: ' || what) FROM leaks;
SELECT is(pg_temp.left_over(up || '; DROP TABLE public.nowhere'), :'before', 'does not leak from a failure: ' || what) FROM leaks;

-- The server does not tell how often a lock is held

SELECT pg_temp.outcome('SELECT pg_advisory_lock(1)') \g /dev/null
SELECT is((SELECT pg_advisory_unlock(1)), true, 'a lock that the caller had and the migration took, too');
SELECT pg_advisory_unlock_all() \g /dev/null

-- Where a migration starts: settings

CREATE TABLE public.seen (name text, value text);
CREATE FUNCTION pg_temp.starts_with(setting text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE public.seen;
  PERFORM pg_temp.outcome(format('INSERT INTO public.seen SELECT name, current_setting(name) FROM pg_catalog.pg_settings WHERE name = %L', setting));
  RETURN (SELECT value FROM public.seen);
END
$$;
SELECT is(pg_temp.starts_with(name), (SELECT current_setting(name) FROM (SELECT set_config(name, reset_val, true)) AS s WHERE set_config IS NOT NULL), 'whatever the caller has set, a migration starts from its own ' || name)
  FROM (SELECT name, COALESCE(reset_val, '') AS reset_val, set_config(name, value, true) FROM (VALUES
    ('check_function_bodies', 'off'), ('session_replication_role', 'replica'), ('DateStyle', 'SQL, DMY'), ('IntervalStyle', 'iso_8601'),
    ('TimeZone', 'Asia/Kathmandu'), ('bytea_output', 'escape'), ('extra_float_digits', '0'), ('xmloption', 'document'),
    ('default_tablespace', 'pg_default'), ('default_toast_compression', 'lz4'), ('transform_null_equals', 'on'), ('row_security', 'off'))
    AS t(name, value) JOIN pg_settings USING (name)) AS t;
SET search_path = pg_catalog, pg_temp, public;
SELECT is(pg_temp.starts_with('search_path'), '"$user", public, pg_temp', '… and search_path (pg_temp last: pgTAP has temporary tables)');
SET LOCAL migrate.search_path = 'pg_catalog, public';
SELECT is(pg_temp.starts_with('search_path'), 'pg_catalog, public, pg_temp', '… unless migrate.search_path says which');
SET LOCAL migrate.search_path = 'public, "pg_temp"';
SELECT is(pg_temp.starts_with('search_path'), 'public, "pg_temp"', '… with a place of its own for pg_temp');
CREATE SCHEMA "a,pg_temp,b";
CREATE TABLE "a,pg_temp,b".shadowed (value int);
CREATE TEMP TABLE shadowed (value int);
SET LOCAL migrate.search_path = '"a,pg_temp,b", public';
SELECT is(pg_temp.starts_with('search_path'), '"a,pg_temp,b", public, pg_temp', '… which a schema with commas in its name is not');
SELECT pg_temp.outcome('INSERT INTO shadowed VALUES (1)') \g /dev/null
SELECT is((SELECT count(*) FROM "a,pg_temp,b".shadowed), 1::bigint, 'so that no temporary table stands in for one there');
RESET migrate.search_path;
SELECT is(pg_temp.starts_with('lock_timeout'), '5s', '… and migrate.lock_timeout');
SET LOCAL migrate.lock_timeout = '7s';
SELECT is(pg_temp.starts_with('lock_timeout'), '7s', '… which can be set');
SELECT pg_temp.outcome('-- migrate:lock-timeout 9s' || E'\nTRUNCATE public.seen; INSERT INTO public.seen SELECT name, setting FROM pg_settings WHERE name = ''lock_timeout''') \g /dev/null
SELECT is((SELECT value FROM public.seen), '9000', '… by the migration, too');
SELECT is(current_setting('lock_timeout'), '0', '… and is the caller''s afterwards');
DELETE FROM migrate.migration;
DELETE FROM migrate.history;
DELETE FROM migrate.schema_version;
SELECT migrate_add('0001_a', 'SET search_path = pg_catalog; SET app.other = ''x''; SET ROLE other') \g /dev/null
SELECT migrate_add('0002_b', 'TRUNCATE public.seen; INSERT INTO public.seen VALUES (current_user, current_setting(''search_path'') || current_setting(''app.other'', true))') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is((SELECT name || ' ' || value FROM public.seen), 'postgres "$user", public, pg_temp', 'a migration starts where the one before it started');

SELECT is(pg_temp.outcome('CREATE TABLE mine (b int); INSERT INTO mine VALUES (1); ALTER TABLE mine ADD c int'), 'did not fail', 'a temporary table of the caller by the same name');
SELECT is((SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'public.mine'::regclass AND attnum > 0), 'b c', '… is not the one that the migration changes');
SELECT is((SELECT count(*) FROM pg_temp.mine), 0::bigint, '… nor writes to');
DROP TABLE pg_temp.mine;

-- From where it is called

CREATE FUNCTION public.wrapper() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT action FROM public.migrate_apply();
END
$$;
CREATE ROLE keeper;
GRANT CREATE ON SCHEMA public TO keeper;
GRANT EXECUTE ON FUNCTION migrate_apply TO keeper;
ALTER FUNCTION public.wrapper OWNER TO keeper;
CREATE ROLE visitor;
GRANT EXECUTE ON FUNCTION public.wrapper TO visitor;
SELECT migrate_add('0003_c', 'CREATE TABLE made_by_wrapper ()') \g /dev/null
SET LOCAL ROLE visitor;
SELECT is((SELECT string_agg(wrapper, ' ') FROM public.wrapper()), 'applied', 'a SECURITY DEFINER wrapper');
RESET ROLE;
SELECT is((SELECT relowner::regrole::text || ' ' || relnamespace::regnamespace FROM pg_class WHERE relname = 'made_by_wrapper'), 'keeper public', '… runs migrations as its owner, from their own search_path');
SELECT is((SELECT current_user_name FROM migrate.history ORDER BY id DESC LIMIT 1), 'keeper', '… and the history says so');
SELECT migrate_add('0004_d', 'SET ROLE postgres') \g /dev/null
SET LOCAL ROLE visitor;
SELECT is(pg_temp.failure('SELECT public.wrapper()'), '42501: cannot set parameter "role" within security-definer function
AT: migration "0004_d", line 1, column 1', '… which it can''t leave');
RESET ROLE;
DELETE FROM migrate.migration WHERE version = '0004';
SELECT migrate_add('0004_d', 'CREATE TABLE made_under_role ()') \g /dev/null
SET LOCAL ROLE keeper;
SELECT is((SELECT string_agg(action, ' ') FROM migrate_apply()), 'applied', 'under SET ROLE');
SELECT is(current_user, 'keeper', '… the role stays');
RESET ROLE;
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE relname = 'made_under_role'), 'keeper', '… and owns what was made');
SELECT migrate_add('0005_e', 'CREATE TABLE made_in_subtransaction ()', 'DROP TABLE made_in_subtransaction') \g /dev/null
SAVEPOINT s;
SELECT migrate_apply() \g /dev/null
RELEASE s;
SELECT is(migrate_version(), '0005', 'in a subtransaction that stays, it stays');
SAVEPOINT s;
SELECT migrate_rollback() \g /dev/null
SELECT migrate_version() AS version, COALESCE(to_regclass('made_in_subtransaction')::text, ' and no table') AS made \gset
ROLLBACK TO s;
SELECT is(:'version'::text || (:'made')::text, '0004 and no table', 'in one that is undone');
SELECT is(migrate_version() || to_regclass('made_in_subtransaction'), '0005made_in_subtransaction', '… it is undone');
DECLARE never CURSOR FOR SELECT * FROM migrate_add('0007_g', '');
SELECT is((SELECT count(*) FROM migrate.migration WHERE version = '0007'), 0::bigint, 'a call that never starts does nothing');
DECLARE once CURSOR FOR SELECT * FROM migrate_load('[{"name": "0008_h", "content": ""}, {"name": "0009_i", "content": ""}]');
FETCH 1 FROM once \g /dev/null
SELECT is((SELECT count(*) FROM migrate.migration WHERE version > '0007'), 2::bigint, 'the work is done on the first call, however few rows are read');

SELECT * FROM finish();
ROLLBACK;
