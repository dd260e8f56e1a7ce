// What planning forward and planning back share. Only for plan.cpp, plan_apply.cpp, plan_rollback.cpp and
// requirements.cpp; callers want plan.h.
#pragma once

#include <string>

#include "core/base/quote.h"
#include "core/plan/plan.h"

namespace migrate {

// The plan of nothing as yet, with what stands in the way of any plan in this direction.
Plan StartPlan(MigrationSet set, Action action, bool dry_run);

// Adds a step, and says how it runs where that is not in one transaction from its start. `detail` is why
// it stands there. What it returns holds until the next step.
Step& AddStep(Plan& plan, Action action, const KnownMigration& migration, std::string detail, Rare<Error> obstacle);

}  // namespace migrate
