#include "server/planning.h"

#include <utility>
#include <vector>

#include "core/target.h"
#include "server/lookup.h"
#include "server/store.h"
#include "server/supabase.h"

namespace migrate {
namespace {

std::vector<std::string> Names(const std::optional<std::string>& target) {
  return target && *target != kZero ? std::vector<std::string>{*target} : std::vector<std::string>{};
}

}  // namespace

ApplyRequest ApplyRequestOf(Argument target, Flag allow_out_of_order) {
  const ApplyRequest request{target.NotEmpty("target"), allow_out_of_order.Required("allow_out_of_order")};
  if (request.target != kZero) return request;
  throw Error(sqlstate::kInvalidParameter, "\"zero\" is a target for rolling back only", {},
              "Use migrate_rollback(target => 'zero') or CALL migrate_down('zero').");
}

RollbackRequest RollbackRequestOf(Argument target, Count steps) {
  RollbackRequest request{target.NotEmpty("target"), 1};
  if (request.target && !steps.is_null) {
    throw Error(sqlstate::kInvalidParameter, "target and steps can't be given together", {}, "Give one of them.");
  }
  if (!steps.is_null) request.steps = static_cast<int>(steps.value);
  if (request.steps < 1) {
    throw Error(sqlstate::kInvalidParameter, "steps must be at least 1", {},
                "To roll back everything call with target => 'zero'.");
  }
  return request;
}

Plan MakePlan(const ApplyRequest& request) {
  MigrationSet set = ReadPending(Names(request.target));
  if (request.target) RequireKnown(set, *request.target);
  Plan plan = PlanApply(std::move(set), request);
  RefuseWhatSupabaseHas(plan);
  return plan;
}

Plan MakePlan(const RollbackRequest& request) {
  const auto names = Names(request.target);
  MigrationSet set = ReadApplied(names);
  if (!names.empty()) RequireKnown(set, *request.target);
  Plan plan = PlanRollback(std::move(set), request);
  RefuseWhatSupabaseHas(plan);
  return plan;
}

}  // namespace migrate
