// What each statement of a plan would do to others, as migrate_explain() tells it.
#pragma once

#include <vector>

#include "core/explain/seen.h"
#include "core/plan/plan.h"

namespace migrate {

// Tries the plan, and undoes it. `only_reads`: nothing is tried, all is estimated.
std::vector<explain::Explained> ExplainPlan(const Plan& plan, bool only_reads, bool allow_effects);

}  // namespace migrate
