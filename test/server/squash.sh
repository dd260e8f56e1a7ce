#!/usr/bin/env bash
# migrate_squash(): one migration that stands for many. A database that it builds is compared, by pg_dump, with one that
# the migrations have built; what can't be squashed is refused.
. test/server/lib/tap.bash

role squash_reader NOLOGIN
role squash_owner NOLOGIN

# history DATABASE: a fresh one, whose migrations stand on stdin, each below a line "== name", are applied.
history() {
	migrate_database "$1"
	local name='' text='' line
	while IFS= read -r line || [ -n "$name" ]; do
		if [[ $line == "== "* || -z $line && -n $name ]]; then
			[ -z "$name" ] || sql "$1" "SELECT migrate_add('$name', \$migration\$$text\$migration\$)" >/dev/null
			name=${line#== } text=''
		else
			text+=$line$'\n'
		fi
	done
	run "$1" "CALL migrate_up()"
	is "$STATE" 00000 "$1: the migrations are applied" || explain "$ERR"
}
# squash DATABASE UPTO [ARGUMENTS]
squash() { run "$1" "SELECT verdict, section, text FROM migrate_squash('$2'${3:+, $3})"; }
refused() { is "$STATE $MESSAGE" "$1 $2" "$3" || explain "$ERR"; }
# dump DATABASE: schema and rows.
dump() {
	pg_dump -d "$1" -N migrate --exclude-table-data='migrate.*' --inserts >"$SCRATCH/dump" || return
	grep -vE '^(\\(un)?restrict|--|$)' "$SCRATCH/dump"
}
# built_alike DATABASE UPTO: what the squash up to there builds in a new database is what the migrations have built.
built_alike() {
	squash "$1" "$2"
	is "$STATE" 00000 "$1: it is squashed" || explain "$ERR"
	like "$OUT" '^proven[|]up[|]' "$1: and proven"
	local name
	name=$(sql "$1" "SELECT concat_ws('_', version, name) FROM migrate_status() WHERE name = 'squash_to_$2'")
	migrate_database "$1_new"
	psql -XAtq -d "$1" -c "SELECT text FROM migrate.script s JOIN migrate.migration m ON m.sha256 = s.sha256 WHERE m.name = 'squash_to_$2'" >"$SCRATCH/$1.sql"
	run "$1_new" "SELECT migrate_add('$name', pg_read_file('$SCRATCH/$1.sql'))" "SELECT action FROM migrate_apply()"
	like "$OUT" 'applied$' "$1: a new database is built by it" || explain "$ERR"
	dump "$1" >"$SCRATCH/$1.history"
	dump "$1_new" >"$SCRATCH/$1.squash"
	same "$SCRATCH/$1.history" "$SCRATCH/$1.squash" "$1: as the migrations have built it, by pg_dump"
}

# Everything that is hard

history squash_hard <<'SQL'
== 0001_tables
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad');
CREATE TABLE app.a (x int, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, b_id int);
CREATE TABLE app.b (id serial PRIMARY KEY, a_id bigint REFERENCES app.a ON DELETE CASCADE, note varchar(20));
ALTER TABLE app.a ADD FOREIGN KEY (b_id) REFERENCES app.b DEFERRABLE INITIALLY DEFERRED;
== 0002_label
ALTER TYPE app.mood ADD VALUE 'ok' BEFORE 'sad';
== 0003_use_label
ALTER TABLE app.a ADD m app.mood NOT NULL DEFAULT 'ok';
ALTER TABLE app.a DROP COLUMN x;
ALTER TABLE app.a RENAME name TO title;
ALTER TABLE app.a ADD length int GENERATED ALWAYS AS (length(title)) STORED;
== 0004_renamed
ALTER TABLE app.b RENAME TO c;
ALTER TABLE app.c RENAME note TO remark;
ALTER SEQUENCE app.b_id_seq RENAME TO c_numbers;
ALTER TABLE app.c RENAME CONSTRAINT b_pkey TO c_pkey;
== 0005_views
CREATE VIEW app.v AS SELECT id, title FROM app.a;
CREATE VIEW app.w WITH (security_invoker = true) AS SELECT title, count(*) FROM app.v GROUP BY title;
CREATE MATERIALIZED VIEW app.m AS SELECT * FROM app.w;
CREATE UNIQUE INDEX ON app.m (title);
CREATE OR REPLACE VIEW app.v AS SELECT id, title, m FROM app.a;
== 0006_code
CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.title = upper(NEW.title); RETURN NEW; END$$;
CREATE FUNCTION app.count_a() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM app.a';
CREATE TRIGGER shout BEFORE INSERT ON app.a FOR EACH ROW EXECUTE FUNCTION app.shout();
CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);
CREATE TABLE app.events (id app.positive, at date NOT NULL, what text, CHECK (what <> '')) PARTITION BY RANGE (at);
CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.events_old (what text CONSTRAINT events_what_check CHECK (what <> ''), gone int, at date NOT NULL, id app.positive);
ALTER TABLE app.events_old DROP gone;
CREATE INDEX events_at ON app.events (at);
ALTER TABLE app.events ATTACH PARTITION app.events_old FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
== 0007_rights
GRANT USAGE ON SCHEMA app TO squash_reader, squash_owner;
GRANT SELECT, INSERT (title) ON app.a TO squash_reader;
ALTER TABLE app.a ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.a FOR SELECT TO squash_reader USING (title = current_user);
ALTER TABLE app.c OWNER TO squash_owner;
COMMENT ON TABLE app.a IS 'it''s
two lines';
COMMENT ON COLUMN app.a.title IS 'said';
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO squash_reader;
CREATE TABLE app.late (id int);
CREATE RULE no_delete AS ON DELETE TO app.late DO INSTEAD NOTHING;
CREATE TABLE app.child (own text) INHERITS (app.late);
== 0008_rows
INSERT INTO app.a (title) VALUES ('one'), (E'it''s \\ two\nlines');
INSERT INTO app.c (a_id, remark) SELECT id, 'of ' || title FROM app.a WHERE id = 1;
UPDATE app.a SET b_id = 1 WHERE id = 1;
INSERT INTO app.events VALUES (1, '2025-06-01', 'old'), (2, '2026-06-01', NULL);
COPY app.late FROM stdin;
7
\N
\.
INSERT INTO app.child VALUES (8, '');
DO $$BEGIN INSERT INTO app.late VALUES (9); END$$;
DELETE FROM app.a WHERE id = 2;
== 0009_concurrently
CREATE INDEX CONCURRENTLY late_id ON app.late (id);
VACUUM app.late;

