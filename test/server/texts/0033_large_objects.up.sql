CREATE TABLE blobs AS SELECT lo_from_bytea(4711, '\xdeadbeef') AS id;
COMMENT ON LARGE OBJECT 4711 IS 'large';
