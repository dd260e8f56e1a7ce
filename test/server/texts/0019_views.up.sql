CREATE TABLE viewed (id int PRIMARY KEY, parent int, name text);
INSERT INTO viewed VALUES (1, NULL, 'root'), (2, 1, 'leaf');
CREATE VIEW simple_view WITH (security_barrier) AS SELECT * FROM viewed WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE RECURSIVE VIEW tree (id, depth) AS SELECT id, 0 FROM viewed WHERE parent IS NULL
  UNION ALL SELECT v.id, t.depth + 1 FROM viewed v JOIN tree t ON v.parent = t.id;
CREATE MATERIALIZED VIEW stored AS SELECT count(*) AS n FROM viewed WITH NO DATA;
REFRESH MATERIALIZED VIEW stored;
CREATE UNIQUE INDEX ON stored (n);
