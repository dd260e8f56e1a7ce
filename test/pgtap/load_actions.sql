BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(41);

-- What becomes of a migration

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one.sql', 'CREATE TABLE one (a int)')$$),
  '(0001,one,added,)', 'a new migration is added, named as its file');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a int)')$$),
  '(0001,one,unchanged,)', 'the same text without .sql in the name is unchanged');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', E'\uFEFFCREATE TABLE one (a int)  \r\n\r\n')$$),
  '(0001,one,replaced,"differs only in blanks or line ends")', 'byte order mark, carriage returns and trailing blanks make another text of a pending one');
SELECT is((SELECT checksum FROM pg_temp.details()), encode(sha256('CREATE TABLE one (a int)'), 'hex'), '… whose checksum is the same');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a bigint)')$$),
  '(0001,one,replaced,"not applied yet")', 'another text of a pending one replaces it');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a bigint)', down => 'DROP TABLE one')$$),
  '(0001,one,replaced,"the up script is the same")', 'a new down script alone replaces it, too');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a bigint)', 'DROP TABLE one', 'SELECT true')$$),
  '(0001,one,replaced,"the up script is the same")', 'a new verify script alone replaces it, too');

SELECT * FROM migrate_apply() \g /dev/null
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a bigint)', 'DROP TABLE one CASCADE')$$),
  '(0001,one,replaced,"the up script is the same")', 'down and verify of an applied one can be replaced');
SELECT is((SELECT status FROM migrate_status()), 'applied', '… and it stays applied');
CREATE TEMP TABLE ran AS SELECT sha256, options FROM migrate.migration;
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', E'CREATE TABLE one (a bigint) \r\n', 'DROP TABLE one CASCADE')$$),
  '(0001,one,unchanged,"differs only in blanks or line ends")', 'other blanks in an applied one change nothing');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', E'CREATE TABLE one (a bigint) \r\n', 'DROP TABLE one CASCADE')$$),
  '(0001,one,unchanged,"differs only in blanks or line ends")', '… each time');
SELECT ok((SELECT m.sha256 = r.sha256 AND m.options = r.options FROM migrate.migration m, ran r), '… the text that ran is kept');
SELECT is((SELECT count(*)::int FROM migrate.script WHERE text LIKE 'CREATE TABLE one (a bigint) %'), 0, '… and the other one is not');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a bigint)', E'DROP TABLE one CASCADE \n')$$),
  '(0001,one,unchanged,"differs only in blanks or line ends")', 'nor do other blanks in its down script');
SELECT is((SELECT s.text FROM migrate.migration m JOIN migrate.script s ON s.sha256 = m.down_sha256), E'DROP TABLE one CASCADE \n',
  '… of which the one counts that was loaded last, since none ran');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', 'CREATE TABLE one (a text)', 'DROP TABLE one')$$),
  $$(0001,one,changed,"applied with another text: see migrate_text('0001_one')")$$,
  'another up text of an applied one is a change, and says what to do');
SELECT is((SELECT status || ': ' || detail FROM pg_temp.details()),
  'changed: applied with checksum ' || encode(sha256('CREATE TABLE one (a bigint)'), 'hex')::char(12), 'status says changed');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_add('0001_one', E'CREATE TABLE one (a bigint)\n', 'DROP TABLE one')$$),
  '(0001,one,replaced,"the text that was applied is back")', 'loading the applied text again heals it, whatever its blanks');
SELECT ok((SELECT m.sha256 = r.sha256 AND m.options -> 'up' = r.options -> 'up' FROM migrate.migration m, ran r), '… and the text that ran is back');
SELECT is((SELECT status FROM migrate_status()), 'applied', '… so that status says applied');

-- A source: what was in it and is gone becomes absent

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0002_two.sql', 'SELECT 2', '0003_three.sql', 'SELECT 3'), 'app')$$),
  E'(0002,two,added,)\n(0003,three,added,)', 'a load says what became of each');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0003_three.sql', 'SELECT 3'), 'app')$$),
  E'(0003,three,unchanged,)\n(0002,two,absent,"gone from ""app""")', 'a file that is gone makes its migration absent');
SELECT is(pg_temp.rows_of($$SELECT version, status, detail FROM pg_temp.details()$$),
  '(0001,applied,)
(0002,absent,"gone from its source ""app""; not reversible: it has no down script")
(0003,pending,"not reversible: it has no down script")', 'status says absent, and where it was; other sources are untouched');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0003_three.sql', 'SELECT 3'), 'app')$$),
  '(0003,three,unchanged,)', 'what is absent already is not told again');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0002_two.sql', 'SELECT 2', '0003_three.sql', 'SELECT 3'), 'app')$$),
  E'(0002,two,unchanged,"back in its source")\n(0003,three,unchanged,)', 'what is back is pending again');
SELECT is((SELECT status FROM migrate_status() WHERE version = '0002'), 'pending', '… and status says so');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0003_three.sql', 'SELECT 3'), 'other')$$),
  '(0003,three,unchanged,"found in another source or place")', 'the same text from another source moves it there');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load('[]', 'app')$$),
  '(0002,two,absent,"gone from ""app""")', 'an empty load makes all of its source absent, and nothing else');
SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0003_three.sql', 'SELECT 3'))$$),
  '(0003,three,unchanged,"found in another source or place")', 'the source is called load by default');
SELECT is((SELECT source FROM migrate.migration WHERE version = '0003'), 'load', '… and is kept');

-- A down script in comments is nothing to dbmate, whose first line this is

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0020_x.sql', E'-- migrate:up\nSELECT 1;\n-- migrate:down\n-- SELECT 2;', '0021_y.sql', E'-- migrate:up\nSELECT 1;\n-- migrate:down\n'), 'd', dry_run => true)$$),
  '(0020,x,"would add","as dbmate; its down script is a comment, which dbmate does not run: if it is meant, load it as convention => ''plain''")
(0021,y,"would add","as dbmate")', 'the load of a folder of dbmate says which down scripts are comments');

-- One text for several migrations

SELECT is(pg_temp.rows_of($$SELECT * FROM migrate_load(pg_temp.files('0003_three.sql', 'SELECT 33', '0003_twin.sql', E'SELECT 33  \n', '0003_twins.sql', 'SELECT 2'))$$),
  '(0003,three,replaced,"not applied yet; version is shared with ""0003_twin"", ordered by name")
(0003,twin,added,"version is shared with ""0003_three"", ordered by name")
(0003,twins,added,"version is shared with ""0003_three"", ordered by name")', 'a replaced and a new migration may share a text, and one that is known already');
SELECT is(pg_temp.rows_of($$SELECT m.version || m.name, s.text FROM migrate.migration m JOIN migrate.script s USING (sha256) WHERE version >= '0002' ORDER BY 1$$),
  E'(0002two,"SELECT 2")\n(0003three,"SELECT 33")\n(0003twin,"SELECT 33  \n")\n(0003twins,"SELECT 2")', '… and each has its own bytes');
SELECT is(pg_temp.rows_of($$SELECT name, action FROM migrate_load(pg_temp.files(
    '0003_small.sql', 'SELECT 44' || repeat(E'\n', 10), '0003_vast.sql', 'SELECT 44' || repeat(E'\n', 1100000), '0003_vaster.sql', 'SELECT 44' || repeat(' ', 1200000)), 'blanks')$$),
  E'(small,added)\n(vast,added)\n(vaster,added)', 'so may large ones that differ in blanks');
SELECT is((SELECT count(*)::int FROM migrate_remove('0003_twin')) + (SELECT count(*)::int FROM migrate_remove('0003_twins')) +
  (SELECT count(*)::int FROM migrate_remove('0003_small')) + (SELECT count(*)::int FROM migrate_remove('0003_vast')) +
  (SELECT count(*)::int FROM migrate_remove('0003_vaster')), 5, '… and each can go by itself');

-- A text that somebody has put below a hash by hand is not taken for the one with that hash

INSERT INTO migrate.script (sha256, checksum, text, migration) SELECT h, h, 'SELECT ''forged''', 'x' FROM encode(sha256('SELECT ''mine'''), 'hex') AS h;
SELECT migrate_add('0003_mine', 'SELECT ''mine''') \g /dev/null
SELECT is((SELECT s.text FROM migrate.migration m JOIN migrate.script s USING (sha256) WHERE name = 'mine'), 'SELECT ''mine''', 'a forged text is written over');
SELECT migrate_remove('0003_mine') \g /dev/null

-- All or nothing

SELECT is(pg_temp.failure($$SELECT migrate_load(pg_temp.files('0004_four.sql', 'SELECT 4', '0005_five.sql', 'SELEC 5'))$$),
  E'42601: syntax error at or near "SELEC"\nAT: migration "0005_five", line 1, column 1', 'one file that fails fails the load');
SELECT is((SELECT count(*)::int FROM migrate.migration WHERE version > '0003')
    + (SELECT count(*)::int FROM migrate.script WHERE text = 'SELECT 4'), 0, '… of which nothing stays, and nothing becomes absent');
SELECT is((SELECT status FROM migrate_status() WHERE version = '0003'), 'pending', '… nor is anything marked');
SELECT is(pg_temp.failure($$SELECT migrate_load(pg_temp.files('0004_a.sql', 'SELEC 4', '0005_b.sql', E'SELECT 5;\n  FROM 5',
    '0006_c.sql', 'SELECT 6', '0007_d.sql', '\copy a from b'))$$),
  '42601: syntax error at or near "SELEC"
DETAIL: 2 more:
migration "0005_b", line 2, column 3: syntax error at or near "FROM"
migration "0007_d", line 1, column 1: psql meta-commands can''t run inside the database (line 1: \copy a from b)
AT: migration "0004_a", line 1, column 1', 'all files that fail are listed with their place');
SELECT is((SELECT count(*) FROM migrate.migration), 3::bigint, '… and nothing stays');

SELECT * FROM finish();
ROLLBACK;
