DROP TABLE triggered; DROP FUNCTION note_change(); DROP FUNCTION count_rows();
