# Databases for the tests of migrate_report(). Sourced behind tap.bash.

# report_to FILE DATABASE [FORMAT]
report_to() { psql -XAtq -v ON_ERROR_STOP=1 -d "$2" -c "SELECT migrate_report('${3:-html}')" >"$1"; }

HEBREW=$'\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d'
LONG=$(printf 'n%.0s' $(seq 63))
HOSTILE='<script>alert(1)</script>'

# odd_names DATABASE: whatever stands in names and texts.
odd_names() {
	migrate_database "$1"
	sql "$1" "SELECT migrate_add('0001_odd', \$m\$-- Purpose: $HOSTILE & \"quoted\" '\\u0000' \\x00 $HEBREW
CREATE TABLE \"$HOSTILE\" (id int, \"\"\"quoted\"\"\" text, \"$HEBREW\" text DEFAULT '\\u0000</pre></main>', $LONG int);
CREATE INDEX \"a|b\`c\`\" ON \"$HOSTILE\" (id);
CREATE VIEW \"it's & 3 < 4\" AS SELECT 1 AS \"*x*\";
\$m\$)" "SELECT migrate_add('0002_$LONG$LONG', 'ALTER TABLE \"$HOSTILE\" ADD more int; CREATE TABLE $LONG (id int)')" \
		"SELECT migrate_apply()" "SELECT migrate_add('0003_$HEBREW', 'DO \$\$ BEGIN RAISE EXCEPTION ''$HOSTILE \"quoted\" \\u0000''; END \$\$')" >/dev/null
	sql "$1" "CALL migrate_up()" >/dev/null 2>&1
	sql "$1" "CREATE TABLE \"by <b>hand</b>\" (id int)"
}

# many_failures DATABASE: 500 migrations over two years, and 500 failures.
many_failures() {
	migrate_database "$1"
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" >/dev/null <<-'SQL'
		SELECT count(*) FROM migrate_load((SELECT jsonb_agg(jsonb_build_object('name', format('%s_step.sql', to_char(i, 'FM0000')), 'content',
		    format(E'-- Purpose: step %s of many\n\n-- migrate:up\nCREATE TABLE t%s (id int PRIMARY KEY, name text NOT NULL);\nCREATE INDEX ON t%s (name);\n-- migrate:down\nDROP TABLE t%s;\n', i, i, i, i)))
		  FROM generate_series(1, 499) i));
		SELECT count(*) FROM migrate_apply();
		SELECT migrate_add('0500_broken', 'CREATE TABLE broken (id int PRIMARY KEY); INSERT INTO broken VALUES (1), (1)');
		SELECT migrate_add('0501_behind', 'SELECT 1', 'SELECT 1');
	SQL
	for _ in $(seq 500); do echo 'CALL migrate_up();'; done | psql -XAtq -d "$1" >/dev/null 2>&1
	sql "$1" "UPDATE migrate.history SET occurred_at = '2024-01-05 10:00:00Z'::timestamptz + id * interval '18 hours', duration_ms = duration_ms * (1 + id % 13) ^ 2"
}
