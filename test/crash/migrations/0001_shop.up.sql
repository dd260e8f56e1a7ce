CREATE SCHEMA shop;
CREATE TABLE shop.product (id integer PRIMARY KEY, name text NOT NULL, price numeric NOT NULL);
INSERT INTO shop.product SELECT i, 'product ' || i, i % 100 FROM generate_series(1, 12000) i;
CREATE INDEX product_name ON shop.product (name);
-- What runs twice, or not at all, or in another order leaves another number here.
CREATE TABLE shop.tally (n bigint NOT NULL);
INSERT INTO shop.tally VALUES (1);
