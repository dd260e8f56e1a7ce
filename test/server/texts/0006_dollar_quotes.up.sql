CREATE FUNCTION outer_quote(int, text) RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
  EXECUTE $a$ SELECT $b$ it's $$ ; -- no comment $$ $b$ $a$;
  RETURN $1 || $2 || $_ü$é$_ü$;
END;
$body$;
CREATE TABLE dollar$name$1 (a$b int DEFAULT 1, c text DEFAULT $$it's$$);
