#!/usr/bin/env bash
# migrate_prove() in a scratch database: what it has of the database, which rows it makes up, and what becomes of it; and
# that nothing of the database itself is locked or read meanwhile.
. test/server/lib/tap.bash

role proves_plain LOGIN
role proves_maker "LOGIN CREATEDB"
role proves_clerk NOLOGIN
migrate_database proves_scratch
readonly OWN=proves_scratch
scratches() { sql postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'migrate_scratch%'"; }
no_scratch() {
	wait_until postgres "SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname LIKE 'migrate_scratch%')"
	is "$(scratches)" 0 "$1: no scratch database stays"
}
# add NAME UP [DOWN]
add() {
	local down=NULL
	[ $# -lt 3 ] || down="\$m\$$3\$m\$"
	sql "$OWN" "SELECT migrate_add('$1', \$m\$$2\$m\$, $down)" >/dev/null
}
# proves NAME UP DOWN VERDICT ROWS DETAIL: the only one that is pending. Without a down script DOWN is "-".
proves() {
	local down=NULL
	[ "$3" = - ] || down="\$m\$$3\$m\$"
	run "$OWN" "DO \$do\$BEGIN PERFORM migrate_add('$1', \$m\$$2\$m\$, $down); END\$do\$" \
		"SELECT verdict, detail FROM migrate_prove()" \
		"SELECT rows FROM migrate.proof ORDER BY id DESC LIMIT 1" "DO \$do\$BEGIN PERFORM migrate_remove('$1'); END\$do\$"
	is "$STATE $OUT" "00000 $4|$6
$5" "$1: $4, $5" || explain "$ERR"
}

# The rows that are made up

sql "$OWN" "CREATE SCHEMA \"App X\"" "CREATE EXTENSION citext" "CREATE TYPE \"App X\".state AS ENUM ('new', 'old')" \
	"CREATE DOMAIN \"App X\".mail AS text CHECK (VALUE ~ '@')" \
	"CREATE DOMAIN \"App X\".percent AS numeric(5, 2) NOT NULL CHECK (VALUE BETWEEN 0 AND 100)" \
	"CREATE TYPE \"App X\".pair AS (a int, b text)" \
	"CREATE TABLE \"App X\".\"Kinds\" (\"Id\" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \"the name\" varchar(3) UNIQUE NOT NULL)" \
	"CREATE TABLE \"App X\".\"Things\" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
		kind int NOT NULL REFERENCES \"App X\".\"Kinds\" DEFERRABLE INITIALLY DEFERRED, state \"App X\".state NOT NULL DEFAULT 'new',
		mail \"App X\".mail NOT NULL, percent \"App X\".percent, pair \"App X\".pair NOT NULL, tags text[] NOT NULL, during tstzrange NOT NULL,
		word citext NOT NULL UNIQUE, about jsonb NOT NULL, is_it boolean NOT NULL, parent uuid REFERENCES \"App X\".\"Things\",
		twice int GENERATED ALWAYS AS (kind * 2) STORED, flag char(1) NOT NULL CHECK (flag IN ('y', 'n')),
		stars int NOT NULL CHECK (stars BETWEEN 1 AND 5), short numeric(4, 2) NOT NULL UNIQUE, many int4multirange NOT NULL, EXCLUDE USING gist (during WITH &&))" \
	"CREATE FUNCTION \"App X\".no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no rows today''; END'" \
	"CREATE TRIGGER \"T no\" BEFORE INSERT ON \"App X\".\"Things\" FOR EACH ROW EXECUTE FUNCTION \"App X\".no()" \
	"ALTER TABLE \"App X\".\"Things\" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY" \
	"CREATE POLICY never ON \"App X\".\"Things\" USING (false)" \
	"CREATE TABLE \"App X\".parts (id bigint, at date NOT NULL, region text NOT NULL, PRIMARY KEY (id, at, region)) PARTITION BY RANGE (at)" \
	"CREATE TABLE \"App X\".parts_24 PARTITION OF \"App X\".parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (region)" \
	"CREATE TABLE \"App X\".parts_24_eu PARTITION OF \"App X\".parts_24 FOR VALUES IN ('eu', 'de')" \
	"CREATE TABLE \"App X\".hashed (id int PRIMARY KEY) PARTITION BY HASH (id)" \
	"CREATE TABLE \"App X\".hashed_2 PARTITION OF \"App X\".hashed FOR VALUES WITH (modulus 3, remainder 2)" \
	"CREATE TABLE \"App X\".tree (id int PRIMARY KEY, up int NOT NULL REFERENCES \"App X\".tree)" \
	"CREATE TABLE \"App X\".never (id int CHECK (id > 5 AND id < 3 AND id IS NOT NULL))" "CREATE TABLE \"App X\".no_columns ()" \
	"CREATE TABLE \"App X\".tenants (tenant int, id int, PRIMARY KEY (tenant, id))" \
	"CREATE TABLE \"App X\".members (tenant int NOT NULL, member int NOT NULL, FOREIGN KEY (tenant, member) REFERENCES \"App X\".tenants, UNIQUE (member))" >/dev/null
number=0 expected=
for table in '"Things"' '"Kinds"' parts hashed tree no_columns members; do
	number=$((number + 1))
	add "00${number}0_more" "ALTER TABLE \"App X\".$table ADD more int" "ALTER TABLE \"App X\".$table DROP more"
	add "00${number}1_lie" "ALTER TABLE \"App X\".$table DROP more" "ALTER TABLE \"App X\".$table ADD more int NOT NULL"
	expected+="00${number}0|exact|script"$'\n'"00${number}1|fails: column \"more\" contains null values|script, line 1"$'\n'
done
run "$OWN" "SELECT version, regexp_replace(verdict, 'of relation \".*\" ', ''), detail FROM migrate_prove()"
is "$STATE $OUT" "00000 ${expected%$'\n'}" "a NOT NULL column that an empty table would have taken" || explain "$ERR"
is "$(sql "$OWN" "SELECT count(*) FILTER (WHERE rows = 'with rows'), count(*) FROM migrate.proof")" "14|14" "each of the tables was given rows"
sql "$OWN" "SELECT migrate_remove(version) FROM migrate_status()" >/dev/null
sql "$OWN" "GRANT USAGE, CREATE ON SCHEMA \"App X\" TO proves_clerk" "SET ROLE proves_clerk" \
	"CREATE FUNCTION \"App X\".who() RETURNS text LANGUAGE plpgsql AS 'BEGIN ASSERT current_user = ''proves_clerk'', current_user; RETURN current_user; END'" \
	"CREATE TABLE \"App X\".clerks (a text DEFAULT \"App X\".who(), b int CHECK (\"App X\".who() <> ''))" >/dev/null
proves 0001_clerk 'ALTER TABLE "App X".clerks ADD more int' - exact "with rows" generated
sql "$OWN" "DROP TABLE \"App X\".clerks" "DROP FUNCTION \"App X\".who()"
BEFORE=$(sql "$OWN" "SELECT migrate_schema_hash()")
proves 0001_never 'ALTER TABLE "App X".never ADD more int' - exact empty \
	'generated; no rows made for "App X".never: new row for relation "never" violates check constraint "never_id_check"'
proves 0001_check 'ALTER TABLE "App X".tree ADD CHECK (id < 5)' - exact empty \
	'generated; tried without rows: with those made for it it fails: check constraint "tree_id_check" of relation "tree" is violated by some row'
proves 0001_own 'CREATE TABLE own (id int); INSERT INTO "App X"."Kinds" OVERRIDING SYSTEM VALUE VALUES (1, '"'one'"'), (2, '"'two'"')' 'DROP TABLE own; DELETE FROM "App X"."Kinds" WHERE "Id" < 3' \
	exact "with rows" script
proves 0001_gone 'DROP TABLE "App X".members' 'CREATE TABLE "App X".members (tenant int NOT NULL, member int NOT NULL, FOREIGN KEY (tenant, member) REFERENCES "App X".tenants, UNIQUE (member))' \
	exact "with rows" script
proves 0001_by_function 'DO $$ BEGIN UPDATE "App X"."Kinds" SET "the name" = '"'x'"' || "Id" % 10; END $$' 'SELECT 1 / (count(*) - 2) FROM "App X"."Kinds"' \
	"fails: division by zero" "with rows" "script, line 1"
is "$(sql "$OWN" "SELECT count(*) FROM \"App X\".\"Kinds\"")" 0 "no row is made in the database itself"
is "$(sql "$OWN" "SELECT migrate_schema_hash()")" "$BEFORE" "and its schema is as it was"

