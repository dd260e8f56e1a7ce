#!/usr/bin/env bash
# CREATE OR REPLACE FUNCTION of a range type's constructor, with the definition that pg_get_functiondef() shows for it, makes
# the type impossible to drop: what tied the function to its type becomes an ordinary dependency, so that each needs the other
# to go first, and only CASCADE drops them. A tool that makes all functions again from their definitions meets it.
# PostgreSQL 15.20. Seen:
#   before: dropped
#   after: 2BP01
. "$(dirname "$0")/lib/finding.bash"
server
make="CREATE TYPE span AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = spans)"
sql postgres "$make" >/dev/null
seen before "$(sql postgres "DROP TYPE span" && echo dropped)" dropped
sql postgres "$make" "DO \$\$ BEGIN EXECUTE pg_get_functiondef('spans(span)'::regprocedure); END \$\$" >/dev/null
seen after "$(sql postgres "DROP TYPE span" | head -n 1 | cut -d: -f1)" 2BP01
concluded
