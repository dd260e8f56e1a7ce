CREATE TABLE secured (id int, owner name DEFAULT current_user);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "read it; all" ON secured FOR SELECT TO anon, authenticated USING (owner = current_user OR id IN (SELECT 1));
CREATE POLICY change ON secured AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (id > 0);
GRANT SELECT (id), UPDATE ON secured TO authenticated WITH GRANT OPTION;
REVOKE ALL ON secured FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO anon;
CREATE TABLE after_default (a int);
