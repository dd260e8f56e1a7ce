#!/usr/bin/env bash
# migrate_squash(): what can't be squashed, what no text can say, and who may call it.
. test/server/lib/tap.bash
. test/server/lib/squash.bash

role squash_reader NOLOGIN

# What can't be squashed

migrate_database squash_bad
squash squash_bad 0001
refused 42704 'migration "0001" does not exist' "without migrations none is known"
sql squash_bad "SELECT migrate_add('0001_a', 'CREATE TABLE a (id int)')" "SELECT migrate_add('0002_b', 'CREATE TABLE b (id int)')" "SELECT migrate_apply('0001')" >/dev/null
run squash_bad "SELECT migrate_squash(NULL)"
refused 22004 'upto must not be null' "NULL"
run squash_bad "SELECT migrate_squash('')"
refused 22023 'upto must not be empty' "nothing"
run squash_bad "SELECT migrate_squash('0001', NULL)"
refused 22004 'dry_run must not be null' "NULL for dry_run"
squash squash_bad 0009
refused 42704 'migration "0009" does not exist' "unknown"
squash squash_bad 0001
refused 55000 'there is nothing to squash up to version 0001' "a single one"
squash squash_bad 0002
refused 55000 'migration "0002_b" is pending' "pending"
sql squash_bad "SELECT migrate_add('plain', 'CREATE TABLE plain (id int)')" "SELECT migrate_add('again', '-- migrate:repeatable
SELECT 1')" "SELECT migrate_apply()" >/dev/null
squash squash_bad plain
refused 22023 'migration "plain" has no place among versions' "one without a version"
squash squash_bad again
refused 22023 'migration "again" has no place among versions' "a repeatable one"
squash squash_bad 2 "dry_run => true"
like "$OUT" '^proven[|]up' "a number means its version" || explain "$ERR"
is "$(sql squash_bad "SELECT count(*) FROM migrate_status() WHERE name ~ 'squash'")" 0 "a dry run registers nothing"
sql squash_bad "SELECT migrate_load('[{\"name\": \"0001_a.sql\", \"content\": \"CREATE TABLE a (id bigint)\"}]')" >/dev/null
squash squash_bad 0002
refused MG002 'migration "0001_a" has changed since it was applied' "changed"
sql squash_bad "SELECT migrate_load('[{\"name\": \"0001_a.sql\", \"content\": \"CREATE TABLE a (id int)\"}, {\"name\": \"0003_c.sql\", \"content\": \"CREATE TABLE c (id int); SELECT 1/0\"}]')" >/dev/null
run squash_bad "CALL migrate_up()"
squash squash_bad 0003
refused 55000 'migration "0003_c" has failed' "failed"
sql squash_bad "SELECT migrate_load('[{\"name\": \"0001_a.sql\", \"content\": \"CREATE TABLE a (id int)\"}]')" >/dev/null
squash squash_bad 0003
refused 55000 'migration "0003_c" is not applied, and gone from its source' "gone and not applied"
sql squash_bad "SELECT migrate_remove('0003')" >/dev/null
sql squash_bad "SELECT migrate_add('0003_parts', '-- migrate:no-transaction
CREATE TABLE parts (id int);
SELECT 1/0')" >/dev/null
run squash_bad "CALL migrate_up()"
sql squash_bad "SELECT migrate_add('0004_behind', 'SELECT 1')" >/dev/null
squash squash_bad 0004
refused 55000 'migration "0003_parts" is applied in part' "applied in part"
run squash_bad "SELECT migrate_repair('0003', 'applied')"
sql squash_bad "SELECT migrate_add('0005_some', '-- migrate:only staging
SELECT 1')" >/dev/null
run squash_bad "CALL migrate_up()"
squash squash_bad 0005
refused 55000 'migration "0005_some" is not for every environment' "for some environments only"
squash squash_bad 0004
refused 22012 'division by zero' "one that a human has finished fails in a new database, too"
is "$PLACE" 'Migration "0003_parts", line 3, column 1.' "and so it is said"

