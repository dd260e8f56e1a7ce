#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// True for an index of columns alone, each with the order and the operator class that it has by itself:
// pg_get_indexdef(), which opens the table, would say no more than what stands here.
#define IS_PLAIN                                                                                           \
  "i.indexprs IS NULL AND i.indpred IS NULL AND c.reloptions IS NULL AND i.indnatts = i.indnkeyatts"       \
  " AND NOT i.indnullsnotdistinct AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[], i.indclass::oid[]," \
  "     i.indcollation::oid[], i.indoption::int2[]) AS k (place, class, sorting, flags)"                   \
  "   LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.place"                          \
  "   LEFT JOIN pg_opclass o ON o.oid = k.class AND o.opcdefault"                                          \
  "     AND (o.opcintype = a.atttypid OR o.opcintype = 25 AND a.atttypid = 1043)"                          \
  "   WHERE k.flags <> 0 OR o.oid IS NULL OR k.sorting <> a.attcollation)"
#define PLAIN_DEFINITION                                                                                        \
  "format('CREATE %sINDEX %I ON %s%I.%I USING %I (%s)', CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname," \
  " CASE WHEN t.relkind = 'p' THEN 'ONLY ' END, tn.nspname, t.relname, m.amname,"                               \
  " (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.number)"                                         \
  "   FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (place, number)"                                       \
  "   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.place))"

// Those that belong to a constraint are made with it: they are shown if there is more to say of them.
const Kind kIndexKind = {"SELECT " OBJECT("pg_class", "c.oid", "i.indrelid") R"sql(
  'index', n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), format('INDEX %I.%I', n.nspname, c.relname),
  concat(CASE WHEN k.oid IS NOT NULL THEN '-- of constraint ' || )sql" ONE_LINE("quote_ident(k.conname)") R"sql(
      WHEN )sql" IS_PLAIN " THEN " PLAIN_DEFINITION R"sql( ELSE pg_get_indexdef(c.oid) END,
    CASE WHEN c.reltablespace <> 0 AND k.oid IS NULL
      THEN ' TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace) END,
    CASE WHEN NOT i.indisvalid THEN ' /* not valid */' END,
    CASE WHEN k.oid IS NULL AND c.relispartition THEN (SELECT format(E';\nALTER INDEX %s ATTACH PARTITION %I.%I', h.inhparent::regclass, n.nspname, c.relname)
      FROM pg_inherits h WHERE h.inhrelid = c.oid) END,
    CASE WHEN i.indisclustered THEN format(E';\nALTER TABLE %s CLUSTER ON %I', i.indrelid::regclass, c.relname) END,
    CASE WHEN i.indisreplident THEN format(E';\nALTER TABLE %s REPLICA IDENTITY USING INDEX %I', i.indrelid::regclass, c.relname) END,
    CASE WHEN i.indexprs IS NOT NULL THEN (SELECT string_agg(format(E';\nALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', n.nspname, c.relname, a.attnum, a.attstattarget), '' ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0) END), )sql" NO_OWNER R"sql(
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace JOIN pg_am m ON m.oid = c.relam
  LEFT JOIN pg_constraint k ON k.conrelid = i.indrelid AND k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
WHERE )sql" OF_USERS("n") R"sql(
  AND (k.oid IS NULL OR i.indisclustered OR i.indisreplident OR EXISTS (SELECT FROM pg_description s
    WHERE s.classoid = 'pg_class'::regclass AND s.objoid = c.oid AND s.objsubid = 0)))sql"};

}  // namespace migrate
