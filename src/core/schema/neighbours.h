// What hangs together with the objects that differ: only that must be made again to find the way between two schemas.
// Told by the names in definitions, all of which are qualified: rather too much than too little. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/schema/difference.h"
#include "core/schema/object.h"

namespace migrate::schema {

// The tables, types, functions and so on, by their qualified names, that differ, that hang on those, and that any of
// these need. What belongs to a table counts as the table.
using Neighbours = std::set<std::string, std::less<>>;
void AddNeighbours(const std::vector<Object>& objects, const std::vector<Difference>& differences, Neighbours& found);

// The objects of these. What has no such name is always among them.
std::vector<Object> Among(const std::vector<Object>& objects, const Neighbours& neighbours);

}  // namespace migrate::schema
