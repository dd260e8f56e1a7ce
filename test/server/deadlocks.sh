#!/usr/bin/env bash
# Deadlocks of which a migration is the victim: it is undone and tried again, as where it does not get a lock in time; but
# not where a lock that was held before it began is part of the circle.
. test/server/lib/tap.bash

migrate_database deadlocks
sql deadlocks "CREATE TABLE purchase (id int)" "CREATE TABLE customer (id int)"
add() { add_migration deadlocks "$@"; }
discard() { discard_migrations deadlocks; }
status() { sql deadlocks "SELECT string_agg(status, ' ') FROM migrate_status()"; }
told='NOTICE:  00000: migration "[a-z0-9_]+": deadlock detected; trying again in [0-9]+ ms \(1 of 5\)'
open_session holder deadlocks
# Its own check comes too late: the migration is always the victim.
send holder "SET deadlock_timeout = '1h'; SET lock_timeout = '60s';"

# circle CALL FIRST THEN: the holder locks by FIRST what CALL wants last, and then wants by THEN what CALL has.
circle() {
	send holder "BEGIN; $2;"
	answered holder
	open_session runner deadlocks
	send runner "SET deadlock_timeout = '2s'; SET migrate.lock_timeout = 0; $1"
	wait_until deadlocks "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted)"
	send holder "$3; COMMIT;"
	answered holder
	HOLDER=$STATE
	answered runner
	close_session runner
}
first="SELECT FROM customer"
then="SELECT FROM purchase"
both=$'ALTER TABLE purchase ADD note text;\nALTER TABLE customer ADD note text;'
down=$'ALTER TABLE purchase DROP note;\nALTER TABLE customer DROP note;'
for call in "CALL migrate_up();" "SELECT FROM migrate_apply();" "SET migrate.lock_timeout = '60s'; CALL migrate_up();"; do
	add 0001_both "$both" "$down"
	circle "$call" "$first" "$then"
	is "$STATE $(status) $HOLDER" "00000 applied 00000" "both get what they want: $call"
	like "$OUT" "$told" "which a notice tells"
	sql deadlocks "SELECT FROM migrate_rollback()"
	discard
done
add 0001_parts $'VACUUM customer;\n'"$both" "$down"
circle "CALL migrate_up();" "$first" "$then"
is "$STATE $(status) $HOLDER" "00000 applied 00000" "a part is tried again, too"
like "$OUT" "$told" "with a notice"
sql deadlocks "SELECT FROM migrate_rollback()"
discard
add 0001_both "$both" "$down"
circle "SET migrate.lock_retries = 0; CALL migrate_up();" "$first" "$then"
is "$STATE $(status) $HOLDER" "40P01 failed 00000" "without a try left it fails"
like "$HINT" 'Another session takes the same locks in another order: try again later\.' "with a hint"
discard

# What the holder has is in the way of every concurrent build

add 0001_build 'CREATE INDEX CONCURRENTLY customer_id ON customer (id);'
circle "CALL migrate_up();" "INSERT INTO customer VALUES (1)" "LOCK TABLE customer IN SHARE UPDATE EXCLUSIVE MODE"
is "$STATE $(status) $HOLDER" "00000 applied 00000" "a concurrent build is tried again"
like "$OUT" "$told" "with a notice"
is "$(sql deadlocks "SELECT string_agg(indisvalid::text, ' ') FROM pg_index WHERE indrelid = 'customer'::regclass")" true \
	"its invalid index is dropped before"
discard

# A lock of an earlier migration, or of the caller

add 0001_purchase 'ALTER TABLE purchase ADD note text;' 'ALTER TABLE purchase DROP note;'
add 0002_customer 'ALTER TABLE customer ADD note text;' 'ALTER TABLE customer DROP note;'
circle "SELECT FROM migrate_apply();" "$first" "$then"
is "$STATE $(status) $HOLDER" "40P01 pending pending 00000" "a lock of an earlier migration of the call is in the way of every try"
unlike "$OUT" "trying again" "so there is none"
like "$DETAIL" 'waits for a lock that this one held before the migration began\.$' "the detail says so"
like "$HINT" 'CALL migrate_up\(\)' "the hint names the way out"
like "$CONTEXT" 'migration "0002_customer", line 1' "the context says where"
circle "BEGIN; LOCK TABLE purchase; SELECT FROM migrate_apply('0001'); SELECT FROM migrate_apply(); COMMIT;" "$first" "$then"
is "$STATE $(status) $HOLDER" "40P01 pending pending 00000" "so is one of the caller's own"
unlike "$OUT" "trying again" "likewise"
run deadlocks "CALL migrate_up()"
works "CALL migrate_up() does it"
close_session holder

sql postgres "DROP DATABASE deadlocks"
done_testing
