UPDATE shop.tally SET n = (n - 1) / 3;
DROP VIEW shop.open_purchase;
DROP TRIGGER round_price ON shop.product;
DROP FUNCTION shop.round_price();
DROP TABLE shop.log;
DROP TABLE shop.purchase;
DROP TYPE shop.state;
