BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE SCHEMA app;
CREATE FUNCTION pg_temp.left_over() RETURNS text LANGUAGE sql AS $$
  SELECT format('%s events, version %s, tables %s', (SELECT count(*) FROM migrate.history), COALESCE(migrate_version(), 'none'),
    COALESCE((SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r'), 'none'))
$$;
CREATE FUNCTION pg_temp.plan_hash(target text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(DISTINCT plan_hash, '|') FROM migrate_plan(target)
$$;

SELECT plan(42);

SELECT is((SELECT count(*) FROM migrate_plan()), 0::bigint, 'with nothing to do the plan has no rows');
SELECT migrate_load(pg_temp.files(
  '0001_a.sql', E'CREATE TABLE app.a ();\n-- migrate:down\nDROP TABLE app.a',
  '0002_b.sql', E'CREATE TABLE app.b (); SELECT 1;\n-- migrate:down\nDROP TABLE app.b; SELECT 1; SELECT 2',
  '0003_c.sql', 'CREATE TABLE app.c ()')) \g /dev/null

-- Dry runs

SELECT is(pg_temp.rows_of('SELECT version, name, action, statements, duration_ms >= 0 FROM migrate_apply(dry_run => true)'), '(0001,a,"would apply",1,t)
(0002,b,"would apply",2,t)
(0003,c,"would apply",1,t)', 'a dry run says what it would apply');
SELECT is(pg_temp.left_over(), '0 events, version none, tables none', '… and leaves nothing');
SELECT is((SELECT count(*) FROM migrate.schema_version), 0::bigint, '… no guard, either');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply('0002', true)), '0001 0002', 'a dry run to a target');
SELECT migrate_add('0004_d', 'SELECT nothing') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), '42703: column "nothing" does not exist
AT: migration "0004_d", line 1, column 8', 'a dry run fails as the run would');
SELECT is(pg_temp.left_over(), '0 events, version none, tables none', '… and leaves nothing');
SELECT is((SELECT count(*) FROM migrate_apply('0002')), 2::bigint, 'after dry runs all is there to apply');
SELECT is(pg_temp.rows_of('SELECT version, action, statements FROM migrate_rollback(steps => 2, dry_run => true)'), '(0002,"would roll back",3)
(0001,"would roll back",1)', 'a dry run of a rollback says what it would roll back');
SELECT is(pg_temp.left_over(), '2 events, version 0002, tables a b', '… and leaves all');
SELECT is((SELECT string_agg(DISTINCT event, ' ') FROM migrate_history()), 'apply', '… the history, too');

-- Rows of the plan

SELECT is(pg_temp.rows_of('SELECT step, action, version, name, transactional, statements, added_by, detail FROM migrate_plan()'),
  '(1,apply,0003,c,t,1,postgres,)
(2,apply,0004,d,t,1,postgres,)', 'a plan of what is pending');
SELECT is(pg_temp.rows_of($$SELECT step, action, version, name FROM migrate_plan('0003')$$), '(1,apply,0003,c)', 'a plan to a target');
SELECT is(pg_temp.rows_of($$SELECT step, action, version, name, transactional, statements, added_by, detail FROM migrate_plan('0001')$$),
  '(1,"roll back",0002,b,t,3,postgres,)', 'a plan to an applied target goes back');
SELECT is(pg_temp.rows_of($$SELECT step, action, version FROM migrate_plan('zero')$$), '(1,"roll back",0002)
(2,"roll back",0001)', 'a plan to zero');
SELECT is((SELECT count(*) FROM migrate_plan('0002')), 0::bigint, 'a plan to the newest applied has no rows');
CREATE ROLE somebody;
GRANT EXECUTE ON FUNCTION migrate_add TO somebody;
SET LOCAL ROLE somebody;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)') \g /dev/null
RESET ROLE;
SELECT is((SELECT string_agg(added_by, ' ') FROM migrate_plan()), 'somebody postgres', 'the plan says whose texts will run');
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)') \g /dev/null
SELECT is((SELECT string_agg(added_by, ' ') FROM migrate_plan()), 'somebody postgres', '… which loading the same again does not change');

-- The hash

SELECT matches(pg_temp.plan_hash(), '^[0-9a-f]{64}$', 'all rows of a plan have its hash');
SELECT is(pg_temp.plan_hash(), pg_temp.plan_hash(), 'it is stable');
SELECT is(pg_temp.plan_hash('0004'), pg_temp.plan_hash(), 'the same steps have the same hash, whatever the target');
SELECT isnt(pg_temp.plan_hash('0003'), pg_temp.plan_hash(), 'other steps have another');
SELECT isnt(pg_temp.plan_hash('0001'), pg_temp.plan_hash('zero'), '… backwards, too');
CREATE TEMP TABLE before AS SELECT pg_temp.plan_hash() AS forward, pg_temp.plan_hash('0001') AS back;
SELECT migrate_add('0003_c', E'CREATE TABLE app.c (x int)  \n\n') \g /dev/null
SELECT is(pg_temp.plan_hash(), forward, 'trailing blanks don''t change it') FROM before;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)', down => 'DROP TABLE app.c') \g /dev/null
SELECT is(pg_temp.plan_hash(), forward, 'nor does a down script that the plan would not run') FROM before;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)', verify => 'SELECT true') \g /dev/null
SELECT isnt(pg_temp.plan_hash(), forward, 'a verify script does') FROM before;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (y int)') \g /dev/null
SELECT isnt(pg_temp.plan_hash(), forward, 'another text does') FROM before;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)') \g /dev/null
SELECT is(pg_temp.plan_hash(), forward, '… and the first text has the first hash') FROM before;
SELECT migrate_add('0005_e', '') \g /dev/null
SELECT isnt(pg_temp.plan_hash(), forward, 'one more step does') FROM before;
SELECT is(pg_temp.plan_hash('0001'), back, '… but not backwards') FROM before;
SELECT migrate_add('0002_b', 'CREATE TABLE app.b (); SELECT 1;', down => 'DROP TABLE app.b') \g /dev/null
SELECT isnt(pg_temp.plan_hash('0001'), back, 'another down script does') FROM before;
SELECT migrate_remove('0005') \g /dev/null
SELECT migrate_remove('0004') \g /dev/null

