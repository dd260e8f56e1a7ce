DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['one', 'two'] LOOP
    EXECUTE format('CREATE TABLE do_%I (a int); COMMENT ON TABLE do_%I IS %L', t, t, 'it''s ' || t);
  END LOOP;
  BEGIN
    PERFORM 1 / 0;
  EXCEPTION WHEN division_by_zero THEN
    RAISE NOTICE 'caught; and on';
  END;
END $$;
DO LANGUAGE plpgsql 'BEGIN PERFORM ''x;''; END';
