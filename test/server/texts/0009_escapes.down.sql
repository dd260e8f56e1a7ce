DROP VIEW "weird ""name"", with; semicolon";
DROP TABLE escapes;
