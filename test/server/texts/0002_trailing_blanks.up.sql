CREATE FUNCTION trailing_blanks() RETURNS text LANGUAGE plpgsql AS $$   
BEGIN  	
    -- a comment with blanks at its end    

	RETURN 'line with blanks   
and a second line';  
END   
$$;   
COMMENT ON FUNCTION trailing_blanks() IS '  blanks around  
	';
