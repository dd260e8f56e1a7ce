#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

namespace migrate::health {

// What the rows would fill, by the statistics of their columns, against what is there: more than 20 MB of space, and
// more than half. A row has a header of 23 bytes and a bit for each column if one is null, both to a multiple of 8, and
// 4 bytes in its page, which has 24 of its own.
const Check kBloat = {&kTableBloat, R"sql(
WITH large AS MATERIALIZED (
  SELECT n.nspname, c.relname, c.relpages, c.reltuples, c.relnatts, current_setting('block_size')::float8 AS block,
    COALESCE((SELECT option_value::float8 FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), 100) / 100 AS fill
  FROM )sql" RELATIONS("'r', 'm'") R"sql(
  WHERE c.reltuples >= 0 AND c.relpages * current_setting('block_size')::float8 > 20 * 1024 * 1024
), estimated AS (
  SELECT l.*, ceil(l.reltuples * (4 + ceil((23 + CASE WHEN max(s.null_frac) > 0 THEN (l.relnatts + 7) / 8 ELSE 0 END) / 8.0) * 8
      + ceil(sum((1 - s.null_frac) * s.avg_width)::numeric / 8) * 8) / ((l.block - 24) * l.fill)) AS needed
  FROM large l JOIN pg_stats s ON s.schemaname = l.nspname AND s.tablename = l.relname AND NOT s.inherited
  GROUP BY l.nspname, l.relname, l.relpages, l.reltuples, l.relnatts, l.block, l.fill
)
SELECT format('%I.%I', nspname, relname), pg_size_pretty(((relpages - needed) * block)::bigint), pg_size_pretty((relpages * block)::bigint)
FROM estimated WHERE relpages > 2 * needed AND (relpages - needed) * block > 20 * 1024 * 1024)sql"};

const Check kRegTypes = {&kUnsupportedRegTypes, R"sql(
WITH columns AS MATERIALIZED (
  SELECT a.attrelid, a.attname, a.atttypid FROM pg_attribute a
  WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
    AND a.atttypid IN ('regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regnamespace'::regtype,
      'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype, 'regprocedure'::regtype)
)
SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname), a.atttypid::regtype::text
FROM )sql" RELATIONS("'r', 'p', 'm', 'c'") "JOIN columns a ON a.attrelid = c.oid"};

}  // namespace migrate::health
