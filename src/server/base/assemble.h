// Makes migrations of parts with what the server has for that: its parser and its hashes.
#pragma once

#include <vector>

#include "core/set/assemble.h"

namespace migrate {

Assembly Assemble(std::vector<Part> parts, PlaceholderRules placeholders = {});

}  // namespace migrate
