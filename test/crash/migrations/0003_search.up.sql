-- Both kinds: each run of ordinary statements is one transaction, each other statement stands alone.
ALTER TABLE shop.product ADD COLUMN code text;
UPDATE shop.product SET code = 'P' || id;
-- done: 2
CREATE UNIQUE INDEX CONCURRENTLY product_code ON shop.product (code);
-- done: 3
UPDATE shop.tally SET n = n * 3 + 2;
ALTER TABLE shop.purchase ADD COLUMN note text NOT NULL DEFAULT '';
COMMENT ON COLUMN shop.purchase.note IS 'What the customer wants us to know';
-- done: 6
CREATE INDEX CONCURRENTLY purchase_open ON shop.purchase (product_id, id) WHERE state <> 'sent';
-- done: 7
DROP INDEX CONCURRENTLY shop.product_name;
-- done: 8
UPDATE shop.tally SET n = n * 3;
-- done: 9