# Several, one upon the other

sql "$OWN" "TRUNCATE migrate.proof"
add 0001_label "ALTER TYPE \"App X\".state ADD VALUE 'paid'"
add 0002_uses "ALTER TABLE \"App X\".\"Things\" ALTER state SET DEFAULT 'paid'; UPDATE \"App X\".\"Things\" SET state = 'paid'"
add 0003_index "CREATE INDEX CONCURRENTLY i ON \"App X\".tree (up)" "DROP INDEX CONCURRENTLY \"App X\".i"
add 0004_grant "GRANT SELECT ON \"App X\".tree TO proves_clerk; GRANT USAGE ON SCHEMA \"App X\" TO proves_clerk; ALTER TABLE \"App X\".tree OWNER TO proves_clerk"
add 0005_row_security "ALTER TABLE \"App X\".tree ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON \"App X\".tree USING (up > 0)"
add 0006_made "CREATE TABLE made (id int PRIMARY KEY)"
add 0007_on_made "ALTER TABLE made ADD note text" "ALTER TABLE made ALTER id TYPE bigint"
add 0008_alone "VACUUM made"
run "$OWN" "SELECT version, verdict, detail FROM migrate_prove()"
is "$OUT" "0001|fails when applied again: enum label \"paid\" already exists|up script, line 1
0002|exact|generated; rows not brought back: UPDATE in line 1
0003|exact|script
0004|exact|generated
0005|exact|generated
0006|exact|generated
0007|differs|table column public.made.id, table column public.made.note; script
0008|not proven|not tried: VACUUM refuses a transaction block, line 1" "each begins where the last one led to" || explain "$ERR"
is "$(sql "$OWN" "SELECT string_agg(concat_ws(' ', version, rows), ', ' ORDER BY id) FROM migrate.proof")" \
	"0001 with rows, 0002 with rows, 0003 with rows, 0004 with rows, 0005 with rows, 0006 with rows, 0007 with rows" "a table that one of them makes is given rows, too"
