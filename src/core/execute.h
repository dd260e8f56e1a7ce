// Runs plans in the caller's transaction: every statement of every step, its verify script, its
// record. Knows no SQL beyond the kinds of statements; what running means is the Database's.
#pragma once

#include <string>
#include <vector>

#include "core/database.h"
#include "core/plan.h"

namespace migrate {

struct RunOptions {
  bool dry_run = false;
  int lock_retries = 0;
};

// One row of a runner's result.
struct RunRow {
  MigrationId id;
  std::string action;
  int statements = 0;
  double duration_ms = 0;
};

// Runs all steps, or none: the first failure is thrown with the migration, line and column in its
// context. A dry run does the same and then undoes it.
std::vector<RunRow> Execute(const Plan& plan, Database& database, const RunOptions& options);

// Runs the verify scripts of `migrations` that have one. Throws if any fails, after running all.
std::vector<RunRow> Verify(const std::vector<KnownMigration>& migrations, Database& database);

}  // namespace migrate
