#!/usr/bin/env bash
# Folders as other tools lay them out: each is loaded, applied and, where it can be, rolled back.
. test/server/lib/tap.bash

migrate_database conventions
folder=$SCRATCH/c

# fresh: an empty folder, and nothing known.
fresh() {
	rm -rf "$folder"
	mkdir -p "$folder"
	sql conventions "SET client_min_messages = warning; DROP EXTENSION migrate CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION migrate"
}
load() { run conventions "SELECT concat_ws('|', version, name, action, detail) FROM migrate_load_dir('$folder'${1:+, $1})"; }
up() {
	run conventions "CALL migrate_up(${1:-})"
	works "up: ${2:-all of it}"
}
tables() { sql conventions "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'i')"; }
statuses() { sql conventions "SELECT string_agg(concat_ws('_', nullif(version, ''), name) || ' ' || status, ', ') FROM migrate_status()"; }

# Diesel, Hasura and Prisma: folders

fresh
file 2024-01-01-000000_users/up.sql <<<'CREATE TABLE users (id int);'
file 2024-01-01-000000_users/down.sql <<<'DROP TABLE users;'
file 2024-01-02-000000_index/up.sql <<<'CREATE INDEX CONCURRENTLY users_id ON users (id); SELECT 1;'
file 2024-01-02-000000_index/down.sql <<<'DROP INDEX CONCURRENTLY users_id;'
file 2024-01-02-000000_index/metadata.toml <<<'run_in_transaction = false'
load
is "$OUT" "20240101000000|users|added|as diesel
20240102000000|index|added|as diesel" "Diesel: a folder for each, versions without dashes"
like "$(sql conventions "SELECT detail FROM migrate_plan() WHERE name = 'index'")" 'line 1: CREATE INDEX CONCURRENTLY' "what runs alone"
up
is "$(tables)" "users users_id" "both ran"
run conventions "CALL migrate_down('zero')"
is "$STATE $(tables)" "00000 " "and go back"

fresh
file 20240101000000_init/migration.sql <<<'CREATE TABLE a (id int);'
file migration_lock.toml <<<'provider = "postgresql"'
load
is "$OUT" "20240101000000|init|added|as prisma" "Prisma"
up

# Flyway

fresh
file common/V1_9__first.sql <<<'CREATE TABLE ${schema}.t (a int);'
file common/V1_10__second.sql <<<'ALTER TABLE t ADD b int;'
file common/U1_10__second.sql <<<'ALTER TABLE t DROP b;'
file views/R__v.sql <<<'CREATE OR REPLACE VIEW v AS SELECT a FROM t;'
file common/afterMigrate.sql <<<'SELECT 1;'
load "placeholders => '{\"schema\": \"public\"}'"
is "$STATE $MESSAGE" '0A000 file "common/afterMigrate.sql" is a callback, which does not run here' "Flyway: a callback of migrate is not left out without a word"
like "$HINT" 'migrate:hook after all.*leave_out' "the hint says what to do"
mv "$folder/common/afterMigrate.sql" "$folder/common/afterClean.sql"
file common/afterEachMigrate.sql <<<'CREATE TABLE IF NOT EXISTS ${schema}.hooked ();'
load
fails 42704 "Flyway: a placeholder without a value"
like "$MESSAGE $CONTEXT" 'placeholder "schema" has no value.*"1.9_first", line 1, column 14' "says where"
like "$HINT" 'placeholders =>' "and how to give one"
load "placeholders => '{\"schema\": \"public\"}'"
is "$OUT" "1.9|first|added|as flyway
1.10|second|added|as flyway
|afterEachMigrate|added|as flyway
|v|added|as flyway
common/afterClean.sql|ignored|a callback of another command than migrate" "versions, undo, repeatable, callbacks"
up
is "$(tables)" "hooked t v" "filled when it runs, and in a callback, which is a hook"
is "$(sql conventions "SELECT text FROM migrate.script WHERE text LIKE '%\${schema}.t%'")" 'CREATE TABLE ${schema}.t (a int);' "and kept as it is in the file"
is "$(sql conventions "SELECT migrate_version()")" 1.10 "repeatable ones are no version"
load "placeholders => '{\"schema\": \"public\"}'"
run conventions "SELECT count(*) FROM migrate_apply()"
is "$OUT" 0 "nothing to do while their text is the same"
file views/R__v.sql <<<'CREATE OR REPLACE VIEW v AS SELECT a, 1 AS one FROM t;'
load "placeholders => '{\"schema\": \"public\"}'"
like "$(statuses)" 'v pending' "a changed text is pending again"
run conventions "SELECT name, action FROM migrate_apply()"
is "$OUT" "v|applied" "and runs again"
is "$(sql conventions "SELECT one FROM v")" "" "with its new text"
is "$(sql conventions "SELECT count(*) FROM migrate.history WHERE name = 'v' AND event = 'apply'")" 2 "the history has both"
run conventions "SELECT name, action FROM migrate_rollback()"
is "$OUT" "second|rolled back" "a rollback passes over it"
like "$ERR" 'repeatable migration "v" is not rolled back' "and says so"
rm "$folder/views/R__v.sql"
load "placeholders => '{\"schema\": \"public\"}'"
like "$(grep '^|v' <<<"$OUT") $(sql conventions "SELECT status, $(property remark) FROM migrate_status() WHERE name = 'v'")" \
	'^\|v\|absent\|gone from .* missing\|.*migrate_remove\(\) drops it, what it made stays' "without its file it is missing"
