// The product's own tables as adopting another tool's history reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/adopt/matching.h"
#include "server/store/store.h"

namespace migrate {

// What is loaded, in order, with the SHA-256s of the up texts at the same places.
struct LoadedSet {
  std::vector<adopt::Loaded> migrations;
  std::vector<std::string> sha256s;
};
LoadedSet ReadLoaded();

// The text with this SHA-256; nothing if it was purged.
std::optional<std::string> ReadKeptText(const std::string& sha256);

// The event that makes a migration applied, since `at` if that is known. `source` says whose history it is from.
void WriteAdoption(const MigrationId& id, const Actor& actor, const std::string& at, const std::string& source);

}  // namespace migrate
