-- One row of a table for the folder :folder, and below it, behind "#", what does not agree.
CREATE TEMP TABLE steps (step int, id text, rows bigint, outcome text, way text, ms float, not_probed text);
CREATE TEMP TABLE told (step int, number int, line int, statement text, verdict text, level int, held_ms float);
CREATE TEMP TABLE looks (step int, line int, locked int, tried int, what text);
CREATE TEMP TABLE waits (step int, what text, name text, began timestamptz, ms float);
SELECT format('COPY %I FROM PROGRAM %L', t, 'cat ' || :'folder' || '/' || t)
  FROM unnest('{steps,told,looks,waits}'::text[]) t \gexec

-- Each look is of the statement before it. With looks a migration of several transactions is run in one: that shows
-- nothing.
CREATE TEMP TABLE seen AS
  SELECT l.step, t.number, t.line, t.statement, t.verdict, t.level, greatest(l.locked, l.tried) AS found, l.locked,
         l.tried, l.what
    FROM looks l
   CROSS JOIN LATERAL (SELECT * FROM told t WHERE t.step = l.step AND t.line < l.line ORDER BY number DESC LIMIT 1) t
   WHERE l.step IN (SELECT step FROM steps WHERE way = 'apply');

-- How long the longest wait of a step may last, by what was told of it.
CREATE TEMP TABLE felt AS
  SELECT w.step, max(w.ms) AS ms, coalesce(t.level, 0) AS level, coalesce(t.held_ms, 0) AS held_ms, t.known
    FROM waits w
    JOIN (SELECT step, max(level) AS level, max(held_ms) AS held_ms, bool_and(level IS NOT NULL) AS known
            FROM told GROUP BY 1) t USING (step)
   GROUP BY w.step, t.level, t.held_ms, t.known;

SELECT format('| %s | %s | %s | %s | %s %% | %s | %s | %s | %s of %s | %s | %s |', regexp_replace(:'folder', '.*/', ''),
  (SELECT count(*) FROM steps),
  (SELECT count(*) FROM told),
  (SELECT count(*) FROM seen WHERE level IS NOT NULL),
  (SELECT round(100.0 * count(*) FILTER (WHERE verdict !~ 'estimated$|^not tried') / count(*), 1)
     FROM told JOIN steps s USING (step) WHERE s.outcome = 'applied'),
  (SELECT count(*) FROM seen WHERE level = 0 AND found > 0),
  (SELECT count(*) FROM seen WHERE level > 0 AND found > level),
  (SELECT count(*) FROM seen WHERE level > found),
  (SELECT count(*) FROM steps s
    WHERE EXISTS (SELECT FROM told t WHERE t.step = s.step AND verdict LIKE 'fails ' || s.outcome || '%')),
  (SELECT count(*) FROM steps WHERE outcome <> 'applied'),
  (SELECT count(*) FROM felt WHERE ms > 100 AND level = 0 AND known),
  (SELECT count(*) || coalesce(', at worst ' || round(max(ms)) || ' ms', '') FROM felt
    WHERE ms > 100 AND level > 0 AND held_ms < 100));

SELECT format('# found %s told %s: %s line %s: %s: %s; %s', found, level, s.id, line, statement, verdict, what)
  FROM seen JOIN steps s USING (step) WHERE found <> level ORDER BY step, number;
-- Rows are not among the relations' locks, and views are not tried.
SELECT format('# looks disagree: %s line %s: locked %s tried %s: %s', s.id, line, locked, tried, what)
  FROM seen JOIN steps s USING (step) WHERE tried > locked AND tried = 2 ORDER BY step, number;
SELECT format('# not tried: %s line %s: %s: %s', s.id, line, statement, verdict) FROM told JOIN steps s USING (step)
 WHERE verdict ~ '^not tried|estimated$' AND s.outcome = 'applied' ORDER BY step, number;
SELECT format('# outcome %s: %s, told %s', outcome, s.id,
    (SELECT string_agg(verdict, '; ') FROM told t WHERE t.step = s.step AND verdict ~ '^(fails|not)'))
  FROM steps s
 WHERE (outcome <> 'applied') <>
         EXISTS (SELECT FROM told t WHERE t.step = s.step AND verdict LIKE 'fails ' || s.outcome || '%')
   OR (outcome = 'applied' AND EXISTS (SELECT FROM told t WHERE t.step = s.step AND verdict LIKE 'fails%'));
SELECT format('# not run with looks: %s: %s', id, not_probed) FROM steps
 WHERE not_probed <> '' AND outcome = 'applied' AND way = 'apply';
SELECT format('# waited %s ms, told %s, held %s: %s', round(felt.ms), level, held_ms, s.id)
  FROM felt JOIN steps s USING (step)
 WHERE felt.ms > 100 AND held_ms < 100;
