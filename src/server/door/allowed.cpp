#include "server/door/allowed.h"

#include "server/door/lint.h"
#include "server/door/policy.h"

namespace migrate {

// What costs nothing first.
Permit RequireAllowed(const Plan& plan, bool all_at_once) {
  Permit permit = RequirePermit(plan);
  ObeyLint(plan);
  RequireWithinPolicy(plan, all_at_once);
  return permit;
}

void RequireTriable(const Plan& plan) {
  ObeyLint(plan);
  RequireWithinPolicy(plan, true);
}

}  // namespace migrate
