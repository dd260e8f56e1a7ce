#!/usr/bin/env bash
# When nothing is applied: migrate.freeze. And what is applied only after another role has approved it:
# migrate.require_approval and migrate_approve().
. test/server/lib/tap.bash

migrate_database approval
for name in approval_deploy approval_review approval_team approval_member; do role "$name" LOGIN; done
sql approval "GRANT approval_team TO approval_member"
sql approval "GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC" "GRANT USAGE ON SCHEMA migrate TO PUBLIC" \
	"GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO approval_deploy, approval_review, approval_team, approval_member"
database_is() { sql postgres "ALTER DATABASE approval SET $1"; }
add() { add_migration approval "$@"; }
hash_of() { sql approval "SELECT migrate_plan_hash(${1:-})"; }
approve() { AS=$1 run approval "SELECT * FROM migrate_approve('$2'${3:+, '$3'})"; }
apply() { AS=${1:-approval_deploy} run approval "${@:2}" "SELECT version, action FROM migrate_apply()"; }
events() { sql approval "SELECT concat_ws('|', event, version, regexp_replace(note, '^[0-9.]+ ms, 2 changes, ', '')) FROM migrate_history() ORDER BY id"; }

# Freeze

add 0001_a "CREATE TABLE a (id int)" "DROP TABLE a"
database_is "migrate.\"freeze\" = 'Mon 00:00 - Mon 00:00 Europe/Berlin'"
apply
is "$STATE $MESSAGE" "MG015 migrations are frozen" "nothing is applied in a freeze"
like "$DETAIL" '^migrate.freeze has the window "Mon 00:00 - Mon 00:00 Europe/Berlin", and there it is [A-Z][a-z]{2} [0-9]{2}:[0-9]{2}[.]$' "it says which window, and what time it is there"
is "$HINT" "Wait for its end, or say why this can't wait: SET migrate.freeze_override = 'why'. Dry runs, plans and rollbacks are not frozen." "and what can be done"
for call in "CALL migrate_up()" "SELECT migrate_run('0002_b', 'CREATE TABLE b (id int)')"; do
	AS=approval_deploy run approval "$call"
	is "$STATE" MG015 "nor by $call"
done
job=$(PGUSER=approval_deploy sql approval "SELECT migrate_start()")
wait_until approval "SELECT state NOT IN ('queued', 'running') FROM migrate.job WHERE id = $job"
is "$(sql approval "SELECT concat_ws('|', state, sqlstate, message) FROM migrate_job($job)")" "failed|MG015|migrations are frozen" "nor in the background" ||
	sql approval "SELECT * FROM migrate_job($job)"
AS=approval_deploy run approval "SELECT action FROM migrate_apply(dry_run => true)" "SELECT action FROM migrate_plan()"
is "$STATE" 00000 "a dry run and a plan go on" || explain "$ERR"
apply approval_deploy "SET migrate.freeze_override = 'customers can''t log in'"
is "$STATE $OUT" "00000 0001|applied" "with a reason it is applied"
is "$(events)" "apply|0001|freeze overridden: customers can't log in" "which the history keeps" || events
AS=approval_deploy run approval "SELECT action FROM migrate_rollback()"
is "$STATE" 00000 "a rollback goes on"
apply approval_deploy "SET migrate.freeze_override = ''"
is "$STATE" MG015 "no reason is none"

for window in "weekends" "Fri 16:00 - Mon 08:00" "Fri 16:00 - Mon 08:00 Europe/Berlyn" "Sat - Sun Europe/Berlin; rm"; do
	database_is "migrate.\"freeze\" = '$window'"
	apply
	is "$STATE $MESSAGE" "MG015 migrations are frozen" "what can't be read freezes: $window"
	like "$DETAIL" "can't be read, since .* What can't be read freezes[.]$" "and says why" || explain "$ERR"
	like "$HINT" 'Write it with ALTER DATABASE as Fri 16:00 - Mon 08:00 Europe/Berlin' "and how it is written"
done
database_is "migrate.\"freeze\" = '2001-01-01 - 2001-12-31 UTC, 2002-01-01 00:00 - 2002-01-02 12:00 UTC'"
apply
works "outside of its windows nothing is frozen"

# A run stops between migrations