-- expected_plan

CREATE TEMP TABLE expected AS SELECT pg_temp.plan_hash() AS plan;
SELECT is(pg_temp.failure($$SELECT migrate_apply(expected_plan => 'something')$$), 'MG004: the plan is not the expected one
DETAIL: Its hash is ' || plan || ', expected was something.
HINT: Look at migrate_plan() again, then pass its plan_hash.', 'a plan that is not the expected one is refused') FROM expected;
SELECT is(pg_temp.left_over(), '2 events, version 0002, tables a b', '… before anything runs');
SELECT migrate_add('0004_d', 'CREATE TABLE app.d ()') \g /dev/null
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(expected_plan => %L)', plan)), 5), 'MG004', 'what was added since is not applied') FROM expected;
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(dry_run => true, expected_plan => %L)', plan)), 5), 'MG004', '… nor tried') FROM expected;
SELECT is((SELECT string_agg(version, ' ') FROM expected, migrate_apply('0003', expected_plan => plan)), '0003', 'the expected plan runs');
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(''0003'', expected_plan => %L)', plan)), 5), 'MG004', '… once') FROM expected;
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply(dry_run => true, expected_plan => pg_temp.plan_hash())), '0004', 'a dry run of the expected plan');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply(expected_plan => (SELECT DISTINCT plan_hash FROM migrate_plan()))), '0004', 'in one statement with the plan');

-- A plan that says why not

SELECT migrate_add('0003_c', 'CREATE TABLE app.c (z int)') \g /dev/null
SELECT migrate_add('0002a_x', '-- migrate:requires nowhere') \g /dev/null
SELECT migrate_add('0006_f', 'VACUUM') \g /dev/null
SELECT migrate_add('0007_g', '') \g /dev/null
SELECT is(pg_temp.rows_of('SELECT step, action, version, left(detail, 60) FROM migrate_plan()'),
  '(1,refuse,0003,"migration ""0003_c"" has changed since it was applied (Its tex")
(2,refuse,0002a,"migration ""0002a_x"" requires ""nowhere"", which does not exist")
(3,apply,0006,"line 1: VACUUM")
(4,apply,0007,)', 'a plan holds all refusals and what could run');
SELECT is(pg_temp.rows_of($$SELECT step, action, version, detail FROM migrate_plan('0003')$$),
  '(1,refuse,0004,"migration ""0004_d"" can''t be rolled back (Reason: it has no down script.)")', 'a plan back says what can''t be rolled back');
SELECT is(pg_temp.left_over(), '4 events, version 0004, tables a b c d', 'a plan changes nothing');

SELECT * FROM finish();
ROLLBACK;
