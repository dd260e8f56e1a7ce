DROP TABLE with_extension;
DROP EXTENSION hstore;
DROP SCHEMA extensions;
