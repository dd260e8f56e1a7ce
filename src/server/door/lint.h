// What linting has to say to a call that is about to apply migrations.
#pragma once

#include <vector>

#include "core/plan/plan.h"
#include "core/report/report.h"

namespace migrate {

// Of what is pending, in its order: what migrate_lint() tells. Messages are left out for those who may not read texts.
std::vector<report::Finding> LintPending();

// As migrate.lint says: nothing, a notice for each error and warning, or MG014 if there are any.
void ObeyLint(const Plan& plan);

}  // namespace migrate
