#!/usr/bin/env bash
# migrate.max_impact: a migration that would do more to others than the setting allows is refused before it runs, unless it
# says itself that it needs it, and why.
. test/server/lib/tap.bash

# With the setting, registers and applies a migration.
tries() { run policy "SET migrate.max_impact = '$1'" "SET migrate.brief_lock = 0" "SELECT action FROM migrate_run('$2', \$m\$$3\$m\$)"; }
# refuses LEVEL NAME TEXT EXCESS
refuses() {
	tries "$1" "$2" "$3"
	is "$STATE $MESSAGE" "MG013 migration \"$2\" would do more than migrate.max_impact allows" "$1: refuses $2"
	like "$DETAIL" "\"$2\", line [0-9]+: $4" "and says what it would do" || explain "$ERR"
	is "$(sql policy "SELECT count(*) FROM migrate_status()")" 0 "nothing has happened"
}
# passes LEVEL NAME TEXT
passes() {
	tries "$1" "$2" "$3"
	is "$STATE $OUT" "00000 applied" "$1: lets $2 pass" || explain "$ERR"
	sql policy "SELECT migrate_rollback()" "SELECT migrate_remove('$2')" >/dev/null
}

migrate_database policy
sql policy "CREATE TABLE large (id int PRIMARY KEY, name text, note text)" "CREATE TABLE small (id int PRIMARY KEY, note text)" \
	"INSERT INTO large SELECT i, repeat('x', 400), 'n' FROM generate_series(1, 30000) i" "INSERT INTO small VALUES (1, 'n')" "ANALYZE" >/dev/null

refuses "blocks writes" 0001_type "ALTER TABLE large ALTER id TYPE bigint" "blocks reads of public.large \([0-9]+ MB\)"
like "$HINT" "Or let it, in its own text: \"-- migrate:allow blocks reads: why\"." "the hint says how to let it" || explain "$ERR"
like "$HINT" "[A-Z].*[.] Or let it" "behind what does the same with less harm"
refuses "brief lock" 0001_index "CREATE INDEX ON large (name)" "blocks writes of public.large \([0-9]+ MB\)"
refuses "safe" 0001_column "ALTER TABLE large ADD more int" "blocks reads of public.large"
passes "blocks reads" 0001_type "ALTER TABLE large ALTER id TYPE bigint"
passes "blocks writes" 0001_index "CREATE INDEX ON large (name)"
passes "safe" 0001_table "CREATE TABLE other (id int PRIMARY KEY); CREATE INDEX ON other (id)"
passes "blocks writes" 0001_small "ALTER TABLE small ALTER id TYPE bigint"
passes off 0001_type "ALTER TABLE large ALTER id TYPE bigint"

# Rows that go

refuses "blocks reads" 0001_column "ALTER TABLE small DROP note" "destroys column note of public.small, 1 row"
like "$HINT" 'migrate:allow destroys data: why' "the hint names that"
refuses "blocks reads" 0001_delete "DELETE FROM small" "destroys about 1 row of public.small|destroys 1 row of public.small"
refuses "blocks reads" 0001_truncate "TRUNCATE small" "destroys table public.small, 1 row"
passes "blocks reads" 0001_kept "-- migrate:keep-dropped
ALTER TABLE small DROP note"
refuses "blocks reads" 0001_kept "-- migrate:keep-dropped
TRUNCATE small" "destroys table public.small, 1 row"

refuses "blocks reads" 0001_block "-- migrate:keep-dropped
DO 'BEGIN DELETE FROM small; DROP TABLE small; END'" "destroys table public.small, 1 row"
sql policy "SELECT migrate_add('0001_waits', 'TRUNCATE small')" >/dev/null
psql -XAtq -d policy -c "BEGIN" -c "LOCK small" -c "SELECT pg_sleep(3)" -c "COMMIT" >/dev/null &
wait_until policy "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'small'::regclass AND mode = 'AccessExclusiveLock')"
run policy "SET migrate.max_impact = 'blocks reads'" "SET migrate.lock_timeout = '100ms'" "SELECT migrate_apply()"
is "$STATE" MG013 "a statement that did not get its lock when it was tried is not let pass" || explain "$ERR"
like "$DETAIL" "can't be judged, not tried: .*lock timeout|destroys table" "and it says why" || explain "$ERR"
wait
sql policy "SELECT migrate_remove('0001')" >/dev/null

# Allowed by its own text

passes "blocks writes" 0001_type "-- migrate:allow rewrites: at night, when nobody is there
ALTER TABLE large ALTER id TYPE bigint"
passes "blocks writes" 0001_reads "-- migrate:allow blocks reads: it is over in a second
ALTER TABLE large ALTER id TYPE bigint"
passes "safe" 0001_both "-- migrate:allow blocks reads, destroys data: nobody reads the column
ALTER TABLE small DROP note"
refuses "safe" 0001_writes "-- migrate:allow blocks writes: more than that is not meant
ALTER TABLE large ADD more int" "blocks reads of public.large"
run policy "SELECT migrate_add('0001_words', E'-- migrate:allow everything: because\nSELECT 1')"
is "$STATE $MESSAGE" '42601 directive "migrate:allow" does not know "everything"' "another word is refused"
run policy "SELECT migrate_add('0001_words', E'-- migrate:allow rewrites\nSELECT 1')"
is "$STATE $MESSAGE" '42601 directive "migrate:allow" needs a reason' "so is a line without a reason"
sql policy "SELECT migrate_add('0001_shown', E'-- migrate:allow rewrites: it is small\nSELECT 1')" >/dev/null
is "$(sql policy "SELECT value FROM migrate_show('0001') WHERE property = 'allows'")" "rewrites: it is small" "migrate_show() tells it"
sql policy "SELECT migrate_remove('0001')" >/dev/null

# All forms, and several migrations

sql policy "SELECT migrate_add('0001_a', 'CREATE TABLE a ()')" "SELECT migrate_add('0002_b', 'ALTER TABLE large ALTER id TYPE bigint')" >/dev/null
run policy "SET migrate.max_impact = 'blocks writes'" "SET migrate.brief_lock = 0" "CALL migrate_up()"
is "$STATE $(sql policy "SELECT to_regclass('a') IS NULL")" "MG013 t" "migrate_up() runs none of them"
run policy "SET migrate.max_impact = 'blocks writes'" "SET migrate.brief_lock = 0" "SELECT migrate_apply(dry_run => true)"
fails MG013 "a dry run says so, too"
run policy "SET migrate.max_impact = 'blocks writes'" "SET migrate.brief_lock = 0" "SELECT migrate_apply('0001')"
works "up to the one that is harmless it goes"
sql policy "SELECT migrate_rollback()" "ALTER DATABASE policy SET migrate.max_impact = 'blocks writes'" "ALTER DATABASE policy SET migrate.brief_lock = 0" >/dev/null
job=$(sql policy "SELECT migrate_start()")
wait_until policy "SELECT finished_at IS NOT NULL FROM migrate.job WHERE id = $job"
is "$(sql policy "SELECT sqlstate FROM migrate.job WHERE id = $job")" MG013 "nor does a job, where the database has the setting"
sql policy "ALTER DATABASE policy RESET ALL" >/dev/null
run policy "SET migrate.max_impact = 'blocks writes'" "SET migrate.max_impact_size = '1GB'" "SET migrate.brief_lock = 0" "SELECT count(*) FROM migrate_apply()"
works "migrate.max_impact_size says from which size a table counts"
run policy "LOAD 'migrate'" "SET migrate.max_impact = 'much'"
fails 22023 "a word that is not on the scale is refused"
done_testing
