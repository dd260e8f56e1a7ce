#!/usr/bin/env bash
# `-- migrate:hook`: scripts that run around migrations while these are applied.
. test/server/lib/tap.bash

migrate_database hooks
add() { add_migration hooks "$@"; }
discard() { discard_migrations hooks; }
sql hooks "CREATE TABLE log (id serial, what text)"
logged() { sql hooks "SELECT string_agg(what, ' ' ORDER BY id) FROM log" "TRUNCATE log"; }
for when in "before all" "before each" "after each" "after all"; do
	add "R__hook ${when// /_}" "-- migrate:hook $when
INSERT INTO log (what) VALUES ('${when// /_}');"
done
add 0001_a "INSERT INTO log (what) VALUES ('a')" "INSERT INTO log (what) VALUES ('undo_a')" "SELECT EXISTS (SELECT FROM log WHERE what = 'a')"
add 0002_b "INSERT INTO log (what) VALUES ('b')" "INSERT INTO log (what) VALUES ('undo_b')"
is "$(sql hooks "SELECT name, status, note FROM migrate_status() WHERE version = '' ORDER BY name")" "R__hook after_all|hook|after all
R__hook after_each|hook|after each
R__hook before_all|hook|before all
R__hook before_each|hook|before each" "status says that they are hooks, and when they run"
like "$(sql hooks "SELECT concat_ws(' ', step, action, name, detail) FROM migrate_plan()")" \
	$'^1 apply a\n2 apply b\nhook R__hook after_all after all\nhook R__hook after_each after each\nhook R__hook before_all before all\nhook R__hook before_each before each$' "a plan names them behind its steps"
run hooks "SELECT version, action, statements FROM migrate_apply()"
is "$STATE $OUT" $'00000 0001|applied|1\n0002|applied|1' "they are no migrations, and their statements are not counted" || explain "$ERR"
order="before_all before_each a after_each before_each b after_each after_all"
is "$(logged)" "$order" "each runs at its time"
run hooks "SELECT count(*) FROM migrate_apply()"
is "$OUT $(logged)" "0 " "where nothing is applied, none runs"
run hooks "SELECT count(*) FROM migrate_rollback('zero')"
is "$STATE $(logged)" "00000 undo_b undo_a" "nor while something is rolled back"
run hooks "CALL migrate_up()"
is "$STATE $(logged)" "00000 $order" "the same with a commit after each"
run hooks "SELECT migrate_rollback('zero')" "TRUNCATE log" "SELECT action FROM migrate_apply(dry_run => true)"
is "$STATE $(logged)" "00000 " "a dry run runs and undoes them"
run hooks "SELECT statement, verdict FROM migrate_explain()"
is "$STATE $(grep -c INSERT <<<"$OUT")" "00000 2" "migrate_explain() tells of the migrations alone" || explain "$OUT"
run hooks "SELECT verdict FROM migrate_prove()"
works "a proof runs with them" || explain "$ERR"
run hooks "SELECT version, action FROM migrate_apply('0001')"
is "$(logged)" "before_all before_each a after_each after_all" "the last is that of the call"

# One that fails

add "R__hook after_each" $'-- migrate:hook after each\nSELECT 1;\nSELECT 1 / (SELECT count(*) FROM log WHERE what = \'never\');'
run hooks "SELECT migrate_apply()"
is "$STATE $PLACE" '22012 Migration "R__hook after_each", line 3, column 1.' "an error says which hook, and where" || explain "$ERR"
is "$(sql hooks "SELECT status FROM migrate_status() WHERE version = '0002'") $(logged)" "pending " "and nothing of the migration stays"
run hooks "CALL migrate_up()"
is "$STATE $(sql hooks "SELECT status, note FROM migrate_status() WHERE version = '0002'") $(logged)" "22012 failed|22012 " "nor with a commit after each" ||
	sql hooks "SELECT * FROM migrate_status()"

# What a hook does to the schema is one of the migration's changes

add "R__hook after_each" $'-- migrate:hook after each\nCREATE TABLE IF NOT EXISTS made_by_hook (a int);'
run hooks "CALL migrate_up()"
works "one that is mended runs"
is "$(sql hooks "SELECT class, identity, line FROM migrate_changes('0002') WHERE class = 'table'")" "table|public.made_by_hook|" "what it makes is recorded, of no line of the migration" ||
	sql hooks "SELECT * FROM migrate_changes('0002')"
is "$(sql hooks "SELECT count(*) FROM migrate_drift()")" 0 "and is no drift"
sql hooks "SELECT migrate_rollback('zero')" "DROP TABLE made_by_hook" "TRUNCATE log" >/dev/null

# Without a transaction around it

