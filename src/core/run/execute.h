// Runs plans in the caller's transaction: every statement of every step, its verify script, its
// record. Knows no SQL beyond the kinds of statements; what running means is the Database's.
#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/run/database.h"

namespace migrate {

struct RunOptions {
  bool dry_run = false;
  int lock_retries = 0;
  bool plain_indexes = false;  // what wants several transactions runs in one, without CONCURRENTLY
  bool stays = false;          // a dry run that the caller undoes
  bool allow_effects = false;  // a dry run tries what no transaction undoes, too
};

// One row of a runner's result.
struct RunRow {
  MigrationId id;  // of no migration in the row that counts the others
  std::string action;
  int statements = 0;
  double duration_ms = 0;
  bool did_run = true;  // if not, it has neither statements nor a duration
  WayBack way = {};     // of a rollback without a script
};

// Runs all steps, or none: the first failure is thrown with the migration, line and column in its
// context. A dry run does the same and then undoes it, and goes on where something can't be tried: its last row counts
// what passed, what was not tried, and what is uncertain since.
std::vector<RunRow> Execute(const Plan& plan, Database& database, const RunOptions& options);

// Runs the verify scripts of `migrations` that have one. Throws if any fails, after running all.
std::vector<RunRow> Verify(const std::vector<KnownMigration>& migrations, Database& database);

}  // namespace migrate
