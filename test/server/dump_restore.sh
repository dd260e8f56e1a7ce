#!/usr/bin/env bash
# What the extension knows survives pg_dump and restore, also where no superuser is at hand, and work goes on there.
. test/server/lib/tap.bash
. test/server/lib/history.bash

role dump_owner 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE'
database dump_from 'OWNER dump_owner'

AS=dump_owner
run dump_from "CREATE EXTENSION migrate"
works "a database owner who is no superuser installs the extension"
is "$(sql dump_from "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")" t "the tests look as superuser"

make_history dump_from "the owner"
keep dump_from

for format in plain custom; do
	database dump_to_$format 'OWNER dump_owner'
	pg_dump -U dump_owner -F $format -f "$SCRATCH/$format.dump" dump_from 2>"$SCRATCH/error"
	ok $? "owner, $format: pg_dump by the owner" || explain "$(cat "$SCRATCH/error")"
	if [ $format = plain ]; then
		psql -XAtq -U dump_owner -v ON_ERROR_STOP=1 -d dump_to_plain -f "$SCRATCH/plain.dump" >"$SCRATCH/error" 2>&1
	else
		pg_restore -U dump_owner -e -d dump_to_custom "$SCRATCH/custom.dump" >"$SCRATCH/error" 2>&1
	fi
	ok $? "owner, $format: restored by the owner without any error" || explain "$(cat "$SCRATCH/error")"
	went_over dump_from dump_to_$format "owner, $format"
	goes_on dump_to_$format "owner, $format"
done
run dump_to_plain "UPDATE migrate.history SET message = ''"
fails 42501 "the owner may not change the history there"
run dump_to_plain "DELETE FROM migrate.script"
fails 42501 "the owner may not delete texts there"
run dump_to_plain "UPDATE migrate.schema_version SET version = '1'"
fails 42501 "the owner may not change the version guard there"

AS=
pg_dump -Fp -f "$SCRATCH/super.dump" dump_from
database dump_super
psql -XAtq -v ON_ERROR_STOP=1 -d dump_super -f "$SCRATCH/super.dump" >"$SCRATCH/error" 2>&1
ok $? "superuser: restored without any error" || explain "$(cat "$SCRATCH/error")"
went_over dump_from dump_super superuser
goes_on dump_super superuser

# A dump doesn't say whose an extension is: whoever restores it creates it. A superuser had better do so in its owner's role.
AS=dump_owner run dump_super "SELECT migrate_version()"
fails 42501 "superuser: the extension is then the superuser's, and closed to its owner"
pg_dump -Fc -f "$SCRATCH/super.custom" dump_from
database dump_role 'OWNER dump_owner'
pg_restore -e --role=dump_owner -d dump_role "$SCRATCH/super.custom" >"$SCRATCH/error" 2>&1
ok $? "superuser, in the owner's role: restored without any error" || explain "$(cat "$SCRATCH/error")"
went_over dump_from dump_role "superuser, in the owner's role"
AS=dump_owner goes_on dump_role "superuser, in the owner's role"

# Of a dump that was restored: dumped once more, it is the same.
pg_dump -U dump_owner -Fp dump_to_plain >"$SCRATCH/again.dump" 2>"$SCRATCH/error"
ok $? "a restored database is dumped again by its owner" || explain "$(cat "$SCRATCH/error")"

# Where the role that restores owns the database, but a superuser installed the extension before.
database dump_installed 'OWNER dump_owner'
sql dump_installed "CREATE EXTENSION migrate"
AS=dump_owner run dump_installed "SELECT FROM migrate.history"
fails 42501 "a superuser's extension is closed to the database's owner"

database dump_schema 'OWNER dump_owner'
pg_dump -U dump_owner --schema-only -f "$SCRATCH/schema.dump" dump_from
psql -XAtq -U dump_owner -v ON_ERROR_STOP=1 -d dump_schema -f "$SCRATCH/schema.dump" >"$SCRATCH/error" 2>&1
ok $? "schema only: restored without any error" || explain "$(cat "$SCRATCH/error")"
is "$(sql dump_schema "SELECT count(*) FROM migrate_status()")" 0 "schema only: the migration set is empty"
is "$(sql dump_schema "SELECT migrate_version() IS NULL")" t "schema only: there is no version"
AS=dump_owner run dump_schema "SELECT migrate_add('0001_a', 'CREATE TABLE a (a int)')" "SELECT version FROM migrate_apply()"
is "$STATE $OUT" "00000 (0001,a,added,)
0001" "schema only: migrations start anew"

# Every table has a primary key, or a publication of all tables would refuse our updates.
migrate_database dump_published
run dump_published "SET client_min_messages = error" "CREATE PUBLICATION everything FOR ALL TABLES" \
	"SELECT migrate_add('0001_a', 'CREATE TABLE a (a int)', 'DROP TABLE a')" \
	"SELECT migrate_apply()" "SELECT migrate_repair('0001', 'accept')" "SELECT migrate_rollback()" \
	"SELECT migrate_baseline('0001')" "SELECT migrate_repair('0001', 'forget')" \
	"SELECT migrate_repair('0001', 'purge text')" "SELECT migrate_remove('0001')"
works "published for all tables: everything works"
is "$(sql dump_published "SELECT count(*) FROM pg_class c WHERE relnamespace = 'migrate'::regnamespace AND relkind = 'r'
	AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)")" 0 "every table has a primary key"
pg_dump -Fp -f "$SCRATCH/published.dump" dump_published
database dump_published_to
psql -XAtq -v ON_ERROR_STOP=1 -d dump_published_to -f "$SCRATCH/published.dump" >"$SCRATCH/error" 2>&1
ok $? "published for all tables: restored without any error" || explain "$(cat "$SCRATCH/error")"

# Functions in a schema of their own, dumped and restored with --clean over what is there.
database dump_own_schema 'OWNER dump_owner'
AS=dump_owner run dump_own_schema "CREATE SCHEMA tools" "CREATE EXTENSION migrate SCHEMA tools" \
	"SELECT tools.migrate_add('0001_a', 'CREATE TABLE public.a (a int)')" "SELECT tools.migrate_apply()"
works "functions in a schema of their own"
pg_dump -U dump_owner -Fc --clean -f "$SCRATCH/own.dump" dump_own_schema
pg_restore -U dump_owner -e --clean --if-exists -d dump_own_schema "$SCRATCH/own.dump" >"$SCRATCH/error" 2>&1
ok $? "restored over itself with --clean" || explain "$(cat "$SCRATCH/error")"
is "$(sql dump_own_schema "SELECT version, status FROM tools.migrate_status()")" "0001|applied" "and the state is there"
AS=dump_owner run dump_own_schema "SELECT tools.migrate_add('0002_b', 'CREATE TABLE public.b (a int)')" "SELECT version FROM tools.migrate_apply()"
works "and work goes on"

for name in from to_plain to_custom super role installed schema published published_to own_schema; do
	sql postgres "DROP DATABASE dump_$name"
done
done_testing
