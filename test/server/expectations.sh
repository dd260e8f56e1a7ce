#!/usr/bin/env bash
# `-- migrate:expect`: what has to be there once a migration is applied, and stays so while others are.
. test/server/lib/tap.bash

migrate_database expectations
add() { add_migration expectations "$@"; }
discard() { discard_migrations expectations; }
sql expectations "CREATE SCHEMA app" "CREATE TABLE app.teams (id int, name text, PRIMARY KEY (id, name))" \
	"CREATE TABLE app.users (id bigint PRIMARY KEY, email varchar(50) NOT NULL, total numeric(10,2), team int, team_name text, \"Odd, name\" text,
	   UNIQUE (email, total), FOREIGN KEY (team, team_name) REFERENCES app.teams (id, name))" \
	"CREATE INDEX users_team ON app.users (team, team_name, id)" "CREATE INDEX users_lower ON app.users (lower(email), team)" \
	"ALTER TABLE app.users ENABLE ROW LEVEL SECURITY" "CREATE POLICY \"own rows\" ON app.users USING (true)" \
	"CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'" \
	"CREATE FUNCTION app.total(integer, text DEFAULT '') RETURNS int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE TRIGGER touch BEFORE INSERT ON app.users FOR EACH ROW EXECUTE FUNCTION app.touch()" \
	"CREATE TYPE app.state AS ENUM ('a')" "CREATE VIEW app.seen AS SELECT 1" "CREATE SEQUENCE app.numbers" \
	"CREATE TABLE public.plain (id int)"

# expects TEXT: it is met.
expects() {
	add 0001_it "-- migrate:expect $1
SELECT 1"
	run expectations "SELECT action FROM migrate_apply()"
	is "$STATE $OUT" "00000 applied" "met: $1" || explain "$ERR"
	discard
}
# lacks TEXT WHAT: it is not.
lacks() {
	add 0001_it "
-- migrate:expect $1
SELECT 1"
	run expectations "SELECT action FROM migrate_apply()"
	is "$STATE $MESSAGE|$DETAIL|$PLACE" "MG001 an expectation of migration \"0001_it\" is not met|$2.|Migration \"0001_it\", line 2, column 1." "not met: $1" || explain "$ERR"
	discard
}
expects "table app.users"
expects "table plain with column id"
expects "table app.users with column id bigint not null, column email varchar(50) not null, column email, column total numeric(10, 2), column email character varying, column \"Odd, name\" text"
expects "table app.users with primary key, primary key (id), unique (email, total), unique (total, email), index users_team, index on (team), index on (team, team_name)"
expects "table app.users with foreign key (team, team_name), foreign key (team_name, team) to app.teams, foreign key (team_name, team) to app.teams (name, id)"
expects "table app.users with row security, policy \"own rows\", trigger touch"
for object in "view app.seen" "function app.total(integer, text)" "type app.state" "type bigint" "schema app" "sequence app.numbers" "extension plpgsql"; do expects "$object"; done

lacks "table app.nothing" "there is no table app.nothing"
lacks "table app.seen" "there is no table app.seen"
lacks "view app.users" "there is no view app.users"
lacks "function app.total(text)" "there is no function app.total(text)"
lacks "extension nothing" "there is no extension nothing"
lacks "table app.users with column e_mail" 'table app.users has no column "e_mail"'
lacks "table app.users with column total not null" 'column "total" of table app.users may be null'
lacks "table app.users with column id integer" 'column "id" of table app.users is of type bigint, not integer'
lacks "table app.users with column total numeric(8,2)" 'column "total" of table app.users is of type numeric(10,2), not numeric(8,2)'
lacks "table app.users with column id nothing" 'column "id" of table app.users is of type bigint, not nothing'
lacks "table app.users with primary key (id, email), unique (email), index on (team_name), index on (id, team)" \
	'table app.users has no primary key (id, email), table app.users has no unique index or constraint (email), table app.users has no index on (team_name), table app.users has no index on (id, team)'
