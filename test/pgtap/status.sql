BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(50);

SELECT is((SELECT count(*) FROM migrate_status()), 0::bigint, 'without migrations status has no rows');
SELECT is(migrate_version(), NULL, '… and there is no version');

-- Every status

SELECT migrate_load(pg_temp.files('0001_base.sql', '', '0002_applied.sql', E'SELECT 1;\n-- migrate:down\nSELECT 2', '0003_changed.sql', 'SELECT 3', '0004_missing.sql', '',
  '0007_absent.sql', ''), 'app') \g /dev/null
SELECT migrate_baseline('1') \g /dev/null
SELECT migrate_apply('4') \g /dev/null
SELECT migrate_load(pg_temp.files('0001_base.sql', '', '0002_applied.sql', E'SELECT 1;\n-- migrate:down\nSELECT 2', '0003_changed.sql', 'SELECT 33',
  '0003a_late.sql', '', '0006_pending.sql', E'-- migrate:no-transaction\nSELECT 1;\n-- Rollback: SELECT 2'), 'app') \g /dev/null
SELECT is(pg_temp.rows_of('SELECT version, name, status, transactional, reversible, detail FROM pg_temp.details()'), format('(0001,base,baseline,t,no,"not reversible: it has no down script")
(0002,applied,applied,t,script,)
(0003,changed,changed,t,generated,"applied with checksum %s; no down script: a rollback takes its recorded changes back")
(0003a,late,"out of order",t,no,"not reversible: it has no down script")
(0004,missing,missing,t,generated,"gone from its source ""app""; no down script: a rollback takes its recorded changes back")
(0006,pending,pending,f,comment,"not transactional: line 1: migrate:no-transaction; down script is a closing comment, not accepted yet")
(0007,absent,absent,t,no,"gone from its source ""app""; not reversible: it has no down script")',
  encode(sha256('SELECT 3'), 'hex')::char(12)), 'every status, in order, with its reasons');
SELECT is((SELECT string_agg(status, ' ') FROM migrate_status() WHERE applied_at IS NOT NULL), 'baseline applied changed missing', 'what is there says since when');
SELECT is((SELECT string_agg(applied_by, ' ') FROM pg_temp.details()), 'postgres postgres postgres postgres', '… and by whom');
SELECT is((SELECT string_agg(status, ' ') FROM pg_temp.details() WHERE duration_ms >= 0), 'applied changed missing', '… and how long it took, if it ran');
SELECT is((SELECT string_agg(status, ' ') FROM pg_temp.details() WHERE COALESCE(applied_by, duration_ms::text) IS NULL),
  'out of order pending absent', '… and the others nothing of it');
