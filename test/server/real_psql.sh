#!/usr/bin/env bash
# The same files by psql and by migrate give the same database, down to the byte; rolled back it is as before.
. test/server/lib/tap.bash

files=$SCRATCH/files
rm -rf "$files"
mkdir -p "$files"
number=0

# migration NAME: makes a pair of files from stdin, up to a line "---- down" and after it.
migration() {
	local stem
	number=$((number + 1))
	stem=$files/$(printf '%04d_%s' "$number" "$1")
	awk -v up="$stem.up.sql" -v down="$stem.down.sql" '/^---- down/ { below = 1; next } { print >(below ? down : up) }'
}

# Every kind of text

migration enum <<'SQL'
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"');
CREATE TABLE moods (m mood NOT NULL DEFAULT 'ok', all_of mood[] DEFAULT '{sad,ok}');
ALTER TYPE mood ADD VALUE 'new' BEFORE 'ok';
ALTER TYPE mood RENAME VALUE 'sad' TO 'very sad';
INSERT INTO moods DEFAULT VALUES;
---- down
DROP TABLE moods;
DROP TYPE mood;
SQL
migration trailing_blanks <<'SQL'
CREATE FUNCTION trailing_blanks() RETURNS text LANGUAGE plpgsql AS $$   
BEGIN  	
    -- a comment with blanks at its end    

	RETURN 'line with blanks   
and a second line';  
END   
$$;   
COMMENT ON FUNCTION trailing_blanks() IS '  blanks around  
	';
---- down
DROP FUNCTION trailing_blanks();
SQL
migration copy_text <<'SQL'
CREATE TABLE copied (id int, "Some text" text, extra text DEFAULT 'd');
COPY copied (id, "Some text") FROM stdin;
1	plain
2	tab\there and \\ backslash
3	\N
4	it's; a -- comment? /* no */ $$ no quote $$ "
5	
6	\\.
7	é ß 中
\.
-- between two of them
COPY public.copied FROM STDIN;
8	last	\N
\.

