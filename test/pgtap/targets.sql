BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- The migrations that a target means, as a plan of what is pending up to it: here, the last of the plan.
CREATE FUNCTION pg_temp.found(target text) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws('_', nullif(version, ''), nullif(name, '')) FROM migrate_plan(target) ORDER BY step DESC LIMIT 1
$$;

-- What migrate_remove finds, which takes exactly what is meant; nothing is removed.
CREATE FUNCTION pg_temp.meant(target text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  labels text;
BEGIN
  BEGIN
    SELECT string_agg(concat_ws('_', nullif(version, ''), nullif(name, '')), ' ' ORDER BY version, name COLLATE "C") INTO labels FROM migrate_remove(target);
    RAISE EXCEPTION USING ERRCODE = 'ZZ001';
  EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
    RETURN labels;
  END;
END
$$;

SELECT plan(37);

SELECT migrate_load('[
  {"name": "0001_users.sql", "content": ""},
  {"name": "0002_0001.sql", "content": ""},
  {"name": "0003_posts.sql", "content": ""},
  {"name": "0004_b.sql", "content": ""},
  {"name": "0004_a.sql", "content": ""},
  {"name": "5.sql", "content": ""},
  {"name": "0006_same.sql", "content": ""},
  {"name": "0007_same.sql", "content": ""},
  {"name": "8_one.sql", "content": ""},
  {"name": "08_two.sql", "content": ""},
  {"name": "1.10_dotted.sql", "content": ""},
  {"name": "20250120000000_long_name.sql", "content": ""},
  {"name": "plain.sql", "content": ""},
  {"name": "x_y.sql", "content": ""},
  {"name": "0009_x_y.sql", "content": ""},
  {"name": "0010_zero.sql", "content": ""}]') \g /dev/null

-- Precedence: version, version_name, name, then numerically equal version

SELECT is(pg_temp.meant(target), wanted, format('"%s" means %s', target, why))
  FROM (VALUES
    ('0001', '0001_users', 'the version, before the name of another'),
    ('0001_users', '0001_users', 'version and name'),
    ('users', '0001_users', 'a name'),
    ('0002_0001', '0002_0001', 'version and name, though the name is a version'),
    ('1', '0001_users', 'a numerically equal version'),
    ('00001', '0001_users', 'a numerically equal version with more zeros'),
    ('0005', '5', 'a numerically equal version of a bare number'),
    ('5', '5', 'a bare number'),
    ('01.010', '1.10_dotted', 'a dotted version, part by part'),
    ('20250120000000', '20250120000000_long_name', 'a timestamp'),
    ('long_name', '20250120000000_long_name', 'a name with an underscore'),
    ('plain', 'plain', 'a plain name'),
    ('0009', '0009_x_y', 'a version, not the plain name'),
    ('0009_x_y', '0009_x_y', 'version and name with underscores'),
    ('0004', '0004_a 0004_b', 'all of a shared version'),
    ('4', '0004_a 0004_b', 'all of a numerically equal shared version'),
    ('0004_a', '0004_a', 'one of a shared version'),
    ('8', '8_one', 'the exact version before a numerically equal one'),
    ('08', '08_two', 'the exact version before a numerically equal one')) AS t(target, wanted, why);

-- Ambiguous

SELECT is(pg_temp.failure(format('SELECT pg_temp.meant(%L)', target)), format('42725: migration "%s" is ambiguous
DETAIL: It could be %s.
HINT: Give version and name together.', target, candidates), format('"%s" is ambiguous', target))
  FROM (VALUES
    ('same', '"0006_same", "0007_same"'),
    ('008', '"8_one", "08_two"')) AS t(target, candidates);
SELECT is(pg_temp.meant('x_y'), 'x_y', 'a plain name is version and name of the plain one, not the name of another');

-- Unknown

SELECT alike(pg_temp.failure(format('SELECT %s', call)), '42704: migration "' || target || '" does not exist
HINT: ' || hint || '%SELECT * FROM migrate_status() lists all migrations.', call || ': unknown, with the nearest names first')
  FROM (VALUES
    ('migrate_remove(''0001_user'')', '0001_user', 'Did you mean "0001_users"'),
    ('migrate_apply(''0003_post'')', '0003_post', 'Did you mean "0003_posts"'),
    ('migrate_plan(''long'')', 'long', 'Did you mean "20250120000000_long_name"'),
    ('migrate_rollback(''completely different'')', 'completely different', ''),
    ('migrate_repair(''plane'', ''accept'')', 'plane', 'Did you mean "plain"'),
    ('migrate_baseline(''xy'')', 'xy', 'Did you mean "x_y"'),
    ('migrate_verify(''PLAIN'')', 'PLAIN', 'Did you mean "plain"')) AS t(call, target, hint);
SELECT is(pg_temp.failure($$SELECT migrate_rollback('completely different')$$), '42704: migration "completely different" does not exist
HINT: SELECT * FROM migrate_status() lists all migrations.', 'nothing is near: no guess');
SELECT is(pg_temp.failure($$SELECT migrate_apply('zero')$$), '22023: "zero" is a target for rolling back only
HINT: Use migrate_rollback(target => ''zero'') or CALL migrate_down(''zero'').', 'zero is no target of an apply');
SELECT is(pg_temp.failure($$SELECT migrate_apply('0010_zero', dry_run => true)$$), 'did not fail', '… but can be the name of a migration');
SELECT throws_ok($$SELECT migrate_apply('0001_users ')$$, '42704', NULL, 'blanks count');
SELECT throws_ok($$SELECT migrate_apply('Users')$$, '42704', NULL, 'case counts');

SELECT is(pg_temp.found('0004'), '0004_b', 'a plan to a shared version goes to its last');
SELECT is(pg_temp.found('0004_a'), '0004_a', 'a plan to one of it ends there');

DELETE FROM migrate.migration;
SELECT is(pg_temp.failure($$SELECT migrate_apply('0001')$$), '42704: migration "0001" does not exist
DETAIL: No migration is known here.
HINT: SELECT * FROM migrate_status() lists all migrations.', 'with no migration at all, unknown says so');

SELECT * FROM finish();
ROLLBACK;
