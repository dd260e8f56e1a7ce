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
  SELECT migrate_plan_hash(target)
$$;

SELECT plan(53);

SELECT is((SELECT count(*) FROM migrate_plan()), 0::bigint, 'with nothing to do the plan has no rows');
SELECT migrate_load(pg_temp.files(
  '0001_a.sql', E'CREATE TABLE app.a ();\n-- migrate:down\nDROP TABLE app.a',
  '0002_b.sql', E'CREATE TABLE app.b (); SELECT 1;\n-- migrate:down\nDROP TABLE app.b; SELECT 1; SELECT 2',
  '0003_c.sql', 'CREATE TABLE app.c ()')) \g /dev/null

-- Dry runs

SELECT is(pg_temp.rows_of('SELECT version, name, action, statements, duration_ms >= 0 FROM migrate_apply(dry_run => true)'), '(0001,a,"would apply",1,t)
(0002,b,"would apply",2,t)
(0003,c,"would apply",1,t)
(,,"3 passed, 0 not tried, 0 uncertain",,)', 'a dry run says what it would apply');
SELECT is(pg_temp.left_over(), '0 events, version none, tables none', '… and leaves nothing');
SELECT is((SELECT count(*) FROM migrate.schema_version), 0::bigint, '… no guard, either');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply('0002', true)), '0001 0002', 'a dry run to a target');
SELECT migrate_add('0004_d', 'SELECT nothing') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply(dry_run => true)'), '42703: column "nothing" does not exist
AT: migration "0004_d", line 1, column 8', 'a dry run fails as the run would');
SELECT is(pg_temp.left_over(), '0 events, version none, tables none', '… and leaves nothing');
SELECT is((SELECT count(*) FROM migrate_apply('0002')), 2::bigint, 'after dry runs all is there to apply');
SELECT is(pg_temp.rows_of('SELECT version, action, statements FROM migrate_rollback(steps => 2, dry_run => true)'), '(0002,"would roll back",3)
(0001,"would roll back",1)
(,"2 passed, 0 not tried, 0 uncertain",)', 'a dry run of a rollback says what it would roll back');
SELECT is(pg_temp.left_over(), '2 events, version 0002, tables a b', '… and leaves all');
SELECT is((SELECT string_agg(DISTINCT event, ' ') FROM migrate_history()), 'apply', '… the history, too');

-- Rows of the plan

SELECT is(pg_temp.rows_of('SELECT * FROM migrate_plan()'),
  '(1,apply,0003,c,)
(2,apply,0004,d,)', 'a plan of what is pending');
SELECT is(pg_temp.rows_of($$SELECT step, action, version, name FROM migrate_plan('0003')$$), '(1,apply,0003,c)', 'a plan to a target');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_plan('0001')$$),
  '(1,"roll back",0002,b,)', 'a plan to an applied target goes back');
SELECT is(pg_temp.rows_of($$SELECT step, action, version FROM migrate_plan('zero')$$), '(1,"roll back",0002)
(2,"roll back",0001)', 'a plan to zero');
SELECT is((SELECT count(*) FROM migrate_plan('0002')), 0::bigint, 'a plan to the newest applied has no rows');
CREATE ROLE somebody;
GRANT EXECUTE ON FUNCTION migrate_add TO somebody;
SET LOCAL ROLE somebody;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)') \g /dev/null
RESET ROLE;
SELECT is(pg_temp.rows_of('SELECT version, detail FROM migrate_plan()'), '(0003,"text of somebody")
(0004,)', 'the plan says whose texts will run, if not the caller''s');
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)') \g /dev/null
SELECT is((SELECT detail FROM migrate_plan('0003')), 'text of somebody', '… which loading the same again does not change');

-- The hash

SELECT matches(pg_temp.plan_hash(), '^[0-9a-f]{64}$', 'a plan has a hash');
SELECT is(pg_temp.plan_hash(), pg_temp.plan_hash(), 'it is stable');
SELECT is(pg_temp.plan_hash('0004'), pg_temp.plan_hash(), 'the same steps have the same hash, whatever the target');
SELECT isnt(pg_temp.plan_hash('0003'), pg_temp.plan_hash(), 'other steps have another');
SELECT isnt(pg_temp.plan_hash('0001'), pg_temp.plan_hash('zero'), '… backwards, too');
CREATE TEMP TABLE before AS SELECT pg_temp.plan_hash() AS forward, pg_temp.plan_hash('0001') AS back;
SELECT migrate_add('0003_c', E'CREATE TABLE app.c (x int)  \n\n') \g /dev/null
SELECT isnt(pg_temp.plan_hash(), forward, 'trailing blanks change it: they may be part of what runs') FROM before;
SELECT migrate_add('0003_c', 'CREATE TABLE app.c (x int)') \g /dev/null
SELECT is(pg_temp.plan_hash(), forward, '… and without them it is as it was') FROM before;
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

