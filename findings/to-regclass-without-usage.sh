#!/usr/bin/env bash
# to_regclass() is documented to return null "rather than throwing an error if the name is not found". Where the schema
# exists and the caller has no USAGE on it, it raises 42501 instead, whether or not the relation is there; where the
# schema does not exist it returns null. to_regtype() and to_regproc() do the same.
# PostgreSQL 15.20. Seen:
#   to_regclass('closed.t'): 42501: permission denied for schema closed
#   to_regclass('closed.no_such_table'): 42501: permission denied for schema closed
#   to_regclass('no_such_schema.t'): null
# So a guard such as "IF to_regclass('x.y') IS NULL" ends a script that runs as a role with few rights.
. "$(dirname "$0")/lib/finding.bash"
server
sql postgres "CREATE ROLE reader" "CREATE SCHEMA closed" "CREATE TABLE closed.t ()"
as_reader() { sql postgres "SET ROLE reader; SELECT coalesce($1::text, 'null')"; }
readonly DENIED="42501: permission denied for schema closed"
seen "to_regclass('closed.t')" "$(as_reader "to_regclass('closed.t')")" "$DENIED"
seen "to_regclass('closed.no_such_table')" "$(as_reader "to_regclass('closed.no_such_table')")" "$DENIED"
seen "to_regtype('closed.no_such_type')" "$(as_reader "to_regtype('closed.no_such_type')")" "$DENIED"
seen "to_regproc('closed.no_such_function')" "$(as_reader "to_regproc('closed.no_such_function')")" "$DENIED"
seen "to_regclass('no_such_schema.t')" "$(as_reader "to_regclass('no_such_schema.t')")" null
concluded
