// What migrate_health() and migrate_report() share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/health/rule.h"

namespace migrate {

// What is wrong with the database, or with these schemas of it; the worst first.
std::vector<health::Finding> FindHealth(const std::optional<std::string>& schemas, bool deep);

}  // namespace migrate
