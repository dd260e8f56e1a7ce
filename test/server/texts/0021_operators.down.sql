DROP CAST (boolean AS smallint); DROP AGGREGATE product(int); DROP OPERATOR <~> (int, int); DROP FUNCTION close_to(int, int);