sql approval "SELECT migrate_rollback('zero')" >/dev/null
add 0001_a "CREATE TABLE a (id int); SELECT pg_sleep(4)" "DROP TABLE a"
add 0002_b "CREATE TABLE b (id int)" "DROP TABLE b"
window=$(sql approval "SELECT to_char(t + interval '2 s', 'YYYY-MM-DD HH24:MI:SS') || ' - ' || to_char(t + interval '1 day', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' FROM timezone('UTC', clock_timestamp()) t")
database_is "migrate.\"freeze\" = '$window'"
AS=approval_deploy run approval "CALL migrate_up()"
is "$STATE $MESSAGE" 'MG015 migrations are frozen: stopped before migration "0002_b"' "a freeze that begins stops a run between two migrations" || explain "$ERR"
like "$HINT" "What was applied before stays[.]$" "what is done stays"
is "$(sql approval "SELECT version, status, note FROM migrate_status()")" $'0001|applied|2 changes\n0002|pending|' "nothing has failed" ||
	sql approval "SELECT * FROM migrate_status()"
database_is "migrate.\"freeze\" = ''"
AS=approval_deploy run approval "CALL migrate_up()"
works "the rest goes on when it is over"
sql approval "SELECT migrate_rollback('zero')" >/dev/null

# Approval

add 0001_a "CREATE TABLE a (id int)" "DROP TABLE a"
database_is "migrate.require_approval = on"
apply
hash=$(hash_of)
is "$STATE $MESSAGE $DETAIL" "MG016 the plan is not approved Its hash is $hash." "nothing is applied that nobody has approved"
is "$HINT" "Another role looks at migrate_plan() and calls SELECT migrate_approve('$hash')." "and it says who does it how"
apply postgres
is "$STATE" MG016 "a superuser is no exception"
approve approval_deploy "$hash"
is "$STATE $OUT" "00000 ${hash:0:12}|2|approval_deploy" "whoever may call it approves"
apply
is "$STATE $DETAIL" "MG016 Its hash is $hash. Role \"approval_deploy\" has approved it, but is the role that applies." "but not for oneself"
approve approval_review "$hash" "looks good"
apply
is "$STATE $OUT" $'00000 0001|applied\n0002|applied' "another role's approval counts" || explain "$ERR"
is "$(events | tail -n 2)" $'apply|0001|approved by approval_review: looks good\napply|0002|approved by approval_review: looks good' "the history says who it was" || events
is "$(sql approval "SELECT plan_hash = '$hash', rest_hash IS NULL, note, session_user_name, current_user_name FROM migrate.approval ORDER BY id DESC LIMIT 1")" \
	"t|t|looks good|approval_review|approval_review" "it is used up"
AS=approval_deploy run approval "SELECT action FROM migrate_rollback('zero')"
works "rolling back needs none"
apply
is "$STATE" MG016 "it does not count a second time"
sql approval "DELETE FROM migrate.approval"
approve approval_team "$hash"
apply approval_member
is "$STATE" MG016 "nor from a role that the one who applies can become"
like "$DETAIL" 'Role "approval_team" has approved it, but can become the role that applies, or that role this one[.]' "it says so" || explain "$ERR"
AS=postgres run approval "SET SESSION AUTHORIZATION approval_review" "SELECT migrate_approve('$hash')"
apply
is "$STATE" 00000 "the session's user counts as it is then" || explain "$ERR"
AS=approval_deploy run approval "SELECT migrate_rollback('zero')"

# What does not count

approve approval_review "${hash:0:12}"
is "$STATE $MESSAGE" "22023 plan_hash is not the hash of a plan" "a hash is named whole"
approve approval_review "$(printf '0%.0s' {1..64})"
is "$STATE $MESSAGE" "MG004 there is no such plan now" "and is that of a plan"
AS=approval_review run approval "SELECT migrate_approve(NULL)"
is "$STATE" 22004 "and is given"
role approval_gone LOGIN
sql approval "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO approval_gone" "DELETE FROM migrate.approval"
approve approval_gone "$hash"
sql approval "DROP OWNED BY approval_gone" "DROP ROLE approval_gone"
apply
like "$STATE $DETAIL" 'MG016 .*Role "approval_gone" has approved it, but is gone[.]' "a role that is gone approves nothing" || explain "$ERR"

