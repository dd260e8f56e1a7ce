CREATE TYPE shop.state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE shop.purchase (
  id integer PRIMARY KEY,
  product_id integer NOT NULL REFERENCES shop.product,
  state shop.state NOT NULL DEFAULT 'new'
);
INSERT INTO shop.purchase SELECT i, i, CASE i % 3 WHEN 0 THEN 'new' ELSE 'sent' END::shop.state FROM generate_series(1, 10000) i;
CREATE TABLE shop.log (year integer NOT NULL, line text NOT NULL) PARTITION BY LIST (year);
CREATE TABLE shop.log_old PARTITION OF shop.log FOR VALUES IN (2024);
CREATE TABLE shop.log_new PARTITION OF shop.log FOR VALUES IN (2025);
INSERT INTO shop.log SELECT 2024 + i % 2, 'line ' || i FROM generate_series(1, 1000) i;
CREATE FUNCTION shop.round_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.price = round(NEW.price, 2);
  RETURN NEW;
END
$$;
CREATE TRIGGER round_price BEFORE INSERT ON shop.product FOR EACH ROW EXECUTE FUNCTION shop.round_price();
CREATE VIEW shop.open_purchase AS SELECT * FROM shop.purchase WHERE state <> 'sent';
UPDATE shop.tally SET n = n * 3 + 1;
