BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

-- Adds a text as migration 0001_a of its own and says what is known of it then.
CREATE FUNCTION pg_temp.known(content text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known text;
BEGIN
  DELETE FROM migrate.migration;
  PERFORM migrate_add('0001_a', content);
  SELECT concat_ws('; ', status || ', reversible ' || reversible, detail) INTO known FROM pg_temp.details();
  RETURN known;
END
$$;

-- A script of that migration as it is kept.
CREATE FUNCTION pg_temp.kept(which text) RETURNS text LANGUAGE sql AS $$
  SELECT s.text FROM migrate.migration m JOIN migrate.script s
      ON s.sha256 = CASE which WHEN 'up' THEN m.sha256 WHEN 'down' THEN m.down_sha256 ELSE m.verify_sha256 END
$$;

CREATE FUNCTION pg_temp.option(path text) RETURNS text LANGUAGE sql AS $$
  SELECT options #>> path::text[] FROM migrate.migration
$$;

SELECT plan(66);

-- Texts without a statement

SELECT is(pg_temp.known(content), 'pending, reversible no; not reversible: it has no down script', name || ' is valid')
  FROM (VALUES ('an empty text', ''), ('blanks', E' \n\t\r\n'), ('a text of comments', E'-- nothing\n/* yet */'),
    ('a byte order mark', E'\uFEFF'), ('semicolons', ';;')) AS t(name, content);
SELECT is(pg_temp.option('{up,statements}'), '0', '… and holds no statement');
SELECT is(pg_temp.rows_of('SELECT version, action, statements FROM migrate_apply()'), '(0001,applied,0)', '… and can be applied');
DELETE FROM migrate.history;
DELETE FROM migrate.schema_version;

-- Sections

SELECT is(pg_temp.known(E'-- Adds a table\r\n-- migrate:up\r\nCREATE TABLE a ();\r\n-- migrate:down\r\nDROP TABLE a;\r\n-- migrate:verify\r\nSELECT true;\r\n'),
  'pending, reversible script', 'one file holds up, down and verify');
SELECT is(btrim(pg_temp.kept('down'), E'\r\n'), 'DROP TABLE a;', '… the down script');
SELECT is(btrim(pg_temp.kept('verify'), E'\r\n'), 'SELECT true;', '… the verify script');
SELECT is(pg_temp.option('{down,line}') || pg_temp.option('{verify,line}'), '57', '… and the lines that they start on');
SELECT is(pg_temp.known(E'-- migrate:down\nDROP TABLE a;\n-- migrate:up\nCREATE TABLE a ();'), 'pending, reversible script',
  'sections may stand in any order');
SELECT is(btrim(pg_temp.kept('up'), E'\n'), 'CREATE TABLE a ();', '… and a section line ends the one above');
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;'), 'pending, reversible script', 'a text starts as up');
SELECT is(pg_temp.known(E'SELECT $$\n-- migrate:down\n$$;'), 'pending, reversible no; not reversible: it has no down script',
  'a section line inside a quoted text is none');
SELECT is(pg_temp.known(E'/*\n-- migrate:down\n*/ SELECT 1'), 'pending, reversible no; not reversible: it has no down script',
  'nor is one inside a block comment');

-- A commented-out down section

SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\n-- DROP TABLE\n--   a;\n'), 'pending, reversible script',
  'a commented-out down section is taken if it parses');
SELECT is(pg_temp.option('{down,statements}'), '1', '… as its statements');
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\n-- =====\n-- DROP TABLE a;\n-- -----\n'), 'pending, reversible script',
  'rules drawn between its lines are no SQL');
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\n-- DROP TABLE a;\n-- then restore the backup\n'),
  'pending, reversible no; not reversible: line 4 of its commented-out down script can''t be run',
  'one that holds prose is not, and status says which line');
SELECT is(pg_temp.kept('down'), NULL, '… and nothing is kept of it');
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\n-- \\i undo.sql\n'),
  'pending, reversible no; not reversible: line 3 of its commented-out down script can''t be run',
  'nor one that holds a meta-command');
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\n'), 'pending, reversible no; not reversible: its down script is empty',
  'an empty down section makes nothing reversible');
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- migrate:down\n-- DROP TABLE b;\nDROP TABLE a;\n'), 'pending, reversible script',
  'a section with statements of its own');
SELECT is(pg_temp.option('{down,statements}'), '1', '… is taken without its comments');

-- A closing comment

SELECT is(pg_temp.known(content), 'pending, reversible comment; down script is a closing comment, not accepted yet', name)
  FROM (VALUES
    ('a closing comment headed Rollback is a down script to accept', E'CREATE TABLE a ();\n\n-- Rollback:\n-- DROP TABLE a;\n'),
    ('… with a rule around it', E'CREATE TABLE a ();\n-- =======\n-- ROLLBACK SCRIPT\n-- =======\n-- DROP TABLE a;\n'),
    ('… on one line', E'CREATE TABLE a ();\n-- rollback: DROP TABLE a;\n')) AS t(name, content);
