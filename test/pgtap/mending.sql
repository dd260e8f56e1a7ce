BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE FUNCTION pg_temp.status() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()
$$;

SELECT plan(51);

SELECT migrate_add(v || '_m', 'SELECT ' || v, 'SELECT 1') FROM unnest(ARRAY['1', '2', '3', '4']) AS v \g /dev/null

-- Baseline

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_baseline('2')$$), '(1,m,baselined,0,0)
(2,m,baselined,0,0)', 'baseline records all up to and with its migration');
SELECT is(pg_temp.status(), '1 baseline, 2 baseline, 3 pending, 4 pending', '… as there, and nothing else');
SELECT is((SELECT count(*) FROM migrate_baseline('2')), 0::bigint, 'a second time there is nothing to do');
SELECT is((SELECT string_agg(version, ' ') FROM migrate_baseline('3')), '3', 'a later one records what is between');
SELECT is(migrate_version(), '3', '… and is the version');
SELECT migrate_apply() \g /dev/null
SELECT migrate_add('35_late', '') \g /dev/null
SELECT migrate_remove('35') \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_baseline('3')$$), '55000: can''t baseline at "3_m"
DETAIL: Migration "4_m", which comes after it, is applied.
HINT: Record single ones with migrate_repair(migration, ''applied'').', 'after a later apply it is refused');
SELECT is((SELECT count(*) FROM migrate_baseline('4')), 0::bigint, '… up to that one it is not');
SELECT migrate_load('[{"name": "5_a.sql", "content": ""}, {"name": "5_b.sql", "content": ""}, {"name": "6_c.sql", "content": ""}]') \g /dev/null
SELECT is((SELECT string_agg(name, ' ') FROM migrate_baseline('5')), 'a b', 'a shared version means all of it');

-- Accept

SELECT is(pg_temp.failure($$SELECT migrate_repair('6', 'accept')$$), '55000: migration "6_c" is not applied
HINT: A pending text needs no acceptance: migrate_apply() runs it.', 'a pending text can''t be accepted');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('4', 'accept')$$), '(4,m,accept,"its text had not changed")', 'one that has not changed says so');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('4', 'accept down')$$), '(4,m,"accept down","it needed no acceptance")', 'a down script of its own needs no acceptance');
SELECT is(pg_temp.failure($$SELECT migrate_repair('6', 'accept down')$$), '55000: migration "6_c" has no down script
HINT: Load one: a section "-- migrate:down" or a .down.sql file.', 'one that there is not can''t be accepted');

-- Applied, forget

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('6', 'applied')$$), '(6,c,applied,"recorded as applied, nothing was run")', 'what was done by hand is recorded as applied');
SELECT is((SELECT status FROM migrate_status() WHERE version = '6'), 'applied', '… and is');
SELECT is((SELECT event || ' ' || note FROM migrate_history() LIMIT 1), 'repair applied', '… by a repair, which the history says');
SELECT is(pg_temp.failure($$SELECT migrate_repair('6', 'applied')$$), '55000: migration "6_c" is applied already
HINT: migrate_status() shows since when.', '… once');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('6', 'forget')$$), '(6,c,forget,"pending again, nothing was undone")', 'what was undone by hand is forgotten');
SELECT is(migrate_version(), '5', '… and is not the version');
SELECT is(pg_temp.failure($$SELECT migrate_repair('6', 'forget')$$), '55000: migration "6_c" is not applied
HINT: migrate_remove() forgets a pending one.', '… once');
SELECT migrate_apply() \g /dev/null
SELECT migrate_load('[]') \g /dev/null
SELECT is((SELECT status FROM migrate_status() WHERE version = '6'), 'missing', 'one that is missing');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('6', 'forget')$$), '(6,c,forget,"forgotten, nothing was undone")', '… is forgotten altogether');
SELECT is((SELECT count(*) FROM migrate_status() WHERE version = '6'), 0::bigint, '… so that status has it no more');
SELECT is(pg_temp.failure(format($$SELECT migrate_repair('4', %L)$$, action)), '55000: migration "4_m" did not stop half way
HINT: There is nothing to resume; migrate_status() shows its state.', action || ' has nothing to resume')
  FROM (VALUES ('resume here'), ('resume after')) AS t(action);

-- Remove

SELECT is(pg_temp.failure($$SELECT migrate_remove('4')$$), '55000: migration "4_m" is applied
HINT: Roll it back first, or call migrate_repair(''4_m'', ''forget'').', 'an applied one can''t be removed');
SELECT migrate_add('7_d', 'SELECT 7') \g /dev/null
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_remove('7')$$), '(7,d,removed,"its text is kept")', 'a pending one can');
SELECT is((SELECT count(*) FROM migrate_status() WHERE version = '7'), 0::bigint, '… and is unknown then');
SELECT is((SELECT count(*) FROM migrate.script WHERE text = 'SELECT 7'), 1::bigint, '… but its text is kept');
SELECT is((SELECT string_agg(action, ' ') FROM migrate_add('7_d', 'SELECT 7')), 'added', '… and it can be added again');

-- Purge

