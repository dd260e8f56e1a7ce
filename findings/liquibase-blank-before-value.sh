#!/usr/bin/env bash
# In Liquibase's formatted SQL a blank behind the colon makes an attribute vanish without a word, but not each: with
# "context: test" and "labels: nope" the changeset has no context and no label, and runs everywhere; "dbms: mysql" is
# heeded. Without blanks all three are.
# Liquibase 4.28.0 (npm: liquibase 4.28.1), PostgreSQL 15.20. Seen, with --contexts=prod --label-filter=yes:
#   context:test is left out, context: test runs and is recorded without a context
#   labels:nope is left out, labels: nope runs and is recorded without a label
#   dbms:mysql and dbms: mysql are both left out
. "$(dirname "$0")/lib/liquibase.bash"
cat >"$SCRATCH/changes.sql" <<'SQL'
--liquibase formatted sql
--changeset ann:1 context:test
CREATE TABLE "context:test" ();
--changeset ann:2 context: test
CREATE TABLE "context: test" ();
--changeset ann:3 labels:nope
CREATE TABLE "labels:nope" ();
--changeset ann:4 labels: nope
CREATE TABLE "labels: nope" ();
--changeset ann:5 dbms:mysql
CREATE TABLE "dbms:mysql" ();
--changeset ann:6 dbms: mysql
CREATE TABLE "dbms: mysql" ();
SQL
liquibase update --contexts=prod --label-filter=yes
ran() { sql postgres "SELECT to_regclass('public.\"$1\"') IS NOT NULL"; }
for attribute in context:test labels:nope dbms:mysql; do seen "$attribute runs" "$(ran "$attribute")" f; done
for attribute in "context: test" "labels: nope"; do seen "$attribute runs" "$(ran "$attribute")" t; done
seen "dbms: mysql runs" "$(ran "dbms: mysql")" f
seen "recorded contexts and labels" "$(sql postgres "SELECT id, contexts, labels FROM databasechangelog ORDER BY id" | tr '\n' ' ')" "2|| 4|| "
concluded