SELECT is(pg_temp.known(E'CREATE TABLE a ();\n-- Rollback: ask Kim\n'),
  'pending, reversible no; not reversible: line 2 of its commented-out down script can''t be run',
  'a closing comment of prose is none, and status says which line');
SELECT is(pg_temp.known(E'-- Rollback: DROP TABLE a;\nCREATE TABLE a ();\n'), 'pending, reversible no; not reversible: it has no down script',
  'a comment at the top is none');

-- Directives

SELECT is(pg_temp.known(E'-- migrate:irreversible  drops the old column \nSELECT 1'),
  'pending, reversible no; not reversible: drops the old column', 'irreversible says why');
SELECT is(pg_temp.known(E'-- migrate:no-transaction\nSELECT 1'),
  'pending, reversible no; not transactional: line 1: migrate:no-transaction; not reversible: it has no down script', 'no-transaction');
SELECT is((SELECT transactional FROM pg_temp.details()), false, '… makes it not transactional');
SELECT is(pg_temp.known(E'--migrate:requires 0002, accounts\n-- migrate:requires other\nSELECT 1'),
  'pending, reversible no; not reversible: it has no down script', 'requires');
SELECT is(pg_temp.option('{requires}'), '["0002", "accounts", "other"]', '… may be given several times');
SELECT is(pg_temp.known(E'-- migrate:lock-timeout 2s\nSELECT 1;\n-- migrate:down\n-- migrate:lock-timeout 3 min\nSELECT 2'),
  'pending, reversible script', 'lock-timeout');
SELECT is(pg_temp.option('{up,lock_timeout}') || ', ' || pg_temp.option('{down,lock_timeout}'), '2s, 3 min', '… for each script');
SELECT is(pg_temp.known(E'-- migrate:lock-timeout 2s\nSELECT 1;\n-- migrate:down\nSELECT 2'), 'pending, reversible script',
  'lock-timeout at the top');
SELECT is(pg_temp.option('{down,lock_timeout}'), '2s', '… is for both');

