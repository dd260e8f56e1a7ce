DROP TABLE crlf_t;
DROP FUNCTION crlf();
