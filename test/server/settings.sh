#!/usr/bin/env bash
# Settings and whose power they have: what is put back after a migration or handed to a worker keeps the power of who
# set it. What a migration starts from: what is set for role and database when it begins, never what the client gave.
. test/server/lib/tap.bash

migrate_database settings
role settings_deploy LOGIN
sql settings "GRANT CREATE, USAGE ON SCHEMA public TO settings_deploy" \
	"GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO settings_deploy"
add() { add_migration settings "$@"; }
discard() { discard_migrations settings; }
ended() {
	wait_until settings "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $1"
	wait_until settings "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'migrate job $1')"
}

# A placeholder becomes a superuser's setting when its module is loaded: plpgsql.variable_conflict is one. As the server
# does then, it is reset, and that is warned of.

conflict=plpgsql.variable_conflict
refused="WARNING:  42501: permission denied to set parameter \"$conflict\""
# shellcheck disable=SC2016
add 0001_loads 'VACUUM pg_class; DO $$BEGIN NULL; END$$; CREATE TABLE made AS SELECT current_setting($$'$conflict'$$) AS conflict;' 'DROP TABLE made;'
sql settings "CREATE TABLE granted (a int)"
AS=settings_deploy run settings "SET $conflict = 'use_column'" "SET settings.mine = 'mine'" "CALL migrate_up()" "SHOW $conflict" "SHOW settings.mine"
is "$STATE $OUT" "00000 error"$'\n'"mine" "a role's placeholder for a superuser's setting is not put back as one"
like "$ERR" "$refused" "which is said"
is "$(sql settings "SELECT conflict FROM made")" error "nor is it one in the migration"
AS=settings_deploy run settings "CALL migrate_down()"
works "what was made by the role is dropped by it"
job=$(PGUSER=settings_deploy sql settings "SET $conflict = 'use_column'" "SELECT migrate_start()")
ended "$job"
is "$(sql settings "SELECT state FROM migrate.job WHERE id = $job" "SELECT conflict FROM made")" "finished"$'\n'"error" \
	"nor in a worker that takes it over"
AS=settings_deploy run settings "CALL migrate_down()"
run settings "SET $conflict = 'use_column'" "SET ROLE settings_deploy" "SET settings.mine = 'mine'" "CALL migrate_up()" "SHOW $conflict"
is "$STATE $OUT" "00000 use_column" "what a superuser set before becoming another role stays"
unlike "$ERR" "$refused" "without a warning"
run settings "SET ROLE settings_deploy" "CALL migrate_down()"
run settings "SET ROLE settings_deploy" "SET $conflict = 'use_column'" "RESET ROLE" "CALL migrate_up()" "SHOW $conflict"
is "$STATE $OUT" "00000 error" "what that role set, with the superuser back, does not"
like "$ERR" "$refused" "and that is said, too"
run settings "CALL migrate_down()"

# The right to set one may be granted

sql settings "GRANT SET ON PARAMETER $conflict TO settings_deploy"
AS=settings_deploy run settings "SET $conflict = 'use_column'" "CALL migrate_up()" "SHOW $conflict"
is "$STATE $OUT" "00000 use_column" "with the right to set it, it is put back"
is "$(sql settings "SELECT conflict FROM made")" use_column "and holds in the migration"
AS=settings_deploy run settings "CALL migrate_down()"
job=$(PGUSER=settings_deploy sql settings "SET $conflict = 'use_column'" "SELECT migrate_start()")
ended "$job"
is "$(sql settings "SELECT conflict FROM made")" use_column "in a worker, too"
AS=settings_deploy run settings "CALL migrate_down()"
sql settings "REVOKE SET ON PARAMETER $conflict FROM settings_deploy"

# With another value of a superuser's, the setter is put back, too: what the role set is still what the role set.

discard
add 0001_sets "VACUUM pg_class; SET settings.mine = 'mine';"
run settings "SET ROLE settings_deploy" "SET $conflict = 'use_column'" "RESET ROLE" "SELECT migrate_add('0001_sets', \$m\$VACUUM pg_class; SET $conflict = 'use_column';\$m\$)" \
	"CALL migrate_up()" "LOAD 'plpgsql'" "SHOW $conflict"
like "$STATE $OUT" '^00000 .*error$' "a superuser's migration that sets the same does not make it a superuser's"
discard

# Settings of our own: known from the first statement where the library is loaded, and refused by name where they are none

run settings "SHOW migrate.lock_timeout"
fails 42704 "without the library no setting is known"
for way in session_preload_libraries LOAD; do
	[ "$way" = LOAD ] || PGOPTIONS="-c $way=migrate" run settings "SHOW migrate.lock_timeout" "SELECT count(*) > 9 FROM pg_settings WHERE name LIKE 'migrate.%'"
	[ "$way" != LOAD ] || run settings "LOAD 'migrate'" "SHOW migrate.lock_timeout" "SELECT count(*) > 9 FROM pg_settings WHERE name LIKE 'migrate.%'"
	is "$STATE $OUT" "00000 5s"$'\n'"t" "all are known from the first statement on: $way"
