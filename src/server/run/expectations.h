// What migrations expect of the schema, looked for in the catalogs. See core/expect/expectation.h for what can be
// expected.
#pragma once

#include <string>
#include <vector>

#include "core/set/known.h"

namespace migrate {

// An expectation of a migration that is not met, and what is missing: "table app.users has no row security".
struct Unmet {
  MigrationId id;
  int line = 0;
  std::string what;
  bool was_met = true;  // when the run began
};

// Of what is applied. Names without a schema are looked for in the search_path.
std::vector<Unmet> UnmetExpectations();

// Those that a run has to keep.
class Expectations {
 public:
  // Before the first step: which there are, and which are not met already.
  void Note();
  // Behind a step: MG001 if one of its own is not met, or one that was when the run began; behind the last, or any.
  // From then on its own are kept, too.
  void Require(const KnownMigration& migration, bool last);

 private:
  struct Kept {
    MigrationId id;
    Expected expected;
    bool was_met = true;
  };
  static void Look(const Kept& kept, std::vector<Unmet>& unmet);
  friend std::vector<Unmet> UnmetExpectations();

  static std::vector<Kept> ReadKept();

  bool noted_ = false;
  std::vector<Kept> kept_;
};

}  // namespace migrate
