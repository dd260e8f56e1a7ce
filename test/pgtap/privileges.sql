BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;

-- Default privileges that give everything to others: for schema public, as Supabase has them, and globally

CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE "odd ""role""";
CREATE ROLE member_of_anon;
GRANT anon TO member_of_anon;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON FUNCTIONS TO anon, authenticated, "odd ""role""";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO anon, "odd ""role""", PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO authenticated WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, authenticated, "odd ""role""", PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO anon, authenticated WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO PUBLIC;
CREATE EXTENSION migrate SCHEMA public;

\ir helpers/functions.psql

-- Everybody who is no superuser; the roles of the server that may read and write all data apart.
CREATE TEMP VIEW everybody AS
  SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname NOT IN ('pg_read_all_data', 'pg_write_all_data')
  UNION ALL SELECT 'public';
CREATE TEMP VIEW functions AS
  SELECT p.oid, p.oid::regprocedure::text AS name FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
    AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate');
CREATE TEMP VIEW relations AS SELECT oid, relkind, oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'migrate'::regnamespace AND relkind IN ('r', 'S');

SELECT plan(85);

-- Nobody may do anything

SELECT is((SELECT count(*) FROM functions), 45::bigint, 'all functions');
SELECT is((SELECT count(*) FROM relations WHERE relkind = 'r'), 16::bigint, '… all tables');
SELECT is((SELECT count(*) FROM relations WHERE relkind = 'S'), 6::bigint, '… and all sequences are looked at');
SELECT cmp_ok((SELECT count(*) FROM everybody), '>', 10::bigint, '… for many roles');
SELECT is_empty($$SELECT rolname, name FROM everybody, functions WHERE has_function_privilege(rolname, oid, 'EXECUTE')$$, 'nobody may execute a function');
SELECT is_empty($$SELECT rolname, name FROM everybody, relations WHERE relkind = 'r' AND has_table_privilege(rolname, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')$$, 'nobody may do anything with a table');
SELECT is_empty($$SELECT rolname, name FROM everybody, relations WHERE relkind = 'r' AND has_any_column_privilege(rolname, oid, 'SELECT, INSERT, UPDATE, REFERENCES')$$, '… nor with a column');
SELECT is_empty($$SELECT rolname, name FROM everybody, relations WHERE relkind = 'S' AND has_sequence_privilege(rolname, oid, 'SELECT, UPDATE, USAGE')$$, '… nor with a sequence');
SELECT is_empty($$SELECT rolname FROM everybody, unnest(ARRAY['migrate', 'migrate_kept']) AS s WHERE has_schema_privilege(rolname, s, 'USAGE, CREATE')$$, '… nor with their schemas');
SELECT is_empty($$SELECT name, grantee::regrole FROM functions JOIN pg_proc USING (oid), aclexplode(proacl) WHERE grantee <> proowner
  UNION ALL SELECT name, grantee::regrole FROM relations JOIN pg_class USING (oid), aclexplode(relacl) WHERE grantee <> relowner
  UNION ALL SELECT nspname, grantee::regrole FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'migrate' AND grantee <> nspowner$$, 'no list of rights names anybody but the owner');
SET LOCAL ROLE member_of_anon;
SELECT is(pg_temp.failure('SELECT ' || call), '42501: permission denied for function ' || split_part(call, '(', 1), call || ' is refused')
  FROM (VALUES ('migrate_add(''0001_a'', '''')'), ('migrate_load(''[]'')'), ('migrate_load_dir(''/tmp'')'), ('migrate_remove(''1'')'), ('migrate_status()'), ('migrate_report()'), ('migrate_types()'), ('migrate_show(''1'')'), ('migrate_text(''1'')'), ('migrate_schema()'), ('migrate_schema_hash()'), ('migrate_changes()'), ('migrate_diff(''[]'')'), ('migrate_generate(''a'', '''')'), ('migrate_squash(''1'')'), ('migrate_job(1)'), ('migrate_run(''0001_a'', '''')'), ('migrate_plan()'), ('migrate_plan_hash()'),
    ('migrate_history()'), ('migrate_version()'), ('migrate_require(''1'')'), ('migrate_apply()'), ('migrate_rollback()'), ('migrate_prove()'), ('migrate_probe(''1'')'), ('migrate_online(''1'')'), ('migrate_verify()'), ('migrate_baseline(''1'')'), ('migrate_adopt()'),
    ('migrate_repair(''1'', ''accept'')'), ('migrate_start()'), ('migrate_cancel(1)'), ('migrate_progress()'), ('migrate_guard()'), ('migrate_drift()'), ('migrate_explain()'), ('migrate_lint()'), ('migrate_approve(''1'')'), ('migrate_health()'), ('migrate_reset()')) AS t(call);
SELECT is(pg_temp.failure('CALL ' || call || '()'), '42501: permission denied for procedure ' || call, call || ' is refused')
  FROM (VALUES ('migrate_up'), ('migrate_down')) AS t(call);
SELECT is(pg_temp.failure('SELECT * FROM migrate.script'), '42501: permission denied for schema migrate', 'reading a table is refused');
RESET ROLE;

-- A deploy role runs migrations as itself, and needs nothing but the functions

CREATE ROLE deployer;
CREATE ROLE reader;
CREATE ROLE application;
GRANT CREATE ON SCHEMA public TO deployer;
GRANT EXECUTE ON FUNCTION migrate_load, migrate_add, migrate_plan, migrate_apply, migrate_rollback, migrate_status, migrate_history TO deployer;
GRANT EXECUTE ON FUNCTION migrate_status, migrate_show, migrate_plan, migrate_history, migrate_version TO reader;
GRANT EXECUTE ON FUNCTION migrate_require TO application;
CREATE TABLE postgres_only (a int);
REVOKE ALL ON postgres_only FROM PUBLIC;
SET LOCAL ROLE deployer;
SELECT lives_ok($$SELECT migrate_add('0001_a', 'CREATE TABLE made (a int)', 'DROP TABLE made', 'SELECT count(*) = 0 FROM made')$$, 'a deploy role adds');
SELECT lives_ok('SELECT migrate_apply()', '… and applies');
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE relname = 'made'), 'deployer', '… as itself');
SELECT is((SELECT actor::text FROM migrate_history()), 'deployer', '… which the history says');
SELECT lives_ok('SELECT migrate_rollback()', '… and rolls back');
SELECT is((SELECT count(*) FROM pg_class WHERE relname = 'made'), 0::bigint, '… as itself, too');
SELECT is(pg_temp.failure('SELECT migrate_apply()'), 'did not fail', '… and applies again');
SELECT throws_ok('SELECT * FROM migrate.history', '42501', NULL, '… though it can''t read the tables');
SELECT migrate_add('0002_b', 'SELECT * FROM postgres_only') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), '42501: permission denied for table postgres_only
AT: migration "0002_b", line 1, column 1', 'what it may not do its migrations may not');
RESET ROLE;

-- A migration's text never runs with the rights of the tables' owner

CREATE FUNCTION pg_temp.attempt(up text, down text DEFAULT NULL, verify text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RESET ROLE;
  DELETE FROM migrate.migration WHERE version > '0001';
  PERFORM migrate_add('0002_b', up, down, verify);
  SET LOCAL ROLE deployer;
  RETURN split_part(pg_temp.failure('SELECT migrate_apply()'), chr(10), 1);
END
$$;
SELECT is(pg_temp.attempt(up), problem, 'refused: ' || up)
  FROM (VALUES
    ('INSERT INTO migrate.schema_version VALUES (''9'')', '42501: permission denied for schema migrate'),
    ('UPDATE migrate.history SET event = ''apply''', '42501: permission denied for schema migrate'),
    ('DELETE FROM migrate.history', '42501: permission denied for schema migrate'),
    ('SELECT text FROM migrate.script', '42501: permission denied for schema migrate'),
    ('CREATE TRIGGER t AFTER INSERT ON migrate.history EXECUTE FUNCTION suppress_redundant_updates_trigger()', '42501: permission denied for schema migrate'),
    ('DROP EXTENSION migrate', '42501: must be owner of extension migrate'),
    ('ALTER EXTENSION migrate SET SCHEMA pg_temp', '42501: must be owner of extension migrate'),
    ('ALTER SCHEMA migrate RENAME TO mine', '42501: must be owner of schema migrate'),
    ('CREATE OR REPLACE FUNCTION migrate_version() RETURNS text LANGUAGE sql AS ''SELECT NULL::text''', '42501: must be owner of function migrate_version')) AS t(up, problem);
RESET ROLE;

-- A temporary table, function or operator in the way of the bookkeeping is not looked at

SELECT is(pg_temp.attempt('CREATE TEMP TABLE history (a int); CREATE TEMP TABLE schema_version (a int);
  CREATE FUNCTION pg_temp.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS ''BEGIN RAISE EXCEPTION $x$called as %$x$, current_user; END'';
  CREATE FUNCTION pg_temp.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN RAISE EXCEPTION $x$called as %$x$, current_user; END'';
  CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.eq);
  SET search_path = pg_temp, pg_catalog, public'), 'did not fail', 'names in the way are not looked at');
RESET ROLE;

-- Messages are for the owner

INSERT INTO migrate.history (event, version, name, current_user_name, sqlstate, message, detail) VALUES ('fail', '0002', 'b', 'deployer', '23505', 'secret', 'secret');
SELECT migrate_add('0003_hidden', E'SELECT ''token one'';\n-- migrate:down\n-- token two\n') \g /dev/null
SELECT migrate_add('0004_hidden', E'SELECT token_three;\n-- Rollback: token four\n') \g /dev/null
SELECT migrate_load('[{"name": "0005_hidden.sql", "content": "-- Author: token five\nSELECT ''${secret}'';"}]', placeholders => '{"secret": "token six"}') \g /dev/null
INSERT INTO migrate.history (event, action, version, name, current_user_name, sqlstate, message, line)
  VALUES ('fail', 'apply', '0004', 'hidden', 'deployer', '42703', 'column "token_three" does not exist', 1);
UPDATE migrate.migration SET unfinished_event = (SELECT max(id) FROM migrate.history) WHERE version = '0004';
UPDATE migrate.history SET detail = 'a detail' WHERE version = '0004' AND event = 'fail';
CREATE FUNCTION pg_temp.failure_of(migration text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(value, ', ') FROM migrate_show(migration) WHERE value LIKE 'applying stopped%' OR property = 'failure_detail'
$$;
SELECT is(pg_temp.failure_of('0004'), 'applying stopped at line 1: 42703 column "token_three" does not exist, a detail', 'the owner sees messages');
SELECT is((SELECT string_agg(property || ': ' || value, ', ') FROM migrate_show('0005') WHERE value ~ 'token'), 'placeholders: secret = token six, header_author: token five',
  '… header lines and values of placeholders');
SELECT is((SELECT string_agg(property, ', ') FROM migrate_show('0001') WHERE property IN ('search_path', 'server_version')), 'search_path, server_version', '… and from where it was applied');
SET LOCAL ROLE reader;
SELECT is((SELECT string_agg(s::text, '') || (SELECT string_agg(h::text, '') FROM migrate_history() h)
    || (SELECT string_agg(p::text, '') FROM migrate_plan() p) || (SELECT string_agg(p::text, '') FROM migrate_plan('zero') p)
    || (SELECT string_agg(p::text, '') FROM migrate_show('0003') p) || (SELECT string_agg(p::text, '') FROM migrate_show('0004') p)
    || (SELECT string_agg(p::text, '') FROM migrate_show('0005') p) || (SELECT string_agg(p::text, '') FROM migrate_show('0001') p)
  FROM migrate_status() s) ~ 'token|search_path|client_address', false, 'a reader sees no word of a text');
SELECT is(pg_temp.failure_of('0004'), 'applying stopped at line 1: 42703', 'a reader sees what happened, but no messages');
SELECT is((SELECT string_agg(version || ' ' || note, ', ') FROM migrate_history() WHERE event = 'fail'), '0004 42703 at line 1, 0002 23505', '… in the history, too');
SELECT is((SELECT note FROM migrate_status() WHERE version = '0004'), '42703 at line 1, irreversible', '… and in the note');
SELECT is((SELECT count(*) FROM migrate_status()), 5::bigint, '… and status');
SELECT is(migrate_version(), '0002', '… and version');
SELECT throws_ok('SELECT migrate_apply()', '42501', NULL, '… and applies nothing');
SET LOCAL ROLE application;
SELECT lives_ok($$SELECT migrate_require('0001')$$, 'an application requires a migration');
SELECT throws_ok('SELECT migrate_status()', '42501', NULL, '… and sees nothing else');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