SELECT migrate_add('8_secret', 'SELECT ''first password''') \g /dev/null
SELECT migrate_add('8_secret', 'SELECT ''second password''') \g /dev/null
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_repair('8', 'purge text')$$), '(8,secret,"purge text","1 text purged")', 'an older text that held a secret is purged');
SELECT is((SELECT string_agg(text, ' ') FROM migrate.script WHERE text LIKE '%password%'), 'SELECT ''second password''', '… first');
SELECT is((SELECT detail FROM migrate_repair('8', 'purge text')), '1 text purged', '… the present one next');
SELECT is((SELECT count(*) FROM migrate.script WHERE text LIKE '%password%'), 0::bigint, '… so that none is left');
SELECT is((SELECT count(*) FROM migrate.script WHERE purged_at IS NOT NULL AND checksum = encode(sha256('SELECT ''second password'''), 'hex')), 1::bigint, 'its checksum stays');
SELECT is((SELECT status FROM migrate_status() WHERE version = '8'), 'applied', '… and it is applied as before');
SELECT is((SELECT detail FROM migrate_repair('8', 'purge text')), '0 texts purged', 'once purged there is nothing to purge');
SELECT migrate_add('9_pending', 'SELECT ''third password''') \g /dev/null
SELECT migrate_repair('9', 'purge text') \g /dev/null
SELECT is(pg_temp.failure('SELECT migrate_apply()'), format('55000: the text with SHA-256 %s is gone
DETAIL: It was purged by migrate_repair.
HINT: Load the migration''s file again.
AT: migration "9_pending"', encode(sha256('SELECT ''third password'''), 'hex')), 'a purged text can''t be run');
SELECT migrate_add('9_pending', 'SELECT ''third password''') \g /dev/null
SELECT is((SELECT string_agg(version, ' ') FROM migrate_apply()), '9', '… unless it is loaded again');
SELECT is((SELECT string_agg(DISTINCT note, ', ' ORDER BY note) FROM migrate_history() WHERE event = 'repair'), 'accept, accept down, applied, forget, purge text', 'the history says all repairs');
SELECT is((SELECT count(*) FROM migrate_history() WHERE note LIKE '%password%'), 0::bigint, '… and nothing of a text');

SELECT migrate_add('9_twice', E'SELECT ''fifth password''  \n') \g /dev/null
SELECT migrate_add('9_twice', 'SELECT ''fifth password''') \g /dev/null
SELECT is((SELECT detail FROM migrate_repair('9_twice', 'purge text')), '2 texts purged', 'what differs only in blanks is purged together');
SELECT is((SELECT count(*)::int FROM migrate.script WHERE text LIKE '%fifth password%'), 0, '… so that none is left');
SELECT migrate_remove('9_twice') \g /dev/null

-- Verify

SELECT is((SELECT count(*) FROM migrate_verify()), 0::bigint, 'without verify scripts there is nothing to verify');
CREATE TABLE checked (a int);
SELECT migrate_add('10_v', '', verify => 'SELECT count(*) = 0 FROM checked') \g /dev/null
SELECT migrate_add('11_w', '', verify => E'SELECT true;\nSELECT 1 / (1 - count(*)) FROM checked') \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_verify('10')$$), '55000: migration "10_v" is not applied
HINT: Its verify script runs when it is applied.', 'one that is not applied has nothing to verify');
SELECT migrate_apply() \g /dev/null
SELECT is(pg_temp.rows_of('SELECT version, name, action, statements, duration_ms >= 0 FROM migrate_verify()'), '(10,v,verified,1,t)
(11,w,verified,2,t)', 'verify runs all verify scripts');
SELECT is(pg_temp.rows_of($$SELECT version, action FROM migrate_verify('v')$$), '(10,verified)', '… or one');
INSERT INTO checked VALUES (1);
SELECT is(pg_temp.failure($$SELECT migrate_verify('10')$$), 'MG001: verify script of migration "10_v" failed
DETAIL: A check returned false.
HINT: Find out what is missing; the check stands at the line given.
AT: migration "10_v" verify, line 1, column 1', 'what is no longer so fails');
SELECT is(pg_temp.failure('SELECT migrate_verify()'), 'MG001: 2 of 2 verify scripts failed
DETAIL: migration "10_v" verify, line 1, column 1: verify script of migration "10_v" failed
migration "11_w" verify, line 2, column 1: division by zero', 'all that fail are listed');
SELECT migrate_add('10_v', '', verify => 'DELETE FROM checked') \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_verify('10')$$), '25006: cannot execute DELETE in a read-only transaction
AT: migration "10_v" verify, line 1, column 1', 'a verify script can''t write');
SELECT migrate_add('10_v', '', verify => 'BEGIN; SET search_path = pg_catalog; PREPARE p AS SELECT 1; SELECT pg_advisory_lock(7); ROLLBACK') \g /dev/null
SELECT lives_ok($$SELECT migrate_verify('10')$$, 'what it does to the session');
SELECT is(current_setting('search_path') || (SELECT count(*) FROM pg_prepared_statements) || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), '"$user", public00', '… does not leak');

SELECT * FROM finish();
ROLLBACK;
