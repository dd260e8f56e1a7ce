BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE FUNCTION pg_temp.members(class regclass) RETURNS SETOF oid LANGUAGE sql AS $$
  SELECT objid FROM pg_depend WHERE classid = class AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate')
$$;

SELECT plan(24);

-- Functions

SELECT is((SELECT string_agg(format('%s(%s) %s', proname, pg_get_function_arguments(oid), CASE provolatile WHEN 's' THEN 'STABLE' WHEN 'v' THEN 'VOLATILE' ELSE provolatile::text END), E'\n' ORDER BY proname)
    FROM pg_proc WHERE oid IN (SELECT pg_temp.members('pg_proc'))),
'migrate_add(name text, up text, down text DEFAULT NULL::text, verify text DEFAULT NULL::text) VOLATILE
migrate_adopt(source text DEFAULT NULL::text) VOLATILE
migrate_apply(target text DEFAULT NULL::text, dry_run boolean DEFAULT false, allow_out_of_order boolean DEFAULT false, expected_plan text DEFAULT NULL::text) VOLATILE
migrate_baseline(migration text) VOLATILE
migrate_cancel(job bigint) VOLATILE
migrate_down(IN target text DEFAULT NULL::text, IN steps integer DEFAULT NULL::integer) VOLATILE
migrate_export() STABLE
migrate_history() STABLE
migrate_load(files jsonb, source text DEFAULT ''load''::text, convention text DEFAULT NULL::text, placeholders jsonb DEFAULT NULL::jsonb, leave_out text[] DEFAULT NULL::text[], dry_run boolean DEFAULT false) VOLATILE
migrate_load_dir(path text, convention text DEFAULT NULL::text, placeholders jsonb DEFAULT NULL::jsonb, leave_out text[] DEFAULT NULL::text[], dry_run boolean DEFAULT false) VOLATILE
migrate_plan(target text DEFAULT NULL::text) STABLE
migrate_progress() STABLE
migrate_remove(migration text) VOLATILE
migrate_repair(migration text, action text) VOLATILE
migrate_require(migration text DEFAULT NULL::text) STABLE
migrate_rollback(target text DEFAULT NULL::text, steps integer DEFAULT NULL::integer, dry_run boolean DEFAULT false) VOLATILE
migrate_start(target text DEFAULT NULL::text, direction text DEFAULT ''up''::text) VOLATILE
migrate_status() STABLE
migrate_up(IN target text DEFAULT NULL::text, IN allow_out_of_order boolean DEFAULT false) VOLATILE
migrate_verify(migration text DEFAULT NULL::text) VOLATILE
migrate_version() STABLE', 'names, named arguments, defaults, and which only read');
SELECT is((SELECT count(*) - count(DISTINCT proname) FROM pg_proc WHERE oid IN (SELECT pg_temp.members('pg_proc'))), 0::bigint, 'no function has overloads');
SELECT is_empty('SELECT proname FROM pg_proc WHERE oid IN (SELECT pg_temp.members(''pg_proc'')) AND proisstrict', 'no function is STRICT');
SELECT is_empty('SELECT proname FROM pg_proc WHERE oid IN (SELECT pg_temp.members(''pg_proc'')) AND prosecdef', 'no function is SECURITY DEFINER');
SELECT is_empty('SELECT proname FROM pg_proc WHERE oid IN (SELECT pg_temp.members(''pg_proc'')) AND proparallel <> ''u''', 'no function runs in parallel workers');
SELECT is_empty($$SELECT proname, name FROM pg_proc, unnest(proargnames) AS name WHERE pg_proc.oid IN (SELECT pg_temp.members('pg_proc')) AND name !~ '^[a-z][a-z_]+$'$$, 'arguments and columns are in snake_case');
SELECT is((SELECT pg_get_function_result(oid) FROM pg_proc WHERE proname = name), 'TABLE(' || result || ')', name || ' returns what its kind returns')
  FROM (VALUES
    ('migrate_add', 'version text, name text, action text, detail text'),
    ('migrate_apply', 'version text, name text, action text, statements integer, duration_ms double precision'),
    ('migrate_status', 'version text, name text, status text, applied_at timestamp with time zone, applied_by name, duration_ms double precision, transactional boolean, reversible text, checksum text, detail text'),
    ('migrate_plan', 'step integer, action text, version text, name text, transactional boolean, statements integer, added_by name, detail text, plan_hash text'),
    ('migrate_history', 'id bigint, event text, version text, name text, occurred_at timestamp with time zone, actor name, duration_ms double precision, statements integer, checksum text, sqlstate text, message text'))
    AS t(name, result);
SELECT is((SELECT string_agg(DISTINCT pg_get_function_result(oid), '|') FROM pg_proc WHERE proname IN ('migrate_apply', 'migrate_rollback', 'migrate_verify', 'migrate_baseline')),
  (SELECT pg_get_function_result('migrate_apply'::regproc)), 'runners return the same columns');
SELECT is((SELECT string_agg(DISTINCT pg_get_function_result(oid), '|') FROM pg_proc WHERE proname IN ('migrate_add', 'migrate_load', 'migrate_load_dir', 'migrate_remove', 'migrate_repair')),
  (SELECT pg_get_function_result('migrate_add'::regproc)), 'loaders, too');

-- Comments, keys, dump

SELECT is_empty($$SELECT pg_describe_object('pg_proc'::regclass, f, 0) FROM pg_temp.members('pg_proc') AS f WHERE obj_description(f, 'pg_proc') IS NULL
  UNION ALL SELECT c::regclass::text FROM pg_temp.members('pg_class') AS c JOIN pg_class ON pg_class.oid = c AND relkind <> 'S' WHERE obj_description(c, 'pg_class') IS NULL
  UNION ALL SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'
    WHERE attrelid IN (SELECT pg_temp.members('pg_class')) AND attnum > 0 AND col_description(attrelid, attnum) IS NULL
  UNION ALL SELECT n::regnamespace::text FROM pg_temp.members('pg_namespace') AS n WHERE obj_description(n, 'pg_namespace') IS NULL
  UNION ALL SELECT extname FROM pg_extension WHERE extname = 'migrate' AND obj_description(oid, 'pg_extension') IS NULL$$, 'every object and column has a comment');
SELECT is((SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE oid IN (SELECT pg_temp.members('pg_class')) AND relkind = 'r'),
  'history job migration schema_version script', 'five tables');
SELECT is_empty($$SELECT relname FROM pg_class WHERE oid IN (SELECT pg_temp.members('pg_class')) AND relkind = 'r' AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'p')$$, 'every table has a primary key');
SELECT is_empty($$SELECT relname FROM pg_class WHERE oid IN (SELECT pg_temp.members('pg_class')) AND relkind IN ('r', 'S')
    AND NOT pg_class.oid = ANY (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'migrate')$$, 'the rows of every table and the state of every sequence are dumped');