COPY copied FROM stdin; -- nothing in it
\.
COPY copied (id) FROM stdin WITH (FORMAT csv);
9
10
\.
INSERT INTO copied VALUES (11, 'after');
---- down
DROP TABLE copied;
SQL
migration copy_csv <<'SQL'
CREATE TABLE csv (id int, body text, n numeric);
copy csv from stdin with (format csv, header, delimiter ';', quote '''', null 'none', force_null (body)) where id <> 3;
id;body;n
1;'quoted; with '' quote';1.5
2;'over
two lines';none
3;'left out';1
4;none;0
\.
COPY csv(id,body)FROM STDIN(DELIMITER '|');
5|a
6|b\|c
\.
---- down
DROP TABLE csv;
SQL
migration comments <<'SQL'
-- it's a comment with a quote, a "double one and a $$ dollar quote;
/* a block ; with 'quotes' /* and one inside; */ $$ still a comment */
CREATE TABLE commented (a int /* inside; */, b int -- at the end;
);
COMMENT ON TABLE commented IS 'It''s "quoted"; with -- dashes, /* stars */ and $$ dollars $$';
COMMENT ON COLUMN commented.a IS E'line\nbreak';
---- down
/* before */ DROP TABLE commented; -- after
SQL
migration dollar_quotes <<'SQL'
CREATE FUNCTION outer_quote(int, text) RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
  EXECUTE $a$ SELECT $b$ it's $$ ; -- no comment $$ $b$ $a$;
  RETURN $1 || $2 || $_ü$é$_ü$;
END;
$body$;
CREATE TABLE dollar$name$1 (a$b int DEFAULT 1, c text DEFAULT $$it's$$);
---- down
DROP TABLE dollar$name$1; DROP FUNCTION outer_quote(int, text)
SQL
migration rules <<'SQL'
CREATE TABLE ruled (id int, v text);
CREATE TABLE ruled_log (what text, id int);
CREATE RULE ruled_ins AS ON INSERT TO ruled DO ALSO (
    INSERT INTO ruled_log VALUES ('insert; one', NEW.id);
    INSERT INTO ruled_log VALUES ('(', NEW.id);
    DELETE FROM ruled_log WHERE what = 'x)';
);
CREATE RULE ruled_del AS ON DELETE TO ruled DO INSTEAD NOTHING;
INSERT INTO ruled VALUES (1, 'a'), (2, 'b');
DELETE FROM ruled;
---- down
DROP RULE ruled_del ON ruled;
DROP TABLE ruled, ruled_log;
SQL
migration atomic <<'SQL'
CREATE FUNCTION atomic_case(n int) RETURNS text LANGUAGE sql
BEGIN ATOMIC
  SELECT CASE WHEN n > 0 THEN CASE n WHEN 1 THEN 'one;' ELSE 'more' END ELSE 'end' END;
  SELECT 'begin' AS "end";
END;
CREATE TABLE atomic_t (a int);
CREATE PROCEDURE atomic_proc(x int) BEGIN ATOMIC
  INSERT INTO atomic_t VALUES (x); INSERT INTO atomic_t VALUES (x + 1);
END; CALL atomic_proc(5);
CREATE OR REPLACE FUNCTION plain_return(a int) RETURNS int RETURN a + 1;
---- down
DROP FUNCTION plain_return(int);
DROP PROCEDURE atomic_proc(int);
DROP TABLE atomic_t;
DROP FUNCTION atomic_case(int);
SQL
migration escapes <<'SQL'
CREATE TABLE escapes (a text, b text DEFAULT E'it\'s; \\ \t \u00e9', c bytea);
INSERT INTO escapes VALUES (E'a\'b;', 'back\slash', '\xdeadbeef'), ('one'
  ' and the same', E'\''
  '\\;', decode('00ff', 'hex')), (N'national', U&'d\0061t\+000061', 'x'), (U&'!0061' UESCAPE '!', b'101'::text, 'y');
CREATE VIEW "weird ""name"", with; semicolon" AS SELECT 1 AS "a;b", 2 AS U&"d\0061t\+000061";
---- down
DROP VIEW "weird ""name"", with; semicolon";
DROP TABLE escapes;
SQL
migration policies <<'SQL'
CREATE TABLE secured (id int, owner name DEFAULT current_user);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "read it; all" ON secured FOR SELECT TO anon, authenticated USING (owner = current_user OR id IN (SELECT 1));
CREATE POLICY change ON secured AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (id > 0);
GRANT SELECT (id), UPDATE ON secured TO authenticated WITH GRANT OPTION;
REVOKE ALL ON secured FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO anon;
CREATE TABLE after_default (a int);
---- down
DROP TABLE after_default;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM anon;
DROP POLICY change ON secured;
DROP TABLE secured;
SQL
migration wrapped <<'SQL'
-- as some tools write it
BEGIN;
CREATE TABLE wrapped (a int);
COMMIT;
;;
BEGIN TRANSACTION; INSERT INTO wrapped VALUES (1); END;
---- down
BEGIN; DROP TABLE wrapped; COMMIT;
SQL
migration search_path <<'SQL'
CREATE SCHEMA app CREATE TABLE inside (a int) CREATE VIEW inside_view AS SELECT a FROM inside CREATE INDEX ON inside (a);
SET search_path = app, public;
CREATE TABLE unqualified (a int);
CREATE FUNCTION unqualified_f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM unqualified';
SELECT pg_catalog.set_config('search_path', 'public', false);
CREATE TABLE in_public (a int);
SET LOCAL search_path = app;
CREATE TABLE local_one (a int);
---- down
DROP TABLE public.in_public;
DROP SCHEMA app CASCADE;
SQL
migration path_is_back <<'SQL'
CREATE TABLE back (a int);
SELECT 1 / (current_schema() = 'public')::int;
---- down
DROP TABLE public.back;
SQL
migration session_objects <<'SQL'
CREATE TEMP TABLE scratch (a int) ON COMMIT DROP;
INSERT INTO scratch SELECT generate_series(1, 3);
PREPARE ins (int) AS INSERT INTO scratch VALUES ($1);
EXECUTE ins(10);
DEALLOCATE ins;
CREATE TABLE kept AS TABLE scratch;
DECLARE c CURSOR FOR SELECT * FROM kept;
FETCH 2 FROM c;
MOVE NEXT FROM c;
CLOSE c;
SET ROLE service_role;
RESET ROLE;
LOCK TABLE kept;
NOTIFY something, 'else';
---- down
DROP TABLE kept;
SQL
migration do_blocks <<'SQL'
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['one', 'two'] LOOP
    EXECUTE format('CREATE TABLE do_%I (a int); COMMENT ON TABLE do_%I IS %L', t, t, 'it''s ' || t);
  END LOOP;
  BEGIN
    PERFORM 1 / 0;
  EXCEPTION WHEN division_by_zero THEN
    RAISE NOTICE 'caught; and on';
  END;
END $$;
DO LANGUAGE plpgsql 'BEGIN PERFORM ''x;''; END';
---- down
DROP TABLE do_one, do_two;
SQL
migration types <<'SQL'
CREATE DOMAIN positive AS int DEFAULT 1 CONSTRAINT above CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text COLLATE "C");
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE COLLATION german (provider = libc, locale = 'C');
CREATE TABLE typed (p positive, q pair, r span, s text COLLATE german, g int GENERATED ALWAYS AS (p * 2) STORED,
  i int GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5), x xml, j jsonb DEFAULT '{"a": [1, ";"]}', t tsvector);
INSERT INTO typed (p, q, r) VALUES (2, ROW(1, 'x,"y"'), '[1,2)');
---- down
DROP TABLE typed;
DROP COLLATION german; DROP TYPE span; DROP TYPE pair; DROP DOMAIN positive;
SQL
migration partitions <<'SQL'
CREATE TABLE parted (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE parted_2023 PARTITION OF parted FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE parted_rest PARTITION OF parted DEFAULT PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted_rest FOR VALUES IN (1, 2, NULL);
CREATE TABLE parted_old (LIKE parted INCLUDING ALL);
ALTER TABLE parted ATTACH PARTITION parted_old FOR VALUES FROM (MINVALUE) TO ('2000-01-01');
CREATE INDEX ON parted (at DESC NULLS LAST) INCLUDE (id) WHERE id > 0;
INSERT INTO parted VALUES (1, '2023-05-05'), (1, '1999-01-01'), (2, '2025-01-01');
CREATE TABLE parent (a int CHECK (a > 0) NO INHERIT);
CREATE TABLE child (b int) INHERITS (parent);
---- down
DROP TABLE child, parent, parted;
SQL
migration constraints <<'SQL'
CREATE TABLE a_side (id int PRIMARY KEY, b int, r int4range, EXCLUDE USING gist (r WITH &&) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE b_side (id int PRIMARY KEY, a int REFERENCES a_side DEFERRABLE INITIALLY DEFERRED);
INSERT INTO b_side VALUES (1, 1);
INSERT INTO a_side VALUES (1, 1, '[1,5)');
ALTER TABLE a_side ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b_side ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE a_side ADD UNIQUE NULLS NOT DISTINCT (b);
---- down
ALTER TABLE a_side DROP CONSTRAINT to_b;
DROP TABLE b_side, a_side;
SQL
migration views <<'SQL'
CREATE TABLE viewed (id int PRIMARY KEY, parent int, name text);
INSERT INTO viewed VALUES (1, NULL, 'root'), (2, 1, 'leaf');
CREATE VIEW simple_view WITH (security_barrier) AS SELECT * FROM viewed WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE RECURSIVE VIEW tree (id, depth) AS SELECT id, 0 FROM viewed WHERE parent IS NULL
  UNION ALL SELECT v.id, t.depth + 1 FROM viewed v JOIN tree t ON v.parent = t.id;
CREATE MATERIALIZED VIEW stored AS SELECT count(*) AS n FROM viewed WITH NO DATA;
REFRESH MATERIALIZED VIEW stored;
CREATE UNIQUE INDEX ON stored (n);
---- down
DROP MATERIALIZED VIEW stored; DROP VIEW tree, simple_view; DROP TABLE viewed;
SQL
migration triggers <<'SQL'
CREATE TABLE triggered (id serial, n int, changed text);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := TG_NAME || ';' || TG_OP; RETURN NEW; END $$;
CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' SET work_mem = '5MB' AS $$
BEGIN RAISE DEBUG '% rows', (SELECT count(*) FROM new_rows); RETURN NULL; END $$;
CREATE TRIGGER note BEFORE INSERT OR UPDATE OF n ON triggered FOR EACH ROW WHEN (NEW.n > 1) EXECUTE FUNCTION note_change();
CREATE TRIGGER counted AFTER INSERT ON triggered REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_rows('a;', 'b''');
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON triggered DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change();
INSERT INTO triggered (n) VALUES (1), (2);
UPDATE triggered SET n = n + 1;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE triggered DISABLE TRIGGER note;
---- down
DROP TABLE triggered; DROP FUNCTION note_change(); DROP FUNCTION count_rows();
SQL
migration operators <<'SQL'
CREATE FUNCTION close_to(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = close_to, COMMUTATOR = <~>);
CREATE AGGREGATE product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1');
CREATE CAST (boolean AS smallint) WITH INOUT AS ASSIGNMENT;
---- down
DROP CAST (boolean AS smallint); DROP AGGREGATE product(int); DROP OPERATOR <~> (int, int); DROP FUNCTION close_to(int, int);
SQL
migration text_search <<'SQL'
CREATE TEXT SEARCH DICTIONARY short (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION mine (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION mine ALTER MAPPING FOR asciiword WITH short;
---- down
DROP TEXT SEARCH CONFIGURATION mine; DROP TEXT SEARCH DICTIONARY short;
SQL
migration foreign_data <<'SQL'
CREATE FOREIGN DATA WRAPPER nothing OPTIONS (a 'it''s');
CREATE SERVER far FOREIGN DATA WRAPPER nothing OPTIONS (host 'h;');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'x');
CREATE FOREIGN TABLE far_table (a int OPTIONS (column_name 'A')) SERVER far OPTIONS (t 'T');
---- down
DROP FOREIGN DATA WRAPPER nothing CASCADE;
SQL
migration alterations <<'SQL'
CREATE TABLE altered (a int NOT NULL, b text, gone int, "Mixed Case" int);
INSERT INTO altered VALUES (1, '2', 3, 4);
ALTER TABLE altered DROP COLUMN gone, ALTER COLUMN b TYPE int USING b::int + 1, ADD COLUMN c text NOT NULL DEFAULT 'x';
ALTER TABLE altered RENAME COLUMN "Mixed Case" TO "ünïcode";
ALTER TABLE altered ALTER a SET STATISTICS 100, ALTER c SET STORAGE EXTERNAL, SET (fillfactor = 70);
CREATE UNIQUE INDEX altered_a ON altered (a);
CREATE STATISTICS altered_stats (ndistinct, mcv) ON a, b FROM altered;
ALTER TABLE altered REPLICA IDENTITY USING INDEX altered_a;
CLUSTER altered USING altered_a;
ANALYZE altered;
REINDEX TABLE altered;
CREATE SEQUENCE counting AS smallint MAXVALUE 99 CYCLE OWNED BY altered.a;
SELECT setval('counting', 42, false), nextval('counting');
---- down
DROP TABLE altered;
SQL
migration statements <<'SQL'
CREATE TABLE stated (k int PRIMARY KEY, v text);
INSERT INTO stated VALUES (1, 'a') ON CONFLICT (k) DO UPDATE SET v = excluded.v || ';' RETURNING *;
MERGE INTO stated t USING (VALUES (1, 'm'), (2, 'n')) s (k, v) ON t.k = s.k
  WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.k, s.v);