add "R__hook after_each" $'-- migrate:hook after each\nINSERT INTO log (what) VALUES (\'after_each\');'
add 0001_a $'-- migrate:no-transaction\nINSERT INTO log (what) VALUES (\'a\');\nVACUUM log;' "SELECT 1" "SELECT true"
run hooks "CALL migrate_up()"
is "$STATE $(logged)" "00000 $order" "around a migration without a transaction they run in their own" || explain "$ERR"

# The plan's hash covers them; environments, too

hash_of() { sql hooks "SELECT migrate_plan_hash()"; }
sql hooks "SELECT migrate_rollback('zero')" >/dev/null 2>&1 || sql hooks "CALL migrate_down('zero')"
before=$(hash_of)
add "R__hook before_all" $'-- migrate:hook before all\nINSERT INTO log (what) VALUES (\'other\');'
after=$(hash_of)
ok "$([ "$before" != "$after" ] && echo 0 || echo 1)" "another hook is another plan"
add "R__hook before_all" $'-- migrate:hook before all\n-- migrate:only staging\nINSERT INTO log (what) VALUES (\'other\');'
is "$(sql hooks "SELECT status FROM migrate_status() WHERE name = 'R__hook before_all'")" skipped "one for other environments is skipped"
sql hooks "TRUNCATE log"
run hooks "CALL migrate_up('0001')"
is "$STATE $(logged)" "00000 before_each a after_each after_all" "and does not run"

# It leaves no setting, and is called what it is

sql hooks "CALL migrate_down('zero')" "CREATE SCHEMA elsewhere" >/dev/null 2>&1
add "R__hook before_all" $'-- migrate:hook before all\nSET search_path = elsewhere;'
add 0002_b "CREATE TABLE where_is_it ()" "DROP TABLE where_is_it"
run hooks "CALL migrate_up('0002')"
is "$STATE $(sql hooks "SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'where_is_it'")" "00000 public" "what a hook sets does not hold in the migration" || explain "$ERR"
run hooks "SELECT action, detail FROM migrate_run('R__new', E'-- migrate:hook after each\nSELECT 1')"
is "$STATE $OUT" "00000 registered|a hook: runs after each of what is applied" "migrate_run() registers it" || explain "$ERR"
run hooks "SELECT migrate_repair('R__new', 'applied')"
is "$STATE $MESSAGE" '55000 migration "R__new" is a hook' "nobody records it as applied"
add R__new $'-- migrate:hook after each\nCREATE TABLE log ();'
add 0003_c "SELECT 1" "SELECT 1"
run hooks "CALL migrate_up()"
like "$STATE $HINT" "^42P07 It comes from a hook: put that right, and load it again[.]( What was committed before stays: CALL migrate_up\(\) goes on behind it[.])?$" "a failure's hint does not speak of the migration" || explain "$ERR"
sql hooks "SELECT migrate_remove('R__new')" >/dev/null
run hooks "SELECT migrate_add('0002_b', E'-- migrate:hook after all\nSELECT 1')"
is "$STATE $MESSAGE" "MG002 migration \"0002_b\" is applied, and can't become a hook" "what is applied becomes none" || explain "$ERR"
run hooks "SELECT migrate_add('0002_b', E'-- migrate:repeatable\nSELECT 1')"
is "$STATE $MESSAGE" "MG002 migration \"0002_b\" is applied, and can't become repeatable" "nor repeatable"

# What is none

run hooks "SELECT migrate_add('R__x', E'-- migrate:hook sometimes\nSELECT 1')"
is "$STATE $MESSAGE $HINT" '22023 there is no hook "sometimes" Say when: before all, before each, after each or after all.' "its time is one of four"
run hooks "SELECT migrate_add('R__x', E'-- migrate:hook after all\nVACUUM')"
is "$STATE $MESSAGE $DETAIL" '25001 hook "R__x" can'"'"'t run inside a transaction It runs in that of the migration: line 2: VACUUM.' "it runs in a transaction"
run hooks "SELECT migrate_add('R__x', E'-- migrate:hook after all\nSELECT 1', 'SELECT 1')"
is "$STATE" 42601 "it has no down script"
for line in "statement-timeout 1ms" "requires 0001" "expect table log" "tag v1" "keep-dropped"; do
	run hooks "SELECT migrate_add('R__x', E'-- migrate:hook after all\n-- migrate:$line\nSELECT 1')"
	is "$STATE $MESSAGE $PLACE" "42601 a hook can't have this directive Migration \"R__x\", line 2, column 1." "nor -- migrate:$line" || explain "$ERR"
done
run hooks "SELECT migrate_add('R__x', E'-- migrate:hook after all\nSELECT 1', NULL, 'SELECT true')"
is "$STATE $MESSAGE" '42601 hook "R__x" has a verify script' "nor a verify script"
done_testing
