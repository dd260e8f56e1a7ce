// The base of migrate_drift() and what was recorded since: tables migrate.base and migrate.base_object, and
// migrate.change, migrate.outside and migrate.history as far as they come after it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/schema/drift.h"
#include "core/schema/object.h"

namespace migrate {

// Whether anybody has written one, even if that is later than the snapshot of this transaction: then it is not written
// again, and the run fails where it meets what the other session has applied.
bool HasBase();

// Takes the place of the one that there is.
void WriteBase(std::vector<schema::Object> objects);

// Nothing without a base.
std::optional<schema::History> ReadHistorySinceBase();

// The message of the event by which a migration has taken all drift into the history.
inline constexpr char kDriftKept[] = "drift kept";

// How many objects the guard has recorded since, or since drift was kept.
int64_t CountSeenSinceBase();

}  // namespace migrate