run conventions "SELECT name, action, detail FROM migrate_remove('v')"
is "$OUT $(sql conventions "SELECT to_regclass('v'), (SELECT count(*) FROM migrate_status() WHERE name = 'v'), (SELECT note FROM migrate_history() LIMIT 1)")" \
	"v|removed|what it made stays: undo that in a migration v|0|forget" "and can be dropped from the set, with its record in the history"
file common/V2__again.sql <<<'SELECT ${schema'
file dev/V3__x.sql <<<'SELECT 1;'
file prod/V3.0__x.sql <<<'SELECT 1;'
file common/notes.sql <<<'SELECT 1;'
load "placeholders => '{\"schema\": \"public\"}', dry_run => true"
is "$(grep refused <<<"$OUT" | cut -d'|' -f1,2 | sort)" "common/V2__again.sql|refused
common/notes.sql|refused
prod/V3.0__x.sql|refused" "a dry run names each file that can't be loaded"
is "$(sql conventions "SELECT count(*) FROM migrate.migration")" 3 "and loads nothing"
load "placeholders => '{\"schema\": \"public\"}'"
fails 42601 "without one it is an error"
like "$DETAIL" '2 more:.*notes\.sql.*V3\.0__x\.sql|2 more:.*V3\.0__x\.sql.*notes\.sql' "that names them all"

fresh
file flyway.conf <<<$'flyway.sqlMigrationPrefix=m\nflyway.placeholders.table=t\nflyway.locations=filesystem:sql'
file sql/m1__a.sql <<<'CREATE TABLE ${table} (a int);'
file other/m2__b.sql <<<'CREATE TABLE other (a int);'
load
is "$OUT" "1|a|added|as flyway
other/m2__b.sql|ignored|in none of Flyway's locations" "flyway.conf is heeded"
up
is "$(tables)" t "its placeholders, too"
load "placeholders => '{\"table\": \"u\"}'"
is "$(sql conventions "SELECT options #>> '{placeholders,table}' FROM migrate.migration")" u "those that are given come first"
file flyway.conf <<<$'flyway.sqlMigrationPrefix=m\nflyway.defaultSchema=app'
load
is "$STATE $MESSAGE" '0A000 file "flyway.conf", line 2: flyway.defaultSchema is "app", which is not heeded' "what can't be heeded is refused by name"

# Folders that are versions; what undoes a migration beside it; SQL by another ending

