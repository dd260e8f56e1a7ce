-- migrate:no-transaction
UPDATE shop.tally SET n = n * 3 + 1;
-- done: 1
BEGIN;
DELETE FROM shop.purchase WHERE id % 10 = 0;
UPDATE shop.tally SET n = n * 3 + 2;
COMMIT;
-- done: 3
VACUUM (ANALYZE) shop.purchase;
-- done: 4
REINDEX INDEX CONCURRENTLY shop.product_code;
-- done: 5
UPDATE shop.tally SET n = n * 3;
-- done: 6
ALTER TABLE shop.log DETACH PARTITION shop.log_old CONCURRENTLY;
-- done: 7
CREATE TABLE shop.archive (LIKE shop.log_old);
-- done: 8
