// Lints migrations: reads their texts, has them parsed, asks the catalogs, and lets the rules of core/lint decide.
#pragma once

#include <vector>

#include "core/lint/lint.h"
#include "core/set/known.h"

namespace migrate {

struct LintedMigration {
  const KnownMigration* migration;
  std::vector<lint::Finding> findings;
};

// In the order given; those without findings are left out. What is applied is judged by its text alone: the catalogs
// tell what it has left, not what it found. Names are looked up as the migrations will look them up.
std::vector<LintedMigration> LintMigrations(const std::vector<const KnownMigration*>& migrations);

}  // namespace migrate
