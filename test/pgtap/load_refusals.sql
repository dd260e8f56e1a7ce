BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION pgtap;
CREATE EXTENSION migrate;

\ir helpers/functions.psql

CREATE FUNCTION pg_temp.refusal(content text) RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.failure(format('SELECT migrate_add(%L, %L)', '0001_a', content))
$$;

SELECT plan(54);

-- Syntax

SELECT is(pg_temp.refusal(content), '42601: ' || problem, 'a syntax error has its place: ' || name)
  FROM (VALUES
    ('in the first statement', 'SELEC 1', 'syntax error at or near "SELEC"
AT: migration "0001_a", line 1, column 1'),
    ('behind others', E'SELECT 1;\n\n  /* x */ CREATE TABL a ();\nSELECT 2', 'syntax error at or near "TABL"
AT: migration "0001_a", line 3, column 18'),
    ('columns count characters', E'SELECT ''Grüße, 世界'' FRO a', 'syntax error at or near "a"
AT: migration "0001_a", line 1, column 24'),
    ('lines of CRLF files', E'SELECT 1;\r\nSELECT 2 FROM;\r\n', 'syntax error at or near ";"
AT: migration "0001_a", line 2, column 14'),
    ('behind a byte order mark', E'\uFEFFSELEC 1', 'syntax error at or near "SELEC"
AT: migration "0001_a", line 1, column 1'),
    ('behind the body of a function', E'CREATE FUNCTION f() RETURNS int AS $$\n' || repeat('ä', 1000) || E'\n$$ LANGUAG sql', 'syntax error at or near "LANGUAG"
AT: migration "0001_a", line 3, column 4'),
    ('a long text itself', 'SELECT 1 LIMIT 1 $$' || repeat('a', 1000) || '$$', 'syntax error at or near "$$' || repeat('a', 1000) || '$$"
AT: migration "0001_a", line 1, column 18'),
    ('at the end', E'SELECT (\n', 'syntax error at end of input
AT: migration "0001_a", line 1, column 9'),
    ('an open string', E'SELECT 1;\nSELECT ''abc', 'unterminated quoted string at or near "''abc"
AT: migration "0001_a", line 2, column 8'),
    ('an open comment', E'SELECT 1;\nSELECT /* 2', 'unterminated /* comment at or near "/* 2"
AT: migration "0001_a", line 2, column 8'),
    ('in the down section, by the lines of the file', E'SELECT 1;\n-- migrate:down\n\nDROP TABL a', 'syntax error at or near "TABL"
AT: migration "0001_a" down, line 4, column 6'),
    ('in the verify section', E'SELECT 1;\n-- migrate:verify\nSELECT FORM a b', 'syntax error at or near "b"
AT: migration "0001_a" verify, line 3, column 15')) AS t(name, content, problem);
SELECT is(pg_temp.failure($$SELECT migrate_add('0001_a', 'SELECT 1', down => E'\nDROP TABL a')$$),
  E'42601: syntax error at or near "TABL"\nAT: migration "0001_a" down, line 2, column 6', 'a syntax error in the argument down');
SELECT is(pg_temp.failure($$SELECT migrate_add('0001_a', 'SELECT 1', verify => 'SELEC 1')$$),
  E'42601: syntax error at or near "SELEC"\nAT: migration "0001_a" verify, line 1, column 1', 'a syntax error in the argument verify');

-- psql meta-commands

SELECT is(pg_temp.refusal(E'SELECT 1;\n\\connect x\nSELECT 2;\n  \\copy a from b\n\\i other.sql'),
  E'42601: psql meta-commands can''t run inside the database
DETAIL: line 2: \\connect x
line 4: \\copy a from b
line 5: \\i other.sql
HINT: Remove them, or write what they do as SQL.
AT: migration "0001_a", line 2, column 1', 'all meta-commands of a text are listed');
SELECT is(pg_temp.refusal(E'SELECT 1 \\gset\n'),
  E'42601: psql meta-commands can''t run inside the database
DETAIL: line 1: \\gset
HINT: Remove them, or write what they do as SQL.
AT: migration "0001_a", line 1, column 10', 'one at the end of a statement, too');
SELECT is(pg_temp.refusal(E'\\restrict abc\nSELECT ''a\\b'', E''\\'''', $$ \\d $$, "\\"; -- \\x\n/* \\q */\n\\unrestrict abc\n'), 'did not fail',
  '\restrict and \unrestrict are skipped, and a backslash in a string, name or comment is none');
SELECT is(pg_temp.refusal(E'\\restricted abc\n'),
  E'42601: psql meta-commands can''t run inside the database
DETAIL: line 1: \\restricted abc
HINT: Remove them, or write what they do as SQL.
AT: migration "0001_a", line 1, column 1', '\restricted is another');

-- Transaction commands

SELECT is(pg_temp.refusal(content), '0A000: ' || tag || ' is not allowed here
DETAIL: Of these commands only COMMIT, and a BEGIN that has one, may stand in a migration.
HINT: Remove the statement, or split the migration.
AT: migration "0001_a", ' || place, tag || ' is refused: ' || replace(content, E'\n', ' '))
  FROM (VALUES
    (E'BEGIN;\nSELECT 1;\nROLLBACK;', 'ROLLBACK', 'line 3, column 1'),
    (E'BEGIN;\nCOMMIT AND CHAIN;\nCOMMIT;', 'COMMIT', 'line 2, column 1'),
    (E'SELECT 1;\nSAVEPOINT s;', 'SAVEPOINT', 'line 2, column 1'),
    (E'RELEASE s', 'RELEASE', 'line 1, column 1'),
    (E'ROLLBACK TO s', 'ROLLBACK', 'line 1, column 1'),
    (E'ABORT', 'ROLLBACK', 'line 1, column 1'),
    (E'PREPARE TRANSACTION ''x''', 'PREPARE TRANSACTION', 'line 1, column 1'),
    (E'COMMIT PREPARED ''x''', 'COMMIT PREPARED', 'line 1, column 1'),
    (E'ROLLBACK PREPARED ''x''', 'ROLLBACK PREPARED', 'line 1, column 1')) AS t(content, tag, place);
SELECT is(pg_temp.refusal(E'SELECT 1;\nBEGIN;\nSELECT 1;'), 'did not fail', 'a BEGIN that is left open is not');
SELECT is(pg_temp.refusal(E'SELECT 1;\nBEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;'),
  '42601: BEGIN without a COMMIT
HINT: A migration runs in a transaction of its own: remove both, or add the other.
AT: migration "0001_a", line 2, column 1', 'one that sets a level is');
SELECT is(pg_temp.refusal(E'SELECT 1;\n-- migrate:verify\nBEGIN;\nSELECT true;\nROLLBACK;'), 'did not fail',
  'BEGIN and ROLLBACK in a verify section are not');
SELECT is(pg_temp.refusal(E'SELECT 1;\n-- migrate:verify\nBEGIN;\nSELECT true;\nCOMMIT;'), 'did not fail',
  'nor are BEGIN and COMMIT there');
SELECT is(pg_temp.refusal(E'SELECT 1;\n COMMIT;\nSELECT 2'), 'did not fail', 'nor is a COMMIT without BEGIN');

-- What belongs to the session, or to its client

SELECT is(pg_temp.refusal(E'SELECT 1;\n' || statement), '0A000: ' || tag || ' is not allowed in a migration
DETAIL: It would change what belongs to the session that runs the migration.
HINT: Remove the statement, or name the objects that the migration made.
AT: migration "0001_a", line 2, column 1', statement || ' is refused')
  FROM (VALUES ('DISCARD ALL', 'DISCARD ALL'), ('DISCARD TEMP', 'DISCARD TEMP'), ('CLOSE ALL', 'CLOSE CURSOR ALL'),
    ('DEALLOCATE ALL', 'DEALLOCATE ALL'), ('DEALLOCATE PREPARE ALL', 'DEALLOCATE ALL'), ('LISTEN news', 'LISTEN'),
    ('UNLISTEN *', 'UNLISTEN')) AS t(statement, tag);
SELECT is(pg_temp.refusal(E'SELECT 1;\n' || statement), '0A000: COPY is not allowed in a migration
DETAIL: Inside the database there is no client to copy from or to.
HINT: For COPY FROM STDIN write the data below the statement, closed by a line "\.".
AT: migration "0001_a", line 2, column 1', statement || ' is refused')
  FROM (VALUES ('COPY a TO STDOUT'), ('COPY (SELECT 1) TO STDOUT'), ('COPY a FROM STDIN'), (E'COPY a FROM STDIN;\n\n')) AS t(statement);
SELECT is(pg_temp.refusal(content), 'did not fail', 'not refused: ' || replace(content, E'\n', ' '))
  FROM (VALUES ('DISCARD PLANS; DISCARD SEQUENCES'), ('PREPARE p AS SELECT 1; DEALLOCATE p'), ('NOTIFY news'),
    (E'COPY a FROM STDIN;\n1\n\\.\n'), (E'COPY a FROM STDIN;\n1\n'), (E'COPY a FROM STDIN; SELECT 1;\n1\n'),
    (E'\\set ON_ERROR_STOP on\n\\echo hello\nSELECT 1')) AS t(content);

-- Size

SET LOCAL migrate.max_text_size = 1;
SELECT lives_ok($$SELECT migrate_add('0001_a', rpad('SELECT 1', 1024))$$, 'a text of migrate.max_text_size is not too large');
SELECT is(pg_temp.failure(statement), '54000: text of ' || name || ' is too large
DETAIL: It has 1025 bytes; migrate.max_text_size allows 1024.
HINT: Raise migrate.max_text_size, or load bulk data with COPY outside of migrations.', 'one byte more is: ' || statement)
  FROM (VALUES
    ('"0001_a"', $$SELECT migrate_add('0001_a', rpad('SELECT 1', 1025))$$),
    ('"0001_a"', $$SELECT migrate_add('0001_a', '', down => rpad('SELECT 1', 1025))$$),
    ('"0001_a.sql"', $$SELECT migrate_load(jsonb_build_array(jsonb_build_object('name', '0001_a.sql', 'content', rpad('SELECT 1', 1025))))$$))
    AS t(name, statement);

SELECT * FROM finish();
ROLLBACK;
