#include <string>
#include <utility>

#include "core/base/text.h"
#include "server/base/sql.h"
#include "server/health/checks/parts.h"
#include "server/health/find.h"

namespace migrate::health {
namespace {

// The text of an expression is made only where a rule may be about it: making all of them takes most of the time. It is
// where it has no column, or calls what a request is known by. What sub-selects read is taken from the tree.
#define TEXT_OF(expression)                                           \
  " CASE WHEN " expression "::text NOT LIKE '%{VAR %' OR " expression \
  "::text ~ (SELECT pattern FROM asked)"                              \
  " THEN pg_get_expr(" expression ", p.polrelid) END "
#define READ_IN(expression)                                                                          \
  " SELECT m[1] FROM regexp_matches(" expression "::text, ':relid (\\d+)', 'g') m WHERE " expression \
  "::text LIKE '%{SUBLINK %' "

// Roles that row security is not for are left out; from which follows who a policy is for.
Statement kPolicies = {
    R"sql(
WITH asked AS MATERIALIZED (
  SELECT ':funcid (' || string_agg(f.oid::text, '|') || ') ' AS pattern FROM pg_proc f
  WHERE (f.proname = 'current_setting' AND f.pronamespace = 'pg_catalog'::regnamespace)
    OR (f.proname IN ('uid', 'jwt', 'role', 'email') AND f.pronamespace = to_regnamespace('auth'))
), held AS MATERIALIZED (
  SELECT r.oid, r.rolname FROM pg_roles r
  WHERE NOT r.rolsuper AND NOT r.rolbypassrls AND r.rolname !~ '^(pg_|supabase.*admin$)'
)
SELECT c.oid, )sql" NAME_OF_RELATION R"sql(, quote_ident(p.polname), c.relrowsecurity, p.polpermissive, p.polcmd,
  CASE WHEN p.polroles = '{0}' THEN 'public'
    ELSE (SELECT string_agg(quote_ident(h.rolname), E'\x01' ORDER BY h.rolname) FROM held h WHERE h.oid = ANY (p.polroles)) END,
  CASE WHEN p.polqual::text LIKE '%{SUBLINK %' OR p.polwithcheck::text LIKE '%{SUBLINK %' THEN
    (SELECT string_agg(DISTINCT relid, E'\x01') FROM ()sql" READ_IN("p.polqual") "UNION" READ_IN("p.polwithcheck") R"sql() r (relid)) END,
  p.polqual IS NOT NULL, )sql" TEXT_OF("p.polqual") ", p.polwithcheck IS NOT NULL, " TEXT_OF(
        "p.polwithcheck") "FROM" RELATIONS("'r', 'p'") "JOIN pg_policy p ON p.polrelid = c.oid",
    Rights::kCaller, Planning::kEachTime};

std::string Text(const char* value) { return value == nullptr ? std::string() : std::string(value); }
bool IsTrue(const char* value) { return value != nullptr && *value == 't'; }
std::vector<std::string> List(const char* value) {
  return value == nullptr || *value == '\0' ? std::vector<std::string>() : SplitList(value, '\x01');
}

enum Place {
  kTable,
  kNameOfTable,
  kName,
  kEnabled,
  kPermissive,
  kCommand,
  kRoles,
  kReads,
  kHasUsing,
  kUsing,
  kHasCheck,
  kCheckText
};

}  // namespace

std::vector<Policy> ReadPolicies(const Scope& scope) {
  std::vector<Policy> policies;
  QueryEach(kPolicies, {scope.schemas}, [&](const char* const* values) {
    policies.push_back({.table = Text(values[kTable]),
                        .name_of_table = Text(values[kNameOfTable]),
                        .name = Text(values[kName]),
                        .enabled = IsTrue(values[kEnabled]),
                        .permissive = IsTrue(values[kPermissive]),
                        .command = *values[kCommand],
                        .roles = List(values[kRoles]),
                        .reads = List(values[kReads]),
                        .uses = {IsTrue(values[kHasUsing]), Text(values[kUsing])},
                        .checks = {IsTrue(values[kHasCheck]), Text(values[kCheckText])}});
  });
  return policies;
}

}  // namespace migrate::health
