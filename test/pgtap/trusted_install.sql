BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;

\ir helpers/functions.psql

SELECT plan(65);

-- Where it can't be installed

CREATE SCHEMA migrate;
SELECT is(pg_temp.failure('CREATE EXTENSION migrate SCHEMA migrate'), '22023: extension "migrate" can''t be installed into schema "migrate"
DETAIL: The extension creates schema "migrate" for its tables; its functions live in another one.
HINT: Use CREATE EXTENSION migrate [SCHEMA public].', 'SCHEMA migrate is refused');
SELECT is(pg_temp.failure('SET LOCAL search_path = migrate; CREATE EXTENSION migrate'), '22023: extension "migrate" can''t be installed into schema "migrate"
DETAIL: The extension creates schema "migrate" for its tables; its functions live in another one.
HINT: Use CREATE EXTENSION migrate [SCHEMA public].', '… as the first of the search path, too');
SET LOCAL search_path = public;
SELECT is(pg_temp.failure('CREATE EXTENSION migrate'), '42P06: schema "migrate" already exists
DETAIL: The extension creates this schema for its tables and must own it.
HINT: Rename or drop that schema first: ALTER SCHEMA migrate RENAME TO something_else.', 'a schema migrate that is already taken is refused');
DROP SCHEMA migrate;

-- A database owner who is no superuser installs it, in a schema of their own with an odd name

CREATE ROLE owner NOINHERIT;
CREATE ROLE other_member;
CREATE ROLE deployer;
CREATE ROLE stranger;
GRANT owner TO other_member;
SELECT format('GRANT CREATE ON DATABASE %I TO owner', current_database()) \gexec
GRANT CREATE, USAGE ON SCHEMA public TO owner, deployer;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO owner, stranger;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO owner, stranger;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO owner, stranger;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO owner, stranger;
SET SESSION AUTHORIZATION stranger;
SELECT matches(pg_temp.failure('CREATE EXTENSION migrate SCHEMA public'), '^42501: permission denied to create extension "migrate"', 'who may not create in the database installs nothing');
SET SESSION AUTHORIZATION owner;
CREATE SCHEMA "Its functions";
SELECT lives_ok('CREATE EXTENSION migrate SCHEMA "Its functions"', 'a database owner who is no superuser installs it');
RESET SESSION AUTHORIZATION;
SET LOCAL search_path = public, "Its functions";

CREATE TEMP VIEW functions AS SELECT oid, proname, proowner, proacl FROM pg_proc WHERE pronamespace = '"Its functions"'::regnamespace;
CREATE TEMP VIEW relations AS SELECT oid, relname, relowner, relacl, relkind FROM pg_class WHERE relnamespace = 'migrate'::regnamespace AND relkind IN ('r', 'S');
CREATE FUNCTION pg_temp.rights(acl aclitem[]) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ' ' ORDER BY privilege_type) FROM aclexplode(acl) WHERE grantee = 'owner'::regrole
$$;
SELECT is((SELECT extowner::regrole::text FROM pg_extension WHERE extname = 'migrate'), 'owner', 'the extension is theirs');
SELECT is((SELECT string_agg(DISTINCT proowner::regrole::text, ' ') FROM functions), 'postgres', 'its functions are the superuser''s');
SELECT is((SELECT string_agg(DISTINCT relowner::regrole::text, ' ') FROM relations), 'postgres', 'its tables, too');
SELECT is((SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'migrate'), 'postgres', 'and their schema');
SELECT is((SELECT count(*) FROM functions), 44::bigint, 'all functions are in the schema given');
SELECT is((SELECT string_agg(DISTINCT pg_temp.rights(proacl), '|') FROM functions), 'EXECUTE*', 'they may execute and pass on all functions');
SELECT is((SELECT string_agg(DISTINCT pg_temp.rights(relacl), '|') FROM relations WHERE relkind = 'r' AND relname NOT IN ('outside', 'approval', 'proof')), 'INSERT SELECT*', 'they may read the tables, and insert to restore a dump');
SELECT is((SELECT pg_temp.rights(relacl) FROM relations WHERE relname = 'approval'), 'SELECT*', '… but no approval');
SELECT is((SELECT pg_temp.rights(relacl) FROM relations WHERE relname = 'outside'), 'DELETE INSERT SELECT*', '… and purge what the guard has recorded');
SELECT is((SELECT string_agg(DISTINCT pg_temp.rights(relacl), '|') FROM relations WHERE relkind = 'S'), 'SELECT UPDATE', '… and the sequences');
SELECT is((SELECT pg_temp.rights(nspacl) FROM pg_namespace WHERE nspname = 'migrate'), 'USAGE*', '… and use the schema');
SELECT is_empty($$SELECT proname FROM functions, aclexplode(proacl) WHERE grantee NOT IN (proowner, 'owner'::regrole)
  UNION ALL SELECT relname FROM relations, aclexplode(relacl) WHERE grantee NOT IN (relowner, 'owner'::regrole)
  UNION ALL SELECT nspname FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'migrate' AND grantee NOT IN (nspowner, 'owner'::regrole)$$, 'nobody else may do anything, whatever default privileges say');

-- They can use all of it

SET SESSION AUTHORIZATION owner;
SELECT lives_ok('SELECT * FROM ' || call, 'the owner calls ' || call)
  FROM (VALUES (1, $$migrate_load('[{"name": "0001_a.sql", "content": "SELECT 1"}, {"name": "0002_b.sql", "content": "CREATE TABLE public.made (a int)"}, {"name": "0002_b.down.sql", "content": "DROP TABLE public.made"}]')$$),
    (2, $$migrate_add('0003_c', '', verify => 'SELECT true')$$), (3, 'migrate_plan()'), (4, 'migrate_status()'), (5, $$migrate_baseline('1')$$), (6, 'migrate_apply()'),
    (7, 'migrate_verify()'), (8, 'migrate_version()'), (9, $$migrate_require('0003')$$), (10, 'migrate_history()'), (11, $$migrate_repair('3', 'forget')$$), (12, $$migrate_remove('3')$$),
    (13, 'migrate_rollback()')) AS t(n, call) ORDER BY n;
SELECT throws_ok($$SELECT migrate_load_dir('/tmp')$$, '42501', NULL, '… but files of the server are for who may read them');
SELECT lives_ok('SELECT migrate_apply()', 'they apply');
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE relname = 'made'), 'owner', '… as themselves');
SELECT is((SELECT count(*) FROM migrate.history), (SELECT count(*) FROM migrate_history()), 'they read the tables');
SELECT throws_ok(statement, '42501', NULL, 'they may not: ' || statement)
  FROM (VALUES ('UPDATE migrate.history SET event = ''apply'''), ('DELETE FROM migrate.history'), ('TRUNCATE migrate.script'), ('DELETE FROM migrate.schema_version'),
    ('UPDATE migrate.schema_version SET version = NULL'), ('DROP TABLE migrate.history'), ('CREATE TABLE migrate.mine ()'), ('ALTER TABLE migrate.history DISABLE TRIGGER ALL'),
    ('CREATE TRIGGER t AFTER INSERT ON migrate.history EXECUTE FUNCTION suppress_redundant_updates_trigger()'), ('CREATE RULE r AS ON INSERT TO migrate.history DO INSTEAD NOTHING'),
    ('CREATE INDEX ON migrate.history (event)'), ('ALTER EXTENSION migrate DROP TABLE migrate.history'), ('ALTER EXTENSION migrate DROP SCHEMA migrate'),
    ('ALTER SCHEMA migrate OWNER TO owner'), ('ALTER SCHEMA migrate RENAME TO mine'), ('ALTER FUNCTION migrate_apply SECURITY DEFINER'),
    ('ALTER FUNCTION migrate_apply SET search_path = public'), ('CREATE OR REPLACE FUNCTION "Its functions".migrate_version() RETURNS text LANGUAGE sql AS ''SELECT 1''')) AS t(statement);

