#!/usr/bin/env bash
# migrate_generate(snapshot => …): what one statement of PostgreSQL changes in a table with rows is changed with its rows. Other
# tools drop the table or the column there: findings/pg-delta-drops-rows.sh.
. test/server/lib/tap.bash

readonly MADE="CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE q (k int); CREATE TABLE c (k int); CREATE TYPE e AS ENUM ('a', 'c');
	CREATE TYPE row AS (a text, k int, g int, x e); CREATE TABLE t (a text, k int, g int GENERATED ALWAYS AS (k * 2) STORED, x e);
	CREATE TABLE u (a text, k int, g int, x e)"
readonly FILLED="INSERT INTO c VALUES (1); INSERT INTO t (a, k, x) VALUES ('x', 1, 'c'); INSERT INTO u VALUES ('x', 1, 2, 'c')"
readonly HASH="SELECT migrate_schema_hash()"
# keeps WHAT FIRST STATEMENT QUERY: FIRST is done in both databases, STATEMENT in one, and the other is led there.
keeps() {
	local database snapshot wanted before
	for database in keeps_here keeps_there; do
		migrate_database $database
		sql $database "$MADE" "$2" "$FILLED" >/dev/null
	done
	before=$(sql keeps_here "$4")
	sql keeps_there "$3" >/dev/null
	snapshot=$(sql keeps_there "SELECT jsonb_agg(s) FROM migrate_schema() s") wanted=$(sql keeps_there "$HASH")
	run keeps_here "SELECT count(*) FROM migrate_generate('there', snapshot => \$m\$$snapshot\$m\$)" "SELECT action FROM migrate_apply()"
	is "$STATE $(sql keeps_here "$HASH")" "00000 $wanted" "$1: it is led there"
	is "$before|$(sql keeps_here "$4")" "$5|$5" "… with what it holds"
	run keeps_here "SELECT action FROM migrate_rollback()"
	is "$STATE $(sql keeps_here "$4")" "00000 $5" "… and back"
}
attach="ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)"
keeps "a table that becomes a partition" "" "$attach" "SELECT count(*) FROM c" 1
keeps "a partition that becomes a table" "$attach" "ALTER TABLE p DETACH PARTITION c" "SELECT count(*) FROM c" 1
keeps "a table that inherits" "" "ALTER TABLE c INHERIT q" "SELECT count(*) FROM c" 1
keeps "a table that has a type" "" "ALTER TABLE u OF row" "SELECT count(*) FROM u" 1
keeps "a column that is generated no more" "" "ALTER TABLE t ALTER g DROP EXPRESSION" "SELECT g FROM t" 2
keeps "a column of another collation" "" 'ALTER TABLE t ALTER a TYPE text COLLATE "C"' "SELECT a FROM t" x
keeps "a column of another type" "" "ALTER TABLE t ALTER a TYPE varchar(9)" "SELECT a FROM t" x
keeps "a label of another name" "" "ALTER TYPE e RENAME VALUE 'c' TO 'd'" "SELECT count(x) FROM t" 1
done_testing
