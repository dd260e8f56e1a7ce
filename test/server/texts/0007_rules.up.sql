CREATE TABLE ruled (id int, v text);
CREATE TABLE ruled_log (what text, id int);
CREATE RULE ruled_ins AS ON INSERT TO ruled DO ALSO (
    INSERT INTO ruled_log VALUES ('insert; one', NEW.id);
    INSERT INTO ruled_log VALUES ('(', NEW.id);
    DELETE FROM ruled_log WHERE what = 'x)';
);
CREATE RULE ruled_del AS ON DELETE TO ruled DO INSTEAD NOTHING;
INSERT INTO ruled VALUES (1, 'a'), (2, 'b');
DELETE FROM ruled;
