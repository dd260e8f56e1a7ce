CREATE TABLE triggered (id serial, n int, changed text);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := TG_NAME || ';' || TG_OP; RETURN NEW; END $$;
CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' SET work_mem = '5MB' AS $$
BEGIN RAISE DEBUG '% rows', (SELECT count(*) FROM new_rows); RETURN NULL; END $$;
CREATE TRIGGER note BEFORE INSERT OR UPDATE OF n ON triggered FOR EACH ROW WHEN (NEW.n > 1) EXECUTE FUNCTION note_change();
CREATE TRIGGER counted AFTER INSERT ON triggered REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_rows('a;', 'b''');
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON triggered DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change();
INSERT INTO triggered (n) VALUES (1), (2);
UPDATE triggered SET n = n + 1;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE triggered DISABLE TRIGGER note;
