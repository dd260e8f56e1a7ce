#!/usr/bin/env bash
# Over the statements of test/schema: as migrations they leave no drift, not even in a restored dump; by hand they are told
# as the schemas before and after differ.
. test/server/lib/tap.bash
. test/server/lib/statements.bash

make_roles

# As migrations

migrate_database drift_up
add drift_up
# each FIRST LAST: applies these and looks, one after the other.
each() {
	local number
	for ((number = $1; number <= $2; number++)); do
		printf "\\\\echo == %s\nCALL migrate_up('%04d');\nSELECT drift, class, identity, event FROM migrate_drift();\n" "$number" "$number"
	done >"$SCRATCH/each"
	PGOPTIONS='-c client_min_messages=error' psql -XAtq -d drift_up -f "$SCRATCH/each" >"$SCRATCH/each.log" 2>&1
	is "$(grep -v '^== ' "$SCRATCH/each.log")" "" "$1 to $2: applied as migrations they leave no drift"
}

count=$(statements | wc -l)
leave=$(statements | grep -n '^DROP OWNED' | cut -d: -f1)
each 1 $((leave - 1))
database drift_up_restored
plain_dump --no-subscriptions drift_up >"$SCRATCH/dump"
psql -Xq -v ON_ERROR_STOP=1 -d drift_up_restored -f "$SCRATCH/dump" >"$SCRATCH/log" 2>&1 || explain "$(cat "$SCRATCH/log")"
is "$(sql drift_up_restored "SELECT count(*) > 0 FROM migrate.base_object" "SELECT drift, class, identity, event FROM migrate_drift() WHERE class <> 'subscription'")" \
	t "a restored dump has its base, and no drift"
each "$leave" "$count"
is "$(sql drift_up "SELECT count(*) = $count FROM migrate_status() WHERE status = 'applied'")" t "all are applied"

# By hand: what is told is what migrate_diff() has of the schema before.

migrate_database drift_by_hand
sql drift_by_hand "SELECT migrate_drift('accept')" "CREATE TABLE public.before AS SELECT jsonb_agg(s) AS schema FROM migrate_schema() s" >/dev/null
{
	echo "CREATE TEMP VIEW wrong AS WITH told AS (SELECT drift, class, identity FROM migrate_drift()), wanted AS (
		SELECT CASE difference WHEN 'only here' THEN 'added' WHEN 'only there' THEN 'dropped' WHEN 'differs' THEN 'altered' END, class, identity
		FROM public.before, migrate_diff(schema) WHERE difference <> 'role missing')
		SELECT 'told' AS it, * FROM (SELECT * FROM told EXCEPT SELECT * FROM wanted) t UNION ALL SELECT 'wanted', * FROM (SELECT * FROM wanted EXCEPT SELECT * FROM told) w;"
	number=0
	while IFS= read -r line; do
		number=$((number + 1))
		printf "\\\\echo == %s\n%s;\nSELECT * FROM wrong;\n" "$number" "$line"
	done < <(statements)
} >"$SCRATCH/hand"
PGOPTIONS='-c client_min_messages=error' psql -XAtq -d drift_by_hand -f "$SCRATCH/hand" >"$SCRATCH/hand.log" 2>&1
is "$(grep -c '^== ' "$SCRATCH/hand.log")" "$count" "each statement is run by hand"
is "$(grep -E '^(told|wanted)[|]|ERROR' "$SCRATCH/hand.log")" "" "and what is told is what differs"
is "$(sql drift_by_hand "SELECT count(*) > 5, bool_and(event IS NULL) FROM migrate_drift()")" "t|t" "which is something, in the end"
sql drift_by_hand "SELECT migrate_drift('accept')" >/dev/null
is "$(sql drift_by_hand "SELECT * FROM migrate_drift()")" "" "until it is accepted"

drop_roles drift_up drift_up_restored drift_by_hand
done_testing
