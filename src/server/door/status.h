// What migrate_status() and migrate_show() share.
#pragma once

#include <vector>

#include "core/set/known.h"
#include "core/set/status.h"

namespace migrate {

// True if a run is unfinished and another session migrates: that run may go on.
bool IsMigrating(const MigrationSet& set);

// Says on the newest applied one how many objects the guard has seen changed outside of migrations.
void TellOfDrift(const MigrationSet& set, std::vector<StatusRow>& statuses);

}  // namespace migrate
