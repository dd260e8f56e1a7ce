-- What migrate_status(), migrate_show() and the history claim: the newest applied version, the version that is partly there (or -),
-- how many of its statements are done, whether one more may be, whether there is an invalid index, what contradicts
-- itself, the newest event. Needs :seen, the newest event that was there before.
WITH
claim AS (
  SELECT m.version, m.applied_event, m.unfinished_event, s.status, full_note.detail,
    regexp_match(full_note.detail, '^(?:applying|rolling back) stopped.* with ([0-9]+) of') AS place
  FROM migrate_status() s JOIN migrate.migration m USING (version, name)
  LEFT JOIN LATERAL (SELECT string_agg(p.value, '; ') FROM migrate_show(s.version) p WHERE p.property = 'remark') full_note(detail) ON true
),
partial AS (
  SELECT version, place[1]::int AS done, detail ~ ', perhaps more,' AS unsure
  FROM claim WHERE status = 'partial'
),
newest AS (SELECT COALESCE(max(version), '0000') AS version FROM claim WHERE applied_event IS NOT NULL),
invalid AS (SELECT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid) AS is_there),
event AS (SELECT COALESCE(max(id), 0) AS newest FROM migrate.history)
SELECT newest.version, COALESCE(partial.version, '-'), COALESCE(partial.done, 0), COALESCE(partial.unsure, false), invalid.is_there,
  concat_ws('; ',
    CASE WHEN EXISTS (SELECT FROM claim c WHERE c.applied_event IS NULL AND c.version < newest.version)
      THEN 'the applied ones have a gap' END,
    CASE WHEN (SELECT count(*) FROM claim WHERE status IN ('failed', 'partial')) > 1 THEN 'two are under way' END,
    CASE WHEN EXISTS (SELECT FROM claim c WHERE c.status NOT IN ('failed', 'partial', 'applied', 'pending')) THEN 'an odd status' END,
    CASE WHEN EXISTS (SELECT FROM claim c WHERE c.status IN ('failed', 'partial') AND c.detail !~ 'when its session ended')
      THEN 'a status without its reason' END,
    CASE WHEN EXISTS (SELECT FROM claim c WHERE (c.applied_event IS NOT NULL) <> (c.status = 'applied') AND c.status <> 'partial')
      THEN 'status and migrate.migration differ' END,
    CASE WHEN EXISTS (SELECT FROM claim c WHERE c.unfinished_event IS NOT NULL AND c.status = 'pending')
      THEN 'what was begun is pending' END,
    CASE WHEN COALESCE((SELECT g.version FROM migrate.schema_version g), '0000') <> newest.version
      THEN 'the version guard is wrong' END,
    CASE WHEN NOT COALESCE(partial.unsure, false) AND invalid.is_there
      THEN 'an invalid index that nobody knows of' END,
    CASE WHEN event.newest < :seen THEN 'events were lost' END),
  event.newest
FROM newest CROSS JOIN invalid CROSS JOIN event LEFT JOIN partial ON true;
