// Finds pending migrations whose file was renamed: an applied one that is gone from its source has their text. To run
// such a text once more is what nobody wants.
#pragma once

#include <string>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/rare.h"
#include "core/set/known.h"

namespace migrate {

class Renamed {
 public:
  // The set must hold what is applied and gone from its source; it must outlive this.
  explicit Renamed(const MigrationSet& set);

  // The applied migration with the text of this pending one: of several the one with its name. Null if there is none.
  const KnownMigration* From(const KnownMigration& migration) const;

  // What to say of the two, empty if there is no other.
  std::string Remark(const KnownMigration& migration) const;

  // Why it must not run.
  Rare<Error> Problem(const KnownMigration& migration) const;

 private:
  // The first in order of those that are gone: by the checksum of what was applied, and by that and the name.
  std::unordered_map<std::string, const KnownMigration*> by_text_, by_text_and_name_;
};

}  // namespace migrate
