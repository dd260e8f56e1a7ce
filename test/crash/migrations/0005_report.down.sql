UPDATE shop.tally SET n = (n - 1) / 3;
ALTER TABLE shop.product ALTER COLUMN code DROP NOT NULL, ALTER COLUMN price TYPE numeric USING trim_scale(price);
DROP MATERIALIZED VIEW shop.turnover;
