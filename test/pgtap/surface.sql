BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE FUNCTION pg_temp.members(class regclass) RETURNS SETOF oid LANGUAGE sql AS $$
  SELECT objid FROM pg_depend WHERE classid = class AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate')
$$;

SELECT plan(43);

-- Functions

SELECT is((SELECT string_agg(format('%s(%s) %s', proname, pg_get_function_arguments(oid), CASE provolatile WHEN 's' THEN 'STABLE' WHEN 'v' THEN 'VOLATILE' ELSE provolatile::text END), E'\n' ORDER BY proname)
    FROM pg_proc WHERE oid IN (SELECT pg_temp.members('pg_proc'))),
'migrate_add(name text, up text, down text DEFAULT NULL::text, verify text DEFAULT NULL::text) VOLATILE
migrate_adopt(source text DEFAULT NULL::text) VOLATILE
migrate_apply(target text DEFAULT NULL::text, dry_run boolean DEFAULT false, allow_out_of_order boolean DEFAULT false, expected_plan text DEFAULT NULL::text, allow_effects boolean DEFAULT false) VOLATILE
migrate_approve(plan_hash text, note text DEFAULT NULL::text) VOLATILE
migrate_baseline(migration text) VOLATILE
migrate_cancel(job bigint) VOLATILE
migrate_changes(migration text DEFAULT NULL::text) STABLE
migrate_diff(other jsonb, schemas text[] DEFAULT NULL::text[], ignore text[] DEFAULT NULL::text[]) STABLE
migrate_down(IN target text DEFAULT NULL::text, IN steps integer DEFAULT NULL::integer, IN rewrite boolean DEFAULT false) VOLATILE
migrate_drift(action text DEFAULT NULL::text) VOLATILE
migrate_explain(target text DEFAULT NULL::text, details boolean DEFAULT false, allow_effects boolean DEFAULT false) VOLATILE
migrate_export() STABLE
migrate_generate(name text, wanted text DEFAULT NULL::text, snapshot jsonb DEFAULT NULL::jsonb, drift text DEFAULT NULL::text, schemas text[] DEFAULT NULL::text[], ignore text[] DEFAULT NULL::text[], dry_run boolean DEFAULT false, allow_drop boolean DEFAULT false) VOLATILE
migrate_guard(mode text DEFAULT NULL::text) VOLATILE
migrate_guard_event() VOLATILE
migrate_health(schemas text[] DEFAULT NULL::text[], deep boolean DEFAULT false) STABLE
migrate_history(since timestamp with time zone DEFAULT NULL::timestamp with time zone, limit_rows integer DEFAULT NULL::integer) STABLE
migrate_job(id bigint) STABLE
migrate_lint(migration text DEFAULT NULL::text) STABLE
migrate_load(files jsonb, source text DEFAULT ''load''::text, convention text DEFAULT NULL::text, placeholders jsonb DEFAULT NULL::jsonb, leave_out text[] DEFAULT NULL::text[], dry_run boolean DEFAULT false) VOLATILE
migrate_load_dir(path text, convention text DEFAULT NULL::text, placeholders jsonb DEFAULT NULL::jsonb, leave_out text[] DEFAULT NULL::text[], dry_run boolean DEFAULT false) VOLATILE
migrate_online(migration text, register boolean DEFAULT false) VOLATILE
migrate_plan(target text DEFAULT NULL::text) STABLE
migrate_plan_hash(target text DEFAULT NULL::text) STABLE
migrate_probe(name text, query text DEFAULT NULL::text, max_slowdown double precision DEFAULT 20) VOLATILE
migrate_progress() STABLE
migrate_prove(target text DEFAULT NULL::text, in_place boolean DEFAULT false, allow_effects boolean DEFAULT false) VOLATILE
migrate_remove(migration text) VOLATILE
migrate_repair(migration text, action text) VOLATILE
migrate_report(format text DEFAULT ''html''::text) STABLE
migrate_require(migration text DEFAULT NULL::text, newest boolean DEFAULT false) STABLE
migrate_reset() VOLATILE
migrate_rollback(target text DEFAULT NULL::text, steps integer DEFAULT NULL::integer, dry_run boolean DEFAULT false, rewrite boolean DEFAULT false) VOLATILE
migrate_run(name text, up text, down text DEFAULT NULL::text, verify text DEFAULT NULL::text) VOLATILE
migrate_schema(schemas text[] DEFAULT NULL::text[]) STABLE
migrate_schema_hash(schemas text[] DEFAULT NULL::text[]) STABLE
migrate_show(migration text) STABLE
migrate_squash(upto text, dry_run boolean DEFAULT false) VOLATILE
migrate_start(target text DEFAULT NULL::text, direction text DEFAULT ''up''::text, wait_ms integer DEFAULT NULL::integer) VOLATILE
migrate_status() STABLE
migrate_text(migration text, section text DEFAULT ''up''::text, rewrite boolean DEFAULT false) STABLE
migrate_types(schemas text[] DEFAULT NULL::text[], language text DEFAULT ''typescript''::text) STABLE
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
    ('migrate_status', 'version text, name text, status text, applied_at timestamp with time zone, note text'),
    ('migrate_show', 'property text, value text'),
    ('migrate_text', 'line integer, mark text, text text'),
    ('migrate_schema', 'class text, schema text, name text, identity text, definition text, hash text'),
    ('migrate_changes', 'id bigint, version text, name text, event text, action text, class text, identity text, line integer, before text, after text'),
    ('migrate_diff', 'difference text, class text, identity text, here text, there text'),
    ('migrate_drift', 'drift text, class text, schema text, name text, identity text, expected text, found text, changed_by name, changed_at timestamp with time zone, command text, event bigint'),
    ('migrate_generate', 'version text, name text, action text, section text, text text'),
    ('migrate_squash', 'version text, name text, action text, verdict text, section text, text text'),
    ('migrate_job', 'state text, migration text, place text, sqlstate text, message text'),
    ('migrate_probe', 'probe text, action text, duration_ms double precision, detail text'),
    ('migrate_prove', 'version text, name text, verdict text, detail text'),
    ('migrate_online', 'step integer, line integer, kind text, verdict text, note text, text text'),
    ('migrate_plan', 'step integer, action text, version text, name text, detail text'),
    ('migrate_approve', 'plan text, migrations integer, approved_by text'),
    ('migrate_explain', 'version text, name text, line integer, statement text, duration_ms double precision, verdict text, seen jsonb'),
    ('migrate_health', 'rule text, level text, object text, message text, fix text, page text'),
    ('migrate_lint', 'version text, name text, line integer, rule text, level text, message text, fix text, page text'),
    ('migrate_history', 'id bigint, event text, version text, name text, occurred_at timestamp with time zone, actor name, note text'))
    AS t(name, result);
