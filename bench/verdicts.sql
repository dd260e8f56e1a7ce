-- What a second session finds while a migration is open, beside what migrate_explain() has told: bench.look() is called
-- in the migration, behind each statement, and has bench.probe() called in that session, which tries to read and write.
CREATE EXTENSION IF NOT EXISTS dblink SCHEMA bench;

CREATE TABLE bench.before (oid oid PRIMARY KEY, relkind "char", name text);
-- Of one step. Level: 0 others read and write, 1 they can't write, 2 nor read; null if it was not tried or fails.
CREATE TABLE bench.told (step int, number int, line int, statement text, verdict text, level int, held_ms float);
CREATE TABLE bench.looks (step int, line int, locked int, tried int, what text);
CREATE TABLE bench.waits (step int, what text, name text, began timestamptz, ms float);

-- At migrate.brief_lock = 0.
CREATE FUNCTION bench.explain(step int, id text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO bench.told
    SELECT step, ordinality, line, statement, verdict,
           CASE WHEN verdict ~ '^safe' THEN 0 WHEN verdict ~ '^blocks writes' THEN 1
                WHEN verdict ~ '^blocks reads' THEN 2 END,
           (SELECT max((l ->> 'held_ms')::float) FROM jsonb_array_elements(seen -> 'locks') l
             WHERE l ->> 'lock' IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')
                OR l ? 'locks_rows')
      FROM migrate_explain(id, details => true) WITH ORDINALITY $$;

-- Whether STATEMENT has to wait. Its locks and its work go with the error.
CREATE FUNCTION bench.waits(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION
  WHEN lock_not_available THEN RETURN true;
  WHEN SQLSTATE 'ZZ000' THEN RETURN false;
END $$;

-- From the other session: which of the relations that were there before process PID has locked (0: others read and
-- write, 1: they can't write, 2: nor read), and what comes of it when they are read and written, rows that it may
-- have locked too.
CREATE FUNCTION bench.probe(step int, line int, pid int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  locked int := 0;
  tried int := 0;
  what text;
  r record;
BEGIN
  SET LOCAL lock_timeout = '5ms';
  SELECT CASE WHEN l.mode = 'AccessExclusiveLock' THEN 2 ELSE 1 END, l.mode || ' on ' || b.name INTO locked, what
    FROM pg_locks l JOIN bench.before b ON b.oid = l.relation
   WHERE l.pid = probe.pid AND l.granted AND l.locktype = 'relation'
     AND l.mode IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')
   ORDER BY 1 DESC, l.relation LIMIT 1;
  locked := coalesce(locked, 0);
  FOR r IN SELECT b.name, bool_or(l.mode IN ('RowShareLock', 'RowExclusiveLock')) AS rows
             FROM bench.before b LEFT JOIN pg_locks l ON l.relation = b.oid AND l.pid = probe.pid
            WHERE b.relkind IN ('r', 'p') GROUP BY b.oid, b.name ORDER BY b.oid LOOP
    IF tried < 2 AND bench.waits(format('LOCK TABLE ONLY %s IN ACCESS SHARE MODE NOWAIT', r.name)) THEN
      tried := 2;
      what := concat_ws(', ', what, 'no reads of ' || r.name);
    ELSIF tried < 1 AND (bench.waits(format('LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE NOWAIT', r.name))
                         OR r.rows AND bench.waits(format('SELECT FROM ONLY %s FOR UPDATE NOWAIT', r.name))) THEN
      tried := 1;
      what := concat_ws(', ', what, 'no writes of ' || r.name);
    END IF;
  END LOOP;
  INSERT INTO bench.looks VALUES (step, line, locked, tried, what);
END $$;

CREATE FUNCTION bench.look(step int, line int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM bench.dblink('probe', format('SELECT bench.probe(%s, %s, %s)::text', step, line, pg_backend_pid()))
    AS answer (a text);
END $$;
GRANT USAGE ON SCHEMA bench TO PUBLIC;

-- The text of a migration with a look behind each statement, by the lines on which migrate_explain() has found them.
-- Comments go, as they may be marks of another tool, and so does a transaction of its own around all of it.
CREATE FUNCTION bench.with_looks(step int, id text) RETURNS text LANGUAGE sql AS $$
  WITH lines AS (
    SELECT *, text ~* '^\s*(begin|start transaction|commit)\s*;\s*$' AS is_transaction FROM migrate_text(id)),
  left_out AS (
    SELECT line FROM lines
     WHERE text ~ '^\s*--' OR is_transaction AND (SELECT count(*) FROM lines WHERE is_transaction) = 2)
  SELECT string_agg(CASE WHEN t.line IN (SELECT line FROM bench.told WHERE told.step = with_looks.step AND number > 1)
                    THEN format(E'SELECT bench.look(%s, %s);\n', step, t.line) ELSE '' END
                    || CASE WHEN t.line IN (TABLE left_out) THEN '' ELSE t.text END, E'\n' ORDER BY t.line)
         || format(E'\n;SELECT bench.look(%s, 2147483647);', step)
    FROM lines t $$;

-- Reads or writes all tables in turn until it is ended, and notes what took longer than 20 ms.
CREATE PROCEDURE bench.load(what text) LANGUAGE plpgsql AS $$
DECLARE
  r record;
  began timestamptz;
  ms float;
BEGIN
  LOOP
    FOR r IN SELECT name FROM bench.before WHERE relkind IN ('r', 'p') ORDER BY random() LOOP
      began := clock_timestamp();
      BEGIN
        EXECUTE format('LOCK TABLE ONLY %s IN %s MODE', r.name,
                       CASE what WHEN 'read' THEN 'ACCESS SHARE' ELSE 'ROW EXCLUSIVE' END);
      EXCEPTION WHEN undefined_table OR invalid_schema_name OR wrong_object_type THEN NULL;
      END;
      ms := 1000 * extract(epoch FROM clock_timestamp() - began);
      COMMIT;
      IF ms > 20 THEN INSERT INTO bench.waits VALUES (NULL, what, r.name, began, ms); COMMIT; END IF;
    END LOOP;
    PERFORM pg_sleep(0.01);
    COMMIT;
  END LOOP;
END $$;