-- They pass on what others need

SELECT lives_ok('GRANT USAGE ON SCHEMA "Its functions" TO deployer; GRANT EXECUTE ON FUNCTION migrate_add, migrate_apply, migrate_history, migrate_show TO deployer, stranger; GRANT USAGE ON SCHEMA migrate TO deployer; GRANT SELECT ON migrate.schema_version TO deployer', 'they grant to a deploy role');
SET SESSION AUTHORIZATION deployer;
SELECT lives_ok($$SELECT migrate_add('0004_d', 'CREATE TABLE public.deployed ()')$$, 'which adds');
SELECT lives_ok('SELECT migrate_apply()', '… and applies');
SELECT is((SELECT relowner::regrole || ' ' || version FROM pg_class, migrate.schema_version WHERE relname = 'deployed'), 'deployer 0004', '… as itself, and reads the guard');
RESET SESSION AUTHORIZATION;

-- Messages are for members of the owner

INSERT INTO migrate.history (event, version, name, current_user_name, sqlstate, message, detail) VALUES ('fail', '0002', 'b', 'deployer', '23505', 'secret', 'secret');
UPDATE migrate.migration SET unfinished_event = (SELECT max(id) FROM migrate.history) WHERE version = '0004';
CREATE FUNCTION pg_temp.failure_detail() RETURNS text LANGUAGE sql AS $$
  SELECT value FROM migrate_show('0004') WHERE property = 'failure_detail'