sql "$OWN" "SELECT migrate_apply('0007', dry_run => true)" >/dev/null
run "$OWN" "BEGIN" "SELECT migrate_remove('0008')" "SELECT migrate_add('0009_mine', 'ALTER TABLE mine ADD a int')" "CREATE TABLE mine ()" "SELECT version, verdict FROM migrate_prove() WHERE version > '0007'" "ROLLBACK"
like "$OUT" $'\n0009[|]exact$' "what the transaction has changed and registered counts" || explain "$ERR"
sql "$OWN" "SELECT migrate_remove(version) FROM migrate_status()" >/dev/null

# What it has of the database

sql postgres "ALTER DATABASE \"$OWN\" SET app.word = 'it''s'" "ALTER DATABASE \"$OWN\" SET search_path = \"App X\", public" "ALTER DATABASE \"$OWN\" SET migrate.environment = 'staging'" \
	"ALTER ROLE postgres IN DATABASE \"$OWN\" SET app.role_word = 'mine'"
sql "$OWN" "SELECT public.migrate_add('0001_before', 'CREATE TABLE before (a int)')" "SELECT public.migrate_apply()" >/dev/null
sql "$OWN" "SELECT public.migrate_load('[{\"name\": \"0002_settings.sql\", \"content\": \"-- migrate:requires 0001\\n-- migrate:only staging\\nALTER TABLE before ADD \${column} int;\\nDO \$\$ BEGIN ASSERT current_setting(''app.word'') = ''it''''s'', ''database''; ASSERT current_setting(''app.role_word'') = ''mine'', ''role''; END \$\$;\"},
	{\"name\": \"hook.sql\", \"content\": \"-- migrate:hook before each\\nCREATE TABLE IF NOT EXISTS hooked ();\"}]', placeholders => '{\"column\": \"more\"}')" >/dev/null
run "$OWN" "SELECT verdict FROM public.migrate_prove()"
is "$OUT" "exact" "settings, search_path, environment, placeholders, requirements, hooks" || explain "$ERR"
sql "$OWN" "SELECT public.migrate_remove('0002')" "SELECT public.migrate_remove('hook')" "SELECT public.migrate_rollback()" "SELECT public.migrate_remove('0001')" >/dev/null
sql postgres "ALTER DATABASE \"$OWN\" RESET ALL" "ALTER ROLE postgres IN DATABASE \"$OWN\" RESET ALL"
sql "$OWN" "CREATE EXTENSION postgres_fdw" "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.invalid', dbname 'x')" \
	"CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'u', password 'hidden')" "CREATE FOREIGN TABLE far_table (a int) SERVER far"
proves 0001_secret "DROP USER MAPPING FOR postgres SERVER far" - "no way back" "with rows" \
	"It can't be made again: user mapping postgres on server far holds a secret, which is not recorded."
sql "$OWN" "DROP EXTENSION postgres_fdw CASCADE" 2>/dev/null
sql "$OWN" "CREATE TABLE parent (total int, CONSTRAINT positive CHECK (total > 0))" "CREATE TABLE child (total int, CONSTRAINT positive CHECK (total > 0)) INHERITS (parent)" 2>/dev/null
proves 0001_child "ALTER TABLE child ADD more int" - exact "with rows" "generated; made in another way in the scratch database: table column public.child.total"
sql "$OWN" "DROP TABLE parent CASCADE" 2>/dev/null
run "$OWN" "DO \$\$BEGIN PERFORM migrate_add('0001_rows', 'DO ''BEGIN ASSERT EXISTS (SELECT FROM \"App X\".\"Kinds\" WHERE \"the name\" = ''''one''''), ''''no kind one''''; END''', 'SELECT 1'); END\$\$" \
	"INSERT INTO \"App X\".\"Kinds\" (\"the name\") VALUES ('one')" "SELECT migrate_prove()"
is "$STATE $MESSAGE" "P0004 no kind one" "what needs a row that only the database has fails there"
like "$HINT" "It was tried in a scratch database, which has the schema of this one, and other rows. in_place => true tries it in this one." "the hint says so"
run "$OWN" "SELECT verdict FROM migrate_prove(in_place => true)" "DO \$\$BEGIN PERFORM migrate_remove('0001'); END\$\$"
is "$OUT" "exact" "and in place it does not" || explain "$ERR"
no_scratch "an error"

# Nobody is locked out

add 0001_locks "ALTER TABLE \"App X\".\"Kinds\" ADD more int"
open_session holder "$OWN"
hold "LOCK TABLE \"App X\".\"Kinds\" IN ACCESS EXCLUSIVE MODE"
run "$OWN" "SET lock_timeout = '5s'" "SELECT verdict FROM migrate_prove()"
is "$STATE $OUT" "00000 exact" "a table that another session has locked is none of its business" || explain "$ERR"
let_go
run "$OWN" "BEGIN" "DO \$\$BEGIN PERFORM migrate_prove(); END\$\$" \
	"SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation = '\"App X\".\"Kinds\"'::regclass AND mode <> 'AccessShareLock'" "COMMIT"
is "$OUT" 0 "and it locks none itself" || explain "$ERR"
send holder "BEGIN; SELECT verdict FROM migrate_prove();"
answered holder
run "$OWN" "SELECT verdict FROM migrate_prove()" "SELECT action FROM migrate_apply('0001')"
is "$STATE $OUT" $'00000 exact\napplied' "two prove at once, and one of them applies" || explain "$ERR"
send holder "ROLLBACK;"
answered holder
sql "$OWN" "SELECT migrate_rollback()" >/dev/null
no_scratch "two sessions"

# A cancel

add 0002_sleeps "DO 'BEGIN PERFORM pg_sleep(60); END'"
send holder "SELECT migrate_prove();"
wait_until postgres "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND backend_type LIKE 'migrate helper%'"
sql postgres "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder'" >/dev/null
answered holder
is "$STATE" 57014 "a cancel ends it"
no_scratch "a cancel"
wait_until postgres "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migrate helper%')"
is "$(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'migrate helper%'")" 0 "nor a worker"
sql "$OWN" "SELECT migrate_remove('0002')" >/dev/null
close_session holder

