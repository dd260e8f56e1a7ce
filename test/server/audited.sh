#!/usr/bin/env bash
# On a server that preloads what others preload: pgaudit, which logs, pg_stat_statements, auto_explain and plpgsql_check.
# pgaudit before 1.7.1, 16.1 and 17.1 forbids statements at the top level below CALL; what that means for us is asked of
# the server, and tested for what it answers.
. test/server/lib/tap.bash

for library in pgaudit pg_stat_statements auto_explain plpgsql_check; do
	[ -e "$("${PG_CONFIG:-pg_config}" --pkglibdir)/$library.so" ] && continue
	echo "1..0 # SKIP $library is not installed"
	echo "# audited: skipped: $library is not installed" >&2
	exit 0
done

folder=$(mktemp -d /tmp/migrate-audited-XXXXXX)
chmod 755 "$folder"
audited=$folder/c
citus=$TREE$("${PG_CONFIG:-pg_config}" --sharedir)/extension/citus
finish() {
	scripts/cluster stop "$audited" >/dev/null 2>&1
	rm -rf "$folder"
	[ -z "${stand_in:-}" ] || rm -f "$citus.control" "$citus--1.sql"
}
trap finish EXIT
CLUSTER_FSYNC=off CLUSTER_CONF="
shared_preload_libraries = 'pgaudit, pg_stat_statements, auto_explain, plpgsql_check'
pgaudit.log = 'all'
pgaudit.log_catalog = off
auto_explain.log_min_duration = 0
log_line_prefix = '%a|'
log_statement = 'all'
compute_query_id = on" scripts/cluster start "$audited" "$TREE" 2>"$SCRATCH/error"
ok $? "a server with all of them starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
use_cluster "$audited"
migrate_database audited
sql audited "CREATE EXTENSION pg_stat_statements" "CREATE TABLE t (a int PRIMARY KEY, b text)"

# mark: what the log says from here on is in since.
mark() { marked=$(wc -c <"$audited/log"); }
since() { tail -c "+$((marked + 1))" "$audited/log"; }
audits() { since | grep -o 'AUDIT: SESSION.*' | cut -d, -f4-; }
jobs_end() { wait_until audited "SELECT NOT EXISTS (SELECT FROM migrate.job WHERE state IN ('queued', 'running'))"; }
job_state() { sql audited "SELECT state || coalesce(': ' || sqlstate, '') FROM migrate.job ORDER BY id DESC LIMIT 1"; }

# COPY: a job whose text has data ended the server

copied=$'CREATE TABLE copied (a int);\nCOPY copied FROM stdin;\n1\n2\n\\.\nCOPY t (a) FROM stdin WHERE a > 1;\n1\n2\n\\.\n'
undone="DROP TABLE copied; DELETE FROM t;"
ways=(
	"SELECT|SELECT migrate_apply()"
	"DO|DO \$\$ BEGIN PERFORM migrate_apply(); END \$\$"
	"a function|SELECT apply()"
	"CALL|CALL migrate_up()"
	"a worker|SELECT migrate_start()"
)
sql audited "CREATE FUNCTION apply() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM migrate_apply(); END'"
for way in "${ways[@]}"; do
	add_migration audited 0001_copied "$copied" "$undone"
	mark
	run audited "${way#*|}"
	works "COPY below ${way%%|*}"
	jobs_end
	is "$(sql audited "SELECT count(*) FROM copied" "SELECT a FROM t")" "2
2" "below ${way%%|*}: the rows are there"
	like "$(audits)" 'WRITE,COPY' "below ${way%%|*}: the audit has seen it"
	run audited "CALL migrate_down()"
	works "below ${way%%|*}: it can be rolled back"
	discard_migrations audited
done
is "$(sql audited "SELECT calls > 0 FROM pg_stat_statements WHERE query LIKE 'COPY copied FROM%'")" t "pg_stat_statements has seen it"

# A job that fails in its data says so, and the server goes on

