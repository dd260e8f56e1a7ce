DROP TABLE shop.tally;
DROP TABLE shop.product;
DROP SCHEMA shop;
