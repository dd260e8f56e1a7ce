CREATE TABLE ddl_log (n int GENERATED ALWAYS AS IDENTITY, tag text, what text);
CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
    INSERT INTO public.ddl_log (tag, what) VALUES (r.command_tag, r.object_identity);
  END LOOP;
END $$;
CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE FUNCTION log_ddl();
CREATE TABLE logged (a int PRIMARY KEY, b text);
COMMENT ON TABLE logged IS 'x';
ALTER TABLE logged ADD c int, ALTER b SET DEFAULT 'y';
GRANT SELECT ON logged TO anon;
DROP EVENT TRIGGER log_ddl;