add_migration audited 0001_bad $'COPY t (a) FROM stdin;\none\n\\.\n'
started=$(sql audited "SELECT pg_postmaster_start_time()")
run audited "SELECT migrate_start()"
jobs_end
is "$(job_state)" "failed: 22P02" "a job with bad data fails"
like "$(sql audited "SELECT message FROM migrate.history ORDER BY id DESC LIMIT 1")" 'invalid input syntax for type integer: "one"' "the history says why"
is "$(sql audited "SELECT pg_postmaster_start_time()")" "$started" "the server did not restart"
discard_migrations audited

# Statements that stand alone

alone=$'CREATE INDEX CONCURRENTLY t_b ON t (b);\nVACUUM t;\n'
add_migration audited 0001_before "CREATE TABLE before (a int)"
add_migration audited 0002_alone "$alone" $'-- migrate:no-transaction\nDROP INDEX CONCURRENTLY t_b;'
mark
run audited "CALL migrate_up()"
if [ "$STATE" = 00000 ]; then
	below_call=allowed
	ok 0 "this pgaudit allows statements at the top level below CALL: migrate_up runs what stands alone"
	like "$(audits)" 'CREATE INDEX CONCURRENTLY t_b' "and the audit has seen it"
else
	below_call=forbidden
	is "$STATE $MESSAGE" '0A000 migration "0002_alone" can'\''t run in this call' "this pgaudit forbids statements at the top level below CALL: migrate_up refuses"
	is "$DETAIL" "line 1: CREATE INDEX CONCURRENTLY must run at the top level, which another extension forbids here: pgaudit stack is not empty." "by statement and line"
	like "$HINT" 'Use migrate_start\(\)' "with the way out"
	is "$(sql audited "SELECT count(*) FROM migrate.history WHERE version IN ('0001', '0002')" "SELECT to_regclass('before') IS NULL")" "0
t" "before anything has run"
	unlike "$(audits)" 'DEALLOCATE' "the audit's log says nothing of the try"
	run audited "SELECT migrate_start()"
	jobs_end
	is "$(job_state)" finished "migrate_start() runs it"
	like "$(audits)" 'CREATE INDEX CONCURRENTLY t_b' "and the audit has seen it"
fi
is "$(sql audited "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()" "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_b'::regclass")" "0001 applied, 0002 applied
t" "all is done"
run audited "SELECT migrate_start(direction => 'down')"
jobs_end
is "$(job_state)" finished "and down again"
discard_migrations audited

# What a COMMIT divides, and what stands alone but for the server's grammar: no statement at the top level, no refusal

add_migration audited 0001_parts $'INSERT INTO t VALUES (10);\nCOMMIT;\nINSERT INTO t VALUES (11);'
add_migration audited 0002_each $'-- migrate:no-transaction\nINSERT INTO t VALUES (12);\nSELECT count(*) FROM t;'
run audited "CALL migrate_up()"
works "a migration in parts, and one of single statements, by CALL"
discard_migrations audited

# On Citus every statement must run at the top level. Where it is installed, its own test says more; here an extension of
# the name stands for it.

