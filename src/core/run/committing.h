// Runs plans step by step, each committed with its record before the next begins: what was done stays
// done, whatever happens to the rest.
#pragma once

#include "core/plan/plan.h"
#include "core/run/database.h"
#include "core/run/transactions.h"

namespace migrate {

struct CommittingOptions {
  int lock_retries = 0;
  bool notices = true;  // one for each finished step
};

// Runs the steps in order. The first failure is recorded and thrown, with migration, line and column
// in its context; what was committed before stays.
void ExecuteCommitting(const Plan& plan, Database& database, Transactions& transactions,
                       const CommittingOptions& options);

}  // namespace migrate
