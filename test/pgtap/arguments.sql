BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(58);

SELECT migrate_add('0001_a', 'SELECT 1') \g /dev/null

-- Null where a value is needed

SELECT is(pg_temp.failure('SELECT ' || call), '22004: ' || argument || ' must not be null', call)
  FROM (VALUES
    ($$migrate_add(NULL, '')$$, 'name'),
    ($$migrate_add('0002_b', NULL)$$, 'up'),
    ($$migrate_load(NULL)$$, 'files'),
    ($$migrate_load('[]', NULL)$$, 'source'),
    ($$migrate_load_dir(NULL)$$, 'path'),
    ($$migrate_remove(NULL)$$, 'migration'),
    ($$migrate_apply(dry_run => NULL)$$, 'dry_run'),
    ($$migrate_apply(allow_out_of_order => NULL)$$, 'allow_out_of_order'),
    ($$migrate_rollback(dry_run => NULL)$$, 'dry_run'),
    ($$migrate_show(NULL)$$, 'migration'),
    ($$migrate_job(NULL)$$, 'id'),
    ($$migrate_baseline(NULL)$$, 'migration'),
    ($$migrate_repair(NULL, 'accept')$$, 'migration'),
    ($$migrate_repair('0001_a', NULL)$$, 'action'),
    ($$migrate_types(language => NULL)$$, 'language')) AS t(call, argument);

-- Empty where a value is needed

SELECT is(pg_temp.failure('SELECT ' || call), '22023: ' || argument || ' must not be empty', call)
  FROM (VALUES
    ($$migrate_add('', '')$$, 'name'),
    ($$migrate_load('[]', '')$$, 'source'),
    ($$migrate_load_dir('')$$, 'path'),
    ($$migrate_remove('')$$, 'migration'),
    ($$migrate_show('')$$, 'migration'),
    ($$migrate_plan('')$$, 'target'),
    ($$migrate_plan_hash('')$$, 'target'),
    ($$migrate_explain('')$$, 'target'),
    ($$migrate_lint('')$$, 'migration'),
    ($$migrate_apply('')$$, 'target'),
    ($$migrate_apply(expected_plan => '')$$, 'expected_plan'),
    ($$migrate_rollback('')$$, 'target'),
    ($$migrate_verify('')$$, 'migration'),
    ($$migrate_require('')$$, 'migration'),
    ($$migrate_baseline('')$$, 'migration'),
    ($$migrate_adopt('')$$, 'source'),
    ($$migrate_repair('', 'accept')$$, 'migration'),
    ($$migrate_repair('0001_a', '')$$, 'action'),
    ($$migrate_types(language => '')$$, 'language')) AS t(call, argument);

-- Nonsense

SELECT is(pg_temp.failure('SELECT ' || call), problem, call)
  FROM (VALUES
    ($$migrate_rollback('0001', 1)$$, '22023: target and steps can''t be given together
HINT: Give one of them.'),
    ($$migrate_rollback('zero', steps => 1)$$, '22023: target and steps can''t be given together
HINT: Give one of them.'),
    ($$migrate_history(limit_rows => 0)$$, '22023: limit_rows must be at least 1
HINT: Leave it out to get all events.'),
    ($$migrate_start(wait_ms => -1)$$, '22023: wait_ms must not be negative
HINT: Leave it out not to wait.'),
    ($$migrate_rollback(steps => 0)$$, '22023: steps must be at least 1
HINT: To roll back everything call with target => ''zero''.'),
    ($$migrate_rollback(steps => -2147483648)$$, '22023: steps must be at least 1
HINT: To roll back everything call with target => ''zero''.'),
    ($$migrate_repair('0001_a', 'mend')$$, '22023: unknown repair action "mend"
HINT: The actions are accept, accept down, applied, renamed, forget, resume here, resume after, purge text, free kept.'),
    ($$migrate_types('{public,"no such"}')$$, '3F000: schema "no such" does not exist
HINT: SELECT nspname FROM pg_namespace lists all schemas.'),
    ($$migrate_types(language => 'cobol')$$, '22023: unknown language "cobol"
DETAIL: Types are written in typescript.
HINT: Leave the argument out, or pass ''typescript''.'),
    ($$migrate_require(newest => NULL)$$, '22004: newest must not be null'),
    ($$migrate_require(newest => true)$$, '22023: no migration is required that could be the newest
DETAIL: The argument migration and the setting migrate.required are empty.
HINT: Pass a migration, or set it: ALTER ROLE authenticator SET migrate.required = ''0003_add_email''.')) AS t(call, problem);

-- Null that means the default

SELECT lives_ok('SELECT ' || call, call || ' is the default')
  FROM (VALUES
    ($$migrate_add('0002_b', '', NULL, NULL)$$),
    ($$migrate_plan(NULL)$$),
    ($$migrate_apply(NULL, expected_plan => NULL)$$),
    ($$migrate_rollback(NULL, NULL, true) FROM migrate_add('0002_b', '', 'SELECT 1')$$),
    ($$migrate_verify(NULL)$$)) AS t(call);

-- Empty texts are texts

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0003_c', '', '', '')$$), '(0003,c,added,)', 'empty texts are no empty arguments');
SELECT is((SELECT reversible || ': ' || detail FROM pg_temp.details() WHERE version = '0003'), 'no: not reversible: its down script is empty',
  '… and an empty down script undoes nothing');

-- What is no value at all

SELECT throws_ok($$SELECT migrate_rollback(steps => 'x')$$, '22P02', NULL, 'steps is a number');
SELECT throws_ok($$SELECT migrate_load('nonsense')$$, '22P02', NULL, 'files is JSON');
SELECT is(pg_temp.failure($$SELECT migrate_load_dir('relative/path')$$) LIKE '58P01: directory "relative/path" has no absolute path%', true,
  'a relative path');
SELECT is(pg_temp.failure($$SELECT migrate_load_dir('/no/such/path')$$) LIKE '58P01: could not open directory "/no/such/path": No such file or directory%', true,
  'a directory that does not exist');
SELECT is(pg_temp.failure($$SELECT migrate_load_dir('/no/such/directory/')$$), '58P01: could not open directory "/no/such/directory": No such file or directory
DETAIL: The server process opens it, on the server''s machine.
HINT: Give an absolute path that the server may read, or send the texts with migrate_load(files).', '… says what to do');
CREATE ROLE some_role;
GRANT EXECUTE ON FUNCTION migrate_load_dir TO some_role;
SET LOCAL ROLE some_role;
SELECT is(pg_temp.failure($$SELECT migrate_load_dir('/tmp')$$), '42501: permission denied to read files of the server
DETAIL: Only roles with privileges of "pg_read_server_files" may.
HINT: Send the texts with migrate_load(files) instead, or have the role granted.', 'files are read for those who may');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
