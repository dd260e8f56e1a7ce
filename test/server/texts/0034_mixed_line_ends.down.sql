DROP TABLE mixed_t; DROP FUNCTION mixed();
