#!/usr/bin/env bash
# migrate_changes() tells all that a migration did, and nothing else: what it tells, taken from a schema before, gives the
# schema after it, object by object, over the statements of test/schema, at depths 1, 2 and 3 of subtransactions.
. test/server/lib/tap.bash
. test/server/lib/statements.bash

# prepare DATABASE: what the comparisons need.
prepare() {
	migrate_database "$1"
	sql "$1" "$COMPARISON" "SELECT testing.wrong(NULL)" >/dev/null
}

# Objects that the changes since an event tell otherwise than the schemas before and after, of which the latter is the next
# one before.
COMPARISON="
CREATE SCHEMA testing;
CREATE TABLE testing.before (class text, identity text, definition text);
CREATE TABLE testing.after (class text, identity text, definition text);
CREATE FUNCTION testing.wrong(since bigint) RETURNS SETOF text LANGUAGE plpgsql AS \$\$ BEGIN
	TRUNCATE testing.after;
	INSERT INTO testing.after SELECT class, identity, definition FROM migrate_schema() WHERE schema IS DISTINCT FROM 'testing' AND identity <> 'testing';
	RETURN QUERY WITH wanted AS (
		SELECT class, identity, b.definition AS before, a.definition AS after
		FROM testing.before b FULL JOIN testing.after a USING (class, identity)
		WHERE b.definition IS DISTINCT FROM a.definition),
	told AS (
		SELECT c.class, COALESCE(x.identity, c.identity) AS identity, max(b.definition) FILTER (WHERE x.is_before) AS before,
			max(a.definition) FILTER (WHERE x.is_after) AS after
		FROM migrate.change c LEFT JOIN migrate.definition b ON b.sha256 = c.before_sha256 LEFT JOIN migrate.definition a ON a.sha256 = c.after_sha256,
			LATERAL (SELECT c.identity, c.old_identity IS NULL, true UNION ALL SELECT c.old_identity, true, false WHERE c.old_identity IS NOT NULL)
				AS x (identity, is_before, is_after)
		WHERE c.event > COALESCE(since, 0) GROUP BY 1, 2)
	SELECT format(E'%s %s\n  was told: %s -> %s\n  expected: %s -> %s', class, identity, t.before, t.after, w.before, w.after)
	FROM wanted w FULL JOIN (SELECT * FROM told WHERE before IS DISTINCT FROM after) t USING (class, identity)
	WHERE (w.before, w.after) IS DISTINCT FROM (t.before, t.after);
	TRUNCATE testing.before;
	INSERT INTO testing.before SELECT * FROM testing.after;
END \$\$;"

# each DATABASE: applies one after the other, and looks.
each() {
	local number=0 line version
	while IFS= read -r line; do
		number=$((number + 1)) version=$(printf '%04d' "$number")
		printf "\\\\echo == %s\nCALL migrate_up('%s');\n" "$number" "$version"
		printf "SELECT testing.wrong((SELECT max(id) FROM migrate.history WHERE version < '%s'));\n" "$version"
	done < <(statements) >"$SCRATCH/each"
	PGOPTIONS='-c client_min_messages=error' psql -XAtq -d "$1" -f "$SCRATCH/each" >"$SCRATCH/each.log" 2>&1
	number=0
	while IFS= read -r line; do
		number=$((number + 1))
		is "$(sed -n "/^== $number\$/,/^== $((number + 1))\$/p" "$SCRATCH/each.log" | grep -v '^== ')" "" "$line"
	done < <(statements)
}

make_roles
prepare changes
add changes
each changes

# The same in one transaction, where a table that a migration has made can't be opened when another has dropped it, at each
# depth of subtransactions in turn.
prepare changes_once
add changes_once
run changes_once "CREATE FUNCTION testing.apply(deeper int, version text) RETURNS void LANGUAGE plpgsql AS \$\$
BEGIN
	IF deeper = 0 THEN
		PERFORM migrate_apply(version);
		RETURN;
	END IF;
	BEGIN
		PERFORM testing.apply(deeper - 1, version);
	EXCEPTION WHEN division_by_zero THEN RAISE;
	END;
END \$\$" "BEGIN" "DO \$\$
DECLARE
	m record;
	found text;
	since bigint;
BEGIN
	FOR m IN SELECT version FROM migrate_status() ORDER BY version LOOP
		since := (SELECT max(id) FROM migrate.history);
		PERFORM testing.apply(m.version::int % 3, m.version);
		FOR found IN SELECT testing.wrong(since) LOOP
			RAISE WARNING 'wrong: % %', m.version, found;
		END LOOP;
	END LOOP;
END \$\$" "SELECT count(*) > 100 FROM migrate.history WHERE event = 'apply'" "ROLLBACK"
is "$STATE $OUT" "00000 t" "in one transaction all are applied"
unlike "$ERR" "wrong:" "and all changes are told"

drop_roles changes changes_once
done_testing
