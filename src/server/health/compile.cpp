#include <string>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/health/rules.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/base/starting_settings.h"
#include "server/health/attempt.h"
#include "server/health/checks/parts.h"
#include "server/health/deep.h"

namespace migrate::health {
namespace {

// With a trigger function goes a table whose trigger calls it: what its rows are, plpgsql_check has to know.
Statement kFunctions = {
    R"sql(
SELECT p.oid, p.oid::regprocedure, p.proowner, l.lanvalidator, l.lanname,
  (SELECT substr(s, length('search_path=') + 1) FROM unnest(p.proconfig) s WHERE s LIKE 'search\_path=%'),
  p.prorettype = 'trigger'::regtype,
  (SELECT min(t.tgrelid) FROM pg_trigger t WHERE t.tgfoid = p.oid),
  has_function_privilege(p.oid, 'EXECUTE')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND )sql" IN_SCOPE(
        "n") R"sql(JOIN pg_language l ON l.oid = p.prolang
WHERE )sql" NOT_MEMBER("pg_proc",
                       "p.oid") R"sql( AND p.prokind <> 'a' AND l.lanname NOT IN ('c', 'internal') AND l.lanvalidator <> 0
ORDER BY p.oid::regprocedure::text COLLATE "C")sql",
    Rights::kCaller, Planning::kEachTime};

// Where plpgsql_check is installed, and is a superuser's, as its functions run as the owner of what they check.
Statement kChecker = {
    "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "JOIN pg_roles r ON r.oid = e.extowner WHERE e.extname = 'plpgsql_check' AND r.rolsuper",
    Rights::kCaller};

struct Function {
  Oid oid;
  std::string name;
  Oid owner;
  Oid validator;
  bool is_plpgsql;
  std::string search_path;
  bool is_trigger;
  Oid table;
};

void ValidateLeaf(Oid validator, Oid function, const char* search_path) {
  (void) set_config_option("check_function_bodies", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
  (void) set_config_option("search_path", search_path, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
  OidFunctionCall1(validator, ObjectIdGetDatum(function));
}

void CheckSyntax(const Function& function) {
  const Oid validator = function.validator, oid = function.oid;
  const char* const path = function.search_path.c_str();
  Call([=]() noexcept { ValidateLeaf(validator, oid, path); });
}

// What plpgsql_check calls an error, under the search path that the function runs with.
std::vector<std::string> CheckStatements(const Function& function, const std::string& checker) {
  std::vector<std::string> errors;
  const std::string path = SqlLiteral(function.search_path);
  for (const auto& row :
       QueryOnce("SELECT c.lineno, c.message FROM (SELECT set_config('search_path', " + path +
                 ", true) OFFSET 0) s, LATERAL " + checker + ".plpgsql_check_function_tb(" +
                 std::to_string(function.oid) + "::regprocedure, " + std::to_string(function.table) +
                 "::regclass, fatal_errors => false, other_warnings => false, performance_warnings => false, "
                 "extra_warnings => false) c WHERE c.level = 'error' AND s.set_config IS NOT NULL")) {
    errors.push_back((row[0] ? "line " + *row[0] + ": " : std::string()) + TextOf(row[1]));
  }
  return errors;
}

// What an error says, with the line of the body if it has one.
std::string Complaint(const Error& error) {
  if (error.internal_position <= 0) return error.message;
  const std::string_view body = error.internal_query;
  const Position at = Advance({}, body.substr(0, OffsetOfCharacter(body, error.internal_position)));
  return "line " + std::to_string(at.line) + ": " + error.message;
}

void Compile(const Function& function, const std::string& checker, std::vector<Finding>& findings) {
  if (auto why = SkippedOfOthers(function.name, function.owner)) {
    findings.push_back(std::move(*why));
    return;
  }
  if (const auto error = Attempt(function.owner, [&] { CheckSyntax(function); })) {
    if (error->sqlstate == sqlstate::kInsufficientPrivilege || error->sqlstate == sqlstate::kQueryCanceled) {
      findings.push_back(Skipped(function.name, *error));
    } else {
      findings.push_back(Say(kFunctionDoesNotCompile, {function.name, Complaint(*error)}));
    }
    return;
  }
  if (checker.empty() || !function.is_plpgsql) return;
  if (function.is_trigger && function.table == InvalidOid) {
    findings.push_back(
        Skipped(function.name, "no trigger calls it, so its rows are unknown", "Drop it if nobody needs it."));
    return;
  }
  std::vector<std::string> errors;
  if (const auto error = Attempt(function.owner, [&] { errors = CheckStatements(function, checker); })) {
    findings.push_back(Skipped(function.name, *error));
  }
  for (const auto& one : errors) findings.push_back(Say(kFunctionDoesNotCompile, {function.name, one}));
}

}  // namespace

void CompileFunctions(const Scope& scope, std::vector<Finding>& findings) {
  const std::string checker = TextOf(QueryValue(kChecker));
  const std::string ordinary_path = StartingSettings(false).search_path();
  for (const auto& row : Query(kFunctions, {scope.schemas})) {
    const Function function = {.oid = static_cast<Oid>(IntegerOf(row[0])),
                               .name = TextOf(row[1]),
                               .owner = static_cast<Oid>(IntegerOf(row[2])),
                               .validator = static_cast<Oid>(IntegerOf(row[3])),
                               .is_plpgsql = TextOf(row[4]) == "plpgsql",
                               .search_path = row[5] ? *row[5] : ordinary_path,
                               .is_trigger = BooleanOf(row[6]),
                               .table = static_cast<Oid>(IntegerOf(row[7]))};
    if (BooleanOf(row[8])) {
      Compile(function, checker, findings);
    } else {
      findings.push_back(Skipped(function.name, "you may not execute it", "Ask as a role that may."));
    }
  }
}

void LookDeep(const Scope& scope, std::vector<Finding>& findings) {
  LookForBrokenKeys(scope, findings);
  LookForBrokenChecks(scope, findings);
  CompileFunctions(scope, findings);
}

}  // namespace migrate::health