if [ ! -e "$citus.control" ]; then
	stand_in=1
	echo "# audited: Citus is not installed: an empty extension of its name stands in" >&2
	printf "default_version = '1'\nrelocatable = true\n" >"$citus.control"
	: >"$citus--1.sql"
	database citus
	sql citus "CREATE EXTENSION citus" "CREATE EXTENSION migrate" "CREATE FUNCTION apply() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM migrate_apply(); END'"
	below=("SELECT|allowed" "DO|forbidden" "a function|allowed" "CALL|$below_call" "a worker|allowed")
	for i in "${!ways[@]}"; do
		way=${ways[$i]}
		add_migration citus 0001_t "CREATE TABLE t (a int); COMMENT ON TABLE t IS 'one'; SET LOCAL work_mem = '1MB'; LOCK TABLE t; DECLARE c CURSOR FOR SELECT 1;" "DROP TABLE t"
		run citus "${way#*|}"
		if [ "${below[$i]#*|}" = allowed ]; then
			works "on Citus, below ${way%%|*}"
			unlike "$ERR" WARNING "on Citus, below ${way%%|*}: SET LOCAL holds, as in a transaction block"
			wait_until citus "SELECT to_regclass('t') IS NOT NULL AND NOT EXISTS (SELECT FROM migrate.job WHERE state IN ('queued', 'running'))"
			ok $? "on Citus, below ${way%%|*}: it is done"
			run citus "SELECT migrate_rollback()"
			works "on Citus, below ${way%%|*}: and rolled back"
		else
			is "$STATE $MESSAGE" '0A000 migration "0001_t" can'\''t run in this call' "on Citus, below ${way%%|*}: it is refused"
			is "$DETAIL" "On Citus statements must run at the top level, which another extension forbids here: pgaudit stack is not empty." "and says why"
			like "$HINT" 'Use migrate_start\(\)' "with the way out"
			is "$(sql citus "SELECT to_regclass('t') IS NULL")" t "before anything has run"
		fi
		discard_migrations citus
	done
fi

# The current query: for event triggers and the log's STATEMENT line the statement, for log_statement and activity the call

sql audited "CREATE TABLE seen (query text)" \
	"CREATE FUNCTION see() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES (current_query()); END'" \
	"CREATE EVENT TRIGGER see ON ddl_command_end EXECUTE FUNCTION see()"
add_migration audited 0001_two $'CREATE TABLE one (a int);\n  CREATE TABLE two (a int)\n;' "DROP TABLE one, two"
for call in "SELECT migrate_apply()" "CALL migrate_up()"; do
	mark
	run audited "$call" "SELECT current_query()"
	works "$call with an event trigger"
	is "${OUT##*$'\n'}" "SELECT current_query()" "$call: the next query is the current one again"
	is "$(sql audited "SELECT string_agg(query, '|') FROM seen WHERE query LIKE 'CREATE TABLE%'")" $'CREATE TABLE one (a int);|CREATE TABLE two (a int)\n;' "$call: an event trigger sees each statement"
	like "$(since)" "LOG:  statement: ${call/(*/}" "$call: log_statement has the call"
	unlike "$(since)" "LOG:  statement: CREATE TABLE" "$call: and nothing but the call"
	sql audited "SELECT FROM migrate_rollback()" "TRUNCATE seen" >/dev/null
done
discard_migrations audited
sql audited "DROP EVENT TRIGGER see"
add_migration audited 0001_fails $'SELECT 1;\nSELECT 1 / (a - a) FROM generate_series(1, 2) a;'
for call in "SELECT migrate_apply()" "CALL migrate_up()" "SELECT migrate_apply(dry_run => true)"; do
	mark
	run audited "$call"
	fails 22012 "$call fails"
	is "$(since | grep -A9 'ERROR:  division by zero' | grep -o 'STATEMENT:  .*')" "STATEMENT:  SELECT 1 / (a - a) FROM generate_series(1, 2) a;" "$call: the log names the statement"
done
mark
run audited "DO \$\$ BEGIN BEGIN PERFORM migrate_apply(); EXCEPTION WHEN division_by_zero THEN RAISE WARNING 'caught in: %', left(current_query(), 2); END; RAISE WARNING 'after'; END \$\$"
works "an error that is caught"
like "$(since)" 'caught in: DO' "leaves the caller's query the current one"
unlike "$(since)" 'STATEMENT:  SELECT 1 /' "and the log has it"
discard_migrations audited

# plpgsql_check, which looks into every function

sql postgres "ALTER SYSTEM SET plpgsql_check.mode = 'every_start'" "SELECT pg_reload_conf()" >/dev/null
add_migration audited 0001_function $'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM t); END $$;\nSELECT f();' "DROP FUNCTION f()"
run audited "CALL migrate_up()"
works "with plpgsql_check in every call"
is "$(sql audited "SELECT f() > 0")" t "the function is there"
done_testing
