#!/usr/bin/env bash
# The real Liquibase, as npm has it, beside ours: one folder of formatted SQL gives the same schema in the same order,
# its history is taken over, and a rollback leaves the same.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/clients.bash

if ! command -v java >/dev/null; then
	echo "1..0 # SKIP java is not installed"
	echo "# $(basename "$0"): skipped: java is not installed" >&2
	exit 0
fi
need_clients liquibase@4.28.1
start_relay
export LIQUIBASE_HOME=$NPM_FOLDER/node_modules/liquibase/dist/liquibase
liquibase() { # DATABASE ARGUMENT...
	(cd "$SCRATCH/app" && java -jar "$LIQUIBASE_HOME/internal/lib/liquibase-core.jar" --show-banner=false \
		--url="jdbc:postgresql://127.0.0.1:$RELAY_PORT/$1" --username="$PGUSER" --password=none \
		--changelog-file=db/changelog.xml "${@:2}") >"$SCRATCH/liquibase.out" 2>&1 ||
		explain "$(cat "$SCRATCH/liquibase.out")"
}
schema() { pg_dump -s -d "$1" -T 'databasechangelog*' -N migrate | grep -vE '^(--|SET |SELECT |\\|$)|EXTENSION'; }

mkdir -p "$SCRATCH/app/db/late" "$SCRATCH/app/db/changes"
cd "$SCRATCH/app/db" || exit 1
cat >changelog.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
  <property name="size" value="10"/>
  <include file="late/z.sql" relativeToChangelogFile="true"/>
  <includeAll path="db/changes/"/>
</databaseChangeLog>
XML
cat >late/z.sql <<'SQL'
--liquibase formatted sql
--changeset ann:1
CREATE TABLE users (id int, name varchar(${size}));
--rollback DROP TABLE users;
--changeset ann:names runOnChange:true splitStatements:false
CREATE OR REPLACE VIEW names AS SELECT name FROM users;
--rollback empty
SQL
cat >changes/9.sql <<'SQL'
--liquibase formatted sql

--changeset ann:1 context:test
INSERT INTO nowhere VALUES (1);

--changeset ann:2 dbms:mysql,oracle
CREATE TABLE t (id int) ENGINE=InnoDB;

--changeset "Bob Smith":"a function" context:"prod or test" labels:v1 splitStatements:false
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1;
END $$;
--rollback DROP FUNCTION one();

--changeset ann:3 endDelimiter:/
CREATE TABLE a (id int)
/
CREATE TABLE b (id int)
/
/* liquibase rollback
DROP TABLE a;
DROP TABLE b;
*/
SQL
cat >changes/10.sql <<'SQL'
--liquibase formatted sql
--changeset ann:1
--preconditions onFail:HALT onError:HALT
--precondition-sql-check expectedResult:0 SELECT count(*) FROM users
--precondition-sql-check expectedResult:t SELECT true
--precondition-table-exists table:USERS
ALTER TABLE users ADD email text;
--rollback ALTER TABLE users
--rollback   DROP email;
--changeset ann:2 runInTransaction:false
CREATE INDEX CONCURRENTLY users_email ON users (email);
--rollback DROP INDEX CONCURRENTLY users_email;
SQL
echo 'CREATE TABLE raw (id int);' >changes/raw.sql
cd - >/dev/null || exit 1

createdb theirs
liquibase theirs update --contexts=prod
migrate_database ours
load_folder ours "$SCRATCH/app" ", placeholders => '{\"size\": \"10\", \"liquibase.contexts\": \"prod\", \"liquibase.labels\": \"\"}'"
run ours "CALL migrate_up()"
works "ours applies the folder"
schema theirs >"$SCRATCH/theirs"
schema ours >"$SCRATCH/ours"
like "$(cat "$SCRATCH/theirs")" 'TABLE public.raw' "Liquibase has applied it, too"
same "$SCRATCH/theirs" "$SCRATCH/ours" "to the same schema"
order="db/late/z.sql::1::ann db/changes/10.sql::1::ann db/changes/10.sql::2::ann db/changes/9.sql::a function::Bob Smith db/changes/9.sql::3::ann db/changes/raw.sql::raw::includeAll"
is "$(sql theirs "SELECT string_agg(filename || '::' || id || '::' || author, ' ' ORDER BY orderexecuted) FROM databasechangelog WHERE id <> 'names'")" "$order" "in an order"
is "$(sql ours "SELECT string_agg(name, ' ' ORDER BY id) FROM migrate_history() WHERE event = 'apply' AND name !~ 'names'")" "$order" "that is ours"

run theirs "CREATE EXTENSION migrate"
load_folder theirs "$SCRATCH/app/db" ", placeholders => '{\"size\": \"10\", \"liquibase.contexts\": \"prod\", \"liquibase.labels\": \"\"}'"
run theirs "SELECT action, count(*) FROM migrate_adopt('liquibase') GROUP BY 1"
is "$OUT" "adopted|7" "its history is adopted, although another folder is loaded"
run theirs "SELECT count(*) FROM migrate_plan()"
is "$OUT" 0 "and nothing is left to do"

liquibase theirs rollback-count 1 2>/dev/null
run ours "SET migrate.generate_down = off" "CALL migrate_down(steps => 1)"
fails MG007 "what has no rollback stays"
like "$(cat "$SCRATCH/liquibase.out")" 'does not support automatic rollback' "with Liquibase, too"
for database in ours theirs; do sql "$database" "DROP TABLE raw"; done
sql theirs "DELETE FROM databasechangelog WHERE id = 'raw'"
run ours "SELECT FROM migrate_repair('db/changes/raw.sql::raw::includeAll', 'forget')"
liquibase theirs rollback-count 4
run ours "CALL migrate_down('db/late/z.sql::1::ann')"
works "ours rolls back as far"
schema theirs >"$SCRATCH/theirs"
schema ours >"$SCRATCH/ours"
unlike "$(cat "$SCRATCH/theirs")" 'email|FUNCTION' "Liquibase has rolled back"
same "$SCRATCH/theirs" "$SCRATCH/ours" "to the same schema"

done_testing