SELECT is((SELECT checksum FROM pg_temp.details() WHERE name = 'changed'), encode(sha256('SELECT 33'), 'hex'), 'the checksum is that of the loaded text');
SELECT is((SELECT applied_at FROM migrate_status() WHERE name = 'missing'), (SELECT date_trunc('second', applied_at) FROM migrate.schema_version), 'the guard says the same time');
SELECT is((SELECT bool_and(applied_at = date_trunc('second', applied_at)) FROM migrate_status() WHERE applied_at IS NOT NULL), true, '… which is in whole seconds');
SELECT is(pg_temp.rows_of('SELECT name, note FROM migrate_status()'), '(base,irreversible)
(applied,)
(changed,"migrate_text() shows where, down generated")
(late,irreversible)
(missing,"gone from its source, down generated")
(pending,"no-transaction, down not accepted")
(absent,"gone from its source, irreversible")', 'notes are short');

-- The version is the highest applied in order

SELECT is(migrate_version(), '0004', 'version');
SELECT is((SELECT version || ' ' || name FROM migrate.schema_version), '0004 missing', '… and the guard');

-- migrate_require

SELECT lives_ok(format('SELECT migrate_require(%L)', target), 'what is there can be required: ' || target)
  FROM (VALUES ('0001'), ('0001_base'), ('applied'), ('3'), ('0004_missing')) AS t(target);
SELECT is(pg_temp.failure(format('SELECT migrate_require(%L)', target)), format('MG005: migration "%s" is required and not applied
DETAIL: The newest applied is "0004_missing".
HINT: Apply it with migrate_apply() before this application starts.', target), 'what is not can''t: ' || target)
  FROM (VALUES ('0006'), ('late'), ('0007_absent'), ('0099_unknown')) AS t(target);
SET LOCAL migrate.required = '0002_applied';
SELECT lives_ok('SELECT migrate_require()', 'without an argument the setting migrate.required counts');
SELECT lives_ok('SELECT migrate_require(NULL)', '… and with null');
SET LOCAL migrate.required = '0006';
SELECT is(left(pg_temp.failure('SELECT migrate_require()'), 5), 'MG005', '… which is not applied');
SELECT lives_ok($$SELECT migrate_require('0001')$$, '… nor asked for when there is an argument');
RESET migrate.required;
SELECT is(left(pg_temp.failure('SELECT migrate_require()'), 5), 'MG005', 'without either nothing may be pending');

-- A shared version as a requirement means all of it

SELECT migrate_add('0004_other', '') \g /dev/null
SELECT is(left(pg_temp.failure($$SELECT migrate_require('0004')$$), 5), 'MG005', 'a shared version is there when all of it is');
DELETE FROM migrate.migration WHERE applied_event IS NULL;
SELECT lives_ok($$SELECT migrate_require('0004')$$, '… which it is');

-- History

SELECT is(pg_temp.rows_of('SELECT event, version, name, actor, note ~ ''^[0-9.]+ ms$'' FROM migrate_history()'), '(apply,0004,missing,postgres,t)
(apply,0003,changed,postgres,t)
(apply,0002,applied,postgres,t)
(baseline,0001,base,postgres,)',
  'the history is newest first');
SELECT is((SELECT bool_and(occurred_at BETWEEN date_trunc('second', now()) AND clock_timestamp()) FROM migrate_history()), true, '… with times');
SELECT is((SELECT bool_and(id > next) FROM (SELECT id, lead(id) OVER () AS next FROM migrate_history()) AS h WHERE next IS NOT NULL), true, '… by number');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_history(limit_rows => 2)), '0004 0003', 'the newest can be asked for alone');
UPDATE migrate.history SET occurred_at = '2025-01-02 03:04:05.678+00' WHERE version < '0003';
SELECT is((SELECT string_agg(version, ' ') FROM migrate_history(since => '2025-01-03')), '0004 0003', '… or those since a time');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_history('2025-01-02 03:04:05.678+00')), '0004 0003 0002 0001', '… which counts');
SELECT is((SELECT count(*) FROM migrate_history('infinity')), 0::bigint, '… however late');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_history('2025-01-01', 3)), '0004 0003 0002', '… or both');
SET LOCAL TimeZone = 'Asia/Tokyo';
SET LOCAL DateStyle = 'German';
SELECT is((SELECT count(*) FROM migrate_history('2025-01-02 03:04:05.678+00')), 4::bigint, '… in any form of times');
SELECT is((SELECT occurred_at FROM migrate_history() WHERE version = '0002'), '2025-01-02 03:04:05+00', 'times are in whole seconds');
RESET TimeZone;
RESET DateStyle;
CREATE ROLE deployer;
GRANT EXECUTE ON FUNCTION migrate_apply, migrate_rollback TO deployer;
CREATE FUNCTION pg_temp.event(claims text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('request.jwt.claims', claims, true);
  DELETE FROM migrate.migration WHERE version >= '0020';
  UPDATE migrate.schema_version SET version = '0004', name = 'missing';
  PERFORM migrate_repair('0003', 'accept'), migrate_add('0020_e', 'SELECT 1', 'SELECT 2');
  PERFORM migrate_apply();
  RETURN (SELECT COALESCE(claimed_subject, 'nobody') FROM migrate.history WHERE event = 'apply' ORDER BY id DESC LIMIT 1);
END
$$;
SELECT is(pg_temp.event(claims), subject, format('claims %s are those of %s', claims, subject))
  FROM (VALUES ('{"sub": "6f1e", "role": "x"}', '6f1e'), ('{"role": "x"}', 'nobody'), ('{"sub": 7}', '7'), ('[1]', 'nobody'), ('"sub"', 'nobody'),
    ('no JSON', 'nobody'), ('{"sub": "', 'nobody'), ('', 'nobody'), ('{"sub": "\u0000"}', 'nobody')) AS t(claims, subject);
SET LOCAL request.jwt.claims = '';
SELECT migrate_add('0021_f', 'SELECT 1', 'SELECT 2; SELECT 3') \g /dev/null
SET LOCAL search_path = pg_catalog, public;
SET LOCAL ROLE deployer;
SELECT public.migrate_apply() \g /dev/null
SELECT public.migrate_rollback() \g /dev/null
RESET ROLE;
SET LOCAL search_path = public;
SELECT is(pg_temp.rows_of($$SELECT event, version, name, checksum, down_checksum = encode(sha256('SELECT 2; SELECT 3'), 'hex'), options ->> 'reversible', session_user_name,
    current_user_name, client_address, claimed_subject, search_path, statements, sqlstate, message, detail, server_version = current_setting('server_version')
    FROM migrate.history WHERE version = '0021' ORDER BY id$$),
  format('(apply,0021,f,%s,t,script,postgres,deployer,,,"""$user"", public, pg_temp",1,,,,t)
(rollback,0021,f,%1$s,t,script,postgres,deployer,,,"""$user"", public, pg_temp",2,,,,t)', encode(sha256('SELECT 1'), 'hex')),
  'an event says who logged in, whose rights counted, and the search_path that it started from');
SET LOCAL migrate.search_path = 'pg_temp, public';
SELECT migrate_apply() \g /dev/null
SELECT is((SELECT search_path FROM migrate.history ORDER BY id DESC LIMIT 1), 'pg_temp, public', '… which migrate.search_path sets');

SELECT * FROM finish();
ROLLBACK;