lacks "table app.users with foreign key (team)" 'table app.users has no foreign key (team)'
lacks "table app.users with foreign key (team, team_name) to plain" 'table app.users has no foreign key (team, team_name) to plain'
lacks "table app.users with foreign key (team, team_name) to app.teams (name, id)" 'table app.users has no foreign key (team, team_name) to app.teams (name, id)'
lacks "table app.teams with row security, policy p, trigger t, index i" \
	'table app.teams has no row security, table app.teams has no policy "p", table app.teams has no trigger "t", table app.teams has no index "i"'

# An invalid index is none

sql expectations "CREATE TABLE app.twice (a int)" "INSERT INTO app.twice VALUES (1), (1)"
sql expectations "CREATE UNIQUE INDEX CONCURRENTLY twice_a ON app.twice (a)" 2>/dev/null
lacks "table app.twice with unique (a), index twice_a" 'table app.twice has no unique index or constraint (a), table app.twice has no index "twice_a"'

# What is no expectation

run expectations "SELECT migrate_add('0001_it', E'SELECT 1;\n-- migrate:expect table app.users')"
is "$STATE $MESSAGE" "42601 directive stands below the first statement" "it stands at the top"
run expectations "SELECT migrate_add('0001_it', E'-- migrate:expect app.users has a table')"
is "$STATE $MESSAGE" "42601 no expectation: it begins with table, view, function, type, schema, sequence or extension" "and says what"
is "$PLACE" 'Migration "0001_it", line 1, column 1.' "the line is named" || explain "$ERR"

# Those that are applied hold for the ones that follow

add 0001_users "-- migrate:expect table app.users with row security
-- migrate:expect table app.users with policy \"own rows\"
SELECT 1" "SELECT 1"
add 0002_policy 'DROP POLICY "own rows" ON app.users' 'CREATE POLICY "own rows" ON app.users USING (true)'
add 0003_more "SELECT 1" "SELECT 1"
run expectations "SELECT migrate_apply()"
is "$STATE $MESSAGE $DETAIL" 'MG001 migration "0002_policy" breaks what migration "0001_users" expects table app.users has no policy "own rows".' "a migration that breaks it is to blame" ||
	explain "$ERR"
is "$(sql expectations "SELECT count(*) FROM pg_policy" "SELECT count(*) FROM migrate_status() WHERE status = 'applied'")" $'1\n0' "nothing is left of the call"
run expectations "SELECT migrate_apply(dry_run => true)"
is "$STATE" MG001 "a dry run says so before"
run expectations "CALL migrate_up()"
is "$STATE $(sql expectations "SELECT string_agg(concat_ws(' ', version, status, note), ', ' ORDER BY version) FROM migrate_status()")" \
	"MG001 0001 applied, 0002 failed MG001, 0003 pending" "with a commit after each, the one before stays" ||
	sql expectations "SELECT * FROM migrate_status()"
run expectations "SELECT migrate_explain()"
works "migrate_explain() goes on"
run expectations "SELECT verdict FROM migrate_prove('0002')"
is "$STATE" MG001 "a proof fails as an apply does" || explain "$ERR"
add 0002_policy 'DROP POLICY "own rows" ON app.users; CREATE POLICY "own rows" ON app.users USING (id > 0)' 'SELECT 1'
run expectations "CALL migrate_up()"
works "one that keeps it is applied"
is "$(sql expectations "SELECT version, statements FROM migrate_verify()")" "0001|2" "migrate_verify() looks again" || sql expectations "SELECT * FROM migrate_verify()"

# What was broken by hand