WITH moved AS (DELETE FROM stated WHERE k = 2 RETURNING *) INSERT INTO stated SELECT k + 10, v FROM moved;
SELECT k, v INTO stated_copy FROM stated;
VALUES (1), (2); TABLE stated;
EXPLAIN SELECT * FROM stated;
SHOW search_path;
TRUNCATE stated_copy RESTART IDENTITY;
CREATE TABLE "select" ("from" int, "where" text); INSERT INTO "select" SELECT 1, 'x' WHERE NOT EXISTS (SELECT FROM "select")
---- down
DROP TABLE "select", stated_copy, stated
SQL
migration restricted <<'SQL'
\restrict abcDEF0123
CREATE TABLE restricted (a int);
\unrestrict abcDEF0123
---- down
DROP TABLE restricted;
SQL
migration extensions <<'SQL'
CREATE SCHEMA extensions;
CREATE EXTENSION hstore WITH SCHEMA extensions;
CREATE TABLE with_extension (h extensions.hstore DEFAULT 'a=>1', n int);
INSERT INTO with_extension (n) VALUES (1);
SET search_path = public, extensions;
CREATE INDEX ON with_extension USING gin (h);
UPDATE with_extension SET h = h || 'b=>"x;y"' WHERE h ? 'a';
---- down
DROP TABLE with_extension;
DROP EXTENSION hstore;
DROP SCHEMA extensions;
SQL
migration event_triggers <<'SQL'
CREATE TABLE ddl_log (n int GENERATED ALWAYS AS IDENTITY, tag text, what text);
CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
    INSERT INTO public.ddl_log (tag, what) VALUES (r.command_tag, r.object_identity);
  END LOOP;
