#include "server/door/find_migration.h"

#include "core/plan/plan.h"
#include "core/set/target.h"
#include "server/store/store.h"

namespace migrate {

std::vector<KnownMigration> FindMigrations(const MigrationSet& set, const std::string& name) {
  std::vector<KnownMigration> found;
  for (const size_t hit : TargetIndex(set.migrations).Find(name)) found.push_back(set.migrations[hit]);
  if (found.empty()) throw UnknownTarget(name, ReadLabels());
  return found;
}

void RequireKnown(const MigrationSet& set, const std::string& target) { (void) FindMigrations(set, target); }

void RequireIntactGuard(const MigrationSet& set) {
  if (const auto problem = GuardProblem(set)) throw *problem;
}

}  // namespace migrate