-- Where the data of a COPY ends is decided by a blank, and what was read is what runs

CREATE FUNCTION pg_temp.copies(blank text) RETURNS text LANGUAGE sql AS $$
  SELECT 'COPY app.b FROM stdin (FORMAT csv);' || E'\n\\.' || blank || E'\nDROP TABLE app.a;\nSELECT $a$\n\\.\n-- $a$;\n'
$$;
SELECT migrate_add('0003_copy', pg_temp.copies(' ')) \g /dev/null
CREATE TEMP TABLE looked_at AS SELECT pg_temp.plan_hash('0003_copy') AS plan, (SELECT checksum FROM pg_temp.details() WHERE name = 'copy');
SELECT is(pg_temp.rows_of($$SELECT action, detail FROM migrate_add('0003_copy', pg_temp.copies(''))$$),
  '(replaced,"differs in blanks or line ends, and in placeholders or other options")', 'a text that differs in one blank is another one');
SELECT is((SELECT checksum FROM pg_temp.details() WHERE name = 'copy'), checksum, '… with the same checksum') FROM looked_at;
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(''0003_copy'', expected_plan => %L)', plan)), 5), 'MG004', '… and not the one that was expected') FROM looked_at;
SELECT migrate_add('0003_copy', pg_temp.copies(' ')) \g /dev/null
SELECT is(pg_temp.plan_hash('0003_copy'), plan, '… which is back with its blank') FROM looked_at;
SELECT is((SELECT s.text FROM migrate.migration m JOIN migrate.script s USING (sha256) WHERE m.name = 'copy'), pg_temp.copies(' '), '… as it was written');
SELECT migrate_remove('0003_copy') \g /dev/null

-- expected_plan

CREATE TEMP TABLE expected AS SELECT pg_temp.plan_hash() AS plan;
SELECT is(pg_temp.failure($$SELECT migrate_apply(expected_plan => repeat('0123456789abcdef', 4))$$), 'MG004: the plan is not the expected one
DETAIL: Its hash begins with ' || left(plan, 12) || ', that of the expected one with 0123456789ab.
HINT: Look at migrate_plan() again, then pass what migrate_plan_hash() returns.', 'a plan that is not the expected one is refused') FROM expected;
SELECT is(pg_temp.failure(format('SELECT migrate_apply(expected_plan => %L)', given)), '22023: expected_plan is not the hash of a plan
DETAIL: A hash has 64 digits, 0 to 9 and a to f.
HINT: Pass what migrate_plan_hash() returns, whole.', 'what is no whole hash is refused: ' || what)
  FROM expected, LATERAL (VALUES (left(plan, 12), 'its beginning'), (left(plan, 63), 'one digit less'), (plan || '0', 'one more'), (upper(plan), 'upper case'),
    ('something', 'a word')) AS t(given, what);
SELECT is(pg_temp.left_over(), '2 events, version 0002, tables a b', '… before anything runs');
SELECT migrate_add('0004_d', 'CREATE TABLE app.d ()') \g /dev/null
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(expected_plan => %L)', plan)), 5), 'MG004', 'what was added since is not applied') FROM expected;
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(dry_run => true, expected_plan => %L)', plan)), 5), 'MG004', '… nor tried') FROM expected;
SELECT is((SELECT string_agg(version, ' ') FROM expected, migrate_apply('0003', expected_plan => plan)), '0003', 'the expected plan runs');
SELECT is(left(pg_temp.failure(format('SELECT migrate_apply(''0003'', expected_plan => %L)', plan)), 5), 'MG004', '… once') FROM expected;
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply(dry_run => true, expected_plan => pg_temp.plan_hash())), '0004', 'a dry run of the expected plan');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply(expected_plan => migrate_plan_hash())), '0004', 'in one statement with the plan');

-- A plan that says why not

SELECT migrate_add('0003_c', 'CREATE TABLE app.c (z int)') \g /dev/null
SELECT migrate_add('0002a_x', '-- migrate:requires nowhere') \g /dev/null
SELECT migrate_add('0006_f', 'VACUUM') \g /dev/null
SELECT migrate_add('0007_g', '') \g /dev/null
SELECT is(pg_temp.rows_of('SELECT step, action, version, detail FROM migrate_plan()'),
  '(1,refuse,0003,"has changed since it was applied")
(2,refuse,0002a,"requires ""nowhere"", which does not exist")
(3,apply,0006,"line 1: VACUUM")
(4,apply,0007,)', 'a plan holds all refusals and what could run');
SELECT is(pg_temp.rows_of($$SELECT step, action, version, detail FROM migrate_plan('0003')$$),
  '(1,"roll back",0004,"generated: takes its recorded changes back")', 'a plan back says what is rolled back without a script');
SELECT is(pg_temp.left_over(), '4 events, version 0004, tables a b c d', 'a plan changes nothing');

SELECT * FROM finish();
ROLLBACK;
