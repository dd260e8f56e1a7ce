// What a plan needs of the place where it is run: some statements must run at the top level, which extensions of others
// can forbid below a call.
#pragma once

#include "core/plan/plan.h"
#include "core/run/database.h"
#include "core/run/step_runner.h"

namespace migrate {

// Refuses a plan of which a statement could not run here, before anything has run.
void RequireTopLevel(const Plan& plan, Database& database, Form form);

}  // namespace migrate
