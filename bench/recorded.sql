-- Objects that the recorded changes since an event tell otherwise than the schemas before and after: bench.wrong().
CREATE SCHEMA bench;
CREATE TABLE bench.before (class text, identity text, definition text);
CREATE TABLE bench.after (class text, identity text, definition text);
-- Unknown: of a migration that says itself that it does not know all, since a statement has committed on its way.
CREATE TABLE bench.missed (class text, identity text, invented boolean, unknown boolean);

CREATE FUNCTION bench.wrong(since bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  unknown boolean := EXISTS (SELECT FROM migrate.history
                              WHERE id > since AND event IN ('statement', 'apply') AND changes IS NULL);
BEGIN
  TRUNCATE bench.after;
  INSERT INTO bench.after SELECT class, identity, definition FROM migrate_schema()
   WHERE schema IS DISTINCT FROM 'bench' AND identity <> 'bench';
  RETURN QUERY WITH wanted AS (
    SELECT class, identity, b.definition AS before, a.definition AS after
      FROM bench.before b FULL JOIN bench.after a USING (class, identity)
     WHERE b.definition IS DISTINCT FROM a.definition),
  -- What was renamed is gone under its old name and there under its new one.
  events AS (
    SELECT c.event, c.class, coalesce(x.identity, c.identity) AS identity,
           max(b.definition) FILTER (WHERE x.is_before) AS before,
           max(a.definition) FILTER (WHERE x.is_after) AS after
      FROM migrate.change c
      LEFT JOIN migrate.definition b ON b.sha256 = c.before_sha256
      LEFT JOIN migrate.definition a ON a.sha256 = c.after_sha256,
      LATERAL (SELECT c.identity, c.old_identity IS NULL, true
               UNION ALL SELECT c.old_identity, true, false WHERE c.old_identity IS NOT NULL)
        AS x (identity, is_before, is_after)
     WHERE c.event > since GROUP BY 1, 2, 3),
  -- A migration in parts has an event for each.
  told AS (
    SELECT class, identity, (array_agg(events.before ORDER BY event))[1] AS before,
           (array_agg(events.after ORDER BY event DESC))[1] AS after
      FROM events GROUP BY 1, 2),
  wrong AS (
    SELECT class, identity, w.before AS was, w.after AS is_, t.before AS told_was, t.after AS told_is,
           w.before IS NOT DISTINCT FROM w.after AS invented
      FROM wanted w
      FULL JOIN (SELECT * FROM told WHERE told.before IS DISTINCT FROM told.after) t USING (class, identity)
     WHERE (w.before, w.after) IS DISTINCT FROM (t.before, t.after)),
  kept AS (INSERT INTO bench.missed SELECT class, identity, invented, unknown FROM wrong)
  SELECT format(E'%s %s\n#   was told: %s -> %s\n#   expected: %s -> %s', class, identity, told_was, told_is, was, is_)
    FROM wrong;
  TRUNCATE bench.before;
  INSERT INTO bench.before SELECT * FROM bench.after;
END $$;
SELECT bench.wrong(0);
TRUNCATE bench.missed;
