// Which tables and columns were given other names by hand, as the guard saw it. Pure.
#pragma once

#include <vector>

#include "core/schema/drift.h"
#include "core/schema/rename_lines.h"

namespace migrate::schema {

// From the name that the history knows to the one of now, tables first.
std::vector<RenameLine> RenamesSeen(const std::vector<Sighting>& sightings);

}  // namespace migrate::schema