END $$;
CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE FUNCTION log_ddl();
CREATE TABLE logged (a int PRIMARY KEY, b text);
COMMENT ON TABLE logged IS 'x';
ALTER TABLE logged ADD c int, ALTER b SET DEFAULT 'y';
GRANT SELECT ON logged TO anon;
DROP EVENT TRIGGER log_ddl;
---- down
DROP TABLE logged, ddl_log;
DROP FUNCTION log_ddl();
SQL
migration other_roles <<'SQL'
GRANT CREATE ON SCHEMA public TO service_role;
SET ROLE service_role;
CREATE TABLE theirs (id serial, who text DEFAULT current_user);
INSERT INTO theirs (who) VALUES (current_user), (session_user) RETURNING id;
SET SESSION AUTHORIZATION authenticated;
SET SESSION AUTHORIZATION DEFAULT;
CREATE TABLE mine_again AS SELECT current_user AS who;
---- down
DROP TABLE theirs, mine_again;
REVOKE CREATE ON SCHEMA public FROM service_role;
SQL
migration role_is_back <<'SQL'
CREATE TABLE back_again AS SELECT current_user AS who, session_user AS session;
---- down
DROP TABLE back_again;
SQL
migration settings <<'SQL'
SET datestyle = 'German';
SET intervalstyle = 'iso_8601';
SET timezone = 'Asia/Tokyo';
SET check_function_bodies = off;
SET LOCAL my.setting = 'of its own';
CREATE TABLE dated (d date DEFAULT '01.02.2024', i interval, t timestamptz, s text);
INSERT INTO dated VALUES (DEFAULT, 'P1DT2H', '01.02.2024 03:04', current_setting('my.setting')), ('03.04.2024', NULL, NULL, current_setting('datestyle'));
CREATE FUNCTION not_yet() RETURNS int LANGUAGE sql AS 'SELECT n FROM does_not_exist_yet';
CREATE TABLE numbered (id serial, n bigint);
INSERT INTO numbered (n) VALUES (1);
INSERT INTO numbered (n) VALUES (lastval()), (currval('numbered_id_seq'));
---- down
DROP FUNCTION not_yet();
DROP TABLE dated, numbered;
SQL
migration settings_are_back <<'SQL'
CREATE TABLE dated_again AS SELECT current_setting('datestyle') AS d, current_setting('timezone') AS t,
  current_setting('check_function_bodies') AS c, coalesce(current_setting('my.setting', true), '') AS m, '2024-01-02'::date::text AS x;
