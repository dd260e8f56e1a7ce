#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

#define INDEXES(kinds) RELATIONS(kinds) "JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid "
#define NAME_OF_INDEX " format('%I.%I', n.nspname, x.relname) "

namespace migrate::health {

// Not one that somebody builds right now.
const Check kInvalid = {&kInvalidIndex,
                        "SELECT " NAME_OF_INDEX ", c.oid::regclass::text FROM" INDEXES("'r', 'm'") R"sql(
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index b WHERE b.index_relid = i.indexrelid))sql"};

const Check kIncomplete = {&kIncompletePartitionedIndex, "SELECT " NAME_OF_INDEX R"sql(,
  (SELECT count(*) FROM pg_inherits h WHERE h.inhparent = c.oid)
    - (SELECT count(*) FROM pg_inherits h WHERE h.inhparent = x.oid), c.oid::regclass::text
FROM )sql" INDEXES("'p'") "WHERE NOT i.indisvalid"};

// Equal but for their names; whether one is unique does not matter for what it can find.
const Check kDuplicate = {&kDuplicateIndex, "SELECT " NAME_OF_RELATION R"sql(,
  string_agg(quote_ident(x.relname), ', ' ORDER BY x.relname)
FROM )sql" INDEXES("'r', 'p', 'm'") R"sql(
  JOIN (SELECT indrelid, indkey::text AS columns FROM pg_index GROUP BY 1, 2 HAVING count(*) > 1) several
    ON several.indrelid = i.indrelid AND several.columns = i.indkey::text
WHERE i.indisvalid OR x.relkind = 'I'
GROUP BY c.oid, n.nspname, c.relname, x.relam, i.indkey::text, i.indnkeyatts, i.indclass::text, i.indcollation::text, i.indoption::text,
  pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
HAVING count(*) > 1)sql"};

// The other index must be a b-tree of plain columns: only there do the first ones serve alone.
const Check kRedundant = {&kRedundantIndex,
                          "SELECT " NAME_OF_INDEX ", min(o.indexrelid::regclass::text) FROM" INDEXES("'r', 'm'") R"sql(
  JOIN pg_index o ON o.indrelid = i.indrelid AND o.indnkeyatts > i.indnkeyatts AND o.indisvalid AND o.indexprs IS NULL
    AND o.indkey::text LIKE i.indkey::text || ' %' AND o.indclass::text LIKE i.indclass::text || ' %'
    AND o.indcollation::text LIKE i.indcollation::text || ' %' AND o.indoption::text LIKE i.indoption::text || ' %'
    AND pg_get_expr(o.indpred, o.indrelid) IS NOT DISTINCT FROM pg_get_expr(i.indpred, i.indrelid)
  JOIN pg_class y ON y.oid = o.indexrelid AND y.relam = x.relam
  JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
WHERE i.indisvalid AND NOT i.indisunique AND NOT i.indisreplident AND i.indexprs IS NULL AND i.indnatts = i.indnkeyatts
GROUP BY n.nspname, x.relname)sql"};

// Not what enforces something, nor what a foreign key needs when the row that it references is deleted.
const Check kUnused = {&kUnusedIndex, "SELECT " NAME_OF_INDEX "," NAME_OF_RELATION R"sql(,
  ' since statistics began, on ' || (SELECT stats_reset::date FROM pg_stat_database WHERE datname = current_database())
FROM )sql" INDEXES("'r', 'm'") R"sql(
WHERE i.indisvalid AND NOT i.indisunique AND NOT i.indisexclusion AND NOT i.indisreplident
  AND pg_stat_get_numscans(i.indexrelid) = 0
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = i.indrelid AND k.contype = 'f' AND)sql" SERVES_KEY
                               ")"};

}  // namespace migrate::health
