#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

namespace migrate::health {

// A view that asks as its caller leads on to what that reads. Whoever owns a view sees all rows of a table if the owner
// of that lets him and row security is not forced, and where nobody holds row security for him.
const Check kViewOfRowSecurity = {&kViewBypassesRowSecurity, R"sql(
WITH RECURSIVE reads (view, relation) AS (
  SELECT r.ev_class, d.refobjid FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype = 'n' AND d.refobjid <> r.ev_class
    WHERE r.ev_type = '1' AND r.oid >= 16384
), led AS (
  SELECT view, relation FROM reads
  UNION
  SELECT l.view, r.relation FROM led l
    JOIN pg_class i ON i.oid = l.relation AND i.relkind = 'v' AND )sql" IS_INVOKER("i") R"sql(
    JOIN reads r ON r.view = i.oid
)
SELECT )sql" NAME_OF_RELATION R"sql(,
  string_agg(t.oid::regclass::text, ', ' ORDER BY t.oid::regclass::text COLLATE "C"), quote_ident(o.rolname)
FROM )sql" RELATIONS("'v', 'm'") R"sql(
  JOIN led l ON l.view = c.oid
  JOIN pg_class t ON t.oid = l.relation AND t.relrowsecurity
  JOIN pg_roles o ON o.oid = c.relowner
WHERE NOT )sql" IS_INVOKER("c") R"sql(
  AND (o.rolsuper OR o.rolbypassrls OR (NOT t.relforcerowsecurity AND pg_has_role(o.oid, t.relowner, 'USAGE')))
  AND EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner)
GROUP BY n.nspname, c.relname, o.rolname)sql"};

const Check kTableWithoutPolicy = {&kRlsEnabledNoPolicy, "SELECT " NAME_OF_RELATION "FROM" RELATIONS("'r', 'p'") R"sql(
  WHERE c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))sql"};

}  // namespace migrate::health
