DROP MATERIALIZED VIEW stored; DROP VIEW tree, simple_view; DROP TABLE viewed;
