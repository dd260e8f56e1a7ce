-- migrate:no-transaction
DROP TABLE shop.archive;
-- done: 1
BEGIN;
-- PostgreSQL 19 leaves none behind.
ALTER TABLE shop.log_old DROP CONSTRAINT IF EXISTS log_old_year_check;
ALTER TABLE shop.log ATTACH PARTITION shop.log_old FOR VALUES IN (2024);
UPDATE shop.tally SET n = n / 3;
COMMIT;
-- done: 4
VACUUM shop.product;
-- done: 5
UPDATE shop.tally SET n = (n - 2) / 3;
-- done: 6
INSERT INTO shop.purchase SELECT i, i, CASE i % 3 WHEN 0 THEN 'new' ELSE 'sent' END::shop.state FROM generate_series(10, 10000, 10) i;
-- done: 7
UPDATE shop.tally SET n = (n - 1) / 3;
-- done: 8