role approval_gone LOGIN
apply
like "$STATE $DETAIL" 'MG016 .*Role "approval_gone" has approved it, but is gone[.]' "another role of that name is another role" || explain "$ERR"
sql approval "DROP ROLE approval_gone" "ALTER ROLE approval_review CREATEROLE"
approve approval_review "$hash"
apply
[ "$(sql approval "SHOW server_version_num")" -lt 160000 ] || is "$STATE" 00000 "CREATEROLE is no power over others" || explain "$ERR"
[ "$(sql approval "SHOW server_version_num")" -ge 160000 ] || is "$STATE" MG016 "up to 15, who may make roles can become others" || explain "$ERR"
sql approval "ALTER ROLE approval_review NOCREATEROLE" "SELECT migrate_rollback('zero')" >/dev/null
approve approval_review "$(hash_of)"
apply approval_deploy "SET migrate.search_path = 'pg_catalog, public'"
is "$STATE" MG016 "with another search_path it is another plan" || explain "$ERR"

# The rest of a plan

AS=approval_deploy run approval "SELECT migrate_rollback('zero')"
add 0002_b "INSERT INTO nowhere VALUES (1)" "SELECT 1"
add 0003_c "CREATE TABLE c (id int)" "DROP TABLE c"
hash=$(hash_of)
approve approval_review "$hash" "three of them"
AS=approval_deploy run approval "CALL migrate_up()"
is "$STATE" 42P01 "one of three fails" || explain "$ERR"
sql approval "CREATE TABLE nowhere (id int)" "GRANT INSERT ON nowhere TO approval_deploy"
AS=approval_deploy run approval "CALL migrate_up('0002')"
is "$STATE" MG016 "the approval covers all that is left, and not a part of it"
AS=approval_deploy run approval "CALL migrate_up()"
is "$STATE" 00000 "what is left needs no other approval" || explain "$ERR"
is "$(sql approval "SELECT rest_hash IS NULL FROM migrate.approval WHERE plan_hash = '$hash'")" t "then it is used up"
add 0004_d "-- migrate:no-transaction
CREATE TABLE d (id int); SELECT 1 / (SELECT count(*) FROM c); CREATE TABLE d2 (id int)" "DROP TABLE d, d2"
add 0005_e "CREATE TABLE e (id int)" "DROP TABLE e"
approve approval_review "$(hash_of)"
AS=approval_deploy run approval "CALL migrate_up()"
is "$STATE" 22012 "one stops half way" || explain "$ERR"
PGUSER=approval_deploy sql approval "INSERT INTO c VALUES (1)"
AS=approval_deploy run approval "CALL migrate_up()"
is "$STATE" 00000 "it goes on with its approval" || explain "$ERR"
is "$(sql approval "SELECT version, status FROM migrate_status() WHERE version > '0003'")" $'0004|applied\n0005|applied' "to the end"

# A target, and what comes later

add 0006_f "CREATE TABLE f (id int)" "DROP TABLE f"
add 0007_g "CREATE TABLE g (id int)" "DROP TABLE g"
approve approval_review "$(hash_of "'0006'")"
is "$STATE ${OUT#*|}" "00000 1|approval_review" "a plan with a target can be approved" || explain "$ERR"
apply
is "$STATE" MG016 "but covers no more"
AS=approval_deploy run approval "SELECT version FROM migrate_apply('0006')"
is "$STATE $OUT" "00000 0006" "and that" || explain "$ERR"
approve approval_review "$(hash_of)"
add 0007_g "CREATE TABLE g (id bigint)" "DROP TABLE g"
apply
is "$STATE" MG016 "another text is another plan"
AS=approval_deploy run approval "SELECT migrate_run('0008_h', 'CREATE TABLE h (id int)')"
is "$STATE $(sql approval "SELECT count(*) FROM migrate_status() WHERE version = '0008'")" "MG016 0" "migrate_run() registers nothing that is not approved" || explain "$ERR"
AS=approval_deploy run approval "SELECT action FROM migrate_apply(dry_run => true)"
works "a dry run needs none"
AS=approval_deploy run approval "INSERT INTO migrate.approval (plan_hash, rest_hash, session_user_name, current_user_name) VALUES ('', '', 'x', 'x')"
is "$STATE" 42501 "nobody writes one by hand"
done_testing
