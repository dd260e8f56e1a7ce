// Runs migrations one after the other in a scratch database, in one transaction that is undone. What is not of the
// database but of the server is not run: it would be done again to what is in use.
#pragma once

#include <string>
#include <vector>

#include "core/set/migration.h"
#include "core/squash/text.h"

namespace migrate {

struct ReplayedMigration {
  MigrationId id;
  std::string text;  // with its placeholders filled
  int first_line = 1;
  bool each_alone = false;
  bool transactional = true;
};

struct ReplayNotes {
  std::vector<SquashStatement> of_server;  // that were left out
  std::vector<SquashStatement> of_rows;    // that may have changed rows
  std::vector<std::string> left_out;  // what changes no schema and refuses a transaction: "0003_a: VACUUM in line 4"
};

// Throws what one of them fails with, and 25001 for what can't be run in a transaction, with migration and line. With
// `committed` a new label of an enum can be used as if each had been committed.
ReplayNotes Replay(const std::vector<ReplayedMigration>& migrations, bool committed);

}  // namespace migrate
