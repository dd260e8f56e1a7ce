DROP FUNCTION not_yet();
DROP TABLE dated, numbered;
