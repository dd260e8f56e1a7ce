// Environments: for which databases a migration is. Pure; which one this database is, says `migrate.environment`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/set/migration.h"

namespace migrate {

// What a database is whose environment nobody has set.
inline constexpr char kProduction[] = "production";

// Letters, digits, "-" and "_".
bool IsEnvironment(std::string_view name);

// Whether a migration is for other environments than this one. A seed that names none is for all but production.
bool IsForOthers(const Options& options, std::string_view environment);

// For which it is, in words: "only staging, test"; empty for all.
std::string ForWhom(const Options& options);

}  // namespace migrate
