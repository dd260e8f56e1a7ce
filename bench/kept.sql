-- What the tables hold, whatever the order of their columns: bench.rows(). Behind fill.sql.
CREATE FUNCTION bench.rows() RETURNS TABLE (name text, held text) LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT b.name FROM bench.relations b WHERE b.relkind IN ('r', 'p') AND NOT b.relispartition
                                                  AND b.name !~ '^migrate_kept\.' LOOP
    name := r.name;
    EXECUTE format('SELECT string_agg(to_jsonb(t)::text, E''\n'' ORDER BY to_jsonb(t)::text) FROM %s t', r.name) INTO held;
    RETURN NEXT;
  END LOOP;
END $$;
