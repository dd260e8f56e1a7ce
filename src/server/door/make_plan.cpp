#include "server/door/make_plan.h"

#include <utility>
#include <vector>

#include "core/set/target.h"
#include "server/door/find_migration.h"
#include "server/store/store.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

std::vector<std::string> Names(const std::optional<std::string>& target) {
  return target && *target != kZero ? std::vector<std::string>{*target} : std::vector<std::string>{};
}

// The target of a rollback. A bare number that is nobody's version as it stands may be meant as steps: that would undo
// something else.
void RequireMeant(const MigrationSet& set, const std::string& target) {
  const bool may_be_steps =
      target.size() < 5 && target.find_first_not_of("0123456789") == std::string::npos && target[0] != '0';
  if (!may_be_steps) return RequireKnown(set, target);
  const std::string steps =
      "To roll back the last " + (target == "1" ? "one" : target) + ", call with steps => " + target;
  std::vector<KnownMigration> found;
  try {
    found = FindMigrations(set, target);
  } catch (Error& error) {
    AddHint(error, steps + ".");
    throw;
  }
  const MigrationId& id = found.front().id;
  if (id.version == target || id.name == target) return;
  throw Error(sqlstate::kAmbiguous, "\"" + target + "\" can be a version or a number of steps",
              "Version " + id.version + " is that of migration " + Quoted(id) + ".",
              steps + "; to roll back to that one, which stays, with target => '" + id.version + "'.");
}

}  // namespace

ApplyRequest ApplyRequestOf(Argument target, Flag allow_out_of_order, bool dry_run) {
  const ApplyRequest request{target.NotEmpty("target"), allow_out_of_order.Required("allow_out_of_order"), dry_run};
  if (request.target != kZero) return request;
  throw Error(sqlstate::kInvalidParameter, "\"zero\" is a target for rolling back only", {},
              dry_run ? "Use migrate_rollback(target => 'zero', dry_run => true)."
                      : "Use migrate_rollback(target => 'zero') or CALL migrate_down('zero').");
}

RollbackRequest RollbackRequestOf(Argument target, Count steps, bool dry_run) {
  RollbackRequest request{target.NotEmpty("target"), 1, dry_run};
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

std::string WholePlanHash(std::string hash, const char* argument) {
  constexpr size_t kDigits = 64;
  if (hash.size() == kDigits && hash.find_first_not_of("0123456789abcdef") == hash.npos) return hash;
  throw Error(sqlstate::kInvalidParameter, std::string(argument) + " is not the hash of a plan",
              "A hash has 64 digits, 0 to 9 and a to f.", "Pass what migrate_plan_hash() returns, whole.");
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
  if (!names.empty()) RequireMeant(set, *request.target);
  Plan plan = PlanRollback(std::move(set), request);
  RefuseWhatSupabaseHas(plan);
  return plan;
}

}  // namespace migrate