---- down
DROP TABLE dated_again;
SQL
migration large_objects <<'SQL'
CREATE TABLE blobs AS SELECT lo_from_bytea(4711, '\xdeadbeef') AS id;
COMMENT ON LARGE OBJECT 4711 IS 'large';
---- down
SELECT lo_unlink(id) FROM blobs;
DROP TABLE blobs;
SQL
printf '\xEF\xBB\xBFCREATE TABLE bom (a int);\n---- down\nDROP TABLE bom;' | migration bom
printf -- '-- nothing\n---- down\nSELECT 1;\n' | migration nothing
printf 'CREATE FUNCTION crlf() RETURNS text LANGUAGE sql AS $$\r\n  SELECT \x27two\r\nlines\x27  \r\n$$;\r\nCREATE TABLE crlf_t (a text);\r\nCOPY crlf_t FROM stdin;\r\none\r\ntwo\r\n\\.\r\nCOMMENT ON TABLE crlf_t IS \x27a\r\nb\x27;\r\n---- down\nDROP TABLE crlf_t;\r\nDROP FUNCTION crlf();\r\n' |
	migration crlf
printf 'CREATE FUNCTION mixed() RETURNS text LANGUAGE plpgsql AS $$\r\nBEGIN\n\tRETURN \x27a\rb\x27;\r\nEND\n$$;\nCREATE TABLE mixed_t (a int);\tINSERT INTO mixed_t VALUES (1);\f\n---- down\nDROP TABLE mixed_t; DROP FUNCTION mixed();' |
	migration mixed_line_ends

