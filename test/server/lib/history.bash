# A history with something of everything in it, and what must hold wherever it is taken to. Sourced after tap.bash. AS
# is the role that works on it; who looks is superuser.
. test/server/lib/extension.bash

# make_history DATABASE WHO
make_history() {
	local stays='
		{"name": "0000_before.sql", "content": "CREATE TABLE before (a int);"},
		{"name": "0001_people.sql", "content": "CREATE TABLE people (id int PRIMARY KEY, name text);\nINSERT INTO people VALUES (1, '"''Zoé''"'), (2, null);\n-- migrate:down\nDROP TABLE people;"},
		{"name": "0002_email.sql", "content": "ALTER TABLE people ADD email text; -- \"quoted\" \\\\ backslash\n-- migrate:verify\nSELECT true;\n-- migrate:down\nALTER TABLE people DROP email;"},
		{"name": "0003_phone.sql", "content": "ALTER TABLE people ADD phone text;\n-- migrate:down\n-- ALTER TABLE people DROP phone;"}'
	run "$1" \
		"SELECT migrate_load('[$stays, {\"name\": \"0004_gone.sql\", \"content\": \"SELECT 1;\"}]', source => 'a')" \
		"CREATE TABLE before (a int)" \
		"SELECT migrate_baseline('0000')" \
		"SELECT migrate_apply(target => '0003')" \
		"SELECT migrate_rollback(steps => 1)" \
		"SELECT migrate_load('[{\"name\": \"0005_extra.sql\", \"content\": \"CREATE TABLE extra (a int);\\n-- migrate:down\\nDROP TABLE extra;\"}]', source => 'b')" \
		"SELECT migrate_load('[$stays]', source => 'a')"
	works "$2: loads, records a baseline, applies and rolls back"
	is "$(sql "$1" "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()")" \
		"0000 baseline, 0001 applied, 0002 applied, 0003 pending, 0004 absent, 0005 pending" "$2: the states to be kept"
}

# keep DATABASE: remembers what is there.
keep() {
	rows "$1" >"$SCRATCH/$1.rows"
	sql "$1" "SELECT * FROM migrate_status()" "SELECT version, p.* FROM migrate_status(), migrate_show(version) p" >"$SCRATCH/$1.status"
}

# went_over FROM DATABASE WHO: all that was kept of FROM is in DATABASE.
went_over() {
	rows "$2" >"$SCRATCH/rows"
	same "$SCRATCH/$1.rows" "$SCRATCH/rows" "$3: all rows of all tables are there, and the sequences stand where they stood"
	sql "$2" "SELECT * FROM migrate_status()" "SELECT version, p.* FROM migrate_status(), migrate_show(version) p" >"$SCRATCH/status"
	same "$SCRATCH/$1.status" "$SCRATCH/status" "$3: migrate_status() and migrate_show() say the same"
}

# goes_on DATABASE WHO: what was pending is applied, then rolled back as far as the baseline.
goes_on() {
	run "$1" "SELECT version, action FROM migrate_apply()"
	works "$2: migrate_apply() goes on"
	is "$OUT" "0003|applied
0005|applied" "$2: it applies what was pending"
	is "$(sql "$1" "SELECT count(*), count(DISTINCT id), max(id) = (SELECT last_value FROM migrate.history_id_seq) FROM migrate.history")" \
		"7|7|t" "$2: no id collides"
	run "$1" "SELECT migrate_add('0006_more', 'SELECT 1')" "SELECT version FROM migrate_rollback(target => '0000')"
	works "$2: more is added, and all that was applied there and here is rolled back"
	is "$(sql "$1" "SELECT migrate_version()")" 0000 "$2: the version is the baseline's"
}