SELECT is(pg_temp.failure(format('SELECT migrate_add(%L, %L)', '0001_a', content)), problem, name)
  FROM (VALUES
    ('an unknown directive is refused with its line', E'-- A\n-- migrate:requries 0002\nSELECT 1',
     '42601: unknown directive "migrate:requries"
HINT: The directives are up, down, verify, requires, no-transaction, lock-timeout, statement-timeout, irreversible, repeatable, tag, replaces, keep-dropped, keep-rows, allow, nolint, only, expect, hook.
AT: migration "0001_a", line 2, column 1'),
    ('requires without a value is refused', E'-- migrate:requires\nSELECT 1',
     '42601: directive "migrate:requires" needs a value
HINT: For example "-- migrate:requires 0002, accounts" or "-- migrate:lock-timeout 2s".
AT: migration "0001_a", line 1, column 1'),
    ('irreversible without a reason is refused', '-- migrate:irreversible ',
     '42601: directive "migrate:irreversible" needs a value
HINT: Say why: "-- migrate:irreversible drops the old column".
AT: migration "0001_a", line 1, column 1'),
    ('no-transaction with a value is refused', '-- migrate:no-transaction please',
     '42601: directive "migrate:no-transaction" takes no value
DETAIL: It says "please".
HINT: Remove what follows it on the line.
AT: migration "0001_a", line 1, column 1'),
    ('a lock timeout that is no duration is refused', '-- migrate:lock-timeout soon',
     '22023: invalid lock timeout "soon"
HINT: Give a whole number and a unit: ms, s, min or h; without one it is milliseconds.
AT: migration "0001_a", line 1, column 1'),
    ('a directive below the first statement is refused', E'SELECT 1;\n-- migrate:requires 0002',
     '42601: directive stands below the first statement
HINT: Move "-- migrate:requires 0002" to the top of its section.
AT: migration "0001_a", line 2, column 1'),
    ('a directive given twice is refused', E'-- migrate:lock-timeout 1s\n-- migrate:lock-timeout 2s\nSELECT 1',
     '42601: directive given twice
HINT: Remove "-- migrate:lock-timeout 2s" or the one above.
AT: migration "0001_a", line 2, column 1'),
    ('requires in a down section is refused', E'SELECT 1;\n-- migrate:down\n-- migrate:requires 0002\nSELECT 2',
     '42601: directive does not belong into this section
HINT: Move "-- migrate:requires 0002" to the top of the file.
AT: migration "0001_a", line 3, column 1'),
    ('any directive in a verify section is refused', E'SELECT 1;\n-- migrate:verify\n-- migrate:lock-timeout 1s\nSELECT 2',
     '42601: directive does not belong into this section
HINT: Move "-- migrate:lock-timeout 1s" to the top of the file.
AT: migration "0001_a", line 3, column 1'),
    ('a section given twice is refused', E'SELECT 1;\n-- migrate:down\nSELECT 2;\n-- migrate:up\nSELECT 3',
     '42601: section given twice
HINT: Put all of "-- migrate:up" into one section.
AT: migration "0001_a", line 4, column 1'),
    ('irreversible with a down script is refused', E'-- migrate:irreversible no way\nSELECT 1;\n-- migrate:down\nSELECT 2',
     '42601: migration is declared irreversible but has a down script
HINT: Remove one of them.
AT: migration "0001_a", line 1, column 1')) AS t(name, content, problem);

-- Header lines

SELECT is(pg_temp.known(E'-- =====\n-- Description: Adds: a table\n-- Author:  Kim <kim@example.org>\n--Date: 2024-01-05\n-- Ticket-Number: 7\n'
  '-- note: lower case is prose\n-- Author: another\nCREATE TABLE a (); -- Late: no header\n-- Later: nor this'),
  'pending, reversible no; not reversible: it has no down script', 'header lines');
SELECT is(pg_temp.option('{metadata}')::jsonb,
  '{"date": "2024-01-05", "author": "Kim <kim@example.org>", "description": "Adds: a table", "ticket-number": "7"}',
  '… are kept as metadata: the first of each, above the first statement');
SELECT is(pg_temp.known('SELECT 1') || COALESCE(pg_temp.option('{metadata}'), ''),
  'pending, reversible no; not reversible: it has no down script', 'without any there is none');

-- The normal form that checksums are taken of, computed here in SQL

CREATE FUNCTION pg_temp.checksum(content text) RETURNS text LANGUAGE sql AS $$
  SELECT encode(sha256(convert_to(regexp_replace(COALESCE(string_agg(line, E'\n' ORDER BY n), ''), '\n+$', ''), 'UTF8')), 'hex')
    FROM (SELECT n, replace(regexp_replace(raw, '[ \t\r\f\v]+$', ''), E'\r', '') AS line
            FROM regexp_split_to_table(ltrim(content, E'\uFEFF'), '\n') WITH ORDINALITY AS l(raw, n)
           WHERE raw !~ '^\s*--\s*migrate:(up|down|verify)\s*$') AS lines
$$;
CREATE FUNCTION pg_temp.loaded_checksum(content text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_temp.known(content);
  RETURN (SELECT checksum FROM pg_temp.details());
END
$$;
SELECT is(pg_temp.loaded_checksum(content), pg_temp.checksum(up), 'checksum of ' || name)
  FROM (SELECT name, content, COALESCE(up, content) AS up FROM (VALUES
    ('nothing', '', NULL),
    ('one line', 'SELECT 1', NULL),
    ('trailing blanks and lines', E'SELECT 1; \t\n\n  \n', 'SELECT 1;'),
    ('inner blanks and lines', E'  SELECT\n\n  1', NULL),
    ('carriage returns', E'SELECT\r\n1\r\n', E'SELECT\n1'),
    ('a byte order mark', E'\uFEFFSELECT 1', 'SELECT 1'),
    ('letters beyond ASCII', 'SELECT ''Grüße, 世界''', NULL),
    ('a section line at the top', E'-- migrate:up\nSELECT 1', 'SELECT 1'),
    ('a header above it', E'-- Header\n-- migrate:up\nSELECT 1', E'-- Header\nSELECT 1'),
    ('the up section alone', E'SELECT 1;\n-- migrate:down\nSELECT 2;\n-- migrate:verify\nSELECT true', 'SELECT 1;'),
    ('the up section between others', E'-- migrate:down\nSELECT 2;\n\n-- migrate:up\nSELECT 1;\n', 'SELECT 1;'))
    AS t(name, content, up)) AS t;
SELECT is((SELECT down_checksum = pg_temp.checksum(E'SELECT 2;\n') FROM migrate.migration), true, 'down has a checksum of its own');

-- Compression, whatever the caller's own setting is

SET LOCAL default_toast_compression = 'pglz';
DELETE FROM migrate.script;
SELECT pg_temp.known('SELECT ' || quote_literal(repeat('abc', 10000)));
SELECT is(pg_column_compression(text) || ', ' || current_setting('default_toast_compression'),
    CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'pglz' END || ', pglz', 'texts are compressed by the fastest method that the server has')
  FROM migrate.script, pg_settings WHERE pg_settings.name = 'default_toast_compression';

SELECT * FROM finish();
ROLLBACK;
