#include "server/door/policy.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/explain/advice.h"
#include "core/explain/policy.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/explain.h"

namespace migrate {
namespace {

constexpr size_t kMostNamed = 10;

std::string PlaceOf(const explain::Explained& row) { return "line " + std::to_string(row.line); }

}  // namespace

void RequireWithinPolicy(const Plan& plan, bool all_at_once) {
  const auto most = MaxImpact();
  if (!most || plan.steps.empty() || plan.steps.front().action != Action::kApply) return;
  std::vector<std::string> found, advice;
  const Step* excessive = nullptr;
  for (const auto& row : ExplainPlan(plan, false, false)) {
    const auto step = std::find_if(plan.steps.begin(), plan.steps.end(),
                                   [&](const Step& some) { return some.migration->id == row.id; });
    const KnownMigration& migration = *step->migration;
    const std::string& allows = migration.options->allows;
    const explain::Policy policy{*most,
                                 MaxImpactBytes(),
                                 static_cast<double>(BriefLockMs()),
                                 all_at_once,
                                 KeepDroppedEnabled() || migration.up.keeps_dropped,
                                 *migration.up.keeps_rows};
    const auto excesses = Excesses(row, policy, allows.empty() ? explain::Allowance() : explain::AllowanceOf(allows));
    if (excesses.empty()) continue;
    if (excessive == nullptr) excessive = &*step;
    found.push_back(Quoted(row.id) + ", " + PlaceOf(row) + ": " + Join(excesses, ", "));
    for (auto& sentence : explain::AdviceFor(row.seen)) advice.push_back(std::move(sentence));
  }
  if (found.empty()) return;
  const std::string allow =
      "Or let it, in its own text: \"-- migrate:allow " +
      std::string(found.front().find("destroys") != std::string::npos ? "destroys data" : "blocks reads") + ": why\".";
  throw Error(sqlstate::kTooMuchImpact,
              "migration " + Quoted(excessive->migration->id) + " would do more than migrate.max_impact allows",
              JoinFirst(found, kMostNamed), (advice.empty() ? "" : advice.front() + " ") + allow);
}

}  // namespace migrate
