DROP FUNCTION trailing_blanks();
