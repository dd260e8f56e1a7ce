// What linting has to say to a call that is about to apply migrations.
#pragma once

#include "core/plan/plan.h"

namespace migrate {

// As migrate.lint says: nothing, a notice for each error and warning, or MG014 if there are any.
void ObeyLint(const Plan& plan);

}  // namespace migrate
