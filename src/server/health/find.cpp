#include "server/health/find.h"

#include <string>

#include "core/health/sensitive_names.h"
#include "server/base/sql.h"
#include "server/health/check.h"

namespace migrate::health {
namespace {

// What is about the whole database is left out where schemas are named.
struct Asked {
  const Check* check;
  bool of_database = false;
};
constexpr Asked kChecks[] = {
    {&kTableInApi},
    {&kSensitiveColumn},
    {&kViewInApi},
    {&kUsersInApi},
    {&kQueueInApi, true},
    {&kMaterializedInApi},
    {&kForeignInApi},
    {&kViewOfRowSecurity},
    {&kTableWithoutPolicy},
    {&kDefinerFunction},
    {&kPlainFunction},
    {&kExtensionInPublicSchema},
    {&kSchemaForAll},
    {&kTableForAll},
    {&kDisabledForeignKey},
    {&kKeyToAuth},
    {&kNotValid},
    {&kTypeDiffers},
    {&kKeyWithoutIndex},
    {&kTableWithoutKey},
    {&kDisabledTrigger},
    {&kInvalid},
    {&kIncomplete},
    {&kDuplicate},
    {&kRedundant},
    {&kUnused},
    {&kBloat},
    {&kRegTypes},
    {&kCountsOfKinds},
    {&kOutdatedExtension, true},
};

// Planned for the lists at hand.
std::vector<Statement>& Statements() {
  static std::vector<Statement> statements = [] {
    std::vector<Statement> made;
    for (const auto& asked : kChecks) made.push_back({asked.check->sql, Rights::kCaller, Planning::kEachTime});
    return made;
  }();
  return statements;
}

std::vector<std::string> FactsOf(const Row& row) {
  std::vector<std::string> facts;
  for (const auto& value : row) facts.push_back(TextOf(value));
  return facts;
}

}  // namespace

std::vector<Finding> FindByCatalogs(const Scope& scope) {
  const std::vector<std::string> sensitive = SensitiveNames();
  std::vector<Finding> findings;
  for (size_t i = 0; i < std::size(kChecks); ++i) {
    if (kChecks[i].of_database && !scope.is_all) continue;
    for (const auto& row : Query(Statements()[i], {scope.schemas, scope.api_schemas, scope.api_roles, sensitive})) {
      findings.push_back(Say(*kChecks[i].check->rule, FactsOf(row)));
    }
  }
  for (auto& finding : JudgePolicies(ReadPolicies(scope), scope.api_roles)) findings.push_back(std::move(finding));
  FindNumbers(scope, findings);
  return findings;
}

}  // namespace migrate::health
