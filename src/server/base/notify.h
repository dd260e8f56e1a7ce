// Tells listeners of an event: NOTIFY migrate, and NOTIFY pgrst for PostgREST.
#pragma once

#include <string>

#include "core/set/migration.h"

namespace migrate {

// Sent when the transaction commits. Only what and whose it was: SQL and messages are not for
// everybody who listens.
void Announce(const std::string& event, const MigrationId& id);

}  // namespace migrate
