#!/usr/bin/env bash
# Where a superuser has logged in and become another role, no text goes back: in no form of a call, neither by a statement
# nor in code that runs with it. Elsewhere a text may change its role as it may in psql.
. test/server/lib/tap.bash

migrate_database own_role
role own_role_deploy LOGIN
role own_role_other NOLOGIN
sql own_role "GRANT own_role_other TO own_role_deploy" "GRANT CREATE, USAGE ON SCHEMA public TO own_role_deploy" \
	"GRANT CREATE ON DATABASE own_role TO own_role_deploy" \
	"GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO own_role_deploy, own_role_other"
add() { add_migration own_role "$@"; }
discard() { discard_migrations own_role; }
status() { sql own_role "SELECT string_agg(status, ' ') FROM migrate_status()"; }
# What shows who ran it, as a function, a trigger's function, and one that comes back by itself.
PGUSER=own_role_deploy sql own_role "CREATE TABLE ran (as_whom text)" \
	"CREATE FUNCTION goes_back() RETURNS text LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''role'', ''none'', true); INSERT INTO ran VALUES (current_user); RETURN current_user; END'" \
	"CREATE FUNCTION comes_back() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''RESET ROLE''; INSERT INTO ran VALUES (current_user); EXECUTE ''SET ROLE own_role_deploy''; END'" \
	"CREATE FUNCTION on_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM goes_back(); RETURN NULL; END'" \
	"CREATE FUNCTION with_role() RETURNS text LANGUAGE sql SET role = 'none' AS 'INSERT INTO ran VALUES (current_user) RETURNING as_whom'" 2>/dev/null
trigger='CREATE TABLE told (a int); CREATE CONSTRAINT TRIGGER later AFTER INSERT ON told DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION on_row(); INSERT INTO told VALUES (1);'
texts=(
	'RESET ROLE'
	'SET ROLE NONE'
	'SET LOCAL ROLE postgres'
	'SET ROLE own_role_other'
	'SET SESSION AUTHORIZATION DEFAULT'
	'RESET SESSION AUTHORIZATION'
	"SELECT set_config('role', 'none', false)"
	"SELECT set_config('session_authorization', 'postgres', true)"
	'SELECT goes_back()'
	'SELECT comes_back()'
	'SELECT with_role()'
	"DO 'BEGIN PERFORM comes_back(); END'"
	"$trigger"
	"$trigger SET CONSTRAINTS ALL IMMEDIATE"
	"CREATE TABLE made AS SELECT goes_back() AS a"
	"CREATE MATERIALIZED VIEW made AS SELECT goes_back() AS a WITH NO DATA; SELECT 1; REFRESH MATERIALIZED VIEW made"
)
forms=(
	"SELECT migrate_apply()"
	"CALL migrate_up()"
)

# refused WHO FORM: as WHO became the role, the call fails.
refused() {
	run own_role "$1 own_role_deploy" "$2"
	is "$STATE $MESSAGE $(sql own_role "SELECT count(*) FROM ran")" "42501 a migration can't change its role here 0" \
		"refused by $2 after $1: $3"
}
for text in "${texts[@]}"; do
	add 0001_back "CREATE TABLE IF NOT EXISTS own_role_a (a int); $text;"
	for form in "${forms[@]}"; do
		refused "SET ROLE" "$form" "$text"
	done
done
is "$DETAIL" 'The session logged in as superuser "postgres" and runs it as "own_role_deploy", which is none: it could go back.' "the detail says why"
is "$HINT" 'Log in as "own_role_deploy", or as another role that is no superuser.' "the hint says what to do"
like "$CONTEXT" 'migration "0001_back", line 1, column [0-9]+' "the context says where"
add 0001_back 'RESET ROLE'
for form in "${forms[@]}"; do
	refused "SET SESSION AUTHORIZATION" "$form" "RESET ROLE"
	add 0001_back 'RESET SESSION AUTHORIZATION'
	refused "SET SESSION AUTHORIZATION" "$form" "RESET SESSION AUTHORIZATION"
done
discard

# In parts, where each may leave something to its commit

sql own_role "GRANT SELECT ON pg_class TO own_role_deploy"
run_up() { run own_role "SET ROLE own_role_deploy" "CALL migrate_up()"; }
for text in "${texts[@]}"; do
	for parts in "VACUUM ran; $text; VACUUM ran;" $'-- migrate:no-transaction\n'"DO 'BEGIN NULL; END'; $text; SELECT 1;"; do
		add 0001_parts "$parts"
		run_up
		is "$STATE $(sql own_role "SELECT count(*) FROM ran")" "42501 0" "refused in parts: ${parts//$'\n'/ }"
		discard
		sql own_role "DROP TABLE IF EXISTS told" "DROP MATERIALIZED VIEW IF EXISTS made" 2>/dev/null
	done
