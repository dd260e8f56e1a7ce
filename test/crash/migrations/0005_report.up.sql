CREATE MATERIALIZED VIEW shop.turnover AS
  SELECT p.id, count(*) AS purchases FROM shop.product p JOIN shop.purchase USING (id) GROUP BY p.id;
CREATE UNIQUE INDEX turnover_id ON shop.turnover (id);
ALTER TABLE shop.product ALTER COLUMN code SET NOT NULL, ALTER COLUMN price TYPE numeric(12, 2);
UPDATE shop.tally SET n = n * 3 + 1;
