// What migrate_plan() and migrate_report() share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/set/migration.h"

namespace migrate {

struct PlanLine {
  std::string action;  // apply, roll back, baseline, refuse, hook
  MigrationId id;
  std::string detail;
};

// The plan to the target, or of all that is pending, with what keeps its steps from being run.
std::vector<PlanLine> PlanLines(const std::optional<std::string>& target);

}  // namespace migrate
