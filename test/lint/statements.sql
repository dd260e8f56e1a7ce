ALTER TABLE t ADD COLUMN c bigint DEFAULT 0;
ALTER TABLE t ADD COLUMN c bigint DEFAULT 1 + 2;
ALTER TABLE t ADD COLUMN c text DEFAULT 'a' COLLATE "C";
ALTER TABLE t ADD COLUMN c timestamptz DEFAULT now();
ALTER TABLE t ADD COLUMN c timestamptz DEFAULT current_timestamp;
ALTER TABLE t ADD COLUMN c timestamptz DEFAULT clock_timestamp();
ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid();
ALTER TABLE t ADD COLUMN c double precision DEFAULT random();
ALTER TABLE t ADD COLUMN c double precision DEFAULT pi();
ALTER TABLE t ADD COLUMN c text DEFAULT unknown_function();
ALTER TABLE t ADD COLUMN c text DEFAULT lower('A'); -- squawk: adding-field-with-default
ALTER TABLE t ADD COLUMN c text DEFAULT pg_catalog.current_database(); -- squawk: adding-field-with-default
ALTER TABLE t ADD COLUMN c date DEFAULT current_date; -- squawk: adding-field-with-default
ALTER TABLE t ADD COLUMN c text[] DEFAULT ARRAY[]::text[];
ALTER TABLE t ADD COLUMN c jsonb DEFAULT '{}'::jsonb;
ALTER TABLE t ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE t ADD COLUMN c bigint GENERATED ALWAYS AS (x * 2) STORED;
ALTER TABLE t ADD COLUMN c bigserial;
ALTER TABLE t ADD COLUMN c bigserial NOT NULL; -- squawk: adding-required-field
ALTER TABLE t ADD COLUMN c serial2;
ALTER TABLE t ADD COLUMN c text NOT NULL;
ALTER TABLE t ADD COLUMN c text NOT NULL DEFAULT '';
ALTER TABLE t ADD COLUMN c text NULL, ADD COLUMN d text NOT NULL;
ALTER TABLE t ADD COLUMN IF NOT EXISTS c text NOT NULL;
ALTER TABLE t ADD COLUMN c text CHECK (c <> ''); -- ours: constraint-missing-not-valid
ALTER TABLE t ADD COLUMN c bigint REFERENCES u;
ALTER TABLE t ADD COLUMN c bigint UNIQUE;
ALTER TABLE t ADD COLUMN c bigint PRIMARY KEY;
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u; -- squawk: constraint-missing-not-valid
ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u NOT VALID;
ALTER TABLE t ADD CHECK (a > 0);
ALTER TABLE t ADD CHECK (a > 0) NOT VALID;
ALTER TABLE t ADD UNIQUE (a); -- squawk: constraint-missing-not-valid
ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i;
ALTER TABLE t ADD PRIMARY KEY (a); -- squawk: constraint-missing-not-valid
ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i;
ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING gist (a WITH =); -- squawk: constraint-missing-not-valid
ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k;
ALTER TABLE t VALIDATE CONSTRAINT k;
BEGIN; ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID; COMMIT; BEGIN; ALTER TABLE t VALIDATE CONSTRAINT k; COMMIT;
ALTER TABLE t ALTER COLUMN c SET NOT NULL;
ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t ALTER c SET NOT NULL;
ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE u ALTER c SET NOT NULL;
ALTER TABLE t ADD CONSTRAINT k CHECK (c IS NOT NULL) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t ALTER c SET NOT NULL;
ALTER TABLE t ADD CONSTRAINT k CHECK (c IS NOT NULL) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t ALTER d SET NOT NULL;
ALTER TABLE t ADD CONSTRAINT k CHECK (c IS NOT NULL) NOT VALID; ALTER TABLE t ALTER c SET NOT NULL;
ALTER TABLE t ALTER COLUMN c DROP NOT NULL;
ALTER TABLE t ALTER COLUMN c TYPE bigint;
ALTER TABLE t ALTER COLUMN c TYPE bigint USING c::bigint;
ALTER TABLE t ALTER COLUMN c SET DATA TYPE text, ALTER COLUMN d TYPE timestamptz;
ALTER TABLE known ALTER COLUMN short TYPE text; -- squawk: changing-column-type
ALTER TABLE known ALTER COLUMN short TYPE numeric(12, 2);
ALTER TABLE known ALTER COLUMN amount TYPE numeric(12, 2); -- squawk: changing-column-type
ALTER TABLE known ALTER COLUMN amount TYPE numeric(12, 3);
ALTER TABLE known ALTER COLUMN small TYPE bigint;
ALTER TABLE known ALTER COLUMN id SET NOT NULL; -- squawk: adding-not-nullable-field
ALTER TABLE known ALTER COLUMN checked SET NOT NULL; -- squawk: adding-not-nullable-field
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t DROP COLUMN IF EXISTS c CASCADE, DROP d;
ALTER TABLE t DROP CONSTRAINT k;
ALTER TABLE t RENAME COLUMN c TO d;
ALTER TABLE t RENAME c TO d;
ALTER TABLE t RENAME TO u;
ALTER TABLE t RENAME CONSTRAINT k TO l;
ALTER INDEX i RENAME TO j;
ALTER VIEW v RENAME TO w;
ALTER VIEW v RENAME COLUMN a TO b;
ALTER TABLE t SET SCHEMA s;
ALTER TABLE t DETACH PARTITION p;
ALTER TABLE t DETACH PARTITION p CONCURRENTLY;
ALTER TABLE t DETACH PARTITION p FINALIZE;
ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t ALTER c SET DEFAULT 1, ALTER d DROP DEFAULT, ALTER e SET STATISTICS 100;
CREATE INDEX i ON t (a);
CREATE UNIQUE INDEX ON t (a) WHERE b;
CREATE INDEX CONCURRENTLY i ON t (a);
CREATE INDEX CONCURRENTLY i ON t (a); CREATE INDEX CONCURRENTLY j ON t (b);
SELECT 1; CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);
CREATE TABLE n (a bigint); CREATE INDEX i ON n (a);
CREATE TABLE s.n (a bigint); CREATE INDEX i ON s.n (a);
CREATE TABLE n (a bigint); CREATE INDEX i ON public.n (a);
CREATE TABLE n AS SELECT 1 AS a; CREATE INDEX i ON n (a); -- squawk: require-concurrent-index-creation
CREATE MATERIALIZED VIEW n AS SELECT 1 AS a; CREATE INDEX i ON n (a); -- squawk: require-concurrent-index-creation
CREATE TABLE IF NOT EXISTS known (a bigint); CREATE INDEX i ON known (a); -- ours: require-concurrent-index-creation
CREATE TABLE IF NOT EXISTS n (a bigint); CREATE INDEX i ON n (a);
CREATE TABLE n (a bigint); ALTER TABLE n RENAME TO o; CREATE INDEX i ON o (a); -- squawk: renaming-table, require-concurrent-index-creation
CREATE TEMP TABLE n (a bigint); CREATE INDEX i ON n (a);
CREATE TABLE n (a bigint); ALTER TABLE n ADD UNIQUE (a), ADD CHECK (a > 0), ADD FOREIGN KEY (a) REFERENCES u;
CREATE TABLE n (a bigint); ALTER TABLE n ADD PRIMARY KEY (a); -- squawk: adding-serial-primary-key-field
CREATE TABLE n (a bigint); ALTER TABLE n ADD b text NOT NULL; -- squawk: adding-required-field
CREATE TABLE n (a bigint); ALTER TABLE n ADD b bigint UNIQUE REFERENCES u; -- squawk: adding-foreign-key-constraint, disallowed-unique-constraint
CREATE TABLE n (a bigint); ALTER TABLE n ADD b double precision DEFAULT random(); -- squawk: adding-field-with-default
CREATE TABLE n (a bigint); ALTER TABLE n ALTER a SET NOT NULL, ALTER a TYPE text; -- squawk: adding-not-nullable-field, changing-column-type
CREATE TABLE n (a bigint); ALTER TABLE n DROP a; DROP TABLE n; -- squawk: ban-drop-column, ban-drop-table
CREATE TABLE n (a bigint); ALTER TABLE n RENAME a TO b; ALTER TABLE n ALTER b DROP NOT NULL; -- squawk: ban-drop-not-null, renaming-column
CREATE TABLE n PARTITION OF t FOR VALUES IN (1);
DROP INDEX i;
DROP INDEX CONCURRENTLY i;
DROP INDEX IF EXISTS i, j;
REINDEX TABLE t;
REINDEX INDEX i;
REINDEX (CONCURRENTLY) TABLE t;
REINDEX INDEX CONCURRENTLY i;
REINDEX SCHEMA s;
REINDEX SYSTEM d;
DROP TABLE t;
DROP TABLE IF EXISTS t, u CASCADE;
DROP VIEW v;
DROP MATERIALIZED VIEW v;
DROP FOREIGN TABLE f;
DROP DATABASE d;
DROP SCHEMA s;
DROP TYPE y;
DROP FUNCTION f();
TRUNCATE t;
TRUNCATE t CASCADE;
TRUNCATE t RESTART IDENTITY CASCADE;
CLUSTER t USING i;
VACUUM FULL t;
VACUUM (FULL) t;
VACUUM t;
CREATE TABLE n (a int, b integer, c int4, d smallint, e int2, f int8, g bigint);
CREATE TABLE n (a serial, b bigserial, c smallserial, d serial4, e serial8, f serial2);
CREATE TABLE n (a int[], b smallint[][], c varchar(3)[], d timestamp[], e char[]);
CREATE TABLE n (a char, b char(3), c character(3), d bpchar, e varchar, f text);
CREATE TABLE n (a varchar(3), b character varying(3), c text);
CREATE TABLE n (a timestamp, b timestamp with time zone, c timestamp without time zone, d timestamptz, e timestamp(3), f time);
CREATE TABLE n (a "char"); -- squawk: ban-char-field
CREATE TABLE n (a pg_catalog.int4, b pg_catalog.varchar(3), c pg_catalog.bpchar); -- squawk: prefer-timestamp-tz
CREATE TABLE n (a pg_catalog.timestamp); -- ours: prefer-timestamp-tz
CREATE TABLE n (a bigint, a text);
CREATE TABLE n (a json, b jsonb, c uuid, d money, e numeric(3));
ALTER TABLE t ADD COLUMN c int, ADD COLUMN d varchar(3), ADD COLUMN e timestamp, ADD COLUMN f char(2);
CREATE FOREIGN TABLE f (a int, b varchar(3)) SERVER s;
CREATE DOMAIN d AS bigint;
CREATE DOMAIN d AS bigint DEFAULT 3; -- squawk: ban-create-domain-with-constraint
CREATE DOMAIN d AS bigint NOT NULL;
CREATE DOMAIN d AS bigint CHECK (VALUE > 0);
CREATE DOMAIN d AS bigint CONSTRAINT k CHECK (VALUE > 0) CONSTRAINT l CHECK (VALUE < 9);
ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0);
ALTER DOMAIN d ADD CHECK (VALUE > 0) NOT VALID; -- squawk: ban-alter-domain-with-add-constraint
ALTER DOMAIN d DROP CONSTRAINT k;
ALTER DOMAIN d SET DEFAULT 1;
ALTER TYPE y ADD VALUE 'a';
ALTER TYPE y ADD VALUE IF NOT EXISTS 'a' BEFORE 'b';
ALTER TYPE y ADD VALUE 'a' AFTER 'b';
ALTER TYPE y RENAME VALUE 'a' TO 'b';
CREATE TYPE y AS ENUM ('a', 'b');
ALTER TYPE y ADD ATTRIBUTE a int;
CREATE TYPE y AS (a int, b timestamp);
BEGIN; CREATE TABLE n (a bigint); COMMIT;
BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;
START TRANSACTION; CREATE TABLE n (a bigint); END;
INSERT INTO t (a, b, a) VALUES (1, 2, 3);
INSERT INTO t (a, b) VALUES (1, 2);
INSERT INTO t (a.x, a.y) VALUES (1, 2);
INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1, b = 2;
UPDATE t SET a = 1, b = 2, a = 3;
UPDATE t SET (a, b) = (1, 2), a = 3;
UPDATE t SET a[1] = 1, a[2] = 2;
UPDATE t SET a[1] = 1, a = '{}';
WITH w AS (UPDATE t SET a = 1, a = 2 RETURNING a) SELECT a FROM w;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = 1, b = 2;
CREATE VIEW v AS SELECT a, b AS a FROM t;
CREATE VIEW v (a, a) AS SELECT 1, 2;
CREATE VIEW v AS SELECT t.a, b FROM t;
CREATE TABLE n AS SELECT a, a FROM t; -- ours: ban-duplicate-column-assignments
SELECT a, a INTO n FROM t;
SELECT a, a FROM t;
CREATE TABLE a_name_that_is_much_longer_than_sixty_three_bytes_and_so_is_cut_off (a bigint);
CREATE TABLE "a name that is much longer than sixty-three bytes and so is cut off" (a bigint);
CREATE TABLE a_name_that_has_exactly_sixty_three_bytes_which_is_all_you_get_ (a bigint);
SELECT 'a string that is much longer than sixty-three bytes and so is left as it is, whatever';
COMMENT ON TABLE t IS $a_tag$a string that is much longer than sixty-three bytes_and_so_is_left_as_it_is_$a_tag$;
DELETE FROM t;
GRANT SELECT ON t TO public;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
DO $$ BEGIN DROP TABLE t; END $$;
ALTER TABLE ONLY t DROP COLUMN c;
ALTER TABLE IF EXISTS s.t DROP COLUMN c;
ALTER SEQUENCE q AS int;
ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY;
CREATE INDEX i ON ONLY t (a);
REFRESH MATERIALIZED VIEW v;
LOCK TABLE t;
