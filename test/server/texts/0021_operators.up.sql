CREATE FUNCTION close_to(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = close_to, COMMUTATOR = <~>);
CREATE AGGREGATE product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1');
CREATE CAST (boolean AS smallint) WITH INOUT AS ASSIGNMENT;
