ALTER TABLE a_side DROP CONSTRAINT to_b;
DROP TABLE b_side, a_side;
