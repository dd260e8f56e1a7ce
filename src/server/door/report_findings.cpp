#include "server/door/report_findings.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/explain/verdict.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/explain.h"
#include "server/door/health.h"
#include "server/door/lint.h"
#include "server/door/make_plan.h"

namespace migrate {
namespace {

void Try(const std::function<void()>& body) {
  try {
    InSubtransaction(Ending::kKeep, body);
  } catch (const Error& error) {
    LetCancelPass(error);
  }
}

// "blocks reads, destroys data", of the verdicts of its statements.
std::string Worst(const std::vector<std::string>& verdicts) {
  const auto says = [&](const char* word) {
    return std::any_of(verdicts.begin(), verdicts.end(),
                       [&](const std::string& verdict) { return verdict.find(word) != std::string::npos; });
  };
  std::string worst = "safe";
  for (const char* const level : {"brief lock", "blocks writes", "blocks reads"}) {
    if (says(level)) worst = level;
  }
  for (const char* const flag : {"rewrites", "destroys data"}) {
    if (says(flag)) worst += std::string(", ") + flag;
  }
  return worst;
}

void AddVerdicts(report::Report& report) {
  Plan plan = MakePlan(ApplyRequest());
  if (plan.steps.empty() || plan.steps.size() > report::kInFull) return;
  std::map<MigrationId, std::vector<std::string>> verdicts;
  std::map<MigrationId, bool> is_unknown;
  for (const auto& row : ExplainPlan(plan, true, false)) {
    if (!row.is_known) is_unknown[row.id] = true;
    verdicts[row.id].push_back(explain::VerdictOf(row, BriefLockMs()));
  }
  for (auto& step : report.plan) {
    const auto found = verdicts.find({step.version, step.name});
    if (found == verdicts.end()) continue;
    const std::string worst = Worst(found->second);
    const bool is_open = is_unknown.contains(found->first);
    step.verdict = !is_open ? worst : worst == "safe" ? "not known" : worst + ", and what is not known";
  }
}

}  // namespace

void AddFindings(report::Report& report) {
  Try([&] { report.lint = LintPending(); });
  Try([&] {
    for (auto& finding : FindHealth({}, false)) {
      report.health.push_back({std::string(health::LevelName(finding.level)), std::string(finding.rule->name),
                               std::move(finding.object), 0, std::move(finding.message), std::move(finding.fix)});
    }
  });
  Try([&] { AddVerdicts(report); });
}

}  // namespace migrate
