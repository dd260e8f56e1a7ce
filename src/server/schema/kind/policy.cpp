#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// The order of its roles means nothing, and a dump has them as they happen to stand in the catalog.
const Kind kPolicyKind = {"SELECT " OBJECT("pg_policy", "p.oid", "p.polrelid") R"sql(
  'policy', n.nspname, p.polname, format('%I on %I.%I', p.polname, n.nspname, c.relname),
  format('POLICY %I ON %I.%I', p.polname, n.nspname, c.relname),
  concat(format('CREATE POLICY %I ON %I.%I', p.polname, n.nspname, c.relname),
    CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END,
    CASE WHEN p.polroles <> '{0}' THEN ' TO ' || (SELECT string_agg(quote_ident(pg_get_userbyid(role)), ', ' ORDER BY pg_get_userbyid(role) COLLATE "C")
      FROM unnest(p.polroles) AS role) END,
    ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
  )sql" NO_OWNER R"sql(
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE )sql" OF_USERS("n")};

}  // namespace migrate
