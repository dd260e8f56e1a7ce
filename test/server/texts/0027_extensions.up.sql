CREATE SCHEMA extensions;
CREATE EXTENSION hstore WITH SCHEMA extensions;
CREATE TABLE with_extension (h extensions.hstore DEFAULT 'a=>1', n int);
INSERT INTO with_extension (n) VALUES (1);
SET search_path = public, extensions;
CREATE INDEX ON with_extension USING gin (h);
UPDATE with_extension SET h = h || 'b=>"x;y"' WHERE h ? 'a';
