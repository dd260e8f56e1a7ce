// The base of migrate_drift(), for all that runs or records migrations.
#pragma once

#include "core/base/error.h"

namespace migrate {

// Notes the whole schema, unless that was done before or changes are not recorded. Called before the first migration
// runs. What can't be read now is no reason not to migrate: then a warning says that there is no base yet.
void TakeBaseOnce();

// Nothing was noted yet.
Error NoBase();

}  // namespace migrate
