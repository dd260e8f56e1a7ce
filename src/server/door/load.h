// Registering migrations: what migrate_add and migrate_run share.
#pragma once

#include <string>
#include <vector>

#include "core/set/migration.h"
#include "server/door/commands.h"

namespace migrate {

inline constexpr char kAddSource[] = "add";

// The one migration of such a name with these texts, of which `up` must be there. Throws what is wrong with it.
std::vector<LoadedMigration> AssembleOne(const std::string& given_name, Argument up, Argument down, Argument verify);

// "0004_add_note" of "add_note", by the version that comes next; a name with a version as it is. 55000 where there is
// no next one.
std::string WithNextVersion(const std::string& name);

// What became of a migration that was loaded.
struct Loaded {
  MigrationId id;
  std::string action, detail;
};

// Stores migrations; says of each, in their order, what became of it.
std::vector<Loaded> StoreAll(std::vector<LoadedMigration> migrations, const std::string& source);

}  // namespace migrate
