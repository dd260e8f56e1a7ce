#!/usr/bin/env bash
# migrate_squash(): one migration that stands for many. A database that it builds is compared, by pg_dump, with one that
# the migrations have built.
. test/server/lib/tap.bash
. test/server/lib/squash.bash

role squash_reader NOLOGIN
role squash_owner NOLOGIN

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
like "$(cat "$SCRATCH/squash_hard.sql")" "has default privileges for role $PGUSER, which has made it" "and for whom default privileges are"
run squash_hard "SELECT action, version, detail FROM migrate_plan()"
is "$OUT" "baseline|0010|stands for .. 0009" "here it is to be recorded"
run squash_hard "SELECT action FROM migrate_apply()" "SELECT count(*) FROM migrate_plan()" "SELECT migrate_version()"
is "$OUT" $'baselined\n0\n0010' "once it is, nothing is left to do"
squash squash_hard 0009
refused 55000 "there is nothing to squash up to version 0009" "what is squashed is not squashed again"
like "$DETAIL" '"0010_squash_to_0009"' "and the squash is named"
is "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate_scratch%'")" 0 "no scratch database stays"


# Values, whatever the session reads and writes them by

history squash_types <<'SQL'
== 0001_table
CREATE TYPE mood AS ENUM ('sad', 'it''s');
CREATE TYPE pair AS (a int, b text);
CREATE TABLE v (i interval, b bytea, f float8, r real, t timestamptz, d date, n numeric, a text[], m mood[], j jsonb, c char(5),
  y boolean, p pair, s int4range, g regclass, x bit(4), o money);
== 0002_rows
INSERT INTO v VALUES ('-1 day -02:03:04.5', '\x00ff5c27', 0.1 + 0.2, 1e-20, '2026-03-04 05:06:07.891011+09', '2026-02-01', 'NaN',
  ARRAY['a"b', NULL, E'c\\d\n'], ARRAY['it''s']::mood[], '{"a": "it''s \\n"}', 'ab', true, (1, 'x,"y'), '[1,5)', 'v', B'1010', 5);
INSERT INTO v (i, f, t, n) VALUES ('1 year 2 mons -3 days', '-Infinity', 'infinity', 1e30), (NULL, NULL, NULL, NULL);

SQL
PGOPTIONS='-c datestyle=German -c intervalstyle=sql_standard -c bytea_output=escape -c extra_float_digits=-3 -c timezone=Asia/Tokyo' built_alike squash_types 0002

# In this database and in a new one, beside the old files and without them

folder=$SCRATCH/folder
mkdir -p "$folder"
sql squash_hard "SELECT format('%s_%s', m.version, m.name) || E'\t' || replace(s.text, E'\n', E'\001') FROM migrate.migration m JOIN migrate.script s USING (sha256)" |
	while IFS=$'\t' read -r name text; do printf '%s' "$text" | tr '\001' '\n' >"$folder/$name.sql"; done
chmod -R a+rX "$SCRATCH"
migrate_database squash_both
run squash_both "SELECT count(*) FROM migrate_load_dir('$folder')" "SELECT action, version FROM migrate_plan() WHERE action <> 'baseline'" "SELECT action FROM migrate_apply() WHERE action = 'applied'"
is "$OUT" $'10\napply|0010\napplied' "of a folder with both a new database runs the squash alone" || explain "$ERR"
dump squash_both >"$SCRATCH/both"
same "$SCRATCH/squash_hard.squash" "$SCRATCH/both" "and is as by the squash alone"
run squash_hard "SELECT DISTINCT action FROM migrate_load_dir('$folder')" "SELECT count(*) FROM migrate_plan()"
is "$OUT" $'unchanged\n0' "the folder changes nothing here"
rm "$folder"/000[1-9]*
run squash_hard "SELECT action, count(*) FROM migrate_load_dir('$folder') GROUP BY 1 ORDER BY 1" "SELECT count(*) FROM migrate_plan()"
is "$OUT" $'absent|9\nunchanged|1\n0' "nor does it without the old files"
sql squash_hard "SELECT migrate_add('0011_next', 'CREATE TABLE app.next (a int)')" "SELECT migrate_apply()" >/dev/null
built_alike squash_hard 0011
like "$OUT" 'applied' "a squash can be part of another one"
like "$(cat "$SCRATCH/squash_hard.sql")" 'INSERT INTO app.a ' "with its rows"

# What stands between

history squash_between <<'SQL'
== 0001_a
CREATE TABLE a (id int PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), who uuid DEFAULT gen_random_uuid());
== 0002_irreversible
-- migrate:irreversible rows go
INSERT INTO a VALUES (1), (2);
DELETE FROM a WHERE id = 2;
== 0004_expects
-- migrate:expect table a with column at not null
-- migrate:tag v1.0
ALTER TABLE a ALTER at SET NOT NULL;
-- migrate:verify
SELECT count(*) = 1 FROM a;
== 0005_later
ALTER TABLE a ADD later int;
INSERT INTO a (id) VALUES (3);

