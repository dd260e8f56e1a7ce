// What a user is told of the whole set: one row per migration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/set/known.h"

namespace migrate {

struct StatusRow {
  const KnownMigration* migration = nullptr;
  std::string
      status;  // applied, pending, out of order, changed, absent, missing, baseline, failed, partial, skipped, hook
  std::string note;                  // what is not ordinary about it, in a few words
  std::vector<std::string> remarks;  // … in sentences, as far as the migration itself does not tell it

  // A few words for the note, and the whole for whoever asks.
  void AddRemark(std::string_view words, std::string remark);
};

// The set must hold everything that is asked about. Rows come in the order of the set.
// `migrating` says that a session migrates now.
std::vector<StatusRow> MakeStatus(const MigrationSet& set, bool migrating = false);

// What a migration's note says in a few words, whole.
std::vector<std::string> Remarks(const StatusRow& row, bool migrating);

const char* ReversibleName(Reversible reversible);
Reversible ReversibleFromName(const std::string& name);

}  // namespace migrate
