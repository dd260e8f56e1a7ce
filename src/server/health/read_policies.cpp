#include <map>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/health/tree.h"
#include "server/base/sql.h"
#include "server/health/checks/parts.h"
#include "server/health/find.h"

namespace migrate::health {
namespace {

// What a request is known by.
Statement kAskers = {R"sql(
SELECT f.oid, CASE f.proname WHEN 'current_setting' THEN 'current_setting(…)' ELSE format('auth.%I()', f.proname) END FROM pg_proc f
WHERE (f.proname = 'current_setting' AND f.pronamespace = 'pg_catalog'::regnamespace)
  OR (f.proname IN ('uid', 'jwt', 'role', 'email') AND f.pronamespace = to_regnamespace('auth')))sql",
                     Rights::kCaller};

// Roles that row security is not for are left out.
Statement kPolicies = {R"sql(
WITH held AS MATERIALIZED (
  SELECT r.oid, r.rolname FROM pg_roles r
  WHERE NOT r.rolsuper AND NOT r.rolbypassrls AND r.rolname !~ '^(pg_|supabase.*admin$)'
)
SELECT p.oid, c.oid, )sql" NAME_OF_RELATION R"sql(, quote_ident(p.polname), c.relrowsecurity, p.polpermissive, p.polcmd,
  CASE WHEN p.polroles = '{0}' THEN 'public'
    ELSE (SELECT string_agg(quote_ident(h.rolname), E'\x01' ORDER BY h.rolname) FROM held h WHERE h.oid = ANY (p.polroles)) END,
  p.polqual, p.polwithcheck
FROM )sql" RELATIONS("'r', 'p'") "JOIN pg_policy p ON p.polrelid = c.oid",
                       Rights::kCaller, Planning::kEachTime};

Statement kTexts = {R"sql(
SELECT p.oid, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM unnest($1::text[]) AS asked JOIN pg_policy p ON p.oid = asked::oid)sql",
                    Rights::kCaller, Planning::kEachTime};

std::string Text(const char* value) { return value == nullptr ? std::string() : std::string(value); }
bool IsTrue(const char* value) { return value != nullptr && *value == 't'; }
std::vector<std::string> List(const char* value) {
  return value == nullptr || *value == '\0' ? std::vector<std::string>() : SplitList(value, '\x01');
}

enum Place { kOid, kTable, kNameOfTable, kName, kEnabled, kPermissive, kCommand, kRoles, kUsing, kCheckText };

// Notes what the expression does. Whether a rule may be about its text: it has no column, or names what users may
// change.
bool IsWorthReading(const char* tree, const Askers& askers, Policy& policy) {
  if (tree == nullptr) return false;
  TreeFacts facts = ReadTree(tree, askers);
  policy.reads.insert(policy.reads.end(), facts.reads.begin(), facts.reads.end());
  policy.calls.merge(facts.calls);
  return !facts.has_column || facts.names_user_metadata;
}

Policy PolicyOf(const char* const* values) {
  return {.table = Text(values[kTable]),
          .name_of_table = Text(values[kNameOfTable]),
          .name = Text(values[kName]),
          .enabled = IsTrue(values[kEnabled]),
          .permissive = IsTrue(values[kPermissive]),
          .command = *values[kCommand],
          .roles = List(values[kRoles]),
          .reads = {},
          .calls = {},
          .uses = {values[kUsing] != nullptr, {}},
          .checks = {values[kCheckText] != nullptr, {}}};
}

}  // namespace

// Making the texts of all expressions would take most of the time: it is done only where a rule may be about them.
std::vector<Policy> ReadPolicies(const Scope& scope) {
  Askers askers;
  for (const auto& row : Query(kAskers)) askers.emplace(TextOf(row[0]), TextOf(row[1]));
  std::vector<Policy> policies;
  std::vector<std::string> asked;
  std::map<std::string, size_t> places;
  QueryEach(kPolicies, {scope.schemas}, [&](const char* const* values) {
    Policy policy = PolicyOf(values);
    const bool uses = IsWorthReading(values[kUsing], askers, policy);
    const bool checks = IsWorthReading(values[kCheckText], askers, policy);
    if (uses || checks) {
      asked.emplace_back(values[kOid]);
      places.emplace(values[kOid], policies.size());
    }
    policies.push_back(std::move(policy));
  });
  if (asked.empty()) return policies;
  QueryEach(kTexts, {asked}, [&](const char* const* values) {
    Policy& policy = policies[places.at(values[0])];
    policy.uses.text = Text(values[1]);
    policy.checks.text = Text(values[2]);
  });
  return policies;
}

}  // namespace migrate::health