$$;
GRANT USAGE ON SCHEMA "Its functions" TO other_member, stranger;
SET LOCAL search_path = public, "Its functions";
SET SESSION AUTHORIZATION owner;
SELECT is(pg_temp.failure_detail(), 'secret', 'the owner sees messages');
SET SESSION AUTHORIZATION other_member;
SELECT is(pg_temp.failure_detail(), 'secret', 'a member of the owner does');
SET SESSION AUTHORIZATION stranger;
SELECT is(pg_temp.failure_detail(), NULL, 'others see no messages');
SELECT is((SELECT note FROM migrate_history() WHERE event = 'fail'), '23505', '… but what happened');
RESET SESSION AUTHORIZATION;

-- The owner's migrations try to be more than they are

DROP VIEW functions, relations;
CREATE TABLE public.ran_as (what text, role name);
GRANT ALL ON public.ran_as TO PUBLIC;
CREATE FUNCTION pg_temp.attempt(up text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM migrate.migration WHERE version = '0009';
  PERFORM migrate_add('0009_attack', up);
  SET LOCAL SESSION AUTHORIZATION owner;
  RETURN pg_temp.failure('SELECT "Its functions".migrate_apply()');
END
$$;
CREATE FUNCTION pg_temp.dropped() RETURNS text LANGUAGE sql AS $$
  SELECT '55000: extension "migrate" was dropped or replaced while it was running
DETAIL: Its tables can''t be written, so nothing of this call may stay.
HINT: Drop the extension outside of a migration.'
$$;
SELECT pg_temp.attempt($attack$
DROP EXTENSION migrate;
CREATE SCHEMA migrate;
CREATE FUNCTION public.record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran_as VALUES (tg_relid::regclass, current_user); RAISE EXCEPTION 'ran as %', current_user; END $$;
CREATE FUNCTION public.record_value() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran_as VALUES ('default', current_user); RAISE EXCEPTION 'ran as %', current_user; END $$;
CREATE TABLE migrate.history (id bigint DEFAULT public.record_value(), event text, version text, name text, checksum text, sha256 text, down_checksum text, down_sha256 text, options jsonb, current_user_name name, claimed_subject text,
  search_path text, duration_ms float8, statements int, message text, occurred_at timestamptz);
CREATE TABLE migrate.migration (id bigint, version text, name text, checksum text, sha256 text, down_checksum text, down_sha256 text, options jsonb, applied_event bigint, applied_checksum text, applied_sha256 text, sort_key text);
CREATE TABLE migrate.schema_version (version text, name text, applied_at timestamptz, only_row boolean DEFAULT true PRIMARY KEY);
INSERT INTO migrate.migration SELECT i, '0009', 'attack' FROM generate_series(1, 1000) AS i;
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON migrate.history FOR EACH ROW EXECUTE FUNCTION public.record();
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON migrate.migration FOR EACH ROW EXECUTE FUNCTION public.record();
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON migrate.schema_version FOR EACH ROW EXECUTE FUNCTION public.record();
$attack$) AS outcome \gset
RESET SESSION AUTHORIZATION;
SELECT is(:'outcome'::text, pg_temp.dropped(), 'a migration that puts tables with triggers in the place of the extension''s is refused');
SELECT is((SELECT count(*) FROM public.ran_as), 0::bigint, '… and none of its code ran');
SELECT pg_temp.attempt('DROP EXTENSION migrate; CREATE EXTENSION migrate SCHEMA "Its functions"') AS outcome \gset
RESET SESSION AUTHORIZATION;
SELECT is(:'outcome'::text, pg_temp.dropped(), 'one that replaces the extension by another of its own is, too');
SELECT pg_temp.attempt($attack$
CREATE FUNCTION public.record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran_as VALUES ('deferred', current_user); RETURN NULL; END $$;
CREATE TABLE public.trap (a int);
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON public.trap DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.record();
INSERT INTO public.trap VALUES (1);
CREATE FUNCTION pg_temp.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ran_as VALUES ('function', current_user); RETURN $1; END $$;
SET search_path = pg_temp, public, pg_catalog;
$attack$) AS outcome \gset
RESET SESSION AUTHORIZATION;
SELECT is(:'outcome'::text, 'did not fail', 'a deferred trigger that a migration leaves');
SELECT is((SELECT string_agg(DISTINCT what || ' ' || role, ', ') FROM public.ran_as), 'deferred owner', '… runs as the caller');

SELECT * FROM finish();
ROLLBACK;
