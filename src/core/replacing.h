// Consolidated migrations: one that says `-- migrate:replaces 20250101 .. 20250130` holds all that those do. Where none
// of them is applied it runs instead of them, where all are it is recorded with them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/error.h"
#include "core/known.h"
#include "core/rare.h"

namespace migrate {

// The versions from the first to the last, both included, as keys of their order. Empty `first`: from the start.
struct VersionRange {
  std::string first;
  std::string last;

  bool Holds(const KnownMigration& migration) const;
};

// "20250101 .. 20250130", ".. 20250130" or one version. Throws 42601 for anything else.
VersionRange ParseVersionRange(std::string_view text);

// Which of the pending migrations are only to be recorded, and what stands in the way of a consolidated one.
class Replacements {
 public:
  // Moves in `order` what a consolidated migration replaces behind it.
  Replacements(const std::vector<KnownMigration>& migrations, std::vector<size_t>& order);

  bool IsRecorded(size_t migration) const { return recorded_.contains(migration); }

  // Why it stands where it stands; empty if it has nothing to do with any other.
  std::string Remark(size_t migration) const;

  // A range that is applied in part.
  Rare<Error> Problem(size_t migration) const;

 private:
  struct Replacement {
    size_t migration = 0;
    std::vector<size_t> pending;  // of its range
    std::vector<size_t> applied;
    std::vector<size_t> absent;  // gone from their source without having been applied
    bool runs = false;
  };

  void Take(size_t migration, std::vector<size_t>& order);

  const std::vector<KnownMigration>& migrations_;
  std::vector<Replacement> replacements_;
  std::unordered_set<size_t> recorded_;
};

}  // namespace migrate
