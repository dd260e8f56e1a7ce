#!/usr/bin/env bash
# Liquibase's sql-check compares what the PostgreSQL driver calls a boolean, and that is its first letter: a condition
# that is true is "t". expectedResult:true and expectedResult:1, which other databases take, fail, and with
# onFail:MARK_RAN the changeset would be recorded without having run.
# Liquibase 4.28.0 (npm: liquibase 4.28.1), PostgreSQL 15.20. Seen:
#   expectedResult:true  SQL Precondition failed.  Expected 'true' got 't'
#   expectedResult:1     SQL Precondition failed.  Expected '1' got 't'
#   expectedResult:t     runs
. "$(dirname "$0")/lib/liquibase.bash"
check() {
	cat >"$SCRATCH/changes.sql" <<-SQL
		--liquibase formatted sql
		--changeset ann:$1
		--preconditions onFail:HALT
		--precondition-sql-check expectedResult:$1 SELECT EXISTS (SELECT FROM pg_class)
		CREATE TABLE "$1" ();
	SQL
	liquibase update && echo runs || sed -n 's/.*\(SQL Precondition failed.*\)/\1/p' "$SCRATCH/liquibase.out" | head -n 1
}
seen "expectedResult:true" "$(check true)" "SQL Precondition failed.  Expected 'true' got 't'"
seen "expectedResult:1" "$(check 1)" "SQL Precondition failed.  Expected '1' got 't'"
seen "expectedResult:t" "$(check t)" runs
concluded
