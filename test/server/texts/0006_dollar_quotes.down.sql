DROP TABLE dollar$name$1; DROP FUNCTION outer_quote(int, text)
