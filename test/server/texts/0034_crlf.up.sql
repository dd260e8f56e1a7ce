CREATE FUNCTION crlf() RETURNS text LANGUAGE sql AS $$
  SELECT 'two
lines'  
$$;
CREATE TABLE crlf_t (a text);
COPY crlf_t FROM stdin;
one
two
\.
COMMENT ON TABLE crlf_t IS 'a
b';
