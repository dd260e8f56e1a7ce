DROP FUNCTION plain_return(int);
DROP PROCEDURE atomic_proc(int);
DROP TABLE atomic_t;
DROP FUNCTION atomic_case(int);