SELECT is((SELECT string_agg(DISTINCT pg_get_function_result(oid), '|') FROM pg_proc WHERE proname IN ('migrate_apply', 'migrate_rollback', 'migrate_verify', 'migrate_baseline')),
  (SELECT pg_get_function_result('migrate_apply'::regproc)), 'runners return the same columns');
SELECT is((SELECT string_agg(DISTINCT pg_get_function_result(oid), '|') FROM pg_proc WHERE proname IN ('migrate_add', 'migrate_load', 'migrate_load_dir', 'migrate_remove', 'migrate_repair', 'migrate_reset', 'migrate_run')),
  (SELECT pg_get_function_result('migrate_add'::regproc)), 'loaders, too');

-- The module knows the columns by their names: in another order, or with one more, every function refuses at once, without
-- a row, too.

CREATE FUNCTION pg_temp.other_columns(name text, call text, swapped boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  f pg_proc;
  names text[];
  types oid[];
  columns text;
BEGIN
  SELECT * INTO STRICT f FROM pg_proc WHERE proname = other_columns.name AND oid IN (SELECT pg_temp.members('pg_proc'));
  names = f.proargnames[f.pronargs + 1:];
  types = f.proallargtypes[f.pronargs + 1:];
  IF swapped THEN
    names[1:2] = ARRAY[names[2], names[1]];
    types[1:2] = ARRAY[types[2], types[1]];
  ELSE
    names = names || 'one_more'::text;
    types = types || 'text'::regtype::oid;
  END IF;
  SELECT string_agg(format('%I %s', column_name, type::regtype), ', ' ORDER BY n) INTO columns
    FROM unnest(names, types) WITH ORDINALITY AS t(column_name, type, n);
  EXECUTE format('CREATE FUNCTION pg_temp.%I(%s) RETURNS TABLE (%s) LANGUAGE c AS %L, %L', name || swapped,
    pg_get_function_arguments(f.oid), columns, f.probin, f.prosrc);
  RETURN format('%s: %s', name, replace(pg_temp.failure(format('SELECT * FROM pg_temp.%I%s', name || swapped, call)),
    'column 1 of the result is "' || names[1] || '", not "' || names[2] || '"', 'SWAPPED'));
END
$$;
SAVEPOINT others;
SELECT migrate_add('0001_a', '', 'SELECT 1', 'SELECT true') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('0002_b', '') \g /dev/null
INSERT INTO migrate.job (id, direction, requested_by) OVERRIDING SYSTEM VALUE VALUES (1, 'up', CURRENT_USER);
CREATE TEMP TABLE calls (name text, call text);
INSERT INTO calls VALUES ('migrate_add', '(''0003_c'', '''')'), ('migrate_run', '(''0003_c'', '''')'), ('migrate_load', '(''[]'')'),
  ('migrate_load_dir', '(''' || current_setting('data_directory') || '/pg_twophase'')'), ('migrate_remove', '(''0002_b'')'),
  ('migrate_status', '()'), ('migrate_show', '(''0001'')'), ('migrate_text', '(''0001'')'), ('migrate_plan', '()'),
  ('migrate_schema', '()'), ('migrate_changes', '()'), ('migrate_drift', '()'), ('migrate_diff', '(''[]'')'), ('migrate_generate', '(''x'', snapshot => ''[]'')'), ('migrate_squash', '(''0001'')'), ('migrate_history', '()'), ('migrate_export', '()'), ('migrate_explain', '()'), ('migrate_lint', '()'), ('migrate_health', '()'), ('migrate_progress', '()'), ('migrate_job', '(1)'),
  ('migrate_probe', '(''p'', ''SELECT 1'')'), ('migrate_prove', '()'), ('migrate_online', '(''0002'')'), ('migrate_approve', '(migrate_plan_hash())'), ('migrate_apply', '()'), ('migrate_rollback', '()'), ('migrate_verify', '()'), ('migrate_baseline', '(''0001'')'),
  ('migrate_adopt', '()'), ('migrate_reset', '()'), ('migrate_repair', '(''0001'', ''accept'')');
SELECT string_agg(name, ' ' ORDER BY name) AS names FROM calls \gset
SELECT string_agg(pg_temp.other_columns(name, call, true), E'\n' ORDER BY name) AS swapped FROM calls \gset
DROP TABLE calls;
SELECT string_agg(pg_temp.other_columns(name, call, false), E'\n' ORDER BY name) AS longer
  FROM (VALUES ('migrate_adopt', '()'), ('migrate_changes', '()'), ('migrate_history', '()'), ('migrate_progress', '()')) AS calls(name, call) \gset
ROLLBACK TO others;
SELECT is(:'names'::text, (SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE proretset AND oid IN (SELECT pg_temp.members('pg_proc'))),
  'each function that returns a table was called with other columns');
SELECT is(:'swapped'::text, (SELECT string_agg(name || CASE name WHEN 'migrate_reset' THEN ': 42501: migrate_reset() is for development only
DETAIL: This database is "production".
HINT: If nothing here is worth keeping: ALTER DATABASE … SET migrate.environment = ''development'', and connect again.'
    WHEN 'migrate_squash' THEN ': 55000: there is nothing to squash up to version 0001
DETAIL: A new database runs one migration for all of it: "0001_a".
HINT: Name a later version.'
    ELSE ': XX000: SWAPPED' END, E'\n' ORDER BY name) FROM unnest(string_to_array(:'names', ' ')) AS name),
  'and refuses them in another order');
SELECT is(:'longer'::text, 'migrate_adopt: XX000: the result has 6 columns, not 5
migrate_changes: XX000: the result has 11 columns, not 10
migrate_history: XX000: the result has 8 columns, not 7
migrate_progress: XX000: the result has 16 columns, not 15', 'and with one more than it knows');

-- Comments, keys, dump

SELECT is_empty($$SELECT pg_describe_object('pg_proc'::regclass, f, 0) FROM pg_temp.members('pg_proc') AS f WHERE obj_description(f, 'pg_proc') IS NULL
  UNION ALL SELECT c::regclass::text FROM pg_temp.members('pg_class') AS c JOIN pg_class ON pg_class.oid = c AND relkind <> 'S' WHERE obj_description(c, 'pg_class') IS NULL
  UNION ALL SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'
    WHERE attrelid IN (SELECT pg_temp.members('pg_class')) AND attnum > 0 AND col_description(attrelid, attnum) IS NULL
  UNION ALL SELECT pg_describe_object('pg_event_trigger'::regclass, e, 0) FROM pg_temp.members('pg_event_trigger') AS e WHERE obj_description(e, 'pg_event_trigger') IS NULL
  UNION ALL SELECT n::regnamespace::text FROM pg_temp.members('pg_namespace') AS n WHERE obj_description(n, 'pg_namespace') IS NULL
  UNION ALL SELECT extname FROM pg_extension WHERE extname = 'migrate' AND obj_description(oid, 'pg_extension') IS NULL$$, 'every object and column has a comment');
SELECT is((SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE oid IN (SELECT pg_temp.members('pg_class')) AND relkind = 'r'),
  'approval base base_object change definition guard history job kept migration outside probe probe_result proof schema_version script', 'sixteen tables');
SELECT is_empty($$SELECT relname FROM pg_class WHERE oid IN (SELECT pg_temp.members('pg_class')) AND relkind = 'r' AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'p')$$, 'every table has a primary key');
SELECT is_empty($$SELECT relname FROM pg_class WHERE oid IN (SELECT pg_temp.members('pg_class')) AND relkind IN ('r', 'S') AND relname NOT IN ('guard', 'approval', 'approval_id_seq', 'proof', 'proof_id_seq')
    AND NOT pg_class.oid = ANY (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'migrate')$$, 'the rows of every table and the state of every sequence are dumped, but the guard''s mode, approvals and proofs');
SELECT is_empty($$SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate')
    AND classid NOT IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_namespace'::regclass, 'pg_type'::regclass, 'pg_event_trigger'::regclass)$$, 'there is nothing else in it but event triggers: no other triggers, operators or casts');
SELECT is((SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE oid IN (SELECT pg_temp.members('pg_namespace'))), 'migrate migrate_kept', 'it owns the schemas of its tables and of what is kept');

-- What only reads writes nothing, so that a read-only transaction can call it

SELECT migrate_add('0001_a', '', 'SELECT 1', 'SELECT true') \g /dev/null
SELECT migrate_apply() \g /dev/null
CREATE FUNCTION pg_temp.read_only(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL transaction_read_only = on;
  RETURN pg_temp.failure('SELECT ' || call);
END
$$;
INSERT INTO migrate.job (id, direction, requested_by) OVERRIDING SYSTEM VALUE VALUES (1, 'up', CURRENT_USER);
SAVEPOINT writing;
CREATE TEMP TABLE outcomes AS SELECT call, NULL::text AS outcome FROM unnest(ARRAY['migrate_status()', 'migrate_show(''0001'')', 'migrate_text(''0001'')', 'migrate_job(1)', 'migrate_plan()', 'migrate_plan_hash()', 'migrate_history()', 'migrate_version()', 'migrate_require(''0001'')', 'migrate_progress()', 'migrate_verify()', 'migrate_diff(''[]'')', 'migrate_lint()', 'migrate_types()', 'migrate_health()', 'migrate_guard()', 'migrate_drift()']) AS call;
SELECT string_agg(concat_ws(' ', call, pg_temp.read_only(call)), ', ') AS outcome FROM outcomes \gset
ROLLBACK TO writing;
SELECT is(:'outcome'::text, 'migrate_status() did not fail, migrate_show(''0001'') did not fail, migrate_text(''0001'') did not fail, migrate_job(1) did not fail, migrate_plan() did not fail, migrate_plan_hash() did not fail, migrate_history() did not fail, migrate_version() did not fail, migrate_require(''0001'') did not fail, migrate_progress() did not fail, migrate_verify() did not fail, migrate_diff(''[]'') did not fail, migrate_lint() did not fail, migrate_types() did not fail, migrate_health() did not fail, migrate_guard() did not fail, migrate_drift() did not fail',
  'what only reads works in a read-only transaction');
SAVEPOINT writing;
SELECT string_agg(pg_temp.read_only(call), E'\n' ORDER BY call) AS outcome FROM unnest(ARRAY['migrate_add(''0002_b'', '''')', 'migrate_apply()', 'migrate_baseline(''0001'')', 'migrate_cancel(1)', 'migrate_drift(''accept'')', 'migrate_guard(''off'')', 'migrate_load(''[]'')', 'migrate_load_dir(''/tmp'')', 'migrate_remove(''1'')', 'migrate_repair(''1'', ''accept'')', 'migrate_rollback()', 'migrate_run(''0002_b'', '''')', 'migrate_start()']) AS call \gset
ROLLBACK TO writing;
SELECT is(:'outcome'::text, (SELECT string_agg(format('25006: %s() can''t run in a read-only transaction
HINT: Start the transaction with READ WRITE, or call by POST instead of GET.', name), E'\n') FROM unnest(ARRAY['migrate_add', 'migrate_apply', 'migrate_baseline', 'migrate_cancel', 'migrate_drift', 'migrate_guard', 'migrate_load', 'migrate_load_dir', 'migrate_remove', 'migrate_repair', 'migrate_rollback', 'migrate_run', 'migrate_start']) AS name),
  'what writes says that it can''t');

-- Settings

SELECT is((SELECT string_agg(concat_ws(' ', name, setting, unit, context), ', ' ORDER BY name) FROM pg_settings WHERE name LIKE 'migrate.%'),
  'migrate.brief_lock 100 ms user, migrate.drift_ignore  superuser, migrate.environment  user, migrate.explain_hold 2000 ms user, migrate.freeze  user, migrate.freeze_override  user, migrate.generate_down on user, migrate.guard_bypass off superuser, migrate.keep_days 0 superuser, migrate.keep_dropped off user, migrate.keep_limit 1048576 kB user, migrate.lint off user, migrate.lock_retries 5 user, migrate.lock_timeout 5000 ms user, migrate.max_impact off user, migrate.max_impact_size 8192 kB user, migrate.max_jobs -1 superuser, migrate.max_text_size 204800 kB user, migrate.notices on user, migrate.notify on user, migrate.plain_indexes off user, migrate.probe_timeout 1000 ms user, migrate.record_changes on user, migrate.record_failures off user, migrate.rehearse_size 65536 kB user, migrate.require_approval off user, migrate.require_proof off user, migrate.required  user, migrate.rewrite_limit 65536 kB user, migrate.search_path  user, migrate.statement_timeout 0 ms user, migrate.supabase off user, migrate.wait_timeout -1 ms user',
  'settings, their defaults and units');
SELECT is_empty($$SELECT name FROM pg_settings WHERE name LIKE 'migrate.%' AND (short_desc !~ '^[A-Z].*\.$' OR COALESCE(extra_desc, '') = '')$$, 'each is described');
SELECT is(pg_temp.failure('SET LOCAL migrate.nonsense = 1'), '42602: invalid configuration parameter name "migrate.nonsense"
DETAIL: "migrate" is a reserved prefix.', 'others of its name are refused');

SELECT * FROM finish();
ROLLBACK;