SQL
sql squash_hard "REFRESH MATERIALIZED VIEW app.m"
built_alike squash_hard 0009
like "$(cat "$SCRATCH/squash_hard.sql")" $'^-- migrate:replaces [.][.] 0009\n-- Description: 0001_tables to 0009_concurrently in one' "it says what it replaces"
like "$(cat "$SCRATCH/squash_hard.sql")" '0008_rows: INSERT in line 1, INSERT in line 2, UPDATE in line 3, INSERT in line 4, COPY in line 5, INSERT in line 9, DO in line 10, DELETE in line 11' "it names the statements that may change rows"
like "$(cat "$SCRATCH/squash_hard.sql")" 'left out: 0009_concurrently: VACUUM refuses a transaction block, line 2' "and what it leaves out"
run squash_hard "SELECT action, version, detail FROM migrate_plan()"
is "$OUT" "baseline|0010|stands for .. 0009" "here it is to be recorded"
run squash_hard "SELECT action FROM migrate_apply()" "SELECT count(*) FROM migrate_plan()" "SELECT migrate_version()"
is "$OUT" $'baselined\n0\n0010' "once it is, nothing is left to do"
squash squash_hard 0009
refused 55000 "there is nothing to squash up to version 0009" "what is squashed is not squashed again"
like "$DETAIL" '"0010_squash_to_0009"' "and the squash is named"
is "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate_scratch%'")" 0 "no scratch database stays"

done_testing
