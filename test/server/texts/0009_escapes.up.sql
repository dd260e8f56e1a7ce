CREATE TABLE escapes (a text, b text DEFAULT E'it\'s; \\ \t \u00e9', c bytea);
INSERT INTO escapes VALUES (E'a\'b;', 'back\slash', '\xdeadbeef'), ('one'
  ' and the same', E'\''
  '\\;', decode('00ff', 'hex')), (N'national', U&'d\0061t\+000061', 'x'), (U&'!0061' UESCAPE '!', b'101'::text, 'y');
CREATE VIEW "weird ""name"", with; semicolon" AS SELECT 1 AS "a;b", 2 AS U&"d\0061t\+000061";
