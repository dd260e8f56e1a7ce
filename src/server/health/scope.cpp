#include "server/health/scope.h"

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/sql.h"

namespace migrate::health {
namespace {

// Not the server's own, nor temporary ones, nor those of extensions; and where Supabase hosts the database, not those
// that it looks after.
Statement kUsers = {R"sql(
SELECT n.nspname FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
  AND (n.nspname <> ALL ('{auth,cron,extensions,graphql,graphql_public,net,pgbouncer,pgsodium,pgsodium_masks,pgtle,realtime,
    repack,storage,supabase_functions,supabase_migrations,tiger,topology,vault}')
    OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supabase_admin')))sql",
                    Rights::kCaller};

Statement kNamed = {"SELECT s, n.oid IS NOT NULL FROM unnest($1::text[]) s LEFT JOIN pg_namespace n ON n.nspname = s",
                    Rights::kCaller};

// As PostgREST finds its setting, for the session, the database or the role that it logs in as.
Statement kApiSchemas = {R"sql(
SELECT DISTINCT btrim(s) FROM unnest(string_to_array(COALESCE(NULLIF(current_setting('pgrst.db_schemas', true), ''),
  (SELECT substr(c, length('pgrst.db_schemas=') + 1) FROM pg_db_role_setting d, unnest(d.setconfig) c
    WHERE c LIKE 'pgrst.db\_schemas=%' AND d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY d.setdatabase DESC, d.setrole LIMIT 1), 'public'), ',')) s)sql",
                         Rights::kCaller};

// Those of Supabase, and those that the role which PostgREST logs in as can become, unless row security is not for
// them.
Statement kApiRoles = {R"sql(
SELECT r.rolname FROM pg_roles r
WHERE NOT r.rolsuper AND NOT r.rolbypassrls AND (r.rolname IN ('anon', 'authenticated')
  OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles a ON a.oid = m.member
    WHERE m.roleid = r.oid AND (a.rolname = 'authenticator'
      OR EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setrole = a.oid AND c LIKE 'pgrst.%'))))
ORDER BY r.rolname)sql",
                       Rights::kCaller};

std::vector<std::string> FirstColumn(const std::vector<Row>& rows) {
  std::vector<std::string> values;
  values.reserve(rows.size());
  for (const auto& row : rows) values.push_back(TextOf(row[0]));
  return values;
}

}  // namespace

Scope ReadScope(const std::optional<std::string>& schemas) {
  Scope scope;
  if (schemas) {
    scope.is_all = false;
    const auto named = Query(kNamed, {*schemas});
    for (const auto& row : named) {
      if (!row[0]) throw Error(sqlstate::kNullNotAllowed, "schemas must not contain nulls");
      if (!BooleanOf(row[1])) throw Error(sqlstate::kUndefinedObject, "schema " + Quoted(*row[0]) + " does not exist");
    }
    scope.schemas = FirstColumn(named);
  } else {
    scope.schemas = FirstColumn(Query(kUsers));
  }
  scope.api_schemas = FirstColumn(Query(kApiSchemas));
  scope.api_roles = FirstColumn(Query(kApiRoles));
  return scope;
}

}  // namespace migrate::health
