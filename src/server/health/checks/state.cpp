#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

namespace migrate::health {

// What pg_upgrade has left behind has no version on this server any more.
const Check kOutdatedExtension = {&kExtensionVersionsOutdated, R"sql(
SELECT quote_ident(e.extname), e.extversion, a.default_version
FROM pg_extension e JOIN pg_available_extensions() a ON a.name = e.extname AND a.default_version <> e.extversion
WHERE EXISTS (SELECT FROM pg_available_extension_versions() v WHERE v.name = e.extname AND v.version = e.extversion))sql"};

const Check kCountsOfKinds = {&kCounts, R"sql(
WITH relations AS MATERIALIZED (SELECT c.oid, c.relkind, c.relrowsecurity FROM )sql" RELATIONS("'r', 'p', 'v', 'm', 'S', 'f'") R"sql(),
counted AS (
  SELECT count(*) FILTER (WHERE relkind IN ('r', 'p')) AS tables, count(*) FILTER (WHERE relkind = 'v') AS views,
    count(*) FILTER (WHERE relkind = 'm') AS copies, count(*) FILTER (WHERE relkind = 'f') AS elsewhere,
    count(*) FILTER (WHERE relkind = 'S') AS sequences, count(*) FILTER (WHERE relrowsecurity) AS secured,
    (SELECT count(*) FROM pg_index i WHERE i.indrelid IN (SELECT oid FROM relations)) AS indexes,
    (SELECT count(*) FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid IN (SELECT oid FROM relations)) AS keys,
    (SELECT count(*) FROM pg_policy p WHERE p.polrelid IN (SELECT oid FROM relations)) AS policies,
    (SELECT count(*) FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgrelid IN (SELECT oid FROM relations)) AS triggers,
    (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND )sql" IN_SCOPE(
                                            "n") "WHERE" NOT_MEMBER("pg_proc", "p.oid") R"sql() AS functions
  FROM relations
)
SELECT quote_ident(current_database()),
  (SELECT string_agg(number || ' ' || CASE number WHEN 1 THEN one ELSE many END, ', ' ORDER BY place)
    FROM (VALUES (1, tables, 'table', 'tables'), (3, indexes, 'index', 'indexes'), (4, keys, 'foreign key', 'foreign keys'),
        (2, CASE WHEN tables > 0 THEN secured END, 'with row security', 'with row security'), (5, policies, 'policy', 'policies'),
        (6, views, 'view', 'views'), (7, copies, 'materialized view', 'materialized views'),
        (8, elsewhere, 'foreign table', 'foreign tables'), (9, sequences, 'sequence', 'sequences'),
        (10, functions, 'function', 'functions'), (11, triggers, 'trigger', 'triggers')) v (place, number, one, many)
    WHERE number > 0 OR place <= 2)
FROM counted)sql"};

}  // namespace migrate::health
