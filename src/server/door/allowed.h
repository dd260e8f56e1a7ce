// All that can keep a plan from being run before its first step: what a team wants to hear of, or wants not.
#pragma once

#include "core/plan/plan.h"
#include "server/run/permit.h"

namespace migrate {

// Lint (MG014), policy (MG013), freeze (MG015) and approval (MG016), as the settings say. `all_at_once`: in one
// transaction.
Permit RequireAllowed(const Plan& plan, bool all_at_once);

// … of what is only tried: it is neither frozen nor approved.
void RequireTriable(const Plan& plan);

}  // namespace migrate
