#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// What a role gives to others of the objects that it will make. Entries stand as the server keeps them: a REVOKE of
// what a new object has by itself is told by its absence.
const Kind kDefaultPrivilegesKind = {"SELECT " OBJECT("pg_default_acl", "d.oid", "0") R"sql(
  'default acl', n.nspname, i.identity, i.identity, NULL,
  (SELECT string_agg(format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s%s', pg_get_userbyid(d.defaclrole),
      ' IN SCHEMA ' || quote_ident(n.nspname), g.privileges,
      CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
      CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' END), E';\n' ORDER BY g.grantee = 0 DESC, pg_get_userbyid(g.grantee), g.is_grantable)
    FROM (SELECT x.grantee, x.is_grantable, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type) AS privileges
      FROM aclexplode(d.defaclacl) x GROUP BY 1, 2) AS g), )sql" NO_OWNER R"sql(
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, pg_identify_object('pg_default_acl'::regclass, d.oid, 0) i)sql"};

}  // namespace migrate
