CREATE SCHEMA app CREATE TABLE inside (a int) CREATE VIEW inside_view AS SELECT a FROM inside CREATE INDEX ON inside (a);
SET search_path = app, public;
CREATE TABLE unqualified (a int);
CREATE FUNCTION unqualified_f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM unqualified';
SELECT pg_catalog.set_config('search_path', 'public', false);
CREATE TABLE in_public (a int);
SET LOCAL search_path = app;
CREATE TABLE local_one (a int);
