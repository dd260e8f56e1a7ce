// Looks where catalogs don't tell: scans for rows that break foreign keys and checks, and compiles functions. Each as
// the owner of the table or function, in a subtransaction that is undone, within migrate.lock_timeout and
// migrate.statement_timeout. What can't be looked at is named.
#pragma once

#include <vector>

#include "core/health/rule.h"
#include "server/health/scope.h"

namespace migrate::health {

void LookDeep(const Scope& scope, std::vector<Finding>& findings);

// Parts of it.
void LookForBrokenKeys(const Scope& scope, std::vector<Finding>& findings);
void LookForBrokenChecks(const Scope& scope, std::vector<Finding>& findings);
void CompileFunctions(const Scope& scope, std::vector<Finding>& findings);

}  // namespace migrate::health