done
add 0001_alone $'-- migrate:no-transaction\n'"DO \$\$BEGIN INSERT INTO ran VALUES ('first'); COMMIT; PERFORM goes_back(); END\$\$;"
run_up
is "$STATE $(sql own_role "SELECT count(*) FROM ran")" "2D000 0" "code that commits is refused there"
like "$HINT" 'where a superuser logged in' "the hint says so"
discard
add 0001_alone $'-- migrate:no-transaction\n'"DO \$\$BEGIN CREATE TABLE in_code (a int); END\$\$;" 
run_up
works "code that does not commit runs"
discard
add 0001_cursor $'VACUUM ran;\nDECLARE c CURSOR WITH HOLD FOR SELECT goes_back();\nVACUUM ran;'
run_up
is "$STATE $(sql own_role "SELECT count(*) FROM ran")" "00000 0" "a cursor that would run at the commit is closed before"
discard
hidden="CREATE SCHEMA hidden; CREATE TABLE hidden.told (a int); CREATE CONSTRAINT TRIGGER later AFTER INSERT ON hidden.told DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION on_row(); INSERT INTO hidden.told VALUES (1); REVOKE USAGE ON SCHEMA hidden FROM own_role_deploy;"
for form in "${forms[@]}"; do
	add 0001_hidden "$hidden"
	run own_role "SET ROLE own_role_deploy" "$form"
	is "$STATE $MESSAGE" "42501 a migration can't leave a constraint to the commit here" "a trigger that is out of reach until the commit: $form"
	is "$DETAIL $(sql own_role "SELECT count(*) FROM ran")" "Constraint hidden.later is in a schema that the role may not use, and a superuser has logged in. 0" "is named, and does not run"
done
discard

# Verify scripts and down scripts

add 0001_verified 'SELECT 1' 'RESET ROLE' "SELECT set_config('role', 'none', true) IS NOT NULL"
run own_role "SET ROLE own_role_deploy" "SELECT migrate_apply()"
is "$STATE $MESSAGE" "42501 a migration can't change its role here" "a verify script, too"
add 0001_verified 'SELECT 1' 'RESET ROLE'
run own_role "SET ROLE own_role_deploy" "SELECT migrate_apply()"
works "what changes no role runs"
run own_role "SET ROLE own_role_deploy" "SELECT migrate_rollback()"
is "$STATE $MESSAGE" "42501 a migration can't change its role here" "and a down script"
run own_role "SET ROLE own_role_deploy" "SELECT migrate_apply()" "SELECT current_user, session_user" "RESET ROLE" "SELECT current_user"
is "$OUT" "own_role_deploy|postgres"$'\n'"postgres" "the caller itself goes back as ever"
discard

# Where there is nothing to keep

add 0001_back "SET ROLE own_role_other; INSERT INTO ran VALUES ('x'); RESET ROLE; INSERT INTO ran VALUES (current_user);" 'SELECT 1'
sql own_role "GRANT INSERT ON ran TO own_role_other"
for form in "${forms[@]}"; do
	AS=own_role_deploy run own_role "SET ROLE own_role_other" "$form"
	is "$STATE $(sql own_role "SELECT string_agg(as_whom, ' ') FROM ran" "TRUNCATE ran")" "00000 x own_role_deploy" "who logged in without being a superuser can come back: $form"
	run own_role "SELECT migrate_rollback()" "$form"
	is "$STATE $(sql own_role "SELECT string_agg(as_whom, ' ') FROM ran" "TRUNCATE ran")" "00000 x postgres" "a superuser that is one may become another role: $form"
	run own_role "SELECT migrate_rollback()"
done
job=$(sql own_role "SET ROLE own_role_deploy" "SELECT migrate_start()")
wait_until own_role "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $job"
is "$(sql own_role "SELECT state FROM migrate.job WHERE id = $job" "SELECT string_agg(as_whom, ' ') FROM ran" "TRUNCATE ran")" \
	"finished"$'\n'"x own_role_deploy" "a worker has logged in as the role, and comes back to that"

sql postgres "DROP DATABASE own_role"
done_testing
