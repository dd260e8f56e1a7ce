-- The whole way once: register, plan, apply, look, roll back, apply again.
CREATE EXTENSION migrate;
SELECT * FROM migrate_add('0001_accounts', $$
CREATE TABLE accounts (id bigint PRIMARY KEY, email text);
-- migrate:down
DROP TABLE accounts;
$$);
SELECT * FROM migrate_add('0002_unique_email', $$
-- migrate:requires 0001
ALTER TABLE accounts ADD CONSTRAINT accounts_email_key UNIQUE (email);
-- migrate:verify
SELECT count(*) = 1 FROM pg_constraint WHERE conname = 'accounts_email_key';
-- migrate:down
-- ALTER TABLE accounts DROP CONSTRAINT accounts_email_key;
$$);
SELECT * FROM migrate_load('[
  {"name": "0003_seed.sql", "content": "-- migrate:irreversible seed data\nINSERT INTO accounts VALUES (1, ''a@example.com'');"}
]');
SELECT * FROM migrate_plan();
SELECT version, name, action, statements FROM migrate_apply(target => '0002', dry_run => true);
SELECT to_regclass('accounts');
SELECT version, name, action, statements FROM migrate_apply(target => '2');
SELECT version, name, status, note FROM migrate_status();
SELECT property, value FROM migrate_show('0001') WHERE property !~ '_at$|_by$|duration|user|server|search_path';
SELECT migrate_version();
SELECT version, name, action, statements FROM migrate_apply();
SELECT version, name, action, statements FROM migrate_apply();
SELECT version, name, action, statements FROM migrate_verify();
SELECT version, name, action, statements FROM migrate_rollback();
SELECT * FROM migrate_repair('0003', 'forget');
DELETE FROM accounts;
SELECT version, name, action, statements FROM migrate_rollback(target => 'accounts');
SELECT version, name FROM migrate.schema_version;
SELECT version, name, action, statements FROM migrate_rollback(target => 'zero');
SELECT version, name FROM migrate.schema_version;
SELECT to_regclass('accounts');
SELECT event, version, name, regexp_replace(note, '[0-9.]+ ms', 'ms') AS note FROM migrate_history();

-- Statements that return rows leave nothing open: no warning here.
CREATE TABLE rows (i int);
SELECT action FROM migrate_add('0010_rows', $$
INSERT INTO rows VALUES (1) RETURNING i;
WITH w AS (UPDATE rows SET i = 2 RETURNING i) SELECT * FROM w;
EXPLAIN SELECT 1;
PREPARE p AS SELECT 1;
EXECUTE p;
$$);
SELECT version, name, action, statements FROM migrate_apply(target => '0010');

-- What is applied and what is pending are looked at together: no weaker match is taken.
SELECT action FROM migrate_add('0011_users', 'SELECT 1', 'SELECT 1');
SELECT action FROM migrate_add('0012_orders', 'SELECT 1', 'SELECT 1');
SELECT version, name, action FROM migrate_apply(target => '0012');
SELECT action FROM migrate_add('users', 'SELECT 1', 'SELECT 1');
SELECT * FROM migrate_rollback(target => 'users', dry_run => true);

-- A carriage return ends a comment for the server, so it counts.
SELECT action FROM migrate_add('0013_cr', E'-- harmless DROP TABLE rows;\nSELECT 1;');
SELECT action FROM migrate_add('0013_cr', E'-- harmless \rDROP TABLE rows;\nSELECT 1;');

-- Names and section lines of other tools are not taken for something else.
SELECT migrate_load('[{"name": "up.sql", "content": "SELECT 1"}]');
SELECT migrate_load('[{"name": "U7__x.sql", "content": "SELECT 1"}]');
SELECT migrate_add('0014_case', E'SELECT 1;\n-- Migrate:Down\nDROP TABLE rows;');
SELECT migrate_add('0014_case', E'SELECT 1; -- migrate:down\nDROP TABLE rows;');
SELECT migrate_add('0014_case', E'SELECT 1;\n-- +goose Down\nDROP TABLE rows;');
DROP TABLE rows;
DROP EXTENSION migrate;
