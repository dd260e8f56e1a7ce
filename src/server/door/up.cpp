#include "server/door/up.h"

#include <utility>

#include "core/plan/plan.h"
#include "core/run/committing.h"
#include "server/base/extension.h"
#include "server/base/settings.h"
#include "server/door/allowed.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/make_plan.h"
#include "server/run/pg_database.h"
#include "server/run/pg_transactions.h"
#include "server/store/store_jobs.h"

namespace migrate {
namespace {

// The plan is made under the lock, and fixed from then on.
template <typename Request>
void AdvanceBy(const char* procedure, const Request& request, bool rewrites) {
  CallScope scope(procedure, CallKind::kCommits);
  MarkLostJobs();
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  Permit permit = RequireAllowed(plan, false);
  if (!plan.steps.empty()) TakeBaseOnce();
  PgDatabase database;
  if (rewrites) database.AllowRewrites();
  database.Use(std::move(permit));
  PgTransactions transactions(database);
  if (plan.steps.empty() && NoticesEnabled()) database.Notice("nothing to do");
  transactions.Commit();
  ExecuteCommitting(plan, database, transactions, {LockRetries(), NoticesEnabled()});
  scope.Release();
}

}  // namespace

void Advance(const char* procedure, const ApplyRequest& request) { AdvanceBy(procedure, request, false); }
void Advance(const char* procedure, const RollbackRequest& request, bool rewrites) {
  AdvanceBy(procedure, request, rewrites);
}

Datum Up(FunctionCallInfo info, Argument target, Flag allow_out_of_order) {
  const ApplyRequest request = ApplyRequestOf(target, allow_out_of_order);
  RequireTopLevel(info, "migrate_up");
  Advance("migrate_up", request);
  return static_cast<Datum>(0);
}

Datum Down(FunctionCallInfo info, Argument target, Count steps, Flag rewrite) {
  const RollbackRequest request = RollbackRequestOf(target, steps);
  const bool rewrites = rewrite.Required("rewrite");
  RequireTopLevel(info, "migrate_down");
  Advance("migrate_down", request, rewrites);
  return static_cast<Datum>(0);
}

}  // namespace migrate