SQL
sql squash_between "SELECT migrate_add('views', '-- migrate:repeatable
CREATE OR REPLACE VIEW rows_of_a AS SELECT count(*) FROM a')" "SELECT migrate_load('[{\"name\": \"seeds/some.sql\", \"content\": \"INSERT INTO a VALUES (99)\"}]', 'seeds', 'seeds')" "SELECT migrate_add('each', '-- migrate:hook before each
CREATE TEMP TABLE IF NOT EXISTS hooked (a int)')" >/dev/null
run squash_between "CALL migrate_up()"
sql squash_between "CREATE TABLE by_hand (a int)" "CREATE FUNCTION by_hand() RETURNS int LANGUAGE sql AS 'SELECT 1'" "CREATE INDEX ON a (at)" "INSERT INTO a (id) VALUES (50)"
squash squash_between 0004
like "$OUT" '^proven[|]up[|]' "irreversible and repeatable migrations, seeds and hooks stand in between" || explain "$ERR"
unlike "$OUT" 'by_hand|rows_of_a|later|[(](3|99|50),|INDEX|hooked' "it has nothing of later ones, of repeatable ones, of seeds, of what was done by hand"
like "$OUT" $'migrate:expect table a with column at not null\n' "it expects what they expect"
like "$OUT" "verify scripts are not in it: 0004_expects" "verify scripts are named"
like "$OUT" "tags are not in it: v1.0" "so are tags"
like "$OUT" "differ with each run, and stand here as one has left them: rows of public.a" "so are rows that are other ones each time"
like "$OUT" $'[|]replaces[|]0001_a\n0002_irreversible\n0004_expects' "it says what it stands for"
run squash_between "SELECT version, status FROM migrate_status() WHERE name = 'squash_to_0004'" "SELECT action, name FROM migrate_plan() WHERE action <> 'hook'" "SELECT count(*) FROM migrate_apply()" "SELECT migrate_version()" "SELECT count(*) FROM migrate_plan()"
is "$OUT" $'0006|pending\nbaseline|squash_to_0004\n1\n0005\n0' "it takes its place behind the last of them, although later ones are applied" || explain "$ERR"
squash squash_between 0004
refused 55000 'there is nothing to squash up to version 0004' "once is enough"
run squash_between "SELECT migrate_rollback(steps => 1)" "SELECT migrate_rollback(steps => 1)"
is "$STATE" 55000 "a rollback does not go past it" || explain "$OUT$ERR"

# A reset takes it back together with what it stands for

migrate_database squash_reset
sql postgres "ALTER DATABASE squash_reset SET migrate.environment = 'test'"
sql squash_reset "SELECT migrate_add('0001_a', 'CREATE TABLE a (id int)')" "SELECT migrate_add('0002_b', 'CREATE TABLE b (id int)')" "SELECT migrate_apply()" \
	"SELECT migrate_squash('0002')" "SELECT migrate_apply()" >/dev/null
run squash_reset "SELECT name, action FROM migrate_reset()"
is "$OUT" $'squash_to_0002|reset\nb|reset\na|reset' "where the migrations ran" || explain "$ERR"
run squash_reset "SELECT name, action FROM migrate_apply()" "SELECT to_regclass('a'), to_regclass('b')"
is "$OUT" $'squash_to_0002|applied\na|baselined\nb|baselined\na|b' "then the squash runs" || explain "$ERR"
run squash_reset "SELECT name, action FROM migrate_reset()" "SELECT name, action FROM migrate_apply()" "SELECT to_regclass('a'), to_regclass('b')"
is "$OUT" $'squash_to_0002|reset\nb|reset\na|reset\nsquash_to_0002|applied\na|baselined\nb|baselined\na|b' "where the squash ran, too" || explain "$ERR"

# Beside what no migration has made

migrate_database squash_beside
sql squash_beside "CREATE SCHEMA auth" "CREATE TABLE auth.users (id int PRIMARY KEY, email text)" "CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql AS 'SELECT 1'" \
	"CREATE TABLE public.tools (id int PRIMARY KEY)" "CREATE EXTENSION hstore" "CREATE PUBLICATION live" "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO squash_reader"
sql squash_beside "SELECT migrate_add('0001_profiles', 'CREATE TABLE profiles (id int PRIMARY KEY REFERENCES auth.users, tags hstore)')" \
	"SELECT migrate_add('0002_rights', 'REVOKE INSERT, UPDATE, DELETE ON profiles FROM squash_reader; GRANT USAGE ON SCHEMA public, auth TO squash_reader;
CREATE EXTENSION IF NOT EXISTS pgcrypto; ALTER TABLE auth.users ADD COLUMN name text; COMMENT ON TABLE auth.users IS ''ours, too''')" \
	"SELECT migrate_add('0003_trigger', 'CREATE FUNCTION made() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NEW; END'';
CREATE TRIGGER made AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION made(); CREATE POLICY own ON profiles USING (id = auth.uid()); INSERT INTO auth.users VALUES (7); ALTER PUBLICATION live ADD TABLE profiles')" \
	"SELECT migrate_apply()" >/dev/null 2>&1
squash squash_beside 0003
like "$OUT" '^proven[|]up[|]' "migrations that stand on what a platform brings" || explain "$ERR"
unlike "$OUT" 'CREATE TABLE auth|hstore VERSION|tools|DEFAULT PRIVILEGES' "nothing of that is taken in"
like "$OUT" 'REVOKE' "what is taken from default privileges is"
like "$OUT" 'GRANT USAGE ON SCHEMA auth TO squash_reader' "so is what was granted on it"
like "$OUT" 'ALTER TABLE auth.users ADD COLUMN name text' "and what was changed in it"
like "$OUT" 'INSERT INTO auth.users' "with rows"
like "$OUT" 'ALTER PUBLICATION live ADD TABLE public.profiles' "a publication that is there gets a table"
unlike "$OUT" 'CREATE PUBLICATION|needs what no migration has made' "and nothing else is needed"
like "$OUT" 'CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;' "an extension may be there already, in any version"
sql squash_beside "SELECT migrate_remove('squash_to_0003')" "SELECT migrate_add('0004_tool', 'CREATE TABLE uses (tool int REFERENCES public.tools)')" "SELECT migrate_apply()" >/dev/null
squash squash_beside 0004
like "$OUT" 'needs what no migration has made; there is: table public.tools' "what was made by hand and is needed is named" || explain "$ERR"
unlike "$OUT" 'CREATE TABLE public.tools' "and not taken in"
sql squash_beside "SELECT migrate_remove('squash_to_0004')" >/dev/null
sql squash_beside "SELECT migrate_add('0005_lost', 'CREATE TABLE lost (tool int REFERENCES public.tools)')" "SELECT migrate_apply()" "DROP TABLE public.tools CASCADE" >/dev/null
squash squash_beside 0005
refused 42P01 'relation "public.tools" does not exist' "what a new database lacks is the migration's error"
is "$PLACE" 'Migration "0004_tool", line 1, column 1.' "with its place"
like "$HINT" 'runs the migrations in a new database' "and says where it was run"

# Over a baseline

migrate_database squash_baseline
sql squash_baseline "CREATE SCHEMA app" "CREATE TABLE app.a (id int PRIMARY KEY)" "CREATE TABLE app.unknown (id int)" "INSERT INTO app.a VALUES (5)" \
	"SELECT migrate_add('0001_base', 'CREATE SCHEMA app; CREATE TABLE app.a (id int PRIMARY KEY);')" "SELECT migrate_baseline('0001')" \
	"SELECT migrate_add('0002_more', 'ALTER TABLE app.a ADD note text; CREATE TABLE app.b (a int REFERENCES app.a)')" "SELECT migrate_apply()" >/dev/null
squash squash_baseline 0002
like "$OUT" '^proven[|]up[|]' "a baseline is part of it by its text" || explain "$ERR"
like "$OUT" 'CREATE SCHEMA IF NOT EXISTS app;.*CREATE TABLE app.a .*note text' "with what it makes"
unlike "$OUT" 'unknown|INSERT' "and nothing that only stands in its schema"

# Of the server

sql postgres "DROP ROLE IF EXISTS squash_made" 2>/dev/null
history squash_server <<'SQL'
== 0001_roles
CREATE ROLE squash_made NOLOGIN;
ALTER ROLE squash_made SET search_path = 'app';
GRANT squash_made TO squash_reader;
DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'squash_made') THEN CREATE ROLE squash_made; END IF; END$$;
== 0002_table
CREATE TABLE t (a int);
GRANT SELECT ON t TO squash_made;
COMMENT ON ROLE squash_made IS 'made';
GRANT CONNECT ON DATABASE squash_server TO squash_made;

SQL
squash squash_server 0002
like "$OUT" '^proven[|]up[|]' "migrations that make roles" || explain "$ERR"
like "$OUT" $'-- 0001_roles, line 1\nCREATE ROLE squash_made NOLOGIN;\n' "what is of the server is taken over as it stands"
like "$OUT" 'remark[|]of the server, taken over untried: 0001_roles: CREATE ROLE in line 1, ALTER ROLE in line 2, GRANT ROLE in line 3' "and named"
like "$OUT" 'of the server, taken over untried: 0002_table: COMMENT in line 3, GRANT in line 4' "comments and grants on it, too"
run squash_server "SELECT rolconfig FROM pg_roles WHERE rolname = 'squash_made'"
is "$OUT" '{search_path=app}' "the role is as it was"
sql squash_server "SELECT migrate_remove('squash_to_0002')" "SELECT migrate_add('0003_system', '-- migrate:no-transaction
ALTER SYSTEM SET work_mem = ''5MB''')" >/dev/null
run squash_server "CALL migrate_up()"
squash squash_server 0003
refused 25001 'migration "0003_system" can'\''t be part of a squash' "a statement that refuses a transaction is refused"
like "$DETAIL" 'ALTER SYSTEM refuses a transaction block, line 2' "with its line"
sql squash_server "ALTER SYSTEM RESET work_mem"
for database in squash_server squash_server_new; do sql postgres "DROP DATABASE IF EXISTS $database" 2>/dev/null; done
sql postgres "DROP ROLE squash_made"

is "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate_scratch%'")" 0 "no scratch database stays"
done_testing
