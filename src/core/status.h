// What a user is told of the whole set: one row per migration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/known.h"

namespace migrate {

struct StatusRow {
  const KnownMigration* migration = nullptr;
  std::string status;      // applied, pending, out of order, changed, absent, missing, baseline, failed, partial
  std::string reversible;  // script, comment, no
  std::string detail;
};

// The set must hold everything. Rows come in the order of the set.
// `migrating` says that a session migrates now.
std::vector<StatusRow> MakeStatus(const MigrationSet& set, bool migrating = false);

const char* ReversibleName(Reversible reversible);
Reversible ReversibleFromName(const std::string& name);

}  // namespace migrate