sql expectations 'ALTER POLICY "own rows" ON app.users RENAME TO others'
run expectations "SELECT migrate_verify()"
is "$STATE $MESSAGE" 'MG001 an expectation of migration "0001_users" is not met' "and finds it" || explain "$ERR"
add 0004_a "SELECT 1" "SELECT 1"
add 0005_b "SELECT 1" "SELECT 1"
run expectations "SELECT migrate_apply()"
is "$STATE $MESSAGE" 'MG001 an expectation of migration "0001_users" is not met' "so does the end of a run" || explain "$ERR"
add 0005_b 'ALTER POLICY others ON app.users RENAME TO "own rows"' "SELECT 1"
run expectations "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT" "00000 2" "unless one of its migrations mends it" || explain "$ERR"
run expectations "SELECT count(*) FROM migrate_rollback('zero')"
works "rolling back expects nothing"
sql expectations "DROP POLICY \"own rows\" ON app.users"
run expectations "SELECT migrate_apply('0003')"
is "$STATE" MG001 "nor does what is not applied, until it is"
discard

# What the server can't make sense of any more, or this role may not see

sql expectations "CREATE SCHEMA hidden" "CREATE TABLE hidden.t (id int)"
add 0001_typed $'-- migrate:expect function made(mood)\n-- migrate:expect table hidden.t\nCREATE TYPE mood AS ENUM (\'a\'); CREATE FUNCTION made(mood) RETURNS int LANGUAGE sql AS \'SELECT 1\';' "DROP FUNCTION made; DROP TYPE mood"
run expectations "SELECT migrate_apply()"
sql expectations "DROP TYPE mood CASCADE" 2>/dev/null
run expectations "SELECT migrate_verify()"
like "$STATE $DETAIL" '^MG001 (function made\(mood\): type "mood" does not exist|there is no function made\(mood\))[.]$' "what can't even be asked for is not there" || explain "$ERR"
add 0002_other "SELECT 1" "SELECT 1"
run expectations "SELECT migrate_apply()"
is "$STATE $MESSAGE" 'MG001 an expectation of migration "0001_typed" is not met' "nobody is blamed for what was so before" || explain "$ERR"
like "$HINT" "It was not there before this call, either[.]" "which is said"
add 0002_other 'CREATE TYPE mood AS ENUM (); CREATE FUNCTION made(mood) RETURNS int LANGUAGE sql AS $$SELECT 1$$' "SELECT 1"
run expectations "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT" "00000 1" "a migration that brings it back is applied" || explain "$ERR"
role expectations_deploy LOGIN
sql expectations "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO expectations_deploy"
add 0003_third "SELECT 1" "SELECT 1"
AS=expectations_deploy run expectations "SELECT count(*) FROM migrate_apply()" "SELECT count(*) FROM migrate_health() WHERE rule = 'expectation-not-met'"
is "$STATE $OUT" $'00000 1\n0' "of what a role may not see it can't tell" || explain "$ERR"
discard

# A repeatable file is the place for what changes

add R__required $'-- migrate:repeatable\n-- migrate:expect table app.users with column email' ""
run expectations "SELECT migrate_apply()"
works "a repeatable file may hold nothing else"
add 0001_email "ALTER TABLE app.users DROP email" ""
add R__required $'-- migrate:repeatable\n-- migrate:expect table app.users with column mail' ""
run expectations "SELECT migrate_apply()"
is "$STATE $DETAIL" 'MG001 table app.users has no column "mail".' "when it has changed, only what it says now counts" || explain "$ERR"
add 0001_email "ALTER TABLE app.users RENAME email TO mail" ""
run expectations "SELECT count(*) FROM migrate_apply()"
is "$STATE $OUT" "00000 2" "and that is met" || explain "$ERR"
discard

# Without a transaction around it

add 0001_index $'-- migrate:no-transaction\n-- migrate:expect table app.teams with index on (name)\nCREATE INDEX CONCURRENTLY teams_id ON app.teams (id);' "DROP INDEX app.teams_id"
run expectations "CALL migrate_up()"
is "$STATE $MESSAGE" 'MG001 an expectation of migration "0001_index" is not met' "what is built without a transaction is looked at, too" || explain "$ERR"
is "$(sql expectations "SELECT status FROM migrate_status()")" partial "and stays for a human"
sql expectations "CREATE INDEX ON app.teams (name)"
run expectations "CALL migrate_up()"
works "once it is met, the migration is done"
discard
done_testing
