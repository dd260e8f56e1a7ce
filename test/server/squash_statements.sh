#!/usr/bin/env bash
# migrate_squash(): each statement of test/schema is a migration, and one stands for all of them. By pg_dump it builds what
# they have built. What has a secret in it is left out: no definition shows that. So is a publication of all tables but
# some (PostgreSQL 19), which no statement of a definition makes: it is refused.
. test/server/lib/tap.bash
. test/server/lib/statements.bash

make_roles
migrate_database squash_all
version=1000
statements | sed '/^DROP OWNED/,/^DROP SCHEMA/d' | grep -vE 'secret|SUBSCRIPTION|FOREIGN|SERVER|fdw|ALL TABLES EXCEPT' >"$SCRATCH/statements"
while IFS= read -r statement; do
	version=$((version + 1))
	printf "SELECT migrate_add('%s_x', \$migration\$%s;\$migration\$);\n" "$version" "$statement"
done <"$SCRATCH/statements" >"$SCRATCH/add"
run squash_all <"$SCRATCH/add"
run squash_all "CALL migrate_up()"
is "$STATE" 00000 "each statement is applied as a migration" || explain "$ERR"
run squash_all "SELECT verdict FROM migrate_squash('$version') WHERE section = 'up'"
is "$OUT" proven "all of them are squashed into one, and proven" || explain "$ERR"
sql squash_all "SELECT s.text FROM migrate.migration m JOIN migrate.script s USING (sha256) WHERE m.name = 'squash_to_$version'" >"$SCRATCH/text"
like "$(head -n 1 "$SCRATCH/text")" "^-- migrate:replaces .. $version\$" "it says so"

migrate_database squash_alone
{
	printf "SELECT migrate_add('0001_alone', \$squash\$"
	cat "$SCRATCH/text"
	printf "\$squash\$);\nSELECT migrate_apply();\n"
} >"$SCRATCH/alone"
run squash_alone <"$SCRATCH/alone"
is "$STATE" 00000 "a new database is built by it" || explain "$ERR"
for database in squash_all squash_alone; do
	plain_dump -N migrate --exclude-table-data='migrate.*' --inserts "$database" | grep -v '^--' >"$SCRATCH/$database"
done
same "$SCRATCH/squash_all" "$SCRATCH/squash_alone" "as the statements have built it"
if [ "$(sql squash_alone "SHOW server_version_num")" -ge 190000 ]; then
	migrate_database squash_except
	sql squash_except "SELECT migrate_add('0001_t', 'CREATE TABLE t (id int PRIMARY KEY)')" \
		"SELECT migrate_add('0002_p', 'CREATE PUBLICATION most FOR ALL TABLES EXCEPT (TABLE t)')" "SELECT migrate_apply()" >/dev/null
	run squash_except "SELECT migrate_squash('0002')"
	is "$STATE $DETAIL" "55000 What differs: publication excluded relation public.t excluded from publication most." \
		"a publication of all tables but some is not squashed unseen" || explain "$ERR"
fi
drop_roles squash_all squash_alone
done_testing
