// The parts of a source come together: each migration's texts, by section, and what its convention says of it. What
// becomes of them is decided in assemble.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/set/migration.h"
#include "core/set/problems.h"
#include "core/set/source.h"
#include "core/text/sections.h"

namespace migrate {

// A migration while its parts come together.
struct Draft {
  MigrationId id;
  std::vector<std::string> origins;
  std::array<std::string, 3> origin_of = {};  // by section
  Sections sections;
  Traits traits;
  std::array<std::string, 3> no_transaction = {};  // why, by section
  std::array<bool, 3> ours = {};                   // whether our rules hold for its comments, by section
  size_t position = 0;                             // of its first part
  bool down_left_out = false, failed = false;
};

// Those that have an up script. What is wrong with single parts goes to the problems.
std::vector<Draft> GatherDrafts(std::vector<Part>& parts, Problems& problems);

}  // namespace migrate