fresh
file 0.10/00__c.sql <<<'ALTER TABLE p ADD c int;'
file 0.9/00__a.sql <<<'CREATE TABLE p (a int);'
file 0.9/01__b.sql <<<'ALTER TABLE p ADD b int;'
file LATEST.sql <<<'CREATE TABLE p (a int, b int, c int);'
load
is "$OUT" "0.9.00|a|added
0.9.01|b|added
0.10.00|c|added
LATEST.sql|ignored|in no folder of a version" "folders that are versions are one sequence"
up
is "$(sql conventions "SELECT string_agg(attname, '' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'p'::regclass AND attnum > 0")" abc "in their order"

fresh
file 0001_p.sql <<<'CREATE TABLE p (a int);'
file 0001_rollback_p.sql <<<'DROP TABLE p;'
file 0002_q.sql <<<'CREATE TABLE q (a int);'
file 0002_q.revert.sql <<<'DROP TABLE q;'
load
up
is "$(tables)" "p q" "a rollback beside its migration does not run forward"
run conventions "CALL migrate_down('zero')"
is "$STATE $(tables)" "00000 " "but back"

fresh
file 000001_depot.up.pgsql <<<'CREATE TABLE depot (a int);'
file 000001_depot.down.pgsql <<<'DROP TABLE depot;'
file 000002_truck.up.sql <<<'CREATE TABLE truck (a int);'
load
is "$STATE $(sql conventions "SELECT count(*) FROM migrate.migration")" "0A000 0" "SQL by another ending stops the load"
like "$MESSAGE $DETAIL" '"000001_depot\.down\.pgsql" is named as a migration, but for its ending.*1 more:.*000001_depot\.up\.pgsql' "each is named"
load "dry_run => true"
is "$(grep -c 'pgsql|refused' <<<"$OUT")" 2 "and has a row in a dry run"

# goose, sql-migrate, dbmate, sqlx, node-pg-migrate, MyBatis, Play, headings, tern: sections in one file

section_tool() { # NAME, up mark, down mark: a table made and dropped by one file
	fresh
	printf '%s\nCREATE TABLE made (a int);\n%s\nDROP TABLE made;\n' "$2" "$3" >"$folder/20240101000000_made.sql"
	load
	is "$OUT" "20240101000000|made|added|as $1" "$1: is recognised"
	up "" "$1"
	is "$(tables)" made "$1: up ran"
	run conventions "SELECT migrate_rollback()"
	is "$STATE $(tables)" "00000 " "$1: down undoes it"
}
section_tool goose '-- +goose Up' '-- +goose Down'
section_tool sql-migrate '-- +migrate Up' '-- +migrate Down'
section_tool dbmate '-- migrate:up transaction:true' '-- migrate:down'
section_tool node-pg-migrate '-- Up Migration' '-- Down Migration'
section_tool mybatis '-- // makes it' '-- //@UNDO'
section_tool play '# --- !Ups' '# --- !Downs'
section_tool headings '-- ====  UP  ====' '-- ==== DOWN ===='
section_tool tern '-- makes it' '---- create above / drop below ----'

fresh
printf -- '-- +goose Up\nCREATE TABLE t (a int);\n' | file 1_t.sql
printf -- '-- +goose Up\nCREATE TABLE old (a int);\n' | file archive/1_old.sql
load
is "$OUT" "1|t|added|as goose
archive/1_old.sql|ignored|in a folder of its own: load that one by itself" "goose: what stands in a folder below is named and left alone"

fresh
printf -- '-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE t (a int);\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n-- +goose StatementEnd\nCREATE INDEX CONCURRENTLY t_a ON t (a);\n' >"$folder/1_t.sql"
load
up "" "goose without a transaction"
is "$(tables)" "t t_a" "statements one by one"
printf -- '-- +goose ENVSUB ON\n-- +goose Up\nSELECT 1;\n' >"$folder/2_env.sql"
load
fails 0A000 "goose: ENVSUB"
like "$MESSAGE" '2_env\.sql", line 1: "-- \+goose ENVSUB ON"' "with file and line"

fresh
printf -- '-- migrate:up transaction:false\nCREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY t_a ON t (a);\n-- migrate:down\nDROP TABLE t;\n' >"$folder/1_t.sql"
load
like "$(sql conventions "SELECT detail FROM migrate_plan()")" 'CREATE INDEX CONCURRENTLY|transaction:false' "dbmate: transaction:false"
up "" "dbmate"
fresh
printf -- '-- no-transaction\nCREATE TABLE t (a int);\n' >"$folder/1_t.sql"
load
like "$(sql conventions "SELECT detail FROM migrate_plan()")" '-- no-transaction' "sqlx: no-transaction"
up "" "sqlx"

# A down script that the tool would not run: the table and its rows stay

# does_nothing NAME: what was loaded is applied, and rolls back without a statement.
does_nothing() {
	up '' "$1"
	sql conventions "INSERT INTO t VALUES (1)"
	is "$(sql conventions "SELECT $(property reversible) FROM migrate_status()") $(sql conventions "SELECT action, detail FROM migrate_plan('zero')")" \
		"script roll back|its down script has no statement" "$1: the plan says that nothing is run"
	run conventions "CALL migrate_down('zero')"
	is "$STATE $(statuses) $(sql conventions "SELECT count(*) FROM t")" "00000 1_t pending 1" "$1: rolled back, the row is there"
}
for marks in '-- +goose Up/-- +goose Down' '-- +migrate Up/-- +migrate Down' '-- migrate:up/-- migrate:down' '-- Up Migration/-- Down Migration' '-- rambler up/-- rambler down'; do
	for down in '-- DROP TABLE t;' '-- nothing to do' ''; do
		fresh
		printf '%s\nCREATE TABLE t (a int);\n%s\n%s\n' "${marks%/*}" "${marks#*/}" "$down" | file 1_t.sql
		load
		does_nothing "$marks/$down"
	done
done
for down in '-- DROP TABLE t;' ''; do
	for name in 1_t.down.sql rollbacks/1_t.sql 1_t.rollback.sql; do
		fresh
		file "1_t$([[ $name = *down* ]] && echo .up).sql" <<<'CREATE TABLE t (a int);'
		file "$name" <<<"$down"
		load
		does_nothing "$name/$down"
	done
done

# graphile-migrate: a chain of hashes

fresh
body='CREATE TABLE g (a int);'
hash=sha1:$(printf '%s\n' "$body" | sha1sum | cut -d' ' -f1)
printf -- '--! Previous: -\n--! Hash: %s\n\n%s\n' "$hash" "$body" >"$SCRATCH/one"
file committed/000001.sql <"$SCRATCH/one"
body2='CREATE TABLE :SCHEMA.h (a int); ALTER TABLE h OWNER TO :DATABASE_OWNER;'
hash2=sha1:$(printf '%s\n%s\n' "$hash" "$body2" | sha1sum | cut -d' ' -f1)
printf -- '--! Previous: %s\n--! Hash: %s\n--! Message: second\n\n%s\n' "$hash" "$hash2" "$body2" >"$SCRATCH/two"
file committed/000002-second.sql <"$SCRATCH/two"
file current.sql <<<'SELECT 1;'
file 1-watch.sql <<<'SELECT 1;'
load
fails 42704 "graphile-migrate: a placeholder without a value"
like "$MESSAGE $HINT" ':DATABASE_OWNER" has no value.*":DATABASE_OWNER":' "which has a colon"
load "placeholders => '{\":DATABASE_OWNER\": \"CURRENT_USER\", \":SCHEMA\": \"public\"}'"
is "$OUT" "000001||added|as graphile-migrate
000002|second|added|as graphile-migrate
1-watch.sql|ignored|not committed
current.sql|ignored|not committed" "graphile-migrate"
up
is "$(tables)" "g h" "with its placeholders filled"
sed 's/h (a int)/h (b int)/' "$SCRATCH/two" | file committed/000002-second.sql
load
fails MG002 "graphile-migrate: a text that was changed"
like "$MESSAGE" '000002-second\.sql" has changed since it was committed' "is named"

# Drizzle: the journal's order

fresh
file 0001_b.sql <<<$'CREATE TABLE b (a int);--> statement-breakpoint\nCREATE INDEX b_a ON b (a);'
file 0000_a.sql <<<'ALTER TABLE b ADD c int;'
file meta/_journal.json <<<'{"entries": [{"idx": 0, "tag": "0001_b"}, {"idx": 1, "tag": "0000_a"}]}'
load
is "$OUT" "0000|a|added|as drizzle
0001|b|added|as drizzle" "Drizzle"
is "$(sql conventions "SELECT string_agg(name, ' ' ORDER BY step) FROM migrate_plan()")" "b a" "by its journal"
up

# Sqitch: the plan

fresh
who='2024-01-31T12:00:00Z A User <user@example.org>'
file sqitch.plan <<<"%syntax-version=1.0.0
%project=app

app $who # schema
app/f [app] $who
@v1.0 $who # a release

app/f [app/f@v1.0] $who"
file deploy/app.sql <<<$'BEGIN;\nCREATE SCHEMA app;\nCOMMIT;'
file revert/app.sql <<<$'BEGIN;\nDROP SCHEMA app;\nCOMMIT;'
file verify/app.sql <<<$'BEGIN;\nSELECT false;\nCREATE TABLE app.tried (a serial);\nINSERT INTO app.tried DEFAULT VALUES;\nROLLBACK;'
file deploy/app/f@v1.0.sql <<<'CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;'
file revert/app/f@v1.0.sql <<<'DROP FUNCTION app.f();'
file deploy/app/f.sql <<<'CREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$;'
file revert/app/f.sql <<<'CREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;'
file test/f.sql <<<'SELECT 1;'
load
is "$OUT" "|app|added|as sqitch
|app/f|added|as sqitch
|app/f#2|added|as sqitch
test/f.sql|ignored|not in the plan" "Sqitch: changes, and one that was reworked"
run conventions "SELECT name FROM migrate_apply('@v1.0')"
is "$STATE $OUT" "00000 app
app/f" "a tag is a target; a verify script fails by an error alone"
is "$(sql conventions "SELECT to_regclass('app.tried')")" "" "what it tries is undone"
is "$(sql conventions "SELECT app.f()")" 1 "the text of that release"
up
is "$(sql conventions "SELECT app.f()")" 2 "and the later one"
run conventions "SELECT name FROM migrate_rollback('@v1.0')"
is "$OUT $(sql conventions "SELECT app.f()")" "app/f#2 1" "back to the tag"
file sqitch.plan <<<"%project=app
app $who
app/f [gone] $who"
load
fails 42601 "a broken plan"
like "$MESSAGE" 'sqitch\.plan, line 3: "app/f" requires \[gone\]' "says its line"
load 'dry_run => true'
like "$OUT" 'sqitch\.plan\|refused\|42601: sqitch\.plan, line 3: ' "a dry run says it in a row"
fresh
file sqitch.conf <<<$'[core]\n\tplan_file = my.plan'
file my.plan <<<"%project=app
app $who"
file deploy/app.sql <<<'CREATE SCHEMA app;'
file revert/app.sql <<<'DROP SCHEMA app;'
load
is "$OUT" "|app|added|as sqitch" "a plan of another name that sqitch.conf says"
fresh
file sqitch.conf <<<$'[core]\n\ttop_dir = db'
file sqitch.plan <<<"%project=app
app $who"
file db/deploy/app.sql <<<'CREATE SCHEMA app;'
load
is "$OUT" "|app|added|as sqitch" "scripts in the folder that sqitch.conf names"

# Pairs and dialects, MyBatis' placeholders where values are given

fresh
file 1_a.postgres.up.sql <<<'CREATE TABLE ours (a int);'
file 1_a.mysql.up.sql <<<'CREATE TABLE theirs (a int);'
file 2_b.autocommit.up.sql <<<'CREATE INDEX CONCURRENTLY ours_a ON ours (a);'
file 2_b.autocommit.down.sql <<<'DROP INDEX CONCURRENTLY ours_a;'
load
is "$OUT" "1|a|added|as pairs
2|b|added|as pairs
1_a.mysql.up.sql|ignored|for mysql" "pairs with dialects"
up
is "$(tables)" "ours ours_a" "ours ran"

fresh
file a.sql <<<'CREATE TABLE a (a int);'
file a.rollback.sql <<<'DROP TABLE a;'
file b.rollback.sql <<<'DROP TABLE b;'
load
fails 42704 "a down script without its migration"
like "$DETAIL" '"b.rollback.sql" holds only what undoes' "says which"
rm "$folder/b.rollback.sql"
load
is "$OUT" "|a|added|as pairs" "a pair without a number"

# Repeatable ones among others; a journal with the marks of a merge

fresh
file 0001_t.sql <<<'CREATE TABLE t (a int);'
file R__v.sql <<<'CREATE OR REPLACE VIEW v AS SELECT a FROM t;'
load
is "$OUT" "0001|t|added
|v|added" "R__ beside plain files"
up
is "$(tables)" "t v" "both ran"

fresh
file 0000_a.sql <<<'CREATE TABLE a (a int);'
file meta/_journal.json <<<'{"entries": [{"idx": 0, "tag": "0000_a"}]}'
load
file meta/_journal.json <<<$'{"entries": [\n<<<<<<< HEAD\n{"idx": 0, "tag": "0000_a"}]}'
load
fails 42601 "a broken journal"
like "$MESSAGE" '^file "meta/_journal.json", line 2: this is no JSON$' "by its line"
is "$(statuses)" "0000_a pending" "nothing became absent"

# Liquibase: changesets, what is for others, preconditions

fresh
file changes/9.sql <<'SQL'
--liquibase formatted sql
--changeset ann:1
CREATE TABLE t (a int);
--rollback DROP TABLE t;
--changeset ann:2 dbms:mysql
CREATE TABLE for_mysql (a int) ENGINE=InnoDB;
--changeset ann:3 context:test
CREATE TABLE for_tests (a int);
SQL
file changes/10.sql <<'SQL'
--liquibase formatted sql
--changeset ann:1 runInTransaction:false
CREATE INDEX CONCURRENTLY t_a ON t (a);
--rollback DROP INDEX CONCURRENTLY t_a;
SQL
file db.changelog.xml <<'XML'
<databaseChangeLog>
  <include file="changes/9.sql"/>
  <include file="changes/10.sql"/>
</databaseChangeLog>
XML
load
fails 42704 "Liquibase: a context that nobody has decided on"
like "$MESSAGE $HINT" 'changes/9.sql", line 7: the changeset has contexts.*"liquibase.contexts": "…"' "by its line, with the way to say it"
load "placeholders => '{\"liquibase.contexts\": \"prod\"}'"
is "$OUT" "|changes/9.sql::1::ann|added|as liquibase
|changes/10.sql::1::ann|added|as liquibase
changes/9.sql::2::ann|ignored|for mysql
changes/9.sql::3::ann|ignored|in other contexts: test" "each changeset is a migration, in the changelog's order; the others have a row"
up
is "$(tables)" "t t_a" "both ran, and none of the others"
file changes/9.sql <<'SQL'
--liquibase formatted sql
--changeset ann:1
CREATE TABLE t (a int);
--rollback DROP TABLE t;
--changeset ann:4
CREATE TABLE later (a int);
--rollback DROP TABLE later;
SQL
load
run conventions "SELECT name FROM migrate_apply()"
is "$STATE $OUT" "00000 changes/9.sql::4::ann" "a changeset that is added to an older file runs, as it does there"
run conventions "CALL migrate_down('zero')"
is "$STATE $(tables)" "00000 " "and all go back"

fresh
file a.sql <<'SQL'
--liquibase formatted sql
--changeset ann:1
CREATE TABLE t AS SELECT 1 AS a;
--changeset ann:2
--preconditions onFail:HALT
--precondition-sql-check expectedResult:0 SELECT count(*) FROM t;
DROP TABLE t;
SQL
load
run conventions "SELECT FROM migrate_apply()"
fails MG001 "a precondition that is not met stops the migration"
like "$MESSAGE $CONTEXT" 'a precondition is not met: a.sql, line 6.*migration "a.sql::2::ann", line 6' "by its line"
sql conventions "CREATE TABLE t AS SELECT 1 AS a LIMIT 0"
run conventions "SELECT FROM migrate_repair('a.sql::1::ann', 'applied')" "SELECT name FROM migrate_apply()"
is "$STATE $(tables)" "00000 " "and lets it run where it is"
file a.sql <<<$'--liquibase formatted sql\n--changeset ann:1 failOnError:false\nSELECT 1;'
load
fails 0A000 "what can't be honoured is refused"
like "$MESSAGE" 'file "a.sql", line 2: failOnError:false is not supported' "by its line"

# Atlas: the sum, transactions, checkpoints, checks

sum() { # of all files of the folder
	local name hash names='' so_far=$SCRATCH/so_far
	: >"$so_far"
	: >"$SCRATCH/lines"
	for name in $(cd "$folder" && ls -- *.sql); do
		{ printf '%s' "$name" && cat "$folder/$name"; } >>"$so_far"
		hash=$(sha256 <"$so_far")
		printf '%s h1:%s\n' "$name" "$hash" >>"$SCRATCH/lines"
		names+=$name$hash
	done
	{ printf 'h1:%s\n' "$(printf '%s' "$names" | sha256)" && cat "$SCRATCH/lines"; } >"$folder/atlas.sum"
}
sha256() { sql conventions "SELECT encode(sha256('\\x$(od -A n -v -t x1 | tr -d ' \n')'), 'base64')"; }

fresh
file 20240101_t.sql <<<'CREATE TABLE t AS SELECT 1 AS a;'
file 20240102_index.sql <<<$'-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY t_a ON t (a);'
file 20240103_drop.sql <<'SQL'
-- atlas:txtar

-- checks.sql --
SELECT NOT EXISTS (SELECT FROM t);

-- migration.sql --
DROP TABLE t;

-- down.sql --
CREATE TABLE t (a int);
SQL
file atlas.hcl <<<'env "local" {}'
sum
load
is "$OUT" "20240101|t|added|as atlas
20240102|index|added|as atlas
20240103|drop|added|as atlas
atlas.hcl|ignored|HCL of Atlas: nothing that runs here" "Atlas: known by its sum"
run conventions "CALL migrate_up()"
fails MG001 "a check that is not true stops its migration"
like "$MESSAGE $CONTEXT" 'a check is not true: checks.sql in 20240103_drop.sql, line 4.*migration "20240103_drop", line 4' "by file and line"
is "$(tables)" "t t_a" "the table is still there"
sql conventions "DELETE FROM t"
up
is "$(tables)" "" "and gone once the check is true"
run conventions "SELECT version FROM migrate_rollback()"
is "$STATE $OUT $(tables)" "00000 20240103 t" "its down.sql is its down script"
file 20240102_index.sql <<<'SELECT 1;'
load
fails MG002 "a file that is not as its sum has it"
like "$MESSAGE" 'file "20240102_index.sql" has changed since atlas.sum was written' "is named"

fresh
file 1_a.sql <<<'CREATE TABLE a (a int);'
file 2_b.sql <<<'CREATE TABLE b (a int);'
file 3_all.sql <<<$'-- atlas:checkpoint\n\nCREATE TABLE a (a int);\nCREATE TABLE b (a int);'
file 4_c.sql <<<$'-- atlas:delimiter //\nCREATE SCHEMA c //\nCREATE TABLE c (a int) //'
sum
load
up
is "$(tables) $(statuses)" "a b c 1_a baseline, 2_b baseline, 3_all applied, 4_c applied" "a checkpoint runs instead of all before it; a delimiter ends a statement"

# Lines for other tools, in a text of another convention

for line in '-- atlas:txmode none' '--liquibase formatted sql' '---- create above / drop below ----' '-- +goose Down' '-- evolve-tx-off' '-- 1 down'; do
	fresh
	file V1__a.sql <<<$'CREATE TABLE a (a int);\n'"$line"$'\nDROP TABLE a;'
	load "convention => 'flyway'"
	fails 0A000 "$line in a file of Flyway"
	like "$MESSAGE" '^a line for .* in a text of another convention$' "is not passed over"
done

# Mixed, told, left out, unable

fresh
file V1__a.sql <<<'SELECT 1;'
file 2_b.sql <<<$'-- +goose Up\nSELECT 1;'
load
fails 0A000 "two conventions in one folder"
like "$DETAIL" '"V1__a.sql" is one of flyway, "2_b.sql" is one of goose' "with a file of each"
load "leave_out => ARRAY['V*']"
is "$OUT" "2|b|added|as goose
V1__a.sql|ignored|left out" "one kind can be left out"
load "convention => 'nonsense'"
fails 22023 "an unknown convention"
like "$HINT" 'sqitch.*flyway.*goose.*plain' "the hint names them all"
load "convention => NULL, leave_out => NULL, placeholders => '[]'"
fails 22023 "placeholders that are no object"
load "placeholders => '{\"a\": {}}'"
fails 22023 "a placeholder that is no plain value"
load "dry_run => NULL"
fails 22004 "dry_run must not be null"
fresh
file 0001_a.sql <<<'SELECT 1;'
file 0002_b.go <<<'package migrations'
file 0003_c.sql <<<$'SELECT 1;\n\\connect other\n\\gexec'
file 0004_d.sql <<<$'SELECT 1;\nSELEC 2;'
file 0005_e.down.sql <<<'SELECT 1;'
file embed.go <<<'package migrations'
load
like "$STATE $MESSAGE" '0002_b\.go" is Go code, which can.t run inside the database' "what can't run is refused"
like "$DETAIL" '3 more:' "with all that is wrong"
like "$DETAIL" '"0003_c", line 2, column 1: psql meta-commands' "meta-commands"
like "$DETAIL" '"0004_d", line 2, column 1: syntax error' "what the parser refuses"
like "$DETAIL" '"0005_e" has no up script' "a down without an up"
is "$(sql conventions "SELECT count(*) FROM migrate.migration")" 0 "nothing is registered"
load "leave_out => ARRAY['*.go', '0003_c.sql', '0004*', '0005_e.down.sql']"
is "$(head -n1 <<<"$OUT")" "0001|a|added" "unless the user says what to leave out"

echo 'SELEC 1;' | file 0001_a.sql
load "dry_run => true, leave_out => ARRAY['*.go', '0003_c.sql', '0004*', '0005_e.down.sql']"
is "$(grep -c absent <<<"$OUT") $(grep refused <<<"$OUT" | cut -d'|' -f1,2)" "0 0001_a.sql|refused" "what is refused is not told to be gone"

# Down scripts that never worked

for up in '-- +goose Up' '-- migrate:up'; do
	fresh
	printf '%s\nCREATE TABLE t (a int);\n%s\nDROP TABEL t;\n' "$up" "${up/[Uu]p/$([[ $up = *goose* ]] && echo Down || echo down)}" | file 1_t.sql
	load
	fails 42601 "$up: a down script that is no SQL"
	like "$CONTEXT $HINT" "migration \"1_t\" down, line 4, column 6.*leave_out => ARRAY\['1_t\.sql:down'\]" "with its place, and the way to do without"
	load "leave_out => ARRAY['1_t.sql:down']"
	is "$(head -n1 <<<"$OUT" | cut -d'|' -f1-3) $(sql conventions "SELECT $(property remark) FROM migrate_status()")" "1|t|added not reversible: its down script was left out" "which loads the rest"
	up "" "$up"
	is "$(tables)" t "and applies it"
done
fresh
file 1_t.up.sql <<<'CREATE TABLE t (a int);'
file 1_t.down.sql <<<'DROP TABEL t;'
load "leave_out => ARRAY['*:down']"
is "$OUT" "1|t|added|as pairs
1_t.down.sql:down|ignored|left out" "likewise in files of their own"

# A consolidated migration

fresh
file 20250101_a.sql <<<'CREATE TABLE a (x int);'
file 20250102_b.sql <<<'CREATE TABLE b (x int);'
file 99999999999999_all.sql <<<$'-- migrate:replaces 20250101 .. 20250102\n-- migrate:tag v2.0\nCREATE TABLE a (x int);\nCREATE TABLE b (x int);'
file 20250103_c.sql <<<'CREATE TABLE c (x int);'
load
run conventions "SELECT action, name, detail FROM migrate_plan()"
is "$OUT" 'apply|all|runs instead of 20250101 .. 20250102
baseline|a|replaced by "99999999999999_all"
baseline|b|replaced by "99999999999999_all"
apply|c|' "on an empty database it runs instead of what it replaces"
run conventions "SELECT name, action FROM migrate_apply()"
is "$OUT" "all|applied
a|baselined
b|baselined
c|applied" "and what it replaces is recorded"
is "$(tables) $(sql conventions "SELECT migrate_version()")" "a b c 20250103" "what comes later is in order"
load
run conventions "SELECT count(*) FROM migrate_apply()"
is "$OUT" 0 "that is all"
sql conventions "DROP EXTENSION migrate CASCADE; DROP TABLE a, b, c; CREATE EXTENSION migrate"
mv "$folder/99999999999999_all.sql" "$SCRATCH/all"
load
up "'20250101'"
file 99999999999999_all.sql <"$SCRATCH/all"
load
run conventions "CALL migrate_up()"
fails 55000 "on one that has only some it is refused"
like "$DETAIL" 'Not applied: "20250102_b"' "with what is missing"
up "'20250102'"
run conventions "CALL migrate_up()"
like "$STATE $ERR" '00000.*"99999999999999_all" baselined \(stands for 20250101 \.\. 20250102' "on one that has them it is recorded"
is "$(statuses)" "20250101_a applied, 20250102_b applied, 99999999999999_all baseline, 20250103_c applied" "as baseline"
run conventions "SELECT action, name FROM migrate_plan('v2.0')"
is "$OUT" "roll back|c" "a tag in a text is a target, too"

rm -rf "$folder"
sql postgres "DROP DATABASE conventions"
done_testing