done
PGOPTIONS="-c session_preload_libraries=migrate" run settings "SET migrate.lock_timeot = '1s'"
is "$STATE $MESSAGE" '42602 invalid configuration parameter name "migrate.lock_timeot"' "… and another is refused by the server"

# tries CALL: a call whose error is caught.
tries() { printf "DO \$\$ BEGIN PERFORM %s; RAISE NOTICE 'it was let pass'; EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'refused: %%', SQLERRM; END \$\$" "$1"; }
for call in "migrate_version()" "migrate_status()" "migrate_apply()" "migrate_require()" "migrate_add('0001_a', '')" "migrate_start()" "migrate_progress()"; do
	run settings "SET migrate.lock_timeot = '1s'" "SELECT $call"
	is "$STATE $MESSAGE $DETAIL $HINT" '42704 there is no setting "migrate.lock_timeot" It was set to "1s" before the library was loaded, from this source: session. Did you mean "migrate.lock_timeout"?' \
		"a misspelt setting is refused by the first call: $call"
done
run settings "SET migrate.lock_timeot = '1s'" "CALL migrate_up()"
fails 42704 "… by a procedure"
run settings "SET migrate.lock_timeot = '1s'" "$(tries "migrate_version()")" "SELECT migrate_version()"
works "what the session has set is told once: it can't be set any more"
like "$ERR" 'refused: there is no setting "migrate.lock_timeot"' "… and it is"
run settings "SET migrate.lock_timeot = '1s'" "RESET migrate.lock_timeot" "SET migrate.lock_timeout = '1s'" "SELECT migrate_version()" "SHOW migrate.lock_timeout"
is "$STATE $OUT" "00000 "$'\n'"1s" "what was reset before is nobody's business, and a right one counts"
sql postgres "ALTER DATABASE settings SET migrate.requird = '0009_gate'"
run settings "$(tries "migrate_require()")" "SELECT migrate_version()"
is "$STATE $MESSAGE $DETAIL $HINT" '42704 there is no setting "migrate.requird" It was set to "0009_gate" before the library was loaded, from this source: database. Did you mean "migrate.required"? Mend it where it is set, and connect again.' \
	"what is set for the database is refused by each call"
sql postgres "ALTER DATABASE settings RESET migrate.requird"
PGOPTIONS="-c migrate.xyzzy=1" run settings "SELECT migrate_version()"
is "$STATE $MESSAGE" '42704 there is no setting "migrate.xyzzy"' "what the connection brings, too"
like "$HINT" 'Mend it where it is set' "… with what to do"
run settings "SET migrate.lock_timeout = '5 parsecs'" "SELECT migrate_version()"
is "$STATE $MESSAGE $DETAIL $HINT" "22023 setting \"migrate.lock_timeout\" can't be \"5 parsecs\" It was set before the library was loaded, from this source: session. It has no effect. The table of settings says which values it has and who may set it." \
	"a value that is none is refused, too"
AS=settings_deploy run settings "SET migrate.max_jobs = 99" "SELECT migrate_version()"
is "$STATE $MESSAGE" "22023 setting \"migrate.max_jobs\" can't be \"99\"" "so is one that the role may not set"

# Where a migration starts

