-- What a user sees when a migration fails: the server's own error, where it is, what to do.
CREATE EXTENSION migrate;
SELECT action FROM migrate_add('0001_good', 'CREATE TABLE good (i int CHECK (i > 0))');

-- A mistake of grammar is found when the text is given.
SELECT migrate_add('0002_grammar', $$CREATE TABLE a (i int);

  CREATE TABLE b (i int,,);
$$);

-- Everything else when it runs: all or nothing, with SQLSTATE, constraint and place.
SELECT action FROM migrate_add('0002_check', $$-- Description: fails at its second statement
INSERT INTO good VALUES (1);
INSERT INTO good
  VALUES (-1);
$$);
\set VERBOSITY sqlstate
SELECT * FROM migrate_apply();
\set VERBOSITY default
BEGIN; -- what is loaded in the same transaction is not older than its file
SELECT action FROM migrate_add('0002_check', $$INSERT INTO good VALUES (1);
INSERT INTO good
  VALUES (-1);
$$);
SELECT * FROM migrate_apply();
ROLLBACK;
SELECT to_regclass('good');
SELECT version, status FROM migrate_status();
SELECT * FROM migrate_history();

-- Columns count characters, and the client points into the migration, not into the call.
BEGIN;
SELECT action FROM migrate_add('0002_check', $$SELECT 'für', öde FROM good;$$);
SELECT * FROM migrate_apply();
ROLLBACK;

-- Inside a function body the server knows the place better.
BEGIN;
SELECT action FROM migrate_add('0002_check', $$
DO $do$
BEGIN
  PERFORM 1;
  PERFORM nothing_like_it;
END
$do$;
$$);
SELECT * FROM migrate_apply();
ROLLBACK;

-- psql's own commands, all of them at once.
SELECT migrate_add('0003_psql', $$\set AUTOCOMMIT off
SELECT 1;
\echo hello
\connect other
SELECT 2 \gset
\unrestrict abc
$$);

-- Transactions are not a migration's to end.
SELECT migrate_add('0003_tx', E'SELECT 1;\nROLLBACK;');
SELECT migrate_add('0003_tx', E'BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;');
SELECT migrate_add('0003_tx', E'SELECT 1;\n  SAVEPOINT s;');
SELECT migrate_add('0003_tx', E'COPY good FROM STDIN;');
SELECT migrate_add('0003_tx', E'SELECT 1;\nDISCARD ALL;');
SELECT action FROM migrate_add('0002_check', E'BEGIN;\nINSERT INTO good VALUES (3);\nCOMMIT;\n');
SELECT version, name, action, statements FROM migrate_apply();

-- Directives.
SELECT migrate_add('0003_dir', E'-- Description: x\n-- migrate:requirs 0001\nSELECT 1;');
SELECT migrate_add('0003_dir', E'SELECT 1;\n-- migrate:requires 0001');
SELECT migrate_add('0003_dir', E'-- migrate:lock-timeout soon\nSELECT 1;');

-- Names.
SELECT * FROM migrate_apply(target => '0002_chekc');
SELECT * FROM migrate_rollback(target => '17');
SELECT migrate_repair('0002', 'mend');
SELECT migrate_require('0009_future');
SELECT migrate_require();
SELECT migrate_require('0001', newest => true);
SELECT migrate_require(newest => true);

-- What refuses a transaction block is refused by name, before anything runs.
SELECT action FROM migrate_add('0003_concurrent', E'CREATE TABLE c (i int);\nCREATE INDEX CONCURRENTLY ON c (i);');
SELECT * FROM migrate_apply();
SELECT version, name, note FROM migrate_status() WHERE note <> '';
SELECT value FROM migrate_show('0003') WHERE property = 'remark';
SELECT action FROM migrate_remove('0003');

-- A text that was applied and then changed.
SELECT * FROM migrate_add('0002_check', 'SELECT 1');
SELECT * FROM migrate_apply();
SELECT * FROM migrate_rollback(steps => 0);
SELECT * FROM migrate_rollback(target => '0001', steps => 1);
SELECT * FROM migrate_rollback();
DROP TABLE good;
DROP EXTENSION migrate;
