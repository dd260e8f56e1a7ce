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
SELECT step, action, version, name, transactional, statements, detail FROM migrate_plan();
SELECT version, name, action, statements FROM migrate_apply(target => '0002', dry_run => true);
SELECT to_regclass('accounts');
SELECT version, name, action, statements FROM migrate_apply(target => '2');
SELECT version, name, status, transactional, reversible, detail FROM migrate_status();
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
SELECT event, version, name, statements, message FROM migrate_history();
DROP EXTENSION migrate;
