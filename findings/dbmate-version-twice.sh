#!/usr/bin/env bash
# Two files of dbmate's that share a version, as two branches made in the same second (or by hand, on one day) leave them:
# the first run applies one and fails at the other, which it takes back. From then on both count as applied, because only the
# version is recorded: dbmate status ticks both, the next run has nothing to do and exits with 0, --strict too. What the second
# file should have made is missing for good, and nothing can be rolled back: that runs the second file's down part.
# dbmate 2.36.0 (npm), PostgreSQL 15.20. Seen:
#   up: exit code 2, duplicate key value violates unique constraint "schema_migrations_pkey"
#   status: [X] 20240131_accounts.sql, [X] 20240131_bills.sql, Applied: 2, Pending: 0; table bills is not there
#   up and up --strict: exit code 0
#   rollback: exit code 2, table "bills" does not exist
. "$(dirname "$0")/lib/finding.bash"
packages dbmate@2.36.0
server
mkdir "$SCRATCH/migrations"
printf -- '-- migrate:up\nCREATE TABLE accounts ();\n-- migrate:down\nDROP TABLE accounts;\n' >"$SCRATCH/migrations/20240131_accounts.sql"
printf -- '-- migrate:up\nCREATE TABLE bills ();\n-- migrate:down\nDROP TABLE bills;\n' >"$SCRATCH/migrations/20240131_bills.sql"
# dbmate ARGUMENTS...: its exit code; what it says is in $SCRATCH/log.
dbmate() {
	local code=0
	DATABASE_URL="postgres:///postgres?socket=$PGHOST&port=$PGPORT" "$SCRATCH/node_modules/.bin/dbmate" \
		--migrations-dir "$SCRATCH/migrations" --no-dump-schema "$@" >"$SCRATCH/log" 2>&1 || code=$?
	echo "$code"
}
relation() { sql postgres "SELECT COALESCE(to_regclass('public.$1')::text, 'missing')"; }
seen "up: exit code" "$(dbmate up)" 2
seen "its error" "$(grep ^Error "$SCRATCH/log")" 'Error: pq: duplicate key value violates unique constraint "schema_migrations_pkey" (23505)'
seen "status: exit code" "$(dbmate status)" 0
seen "status" "$(tr '\n' ' ' <"$SCRATCH/log")" "[X] 20240131_accounts.sql [X] 20240131_bills.sql  Applied: 2 Pending: 0 "
seen "up again: exit code" "$(dbmate up)" 0
seen "up --strict: exit code" "$(dbmate up --strict)" 0
seen "table accounts" "$(relation accounts)" accounts
seen "table bills" "$(relation bills)" missing
seen "rollback: exit code" "$(dbmate rollback)" 2
seen "its error" "$(grep ^Error "$SCRATCH/log")" 'Error: pq: table "bills" does not exist (42P01)'
concluded