# And many of the common sort

for ((i = 1; i <= 70; i++)); do
	migration "common_$i" <<SQL
CREATE TABLE common_$i (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL DEFAULT 'it''s $i',
    parent bigint REFERENCES common_$((i > 1 ? i - 1 : 1)) (id),
    amount numeric(10, 2) CHECK (amount >= $i), at timestamptz DEFAULT '2024-01-01 00:00:00Z', tags text[] DEFAULT '{a,"b;c"}'
);
CREATE INDEX common_${i}_name ON common_$i USING btree (lower(name), amount DESC);
COMMENT ON TABLE common_$i IS 'Number $i; "common"';
INSERT INTO common_$i (name) SELECT 'n' || g FROM generate_series(1, $((i % 7))) g;
ALTER TABLE common_$i ENABLE ROW LEVEL SECURITY;
CREATE POLICY common_${i}_read ON common_$i FOR SELECT TO authenticated USING (id % $i = 0);
CREATE FUNCTION common_${i}_f(x int) RETURNS int LANGUAGE plpgsql AS \$f\$ BEGIN RETURN x + $i; -- ; '
END; \$f\$;
---- down
DROP FUNCTION common_${i}_f(int);
DROP TABLE common_$i;
SQL
done

# by_psql DATABASE FILE...: each in a session and a transaction of its own; complaints go to stderr.
by_psql() {
	local database=$1 file
	shift
	for file in "$@"; do
		psql -X -q -1 -v ON_ERROR_STOP=1 -d "$database" -f "$file" >/dev/null 2>"$SCRATCH/stderr" || {
			explain "psql, $(basename "$file"): $(cat "$SCRATCH/stderr")"
			return 1
		}
	done
}
dump() { plain_dump -N migrate "$@"; }

# real DATABASE [OPTIONS]: with the extension and the roles that migrations name.
real() {
	migrate_database "$@"
	psql -Xq -d "$1" -f demo/bootstrap.sql 2>/dev/null
}

