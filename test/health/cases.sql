-- What health.sh of test/server looks at beside splinter: each rule of both, at its edges. A database with schemas auth
-- and private, roles anon and authenticated.

-- Foreign keys: columns in another order, an index that has more of them, partial ones, other methods, partitions.
CREATE TABLE k_parent (a bigint, b bigint, PRIMARY KEY (a, b), UNIQUE (b), UNIQUE (a));
CREATE TABLE k_swapped (a bigint, b bigint, id bigint PRIMARY KEY, FOREIGN KEY (a, b) REFERENCES k_parent);
CREATE INDEX ON k_swapped (b, a);
CREATE TABLE k_longer (a bigint, b bigint, id bigint PRIMARY KEY, FOREIGN KEY (a) REFERENCES k_parent (a));
CREATE INDEX ON k_longer (a, b);
CREATE TABLE k_second (a bigint, b bigint, id bigint PRIMARY KEY, FOREIGN KEY (b) REFERENCES k_parent (b));
CREATE INDEX ON k_second (a, b);
CREATE TABLE k_partial (a bigint, b bigint, id bigint PRIMARY KEY, FOREIGN KEY (a) REFERENCES k_parent (a));
CREATE INDEX ON k_partial (a) WHERE b > 0;
CREATE TABLE k_not_null (a bigint, id bigint PRIMARY KEY, FOREIGN KEY (a) REFERENCES k_parent (a));
CREATE INDEX ON k_not_null (a) WHERE a IS NOT NULL;
CREATE TABLE k_hash (a bigint, id bigint PRIMARY KEY, FOREIGN KEY (a) REFERENCES k_parent (a));
CREATE INDEX ON k_hash USING hash (a);
CREATE TABLE k_brin (a bigint, id bigint PRIMARY KEY, FOREIGN KEY (a) REFERENCES k_parent (a));
CREATE INDEX ON k_brin USING brin (a);
CREATE TABLE k_included (a bigint, b bigint, id bigint PRIMARY KEY, FOREIGN KEY (a) REFERENCES k_parent (a));
CREATE INDEX ON k_included (b) INCLUDE (a);
CREATE TABLE k_parted (a bigint REFERENCES k_parent (a), id bigint, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE k_part PARTITION OF k_parted FOR VALUES FROM (1) TO (10);
CREATE TABLE k_parted_indexed (a bigint REFERENCES k_parent (a), id bigint, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE k_part_indexed PARTITION OF k_parted_indexed FOR VALUES FROM (1) TO (10);
CREATE INDEX ON k_parted_indexed (a);
CREATE TABLE k_referencing_parted (a bigint REFERENCES k_parted (id), id bigint PRIMARY KEY);
CREATE TABLE "K ""quoted""" (a bigint REFERENCES k_parent (a), id bigint PRIMARY KEY);

-- Primary keys.
CREATE TABLE p_none (a bigint);
CREATE TABLE p_unique (a bigint NOT NULL UNIQUE);
CREATE TABLE p_parted (a bigint) PARTITION BY LIST (a);
CREATE TABLE p_part PARTITION OF p_parted FOR VALUES IN (1);
CREATE UNLOGGED TABLE p_unlogged (a bigint);
CREATE TEMP TABLE p_temporary (a bigint);

-- Indexes: duplicates by name alone, by WITH, by uniqueness, by expression, of a materialized view.
CREATE TABLE d_with (a bigint PRIMARY KEY, b bigint, c text);
CREATE INDEX d_with_1 ON d_with (b);
CREATE INDEX d_with_2 ON d_with (b) WITH (fillfactor = 50);
CREATE TABLE d_unique (a bigint PRIMARY KEY, b bigint UNIQUE);
CREATE INDEX d_unique_2 ON d_unique (b);
CREATE TABLE d_expression (a bigint PRIMARY KEY, c text);
CREATE INDEX d_expression_1 ON d_expression (lower(c)) WHERE a > 1;
CREATE INDEX d_expression_2 ON d_expression (lower( c )) WHERE a > 1;
CREATE INDEX d_expression_3 ON d_expression (upper(c)) WHERE a > 1;
CREATE TABLE d_descending (a bigint PRIMARY KEY, b bigint);
CREATE INDEX d_descending_1 ON d_descending (b);
CREATE INDEX d_descending_2 ON d_descending (b DESC);
CREATE MATERIALIZED VIEW d_copy AS SELECT 1 AS a;
CREATE INDEX d_copy_1 ON d_copy (a);
CREATE INDEX d_copy_2 ON d_copy (a);
CREATE TABLE d_parted (a bigint, b bigint, PRIMARY KEY (a)) PARTITION BY RANGE (a);
CREATE TABLE d_part PARTITION OF d_parted FOR VALUES FROM (1) TO (10);
CREATE INDEX d_parted_1 ON d_parted (b);
CREATE INDEX d_parted_2 ON d_parted (b);
CREATE TABLE d_excluded (a bigint PRIMARY KEY, during tstzrange, EXCLUDE USING gist (during WITH &&));

-- Row security: calls in sub-selects, casts, several calls; commands that overlap, roles that do.
CREATE TABLE r_cast (id bigint PRIMARY KEY, owner text);
ALTER TABLE r_cast ENABLE ROW LEVEL SECURITY;
CREATE POLICY r_cast ON r_cast FOR SELECT USING (owner = (SELECT auth.uid()::text));
CREATE TABLE r_both (id bigint PRIMARY KEY, owner uuid, other uuid);
ALTER TABLE r_both ENABLE ROW LEVEL SECURITY;
CREATE POLICY r_both ON r_both FOR SELECT USING (owner = (SELECT auth.uid()) OR other = auth.uid());
CREATE TABLE r_setting (id bigint PRIMARY KEY, tenant text);
ALTER TABLE r_setting ENABLE ROW LEVEL SECURITY;
CREATE POLICY r_setting ON r_setting FOR SELECT USING (tenant = current_setting('app.tenant', true));
CREATE TABLE r_setting_once (id bigint PRIMARY KEY, tenant text);
ALTER TABLE r_setting_once ENABLE ROW LEVEL SECURITY;
CREATE POLICY r_setting_once ON r_setting_once FOR SELECT USING (tenant = (SELECT current_setting('app.tenant', true)));
CREATE TABLE r_check (id bigint PRIMARY KEY, owner uuid);
ALTER TABLE r_check ENABLE ROW LEVEL SECURITY;
CREATE POLICY r_check ON r_check FOR INSERT WITH CHECK (owner = auth.uid());
CREATE TABLE r_off (id bigint PRIMARY KEY, owner uuid);
CREATE POLICY r_off ON r_off USING (owner = auth.uid());
CREATE TABLE r_exists (id bigint PRIMARY KEY, owner uuid);
ALTER TABLE r_exists ENABLE ROW LEVEL SECURITY;
CREATE POLICY r_exists ON r_exists FOR SELECT USING (EXISTS (SELECT FROM r_off o WHERE o.owner = auth.uid()));
CREATE TABLE r_metadata (id bigint PRIMARY KEY);
CREATE POLICY r_metadata ON r_metadata FOR SELECT
  USING (current_setting('request.jwt.claims')::jsonb -> 'user_metadata' ->> 'a' = 'b');
CREATE TABLE m_roles (id bigint PRIMARY KEY);
ALTER TABLE m_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY m_anon ON m_roles FOR SELECT TO anon USING (id > 1);
CREATE POLICY m_authenticated ON m_roles FOR SELECT TO authenticated USING (id > 2);
CREATE TABLE m_mixed (id bigint PRIMARY KEY);
ALTER TABLE m_mixed ENABLE ROW LEVEL SECURITY;
CREATE POLICY m_all ON m_mixed USING (id > 1);
CREATE POLICY m_anon ON m_mixed FOR UPDATE TO anon USING (id > 2);
CREATE TABLE m_commands (id bigint PRIMARY KEY);
ALTER TABLE m_commands ENABLE ROW LEVEL SECURITY;
CREATE POLICY m_insert ON m_commands FOR INSERT WITH CHECK (id > 1);
CREATE POLICY m_delete ON m_commands FOR DELETE USING (id > 2);
CREATE TABLE m_restrictive (id bigint PRIMARY KEY);
ALTER TABLE m_restrictive ENABLE ROW LEVEL SECURITY;
CREATE POLICY m_permissive ON m_restrictive FOR SELECT USING (id > 1);
CREATE POLICY m_restrictive ON m_restrictive AS RESTRICTIVE FOR SELECT USING (id > 2);
CREATE TABLE m_off (id bigint PRIMARY KEY);
CREATE POLICY m_1 ON m_off FOR SELECT USING (id > 1);
CREATE POLICY m_2 ON m_off FOR SELECT USING (id > 2);
CREATE TABLE m_parted (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
ALTER TABLE m_parted ENABLE ROW LEVEL SECURITY;
CREATE POLICY m_1 ON m_parted FOR SELECT USING (id > 1);
CREATE POLICY m_2 ON m_parted FOR SELECT USING (id > 2);
CREATE TABLE t_update (id bigint PRIMARY KEY);
ALTER TABLE t_update ENABLE ROW LEVEL SECURITY;
CREATE POLICY t_update ON t_update FOR UPDATE TO authenticated USING (true) WITH CHECK (id > 1);
CREATE TABLE t_one (id bigint PRIMARY KEY);
ALTER TABLE t_one ENABLE ROW LEVEL SECURITY;
CREATE POLICY t_one ON t_one FOR DELETE USING (1 = 1);
CREATE TABLE t_none (id bigint PRIMARY KEY);
ALTER TABLE t_none ENABLE ROW LEVEL SECURITY;
CREATE POLICY t_none ON t_none FOR INSERT;
CREATE TABLE t_select (id bigint PRIMARY KEY);
ALTER TABLE t_select ENABLE ROW LEVEL SECURITY;
CREATE POLICY t_select ON t_select FOR SELECT USING (true);
CREATE TABLE t_postgres (id bigint PRIMARY KEY);
ALTER TABLE t_postgres ENABLE ROW LEVEL SECURITY;
CREATE POLICY t_postgres ON t_postgres TO CURRENT_USER USING (true);
CREATE TABLE n_parted (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
ALTER TABLE n_parted ENABLE ROW LEVEL SECURITY;

-- The API: partitions, rights on columns, views on views, another schema.
CREATE TABLE a_parted (id bigint PRIMARY KEY, token text) PARTITION BY RANGE (id);
CREATE TABLE a_part PARTITION OF a_parted FOR VALUES FROM (1) TO (10);
GRANT SELECT ON a_parted TO anon;
CREATE TABLE a_column (id bigint PRIMARY KEY, name text);
GRANT SELECT (name) ON a_column TO anon;
CREATE TABLE a_all (id bigint PRIMARY KEY, "API-Key" text, "Otp" int);
GRANT SELECT ON a_all TO PUBLIC;
CREATE TABLE a_insert (id bigint PRIMARY KEY, password text);
GRANT INSERT ON a_insert TO anon;
CREATE TABLE private.a_elsewhere (id bigint PRIMARY KEY, password text);
GRANT SELECT ON private.a_elsewhere TO anon;
CREATE VIEW v_off WITH (security_invoker = off) AS SELECT id FROM a_column;
GRANT SELECT ON v_off TO anon;
CREATE VIEW v_on WITH (security_invoker = 'on') AS SELECT id FROM a_column;
GRANT SELECT ON v_on TO anon;
CREATE VIEW v_nobody AS SELECT id FROM a_column;
CREATE VIEW u_invoker WITH (security_invoker = true) AS SELECT id FROM auth.users;
GRANT SELECT ON u_invoker TO anon;
CREATE MATERIALIZED VIEW u_copy AS SELECT id FROM auth.users;
GRANT SELECT ON u_copy TO authenticated;

-- Functions: procedures, aggregates, bodies that are bound, languages, settings.
CREATE PROCEDURE f_procedure() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE f_aggregate(int) (sfunc = int4pl, stype = int);
CREATE FUNCTION f_bound() RETURNS int LANGUAGE sql RETURN 1;
CREATE FUNCTION f_set() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';
CREATE FUNCTION f_other_set() RETURNS int LANGUAGE sql SET work_mem = '4MB' AS 'SELECT 1';
CREATE FUNCTION f_overload(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f_overload(text) RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 2';
CREATE FUNCTION f_definer() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';
CREATE FUNCTION f_internal(text) RETURNS int LANGUAGE internal IMMUTABLE AS 'textlen';

-- Types that pg_upgrade refuses, and those that it does not.
CREATE TABLE g_types (id bigint PRIMARY KEY, a regproc, b regclass, c regtype, d regconfig, e regnamespace[]);
CREATE VIEW g_view AS SELECT d FROM g_types;
CREATE TYPE g_composite AS (a regoper);
