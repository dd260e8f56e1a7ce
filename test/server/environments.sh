#!/usr/bin/env bash
# For which databases a migration is: migrate.environment, `-- migrate:only`, and seeds. And when nothing is applied:
# migrate.freeze. These settings protect a database, so that no session can set them.
. test/server/lib/tap.bash

migrate_database environments
role environments_deploy LOGIN
sql environments "GRANT CREATE, USAGE ON SCHEMA public TO environments_deploy" \
	"GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO environments_deploy"
database_is() { sql postgres "ALTER DATABASE environments SET $1"; }
states() { sql environments "SELECT concat_ws(' ', version, name, status, note) FROM migrate_status()"; }

# Only from ALTER DATABASE or the configuration file

# "freeze" is a word of SQL, which has to be quoted.
for setting in "environment = 'staging'" "\"freeze\" = 'Sat - Sun UTC'" "require_approval = on" "require_proof = local" "plain_indexes = on"; do
	word=${setting%% *} name=migrate.${setting%% *}
	name=${name//\"/}
	run environments "LOAD 'migrate'" "SET migrate.$setting"
	is "$STATE $MESSAGE" "42501 setting \"$name\" can't be set for a session or a role" "no session sets $name"
	is "$HINT" "Set it with ALTER DATABASE or in the configuration file, and connect again." "and hears who does"
	sql postgres "ALTER ROLE environments_deploy SET migrate.$setting"
	AS=environments_deploy run environments "SELECT count(*) FROM migrate_status()"
	is "$STATE $MESSAGE" "42501 setting \"$name\" can't be set for a session or a role" "nor a role" || explain "$ERR"
	sql postgres "ALTER ROLE environments_deploy RESET migrate.$word"
	PGOPTIONS="-c $name=$(printf %s "${setting#*= }" | tr -d "' ")" AS=environments_deploy run environments "SELECT count(*) FROM migrate_status()"
	is "$STATE" 42501 "nor PGOPTIONS" || explain "$ERR"
done
run environments "SET migrate.environment = 'staging'" "SELECT migrate_status()"
is "$STATE" 42501 "one that was set before the library was loaded is refused by the first call"
database_is "migrate.environment = 'staging'"
is "$(sql environments "LOAD 'migrate'" "SHOW migrate.environment")" staging "ALTER DATABASE sets it"
run environments "SET migrate.environment = 'production'" "LOAD 'migrate'" "SHOW migrate.environment"
is "$OUT" staging "and a session's value that was there first does not take its place" || explain "$ERR"
run environments "LOAD 'migrate'" "RESET migrate.environment" "SHOW migrate.environment"
is "$STATE $OUT" "00000 staging" "RESET goes back to it"
run postgres "ALTER DATABASE environments SET migrate.environment = 'the staging one'"
run environments "LOAD 'migrate'" "SHOW migrate.environment"
is "$OUT" "" "what is no word is no environment"
like "$ERR" 'invalid value for parameter "migrate.environment"' "which is said"

# -- migrate:only

database_is "migrate.environment = 'production'"
sql environments "SELECT migrate_add('0001_users', 'CREATE TABLE users (id int)', 'DROP TABLE users')" \
	"SELECT migrate_add('0002_samples', E'-- migrate:only staging, test\nINSERT INTO users VALUES (1)', 'DELETE FROM users')" \
	"SELECT migrate_add('0003_posts', E'-- migrate:requires 0002\nCREATE TABLE posts (id int)', 'DROP TABLE posts')" >/dev/null
is "$(sql environments "SELECT step, action, version FROM migrate_plan()")" $'1|apply|0001\n2|apply|0003' "what is for others is not planned, and satisfies what requires it"
is "$(sql environments "SELECT version FROM migrate_apply()")" $'0001\n0003' "nor applied"
is "$(states)" "0001 users applied 2 changes
0002 samples skipped only staging, test
0003 posts applied 2 changes" "status says skipped, and for whom it is"
is "$(sql environments "SELECT value FROM migrate_show('0002') WHERE property = 'environments'")" "only staging, test" "and so does show"
like "$(sql environments "SELECT value FROM migrate_show('0002') WHERE property = 'remark'")" "not for this environment: only staging, test" "in words"
is "$(sql environments "SELECT migrate_version()")" "0003" "the version is that of what was applied"
run environments "SELECT migrate_require('0002')"
works "an application that requires it finds nothing missing"
run environments "SELECT migrate_require()"
works "and nothing is pending"
run environments "SELECT * FROM migrate_apply('0002')"
is "$STATE $OUT" "00000 " "as a target it leaves nothing to do"
run environments "SELECT action, detail FROM migrate_run('0002_samples', E'-- migrate:only staging, test\nINSERT INTO users VALUES (1)', 'DELETE FROM users')"
is "$STATE $OUT" "00000 skipped|only staging, test; this is production" "migrate_run() says why it does nothing" || explain "$ERR"
run environments "SELECT count(*) FROM migrate_lint()"
works "lint has nothing against it"

database_is "migrate.environment = 'Staging'"
is "$(states | sed -n 2p)" "0002 samples pending only staging, test" "in an environment that it names, in any case, it is pending"
run environments "SELECT version, action FROM migrate_apply()"
is "$STATE $OUT" "00000 0002|applied" "and is applied, although a later one was" || explain "$ERR"
is "$(sql environments "SELECT version FROM migrate_rollback('zero')" "SELECT version FROM migrate_apply()" | tr '\n' ' ')" \
	"0002 0003 0001 0001 0002 0003 " "from then on it has its place"
sql environments "SELECT migrate_rollback('zero')" >/dev/null
database_is "migrate.environment = 'test'"
is "$(sql environments "SELECT version, action FROM migrate_apply()")" $'0001|applied\n0002|applied\n0003|applied' "it is for any that it names"
database_is "migrate.environment = 'production'"
is "$(states | sed -n 2p)" "0002 samples applied only staging, test" "what was applied stays so when the environment changes" || states
run environments "SELECT version FROM migrate_rollback('zero')"
is "$STATE $(printf %s "$OUT" | tr '\n' ' ')" "00000 0003 0002 0001" "and can be rolled back" || explain "$ERR"

run environments "SELECT migrate_add('0004_bad', E'-- migrate:only\nSELECT 1')"
is "$STATE $MESSAGE $HINT" '42601 directive "migrate:only" needs a value Name environments: "-- migrate:only staging, test".' "it needs a name" || explain "$ERR"
run environments "SELECT migrate_add('0004_bad', E'-- migrate:only the staging one\nSELECT 1')"
is "$STATE $MESSAGE" '22023 "the staging one" is no name of an environment' "which is a word" || explain "$ERR"

# A baseline records nothing that is not here

sql environments "SELECT migrate_baseline('0003')" >/dev/null
is "$(states)" "0001 users baseline
0002 samples skipped only staging, test
0003 posts baseline" "a baseline does not say that it is there" || states
sql environments "SELECT migrate_repair(version, 'forget') FROM migrate_status() WHERE status = 'baseline' ORDER BY version DESC" \
	"SELECT migrate_remove(concat(version, '_', name)) FROM migrate_status()" >/dev/null
is "$(states)" "" "nothing is left for what follows"

# Seeds

mkdir "$SCRATCH/seeds"
echo "INSERT INTO users VALUES (1) ON CONFLICT DO NOTHING;" >"$SCRATCH/seeds/02_users.sql"
echo "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY);" >"$SCRATCH/seeds/01_tables.sql"
chmod -R a+rX "$WORK" "$SCRATCH"
load_seeds() { sql environments "SELECT version, name, action FROM migrate_load_dir('$SCRATCH/seeds', convention => 'seeds')"; }
sql environments "SELECT migrate_add('R__view', E'-- migrate:repeatable\nSELECT 1')" >/dev/null
is "$(load_seeds)" "|seeds/01_tables|added
|seeds/02_users|added" "a folder is read as seeds where the caller says so"
is "$(states)" " R__view pending repeatable
 seeds/01_tables skipped seed, not production
 seeds/02_users skipped seed, not production" "they are never run in production" || states
database_is "migrate.environment = 'dev'"
is "$(sql environments "SELECT name, action FROM migrate_apply()")" "R__view|applied
seeds/01_tables|applied
seeds/02_users|applied" "elsewhere they run last, by name"
is "$(sql environments "SELECT name, action FROM migrate_apply()")" "" "and once"
echo "INSERT INTO users VALUES (1), (2) ON CONFLICT DO NOTHING;" >"$SCRATCH/seeds/02_users.sql"
load_seeds >/dev/null
like "$(states)" "seeds/02_users pending seed, runs again" "one that has changed is pending" || states
is "$(sql environments "SELECT name, action FROM migrate_apply()" "SELECT count(*) FROM users")" "seeds/02_users|applied
2" "and runs whole"
is "$(sql environments "SELECT migrate_version()")" "" "no seed is a version"
sed -i "1i -- migrate:only production, demo" "$SCRATCH/seeds/01_tables.sql"
load_seeds >/dev/null
database_is "migrate.environment = 'production'"
is "$(sql environments "SELECT name, action FROM migrate_apply()")" "seeds/01_tables|applied" "one that names production runs there"
database_is "migrate.environment = 'dev'"
echo "INSERT INTO users VALUES (3); INSERT INTO nowhere VALUES (1);" >"$SCRATCH/seeds/02_users.sql"
load_seeds >/dev/null
run environments "SELECT migrate_apply()"
is "$STATE $PLACE" '42P01 Migration "seeds/02_users", line 1, column 43.' "one that fails says where" || explain "$ERR"
is "$(sql environments "SELECT count(*) FROM users WHERE id = 3")" 0 "and leaves nothing"
run environments "SELECT migrate_load('[{\"name\": \"a.sql\", \"content\": \"SELECT 1;\\n-- migrate:down\\nSELECT 1;\"}]', convention => 'seeds')"
is "$STATE $MESSAGE $HINT" '42601 seed "seeds/a" has a down script Remove the script.' "a seed has no down script" || explain "$ERR"
run environments "SELECT * FROM migrate_load('[{\"name\": \"migrations/0001_a.sql\", \"content\": \"SELECT 1\"}, {\"name\": \"seeds/b.sql\", \"content\": \"SELECT 1\"}]', dry_run => true)"
unlike "$OUT" "seed, |seeds/b.*add" "no folder is read as seeds by its name" || explain "$OUT"

done_testing
