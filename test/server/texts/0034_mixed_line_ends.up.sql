CREATE FUNCTION mixed() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN 'ab';
END
$$;
CREATE TABLE mixed_t (a int);	INSERT INTO mixed_t VALUES (1);
