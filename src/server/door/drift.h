// The base of migrate_drift(), for all that runs or records migrations, and what differs from it.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error.h"
#include "core/schema/drift.h"

namespace migrate {

// Notes the whole schema, unless that was done before or changes are not recorded. Called before the first migration
// runs. What can't be read now is no reason not to migrate: then a warning says that there is no base yet.
void TakeBaseOnce();

// What differs now; nothing if nothing was noted yet.
std::optional<std::vector<schema::Drift>> LookForDrift();

// Nothing was noted yet.
Error NoBase();

}  // namespace migrate
