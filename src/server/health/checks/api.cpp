#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

namespace migrate::health {

const Check kTableInApi = {&kRlsDisabledInPublic, "SELECT t.name, t.readers FROM (SELECT" NAME_OF_RELATION
                                                  "AS name, " API_READERS "AS readers FROM" RELATIONS("'r', 'p'") R"sql(
  WHERE NOT c.relrowsecurity AND )sql" IN_API ") t WHERE t.readers IS NOT NULL"};

const Check kSensitiveColumn = {&kSensitiveColumnsExposed,
                                "SELECT t.name, t.readers, t.columns FROM (SELECT" NAME_OF_RELATION
                                "AS name, " API_READERS R"sql(AS readers,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND replace(lower(a.attname), '-', '_') = ANY ($4::text[])) AS columns
  FROM )sql" RELATIONS("'r', 'p'") "WHERE NOT c.relrowsecurity AND" IN_API
                                   ") t WHERE t.readers IS NOT NULL AND t.columns IS NOT NULL"};

const Check kViewInApi = {&kSecurityDefinerView,
                          "SELECT t.name, t.readers, t.owner FROM (SELECT" NAME_OF_RELATION "AS name, " API_READERS
                          R"sql(AS readers, quote_ident(pg_get_userbyid(c.relowner)) AS owner
  FROM )sql" RELATIONS("'v'") "WHERE NOT" IS_INVOKER("c") "AND" IN_API ") t WHERE t.readers IS NOT NULL"};

// A view that asks as whoever reads it shows what the row security of auth.users lets it.
const Check kUsersInApi = {&kAuthUsersExposed, "SELECT t.name, t.readers FROM (SELECT" NAME_OF_RELATION
                                               "AS name, " API_READERS "AS readers FROM" RELATIONS("'v', 'm'") R"sql(
  WHERE )sql" IN_API R"sql( AND EXISTS (SELECT FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class u ON u.oid = d.refobjid AND u.relname = 'users' AND u.relnamespace = to_regnamespace('auth')
    WHERE r.ev_class = c.oid AND NOT (c.relkind = 'v' AND u.relrowsecurity AND )sql" IS_INVOKER("c") R"sql())
  ) t WHERE t.readers IS NOT NULL)sql"};

// Its tables belong to the extension in some versions, and its schema is not shown: another one's functions lead there.
const Check kQueueInApi = {&kInsecureQueueExposedInApi, "SELECT t.name, t.readers FROM (SELECT" NAME_OF_RELATION
                                                        "AS name, " API_READERS R"sql(AS readers
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'pgmq' AND c.relname LIKE 'q\_%' AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
    AND 'pgmq_public' = ANY ($2::text[])) t WHERE t.readers IS NOT NULL)sql"};

const Check kMaterializedInApi = {&kMaterializedViewInApi,
                                  "SELECT t.name, t.readers FROM (SELECT" NAME_OF_RELATION "AS name, " API_READERS
                                  "AS readers FROM" RELATIONS("'m'") "WHERE" IN_API ") t WHERE t.readers IS NOT NULL"};

const Check kForeignInApi = {&kForeignTableInApi,
                             "SELECT t.name, t.readers FROM (SELECT" NAME_OF_RELATION "AS name, " API_READERS
                             "AS readers FROM" RELATIONS("'f'") "WHERE" IN_API ") t WHERE t.readers IS NOT NULL"};

}  // namespace migrate::health
