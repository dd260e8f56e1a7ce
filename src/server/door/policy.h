// migrate.max_impact: what migrations may do to others.
#pragma once

#include "core/plan/plan.h"

namespace migrate {

// MG013 if a migration of the plan would do more than the setting allows, and than it says itself that it needs. It is
// tried for that, and undone, before anything is run. `all_at_once`: in one transaction.
void RequireWithinPolicy(const Plan& plan, bool all_at_once);

}  // namespace migrate
