#include "server/run/permit.h"

#include <cstdlib>

#include "core/base/cancel.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/plan/freeze.h"
#include "core/plan/plan_hash.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/protected_settings.h"
#include "server/base/settings.h"
#include "server/base/sql.h"
#include "server/store/store_approvals.h"

namespace migrate {
namespace {

Statement kLocalTime = {
    "SELECT pg_catalog.to_char(t, 'ID'), pg_catalog.to_char(t, 'SSSS'), pg_catalog.to_char(t, 'YYYY-MM-DD'), "
    "pg_catalog.to_char(t, 'Dy HH24:MI') FROM pg_catalog.timezone($1, pg_catalog.clock_timestamp()) t",
    Rights::kCaller};

struct Now {
  LocalTime time;
  std::string shown;
};

// Nothing if the server knows no such time zone.
std::optional<Now> NowIn(const std::string& zone) {
  std::optional<Now> now;
  try {
    InSubtransaction(Ending::kKeep, [&] {
      const Row row = Query(kLocalTime, {zone}).front();
      now = Now{{std::atoi(TextOf(row[0]).c_str()), std::atoi(TextOf(row[1]).c_str()), TextOf(row[2])}, TextOf(row[3])};
    });
  } catch (const Error& error) {
    LetCancelPass(error);
  }
  return now;
}

Error Frozen(const FreezeWindow& window, const std::string& why) {
  return Error(sqlstate::kFrozen, "migrations are frozen",
               "migrate.freeze has the window " + Quoted(window.text) + ", " + why + ".",
               "Wait for its end, or say why this can't wait: SET migrate.freeze_override = 'why'. Dry runs, plans and "
               "rollbacks are not frozen.");
}

Error Unreadable(const FreezeWindow& window, const std::string& why) {
  Error error = Frozen(window, "which can't be read, since " + why);
  error.detail += " What can't be read freezes.";
  error.hint = "Write it with ALTER DATABASE as Fri 16:00 - Mon 08:00 Europe/Berlin, and connect again.";
  return error;
}

std::string WhyNot(const Approval& approval) {
  switch (approval.objection) {
    case Objection::kSame: return "is the role that applies";
    case Objection::kCanBecome: return "can become the role that applies, or that role this one";
    default: return "is gone";
  }
}

[[noreturn]] void RefuseUnapproved(const Plan& plan, const std::vector<Approval>& objected) {
  const std::string hash = PlanHash(plan, NewSha256);
  Error error(sqlstate::kNotApproved, "the plan is not approved", "Its hash is " + hash + ".",
              "Another role looks at migrate_plan() and calls SELECT migrate_approve(" + SqlLiteral(hash) + ").");
  for (const auto& approval : objected) {
    error.detail += " Role " + Quoted(approval.role) + " has approved it, but " + WhyNot(approval) + ".";
  }
  throw error;
}

// Takes the first approval to which nobody objects.
void Approve(const Plan& plan, Permit& permit) {
  permit.rests = RestHashes(plan, plan.steps.size(), NewSha256);
  std::vector<Approval> objected;
  for (auto& approval : ReadApprovals(permit.rests.front())) {
    if (approval.objection != Objection::kNone) {
      objected.push_back(std::move(approval));
      continue;
    }
    permit.approval = approval.number;
    permit.remark = "approved by " + approval.role + (approval.note.empty() ? "" : ": " + approval.note);
    return;
  }
  RefuseUnapproved(plan, objected);
}

}  // namespace

std::optional<Error> WhyFrozen() {
  for (const auto& window : FreezeWindowsOf(Freeze())) {
    if (!window.problem.empty()) return Unreadable(window, window.problem);
    const auto now = NowIn(window.zone);
    if (!now) return Unreadable(window, "there is no time zone " + Quoted(window.zone));
    if (Covers(window, now->time)) return Frozen(window, "and there it is " + now->shown);
  }
  return std::nullopt;
}

Permit RequirePermit(const Plan& plan) {
  Permit permit;
  if (plan.steps.empty() || plan.steps.front().action != Action::kApply) return permit;
  if (ApprovalRequired()) Approve(plan, permit);
  const std::string given = FreezeOverride();
  const std::string override(Trim(given));
  auto frozen = WhyFrozen();
  permit.obeys_freeze = override.empty();
  if (!frozen) return permit;
  if (permit.obeys_freeze) throw *frozen;
  AddRemark(permit.remark, "freeze overridden: " + override);
  return permit;
}

}  // namespace migrate
