// Finds what is wrong with a database by its catalogs and statistics. Reads no table and writes nothing.
#pragma once

#include <vector>

#include "core/health/policy.h"
#include "core/health/rule.h"
#include "server/health/scope.h"

namespace migrate::health {

std::vector<Finding> FindByCatalogs(const Scope& scope);

// Parts of it.
std::vector<Policy> ReadPolicies(const Scope& scope);
void FindNumbers(const Scope& scope, std::vector<Finding>& findings);

}  // namespace migrate::health
