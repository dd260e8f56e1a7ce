-- What is wrong after a run that came through, one line each. Needs :way, up or down, and :began, the newest event
-- before the first try.
WITH
h AS (SELECT * FROM migrate.history WHERE id > :began),
step AS (
  SELECT h.id, h.version, h.statements, lag(h.statements) OVER (PARTITION BY h.version ORDER BY h.id) AS before FROM h WHERE h.event = 'statement'
)
SELECT format('%s is %s: %s', s.version, s.status, s.note) FROM migrate_status() s
  WHERE s.status <> CASE :'way' WHEN 'up' THEN 'applied' ELSE 'pending' END
UNION ALL
SELECT format('%s still has an unfinished event', m.version) FROM migrate.migration m WHERE m.unfinished_event IS NOT NULL
UNION ALL
SELECT format('%s finished %s times', m.version, count(h.id)) FROM migrate.migration m
  LEFT JOIN h ON h.version = m.version AND h.event = CASE :'way' WHEN 'up' THEN 'apply' ELSE 'rollback' END
  GROUP BY m.version HAVING count(h.id) <> 1
UNION ALL
SELECT format('%s has an event "%s": %s', h.version, h.event, h.message) FROM h
  WHERE h.event NOT IN ('start', 'statement', CASE :'way' WHEN 'up' THEN 'apply' ELSE 'rollback' END)
UNION ALL
SELECT format('%s recorded %s statements after %s', version, statements, before) FROM step WHERE statements <= before
UNION ALL
SELECT format('index %s is invalid', indexrelid::regclass) FROM pg_index WHERE NOT indisvalid
UNION ALL
SELECT format('the version guard says %s', g.version) FROM migrate.schema_version g
  WHERE g.version IS DISTINCT FROM CASE :'way' WHEN 'up' THEN '0005' END
UNION ALL
SELECT format('prepared transaction %s', gid) FROM pg_prepared_xacts;
