// migrate_health(): whether this database is all right, by its catalogs and statistics; and with deep by its rows and
// the bodies of its functions.
#include "server/door/health.h"

#include <string>
#include <vector>

#include "core/base/counted.h"
#include "core/health/rule.h"
#include "core/health/rules.h"
#include "server/base/extension.h"
#include "server/base/sql.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/door/status.h"
#include "server/health/deep.h"
#include "server/health/find.h"
#include "server/health/scope.h"
#include "server/run/expectations.h"
#include "server/schema/reading.h"
#include "server/store/store.h"
#include "server/store/store_base.h"

namespace migrate {
namespace {

struct HealthResult {
  Cell rule, level, object, message, fix, page;
};
constexpr Column<HealthResult> kColumns[] = {
    {"rule", &HealthResult::rule},       {"level", &HealthResult::level}, {"object", &HealthResult::object},
    {"message", &HealthResult::message}, {"fix", &HealthResult::fix},     {"page", &HealthResult::page},
};

// A migration's status, and the rule that it breaks.
constexpr std::pair<std::string_view, const health::Rule*> kStatuses[] = {
    {"failed", &health::kMigrationFailed},
    {"partial", &health::kMigrationPartial},
    {"changed", &health::kMigrationChanged},
    {"missing", &health::kMigrationMissing},
};

Statement kDatabase = {"SELECT quote_ident(current_database())", Rights::kCaller};

void FindInHistory(std::vector<health::Finding>& findings) {
  const MigrationSet set = ReadOverview();
  for (const auto& row : MakeStatus(set, IsMigrating(set))) {
    for (const auto& [status, rule] : kStatuses) {
      if (row.status == status) findings.push_back(health::Say(*rule, {row.migration->id.Label()}));
    }
  }
  // As many as migrate_status() says: looking for all that differs takes much longer.
  if (const int64_t seen = CountSeenSinceBase(); seen > 0) {
    findings.push_back(health::Say(health::kDrift, {TextOf(QueryValue(kDatabase)), Counted(seen, "object")}));
  }
}

// Names without a schema are looked for as the caller would.
void FindUnmet(std::vector<health::Finding>& findings) {
  for (const auto& unmet : UnmetExpectations())
    findings.push_back(health::Say(health::kExpectationNotMet, {unmet.id.Label(), unmet.what}));
}

}  // namespace

std::vector<health::Finding> FindHealth(const std::optional<std::string>& schemas, bool deep) {
  const schema::PinnedSettings pinned(schema::Reading::kAll);
  const health::Scope scope = health::ReadScope(schemas);
  auto findings = health::FindByCatalogs(scope);
  if (scope.is_all) FindInHistory(findings);
  pinned.Close();
  if (scope.is_all) FindUnmet(findings);
  if (deep) health::LookDeep(scope, findings);
  health::SortFindings(findings);
  return findings;
}

Datum ShowHealth(FunctionCallInfo info, Argument schemas, Flag deep) {
  const bool looks_deep = deep.Required("deep");
  const CallScope scope("migrate_health", CallKind::kReads);
  auto findings = FindHealth(schemas.optional(), looks_deep);
  std::vector<HealthResult> results;
  results.reserve(findings.size());
  for (auto& finding : findings) {
    results.push_back({.rule = std::string(finding.rule->name),
                       .level = std::string(health::LevelName(finding.level)),
                       .object = std::move(finding.object),
                       .message = std::move(finding.message),
                       .fix = std::move(finding.fix),
                       .page = health::PageOf(*finding.rule)});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