# compare NAME FOLDER PSQL_FILES...: by psql and by migrate, then back again.
compare() {
	local name=$1 folder=$2
	shift 2
	real real_psql
	real real_migrate
	dump real_migrate >"$SCRATCH/$name.before"
	by_psql real_psql "$@"
	ok $? "$name: psql runs them all"
	run real_migrate "SELECT count(*) FROM migrate_load_dir('$folder')"
	works "$name: migrate loads them"
	run real_migrate "SELECT count(*) FROM migrate_apply(dry_run => true)"
	works "$name: a dry run"
	dump real_migrate >"$SCRATCH/$name.dry"
	same <(grep -v setval "$SCRATCH/$name.before") <(grep -v setval "$SCRATCH/$name.dry") "$name: leaves everything as it was"
	run real_migrate "SELECT count(*) FROM migrate_apply()"
	is "$STATE $OUT" "00000 $#" "$name: migrate applies them" || explain "$ERR"
	dump -s real_psql >"$SCRATCH/$name.psql"
	dump -s real_migrate >"$SCRATCH/$name.migrate"
	same "$SCRATCH/$name.psql" "$SCRATCH/$name.migrate" "$name: the same schema"
	dump -a real_psql >"$SCRATCH/$name.psql.data" 2>/dev/null
	dump -a real_migrate >"$SCRATCH/$name.migrate.data" 2>/dev/null
	same "$SCRATCH/$name.psql.data" "$SCRATCH/$name.migrate.data" "$name: the same data"
}

# back NAME: rolled back, all is as before.
back() {
	run real_migrate "SELECT count(*) FROM migrate_rollback('zero')"
	works "$1: rolled back" || explain "$CONTEXT"
	dump real_migrate >"$SCRATCH/$1.after"
	same "$SCRATCH/$1.before" "$SCRATCH/$1.after" "$1: then everything is as before"
}

compare kinds "$files" "$files"/*.up.sql
# From here on in one transaction by migrate and in one session each by psql there and back.
back kinds
mapfile -t downs < <(printf "%s\n" "$files"/*.down.sql | sort -r)
by_psql real_psql "${downs[@]}"
ok $? "kinds: psql runs the down scripts"
dump real_psql >"$SCRATCH/kinds.psql.after"
same "$SCRATCH/kinds.before" "$SCRATCH/kinds.psql.after" "kinds: which undo it all there, too"
run real_migrate "SELECT count(*) FROM migrate_apply()"
works "kinds: applied once more"
dump real_migrate >"$SCRATCH/kinds.again"
by_psql real_psql "$files"/*.up.sql
dump real_psql >"$SCRATCH/kinds.psql.again"
same "$SCRATCH/kinds.psql.again" "$SCRATCH/kinds.again" "kinds: with the same result"

# Dumps of that database as migrations

dumps=$SCRATCH/dumps
sql postgres "SET client_min_messages = warning" "DROP DATABASE IF EXISTS real_source" "ALTER DATABASE real_psql RENAME TO real_source"
for kind in schema full inserts; do
	rm -rf "$dumps"
	mkdir -p "$dumps"
	case $kind in
	schema) pg_dump -N migrate -N auth -s real_source ;;
	full) pg_dump -N migrate -N auth real_source 2>/dev/null ;;
	inserts) pg_dump -N migrate -N auth --inserts --rows-per-insert=2 real_source 2>/dev/null ;;
	esac | sed '/EXTENSION.* migrate/d' >"$dumps/0001_dump.sql"
	compare "dump_$kind" "$dumps" "$dumps/0001_dump.sql"
done

# Strings as they were before 9.1, switched on by the script itself

files=$SCRATCH/old_strings
rm -rf "$files"
mkdir -p "$files"
migration old_strings <<'SQL'
SET standard_conforming_strings = off;
SET escape_string_warning = off;
CREATE TABLE old_strings (a text DEFAULT 'it\'s; old');
INSERT INTO old_strings VALUES ('a\\b'), ('quote \' and ; inside'), ('tab\there');
SET standard_conforming_strings = on;
INSERT INTO old_strings VALUES ('a\'), ('b');
---- down
SET standard_conforming_strings TO off;
SET escape_string_warning = off;
DELETE FROM old_strings WHERE a = 'quote \' and ; inside';
DROP TABLE old_strings;
SQL
migration strings_are_on_again <<'SQL'
CREATE TABLE new_strings AS SELECT 'C:\'::text AS path;
---- down
DROP TABLE new_strings;
SQL
compare old_strings "$files" "$files"/*.up.sql
back old_strings

# The example migrations

compare demo "$PWD/migrations" migrations/*.sql
back demo

for name in psql migrate source; do sql postgres "DROP DATABASE real_$name"; done
done_testing