# Who may

sql "$OWN" "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO proves_plain, proves_maker" "GRANT ALL ON SCHEMA \"App X\", public TO proves_maker"
AS=proves_plain run "$OWN" "SELECT migrate_prove()"
is "$STATE $MESSAGE" '42501 role "proves_plain" may not create databases' "without CREATEDB"
like "$HINT" "in_place => true tries it in this database, and undoes it" "the hint says what else there is"
AS=proves_maker run "$OWN" "SELECT migrate_remove('0001')" "SELECT migrate_add('0001_texts', 'DO ''BEGIN PERFORM text FROM migrate.script; END''')" "SELECT migrate_prove()"
is "$STATE $MESSAGE" "42501 permission denied for table script" "who may not read texts can't read them there" || explain "$ERR"
AS=proves_maker run "$OWN" "SELECT migrate_remove('0001')" "SELECT migrate_add('0001_mine', 'CREATE TABLE \"App X\".mine (a int)', 'DROP TABLE \"App X\".mine')" "SELECT verdict FROM migrate_prove()"
is "$STATE ${OUT##*$'\n'}" "00000 exact" "whoever may not give things to their owners proves what is theirs" || explain "$ERR"
sql "$OWN" "SELECT migrate_remove('0001')" "CREATE EXTENSION adminpack" >/dev/null 2>&1 || sql "$OWN" "CREATE EXTENSION pg_buffercache"
AS=proves_maker run "$OWN" "SELECT migrate_add('0001_mine', 'SELECT 1')" "SELECT migrate_prove()"
is "$STATE $MESSAGE" "55000 the schema of this database can't be made again in a scratch database" "an extension that the role may not create"
like "$DETAIL|$HINT" 'extension (adminpack|pg_buffercache).*[|].*in_place => true' "is named, and the hint says what else there is"
no_scratch "rights"
done_testing
