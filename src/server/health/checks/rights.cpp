#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

// Functions in languages that look names up, without a search_path of their own. The body of one that begins with BEGIN
// ATOMIC, or RETURN, was read when it was made.
#define FUNCTIONS \
  " pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND" IN_SCOPE("n") "JOIN pg_language l ON l.oid = p.prolang " \
  "WHERE" NOT_MEMBER("pg_proc", "p.oid")                                                                        \
  "AND p.prokind <> 'a' AND l.lanname NOT IN ('c', 'internal') AND p.prosqlbody IS NULL"                        \
  " AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search\\_path=%') "

namespace migrate::health {

const Check kDefinerFunction = {
    &kSecurityDefinerSearchPath,
    "SELECT p.oid::regprocedure::text, quote_ident(pg_get_userbyid(p.proowner)) FROM" FUNCTIONS "AND p.prosecdef"};

const Check kPlainFunction = {&kFunctionSearchPathMutable,
                              "SELECT p.oid::regprocedure::text FROM" FUNCTIONS "AND NOT p.prosecdef"};

const Check kExtensionInPublicSchema = {&kExtensionInPublic, R"sql(
SELECT quote_ident(e.extname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE n.nspname = 'public' AND e.extname NOT IN ('plpgsql', 'migrate') AND )sql" IN_SCOPE("n")};

const Check kSchemaForAll = {
    &kPublicMayCreate,
    R"sql(
SELECT quote_ident(n.nspname) FROM pg_namespace n
WHERE )sql" IN_SCOPE(
        "n") R"sql( AND EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'))sql"};

const Check kTableForAll = {
    &kPublicMayWrite,
    "SELECT t.name, t.rights FROM (SELECT" NAME_OF_RELATION R"sql(AS name,
  (SELECT string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) FROM aclexplode(c.relacl) a
    WHERE a.grantee = 0 AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')) AS rights
  FROM )sql" RELATIONS(
        "'r', 'p', 'f'") "WHERE c.relacl IS NOT NULL AND NOT c.relrowsecurity) t WHERE t.rights IS NOT NULL"};

}  // namespace migrate::health