# What can't be said

history squash_secret <<'SQL'
== 0001_wrapper
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER there FOREIGN DATA WRAPPER nothing OPTIONS (host 'there');
== 0002_mapping
CREATE USER MAPPING FOR CURRENT_USER SERVER there OPTIONS (user 'me', password 'secret');

SQL
squash squash_secret 0002
refused 55000 'the squash does not lead where the migrations lead' "a secret is in no definition"
like "$DETAIL" 'user mapping' "what differs is named"
squash squash_secret 0002 "dry_run => true"
like "$OUT" '^unproven[|]up[|].*unproven[|]unproven[|]user mapping' "a dry run shows it, unproven"
unlike "$OUT" 'secret' "without the secret"

history squash_unsaid <<'SQL'
== 0001_named
CREATE TABLE named (database name);
INSERT INTO named VALUES (current_database());
== 0002_comment
COMMENT ON TABLE named IS E'one\n-- migrate:down\ntwo';
SELECT lo_create(4711);

SQL
squash squash_unsaid 0002 "dry_run => true"
like "$OUT" 'unproven[|]unproven[|]rows of public.named have the name of the scratch database' "the name of the database"
like "$OUT" 'unproven[|]unproven[|]line [0-9]+ would divide the text where it is loaded' "a line that divides texts"
like "$OUT" 'unproven[|]unproven[|]rows of large objects' "large objects"
squash squash_unsaid 0002
refused 55000 'the squash does not lead where the migrations lead' "none of this is registered"

# Rights

history squash_rights <<'SQL'
== 0001_a
CREATE TABLE a (id int);
== 0002_b
CREATE TABLE b (id int);

SQL
role squash_plain LOGIN
role squash_maker "LOGIN CREATEDB"
for name in squash_plain squash_maker; do
	sql squash_rights "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO $name" "GRANT USAGE ON SCHEMA migrate TO $name"
done
AS=squash_plain squash squash_rights 0002
refused 42501 'permission denied for the texts of migrations' "whoever may not read texts" || explain "$DETAIL"
sql squash_rights "GRANT SELECT ON ALL TABLES IN SCHEMA migrate TO squash_plain, squash_maker"
AS=squash_plain squash squash_rights 0002
refused 42501 'role "squash_plain" may not create databases' "whoever may not create databases"
AS=squash_maker squash squash_rights 0002
like "$OUT" '^proven[|]up' "whoever may does" || explain "$ERR"
sql postgres "CREATE DATABASE squash_own OWNER squash_maker"
sql squash_own "CREATE SCHEMA auth" "CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql AS 'SELECT 1'" "GRANT USAGE ON SCHEMA auth TO squash_maker" \
	"GRANT EXECUTE ON FUNCTION auth.uid TO squash_maker" "GRANT CREATE ON SCHEMA public TO squash_maker" \
	"ALTER DEFAULT PRIVILEGES FOR ROLE squash_maker IN SCHEMA public GRANT ALL ON TABLES TO squash_reader"
AS=squash_maker run squash_own "CREATE EXTENSION migrate" "SELECT migrate_add('0001_own', 'CREATE TABLE own (id int); ALTER TABLE own ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON own USING (id = auth.uid()); REVOKE INSERT ON own FROM squash_reader')" "SELECT migrate_add('0002_row', 'INSERT INTO own VALUES (1)')" "SELECT migrate_apply()"
is "$STATE" 00000 "somebody who is no superuser owns a database" || explain "$ERR"
AS=squash_maker squash squash_own 0002
like "$OUT" '^proven[|]up.*INSERT INTO public.own.*FORCE ROW LEVEL SECURITY' "rows come before row security is forced" || explain "$ERR"
like "$OUT" 'REVOKE ALL ON TABLE public.own FROM squash_reader' "what default privileges give is taken"
run squash_rights "BEGIN READ ONLY" "SELECT migrate_squash('0002')"
is "$STATE" 25006 "not in a read-only transaction"
is "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate_scratch%'")" 0 "no scratch database stays"

done_testing