SELECT is_empty($$SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate')
    AND classid NOT IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_namespace'::regclass, 'pg_type'::regclass)$$, 'there is nothing else in it: no triggers, operators or casts');
SELECT is((SELECT nspname FROM pg_namespace WHERE oid IN (SELECT pg_temp.members('pg_namespace'))), 'migrate', 'it owns the schema of its tables');

-- What only reads writes nothing, so that a read-only transaction can call it

SELECT migrate_add('0001_a', '', 'SELECT 1', 'SELECT true') \g /dev/null
SELECT migrate_apply() \g /dev/null
CREATE FUNCTION pg_temp.read_only(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL transaction_read_only = on;
  RETURN pg_temp.failure('SELECT ' || call);
END
$$;
SAVEPOINT writing;
CREATE TEMP TABLE outcomes AS SELECT call, NULL::text AS outcome FROM unnest(ARRAY['migrate_status()', 'migrate_plan()', 'migrate_history()', 'migrate_version()', 'migrate_require(''0001'')', 'migrate_progress()', 'migrate_verify()']) AS call;
SELECT string_agg(concat_ws(' ', call, pg_temp.read_only(call)), ', ') AS outcome FROM outcomes \gset
ROLLBACK TO writing;
SELECT is(:'outcome'::text, 'migrate_status() did not fail, migrate_plan() did not fail, migrate_history() did not fail, migrate_version() did not fail, migrate_require(''0001'') did not fail, migrate_progress() did not fail, migrate_verify() did not fail',
  'what only reads works in a read-only transaction');
SAVEPOINT writing;
SELECT string_agg(pg_temp.read_only(call), E'\n' ORDER BY call) AS outcome FROM unnest(ARRAY['migrate_add(''0002_b'', '''')', 'migrate_apply()', 'migrate_baseline(''0001'')', 'migrate_cancel(1)', 'migrate_load(''[]'')', 'migrate_load_dir(''/tmp'')', 'migrate_remove(''1'')', 'migrate_repair(''1'', ''accept'')', 'migrate_rollback()', 'migrate_start()']) AS call \gset
ROLLBACK TO writing;
SELECT is(:'outcome'::text, (SELECT string_agg(format('25006: %s() can''t run in a read-only transaction
HINT: Start the transaction with READ WRITE, or call by POST instead of GET.', name), E'\n') FROM unnest(ARRAY['migrate_add', 'migrate_apply', 'migrate_baseline', 'migrate_cancel', 'migrate_load', 'migrate_load_dir', 'migrate_remove', 'migrate_repair', 'migrate_rollback', 'migrate_start']) AS name),
  'what writes says that it can''t');

-- Settings

SELECT is((SELECT string_agg(concat_ws(' ', name, setting, unit, context), ', ' ORDER BY name) FROM pg_settings WHERE name LIKE 'migrate.%'),
  'migrate.lock_retries 5 user, migrate.lock_timeout 5000 ms user, migrate.max_text_size 204800 kB user, migrate.notices on user, migrate.notify on user, migrate.record_failures off user, migrate.required  user, migrate.search_path  user, migrate.statement_timeout 0 ms user, migrate.supabase off user, migrate.wait_timeout -1 ms user',
  'settings, their defaults and units');
SELECT is_empty($$SELECT name FROM pg_settings WHERE name LIKE 'migrate.%' AND (short_desc !~ '^[A-Z].*\.$' OR COALESCE(extra_desc, '') = '')$$, 'each is described');
SELECT is(pg_temp.failure('SET LOCAL migrate.nonsense = 1'), '42602: invalid configuration parameter name "migrate.nonsense"
DETAIL: "migrate" is a reserved prefix.', 'others of its name are refused');

SELECT * FROM finish();
ROLLBACK;
