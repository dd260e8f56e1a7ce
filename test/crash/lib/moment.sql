-- What a stopped backend is at: prints the phase, the migration's version and the statement's number, how many
-- statements of that migration are recorded as done, and what there is to see of it. Needs :pid and :action. Nothing
-- is assumed: the place is what the backend shows, the rest stands in the history, in the catalog and in the lock table.
WITH
-- What stands alone in migrations/; all else there is ordinary. The last transaction of a build, a drop or a detach is
-- the one that records it; upkeep has committed all it does before.
alone (action, version, statement, kind) AS (VALUES
  ('apply', '0003', 3, 'build'),
  ('apply', '0003', 7, 'build'),
  ('apply', '0003', 8, 'drop'),
  ('apply', '0004', 4, 'upkeep'),
  ('apply', '0004', 5, 'upkeep'),
  ('apply', '0004', 7, 'detach'),
  ('rollback', '0003', 2, 'build'),
  ('rollback', '0003', 3, 'drop'),
  ('rollback', '0003', 6, 'drop'),
  ('rollback', '0004', 5, 'upkeep')
),
shown AS (
  SELECT a.backend_xid IS NOT NULL AS has_xid, a.wait_event, left(a.query, 80) AS query,
    regexp_match(a.query, '^migrate (apply|rollback) ([0-9]+)/([0-9]+) statement ([0-9]+)/[0-9]+ version "([^"]*)"') AS place
  FROM pg_stat_activity a WHERE a.pid = :pid
),
place AS (
  SELECT s.*, s.place[1] AS action, s.place[2] = s.place[3] AS is_last, s.place[4]::int AS statement, s.place[5] AS version FROM shown s
),
locks AS (
  SELECT COALESCE(bool_or(l.locktype = 'object' AND l.classid = 'pg_extension'::regclass AND l.granted), false) AS migrates,
    COALESCE(bool_or(l.relation = 'migrate.history'::regclass AND l.mode = 'RowExclusiveLock'), false) AS records,
    COALESCE(bool_or(l.granted AND l.mode <> 'AccessShareLock' AND c.relnamespace = to_regnamespace('shop')), false) AS holds,
    string_agg(l.mode || ' on ' || COALESCE(l.relation::regclass::text, l.locktype), ', ') FILTER (WHERE NOT l.granted) AS waits_for
  FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  WHERE l.pid = :pid
),
-- The step that it shows; before it shows any, the one that an earlier run has left.
step AS (
  SELECT p.*, l.*, m.version AS migration, a.kind,
    COALESCE(h.statements, 0) AS done, COALESCE(h.unsure, false) AS unsure,
    COALESCE((m.applied_event IS NOT NULL) = (p.action = 'apply'), false) AS is_recorded
  FROM place p CROSS JOIN locks l
  LEFT JOIN migrate.migration m ON CASE WHEN p.version IS NULL THEN m.unfinished_event IS NOT NULL ELSE m.version = p.version END
  LEFT JOIN migrate.history h ON h.id = m.unfinished_event AND (p.action IS NULL OR h.action = p.action)
  LEFT JOIN alone a ON a.action = p.action AND a.version = p.version AND a.statement = p.statement
),
seen AS (
  SELECT s.*,
    -- Nothing of the statement that it shows has happened yet: it waits for its first lock, or has not got there.
    NOT (s.has_xid OR s.holds OR s.records) AND COALESCE(s.statement, 0) <= s.done + 1
      AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhdetachpending) AS is_idle
  FROM step s
)
SELECT CASE
    WHEN NOT migrates OR NOT EXISTS (SELECT FROM migrate.migration m WHERE (m.applied_event IS NULL) = (:'action' = 'apply'))
      THEN 'nothing'
    WHEN is_recorded THEN CASE WHEN is_last THEN 'nothing' ELSE 'before' END
    WHEN COALESCE(statement, 0) = 0 AND unsure THEN 'looking up'
    WHEN COALESCE(statement, 0) <= done OR is_idle
      THEN CASE WHEN done = 0 THEN 'before' ELSE 'between segments' END
    WHEN kind IS NULL THEN CASE WHEN records THEN 'after' ELSE 'in' END
    WHEN kind = 'build' THEN CASE WHEN records THEN 'after build' ELSE 'in build' END
    WHEN kind = 'upkeep' AND records THEN 'unrecorded'
    ELSE 'in other'
  END AS phase,
  COALESCE(migration, '-'), COALESCE(statement, 0), done, (SELECT COALESCE(max(id), 0) FROM migrate.history) AS newest_event,
  concat_ws(', ', query, 'waits for ' || waits_for, 'event ' || wait_event,
    (SELECT p.phase FROM pg_stat_progress_create_index p WHERE p.pid = :pid)) AS evidence
FROM seen
LIMIT 1;