# starts CALL: runs 0001, which is text $1, and 0002, and says from what 0002 started, and which schema it came to.
sql settings "CREATE SCHEMA depot" "CREATE SCHEMA of_client" "GRANT CREATE, USAGE ON SCHEMA depot, of_client TO settings_deploy"
second=$'CREATE TABLE pallet AS SELECT current_setting(\'search_path\') AS path, current_setting(\'TimeZone\') AS zone, current_setting(\'DateStyle\') AS style;'
starts() {
	add 0001_first "$1"
	add 0002_second "$second"
	AS=${3:-} run settings "$2"
	wait_until settings "SELECT NOT EXISTS (SELECT FROM migrate.job WHERE state IN ('queued', 'running'))"
	STARTED="$STATE $(sql settings "SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'pallet'")"
	WITH=$(sql settings "SELECT * FROM $(sql settings "SELECT oid::regclass FROM pg_class WHERE relname = 'pallet'")")
	PATHS=$(sql settings "SELECT string_agg(DISTINCT search_path, '; ') FROM migrate.history WHERE version = '0002' AND event IN ('start', 'apply')")
	wait_until settings "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migrate job%')"
	discard
	sql settings "DROP TABLE IF EXISTS public.pallet, depot.pallet, of_client.pallet" "ALTER DATABASE settings RESET ALL" \
		"ALTER ROLE settings_deploy RESET ALL" "ALTER ROLE settings_deploy IN DATABASE settings RESET ALL" "ALTER ROLE ALL RESET search_path" 2>/dev/null
}
for call in "CALL migrate_up()" "SELECT migrate_apply()" "SELECT migrate_start()"; do
	starts "ALTER DATABASE settings SET search_path = depot, public" "$call"
	is "$STARTED $PATHS" "00000 depot depot, public" "what a migration sets for the database is where the next one starts: $call"
	starts "ALTER ROLE ALL SET search_path = depot, public" "$call"
	is "$STARTED" "00000 depot" "… for all roles: $call"
	starts "DO 'BEGIN ALTER DATABASE settings SET search_path = depot, public; END'" "$call"
	is "$STARTED" "00000 depot" "… in code: $call"
	if [[ $call != *apply* ]]; then
		starts "VACUUM pg_class; ALTER DATABASE settings SET search_path = depot, public; ALTER DATABASE settings SET TimeZone = 'Asia/Kathmandu'; VACUUM pg_class;" "$call"
		is "$STARTED $WITH" "00000 depot depot, public|Asia/Kathmandu|ISO, MDY" "… in parts, and not only search_path: $call"
	fi
	starts "ALTER DATABASE settings SET search_path = depot, public; ALTER DATABASE settings RESET search_path;" "$call"
	is "$STARTED" "00000 public" "what is reset does not count: $call"
	sql settings "ALTER DATABASE settings SET search_path = of_client, public" "ALTER ROLE settings_deploy SET search_path = of_client, public"
	starts "ALTER ROLE settings_deploy SET search_path = depot, public" "$call" settings_deploy
	is "$STARTED" "00000 depot" "what is set for the role comes before what is set for the database: $call"
	sql settings "ALTER ROLE settings_deploy SET search_path = of_client, public"
	starts "SELECT 1" "$call" settings_deploy
	is "$STARTED" "00000 of_client" "and it may have been set long before: $call"
done
sql settings "ALTER DATABASE settings SET search_path = of_client, public"
PGOPTIONS='-c search_path=of_client,public' starts "ALTER DATABASE settings RESET search_path" "CALL migrate_up()"
is "$STARTED" "00000 public" "without any setting the server's configuration counts"
for call in "CALL migrate_up()" "SELECT migrate_apply()" "SELECT migrate_start()"; do
	PGOPTIONS='-c search_path=of_client,public -c timezone=Asia/Kathmandu' PGDATESTYLE=German starts "SELECT 1" "$call"
	is "$STARTED" "00000 public" "what the client gives does not count: $call"
	is "$WITH" "\"\$user\", public|$(sql postgres "SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'")|ISO, MDY" "… of no setting: $call"
	sql settings "ALTER DATABASE settings SET search_path = depot, public"
	PGOPTIONS='-c search_path=of_client,public' starts "SELECT 1" "$call"
	is "$STARTED" "00000 depot" "it hides nothing that is set: $call"
done
PGOPTIONS='-c migrate.search_path=of_client,public' starts "ALTER DATABASE settings SET search_path = depot, public" "CALL migrate_up()"
is "$STARTED $PATHS" "00000 of_client of_client,public" "migrate.search_path comes before all of them"
starts "ALTER DATABASE settings SET default_text_search_config = 'nowhere.such'" "CALL migrate_up()"
is "$STARTED" "00000 public" "what names nothing stops nobody"
like "$ERR" 'WARNING:  22023: invalid value for parameter "default_text_search_config": "nowhere.such"' "and is warned of"
add 0001_undone "ALTER DATABASE settings SET search_path = depot, public"
run settings "SELECT migrate_apply(dry_run => true)" "SELECT migrate_add('0002_second', \$m\$$second\$m\$)" "SELECT migrate_remove('0001')" "CALL migrate_up()"
is "$STATE $(sql settings "SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'pallet'")" "00000 public" "what was undone does not count"
discard

# What is left to the commit

hidden="CREATE SCHEMA hidden; CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION SQLSTATE ''ZZ001''; END'; CREATE TABLE hidden.many (a int); CREATE CONSTRAINT TRIGGER later AFTER INSERT ON hidden.many DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuses(); INSERT INTO hidden.many VALUES (1); REVOKE USAGE ON SCHEMA hidden FROM settings_deploy;"
sql settings "GRANT CREATE ON DATABASE settings TO settings_deploy" "ALTER TABLE granted OWNER TO settings_deploy"
for text in "$hidden" "VACUUM granted; $hidden"; do
	add 0001_hidden "$text"
	AS=settings_deploy run settings "CALL migrate_up()"
	fails ZZ001 "a constraint that is out of reach fails at the commit: ${text%%;*}"
	is "$(tail -n 1 <<<"$CONTEXT")" 'migration "0001_hidden"' "the context says of which migration"
	like "$(sql settings "SELECT sqlstate, message FROM migrate.history WHERE event = 'fail'")" '^ZZ001\|' "and so does the history"
	discard
done

sql postgres "DROP DATABASE settings"
done_testing
