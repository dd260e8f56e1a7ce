BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

SELECT plan(21);

CREATE FUNCTION pg_temp.text_of(migration text, section text DEFAULT 'up') RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', line, mark, text), E'\n') FROM migrate_text(migration, section)
$$;

SELECT migrate_add('0001_a', E'CREATE TABLE a (id int);\n\nCREATE INDEX ON a (id);\n-- migrate:down\nDROP TABLE a;\n-- migrate:verify\nSELECT true;\n') \g /dev/null
SELECT is(pg_temp.text_of('0001'), '1 CREATE TABLE a (id int);
2 
3 CREATE INDEX ON a (id);', 'a text has line numbers');
SELECT is(pg_temp.text_of('0001', 'down'), '5 DROP TABLE a;', '… which are those of its file');
SELECT is(pg_temp.text_of('0001', 'verify'), '7 SELECT true;', '… in every section');
SELECT migrate_apply() \g /dev/null

-- What has changed

SELECT migrate_add('0001_a', E'CREATE TABLE a (id int);\n\nCREATE INDEX ON a (id DESC);\nSELECT 1;') \g /dev/null
SELECT is(pg_temp.text_of('0001'), '2 
3 - CREATE INDEX ON a (id);
3 + CREATE INDEX ON a (id DESC);
4 + SELECT 1;', 'of a changed migration the lines that differ');
SELECT is(pg_temp.text_of('0001', 'down'), '5 DROP TABLE a;', '… and the down script that was kept');
SELECT migrate_add('0001_a', E'CREATE TABLE a (id int);   \r\n\r\nCREATE INDEX ON a (id);\nCREATE INDEX ON a ((id + 1));') \g /dev/null
SELECT is(pg_temp.text_of('0001'), '3 CREATE INDEX ON a (id);
4 + CREATE INDEX ON a ((id + 1));', 'blanks and line ends are no difference');
SELECT migrate_add('0001_a', (SELECT string_agg('SELECT ' || i || ';', E'\n') FROM generate_series(1, 25) i)) \g /dev/null
SELECT is((SELECT count(*) FILTER (WHERE mark = '+') FROM migrate_text('0001')), 11::bigint, 'only the first lines are shown');
SELECT is((SELECT text FROM migrate_text('0001') WHERE mark = '+' AND line IS NULL), '(15 more)', '… and how many more there are');
SELECT migrate_repair('0001', 'accept') \g /dev/null
SELECT is((SELECT count(*) FROM migrate_text('0001')), 25::bigint, 'once accepted it is a text like any other');

-- What is not there

SELECT is(pg_temp.failure('SELECT migrate_text(' || arguments || ')'), problem, arguments)
  FROM (VALUES
    ($$'0001', 'verify'$$, '55000: migration "0001_a" has no verify script
HINT: SELECT * FROM migrate_show(''0001_a'') tells what it has.'),
    ($$'0001', 'sideways'$$, '22023: unknown section "sideways"
HINT: Give ''up'', ''down'' or ''verify''.'),
    ($$NULL$$, '22004: migration must not be null'),
    ($$'0001', NULL$$, '22004: section must not be null'),
    ($$''$$, '22023: migration must not be empty')) AS t(arguments, problem);
SELECT is(left(pg_temp.failure($$SELECT migrate_text('0009')$$), 5), '42704', 'an unknown one');
SELECT migrate_add('0002_one', 'SELECT 1'), migrate_add('0002_two', 'SELECT 2') \g /dev/null
SELECT is(pg_temp.failure($$SELECT migrate_text('0002')$$), '42725: version "0002" is shared by several migrations
HINT: Give version and name together.', 'of a shared version one is to be named');
SELECT is(pg_temp.text_of('0002_two'), '1 SELECT 2', '… like this');
SELECT migrate_repair('0002_one', 'purge text') \g /dev/null
SELECT is(left(pg_temp.failure($$SELECT migrate_text('0002_one')$$), 5), '55000', 'a purged text is gone');

-- Who may read it

CREATE ROLE texts_reader;
GRANT EXECUTE ON FUNCTION migrate_text, migrate_show TO texts_reader;
SET LOCAL ROLE texts_reader;
SELECT is(pg_temp.failure($$SELECT migrate_text('0001')$$), '42501: permission denied for the texts of migrations
DETAIL: They may hold secrets: who calls needs SELECT on migrate.script.
HINT: GRANT USAGE ON SCHEMA migrate and SELECT ON migrate.script to the role.', 'EXECUTE alone does not give the texts');
RESET ROLE;
GRANT USAGE ON SCHEMA migrate TO texts_reader;
GRANT SELECT ON migrate.script TO texts_reader;
SET LOCAL ROLE texts_reader;
SELECT is((SELECT count(*) FROM migrate_text('0001')), 25::bigint, '… the right to read their table does');
RESET ROLE;
SELECT is(pg_temp.rows_of($$SELECT property, value FROM migrate_show('0002') WHERE property IN ('version', 'name', 'remark')$$), '(version,0002)
(name,one)
(remark,"version is shared, ordered by name")
(remark,"not reversible: it has no down script")
(version,0002)
(name,two)
(remark,"version is shared, ordered by name")
(remark,"not reversible: it has no down script")', 'migrate_show shows each of a shared version');

SELECT * FROM finish();
ROLLBACK;
