CREATE FUNCTION atomic_case(n int) RETURNS text LANGUAGE sql
BEGIN ATOMIC
  SELECT CASE WHEN n > 0 THEN CASE n WHEN 1 THEN 'one;' ELSE 'more' END ELSE 'end' END;
  SELECT 'begin' AS "end";
END;
CREATE TABLE atomic_t (a int);
CREATE PROCEDURE atomic_proc(x int) BEGIN ATOMIC
  INSERT INTO atomic_t VALUES (x); INSERT INTO atomic_t VALUES (x + 1);
END; CALL atomic_proc(5);
CREATE OR REPLACE FUNCTION plain_return(a int) RETURNS int RETURN a + 1;
