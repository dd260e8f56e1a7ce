// migrate_approve(): the second pair of eyes.
#include <algorithm>
#include <vector>

#include "core/plan/plan.h"
#include "core/plan/plan_hash.h"
#include "server/base/extension.h"
#include "server/base/hash.h"
#include "server/door/commands.h"
#include "server/door/make_plan.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/store_approvals.h"

namespace migrate {
namespace {

struct ApproveResult {
  Cell plan, migrations, approved_by;
};
constexpr Column<ApproveResult> kApproveColumns[] = {
    {"plan", &ApproveResult::plan},
    {"migrations", &ApproveResult::migrations},
    {"approved_by", &ApproveResult::approved_by},
};

}  // namespace

Datum ApprovePlan(FunctionCallInfo info, Argument plan_hash, Argument note) {
  const std::string hash = WholePlanHash(plan_hash.Required("plan_hash"), "plan_hash");
  const std::string said = note.NotEmpty("note").value_or("");
  const CallScope scope("migrate_approve", CallKind::kWrites);
  const Plan plan = MakePlan(ApplyRequest{});
  const auto hashes = PlanHashes(plan, NewSha256);
  const auto found = std::find(hashes.begin(), hashes.end(), hash);
  if (found == hashes.end()) {
    throw Error(sqlstate::kPlanChanged, "there is no such plan now",
                "Hash " + hash.substr(0, kShownHashDigits) + " is that of no plan to apply, whatever its target.",
                "Look at migrate_plan() again, then pass what migrate_plan_hash() returns.");
  }
  const size_t steps = static_cast<size_t>(found - hashes.begin()) + 1;
  WriteApproval(hash, RestHashes(plan, steps, NewSha256).front(), said);
  const std::vector<ApproveResult> results = {
      {.plan = hash.substr(0, kShownHashDigits), .migrations = std::to_string(steps), .approved_by = CurrentRole()}};
  return ReturnRows(info, results, kApproveColumns);
}

}  // namespace migrate
