#!/usr/bin/env bash
# An event trigger that refuses a command at ddl_command_end or sql_drop, the usual way to protect a schema, does not undo
# what CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY and DETACH PARTITION CONCURRENTLY have committed before: the index
# that was refused stays, invalid, and the index that was protected is invalid, too, and serves no query any more. Only
# ddl_command_start refuses them in time.
# PostgreSQL 15.20. Seen:
#   created: P0001: refused, then: made false
#   dropped: P0001: refused, then: kept false
#   detached: P0001: refused, then: pending true
. "$(dirname "$0")/lib/finding.bash"
server
sql postgres "CREATE TABLE t (a int)" "CREATE INDEX kept ON t (a)" "CREATE TABLE p (a int) PARTITION BY LIST (a)" \
	"CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)" \
	"CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END'" \
	"CREATE EVENT TRIGGER at_end ON ddl_command_end EXECUTE FUNCTION refuse()" \
	"CREATE EVENT TRIGGER at_drop ON sql_drop EXECUTE FUNCTION refuse()"
is_valid() { sql postgres "SELECT indexrelid::regclass || ' ' || indisvalid FROM pg_index WHERE indexrelid = '$1'::regclass"; }
seen created "$(sql postgres "CREATE INDEX CONCURRENTLY made ON t (a)"), then: $(is_valid made)" "P0001: refused, then: made false"
seen dropped "$(sql postgres "DROP INDEX CONCURRENTLY kept"), then: $(is_valid kept)" "P0001: refused, then: kept false"
seen detached "$(sql postgres "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY"), then: pending $(sql postgres "SELECT inhdetachpending::text FROM pg_inherits")" \
	"P0001: refused, then: pending true"
concluded
