#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kViewKind = {"SELECT " OBJECT("pg_class", "c.oid", "c.oid") R"sql(
  CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, n.nspname, c.relname,
  format('%I.%I', n.nspname, c.relname),
  CASE c.relkind WHEN 'v' THEN 'VIEW ' ELSE 'MATERIALIZED VIEW ' END || format('%I.%I', n.nspname, c.relname),
  concat(CASE c.relkind WHEN 'v' THEN 'CREATE VIEW ' ELSE 'CREATE MATERIALIZED VIEW ' END,
    format('%I.%I', n.nspname, c.relname), CASE WHEN a.amname <> 'heap' THEN ' USING ' || quote_ident(a.amname) END,
    CASE WHEN c.reloptions IS NOT NULL THEN ' WITH (' || )sql" PARAMETERS("c.reloptions") R"sql( || ')' END,
    CASE WHEN c.reltablespace <> 0 THEN ' TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace) END,
    E' AS\n', rtrim(pg_get_viewdef(c.oid), ';')),
  )sql" OWNER_AND_ACL("c.relowner", "c.relacl", "r") R"sql(
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam
WHERE c.relkind IN ('v', 'm') AND )sql" OF_USERS("n")};

}  // namespace migrate
