// Recording what was done by hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/schema/change.h"
#include "core/set/known.h"
#include "server/store/store.h"

namespace migrate {

// The migration counts as applied; nothing is run. `changes`: what is known to be its work. The guard is the caller's
// to write.
void RecordAsApplied(const KnownMigration& migration, const Actor& actor, const std::string& message,
                     const std::optional<std::vector<schema::Change>>& changes = {});

}  // namespace migrate
