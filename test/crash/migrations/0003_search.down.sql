UPDATE shop.tally SET n = n / 3;
-- done: 1
CREATE INDEX CONCURRENTLY product_name ON shop.product (name);
-- done: 2
DROP INDEX CONCURRENTLY shop.purchase_open;
-- done: 3
ALTER TABLE shop.purchase DROP COLUMN note;
UPDATE shop.tally SET n = (n - 2) / 3;
-- done: 5
DROP INDEX CONCURRENTLY shop.product_code;
-- done: 6
ALTER TABLE shop.product DROP COLUMN code;
-- done: 7
