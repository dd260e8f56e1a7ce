// What pending migrations require of others: the order that follows from it, and what is not met.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/error.h"
#include "core/base/rare.h"
#include "core/set/known.h"
#include "core/set/order.h"
#include "core/set/target.h"

namespace migrate {

class Requirements {
 public:
  // Migrations are positions in the set from here on; `pending` are those whose requirements count.
  Requirements(const MigrationSet& set, const std::vector<size_t>& pending, TargetIndex& index);

  // The pending ones as `order` says, but a plain name that is required comes before what requires it.
  std::vector<size_t> Sorted(const std::vector<size_t>& order) const;

  // Why the migration can't run behind those that are planned already; nothing if it can.
  Rare<Error> Problem(size_t migration, const std::unordered_set<size_t>& planned) const;

 private:
  void Resolve(size_t migration, TargetIndex& index);
  void FindCircles();

  const std::vector<KnownMigration>& migrations_;
  Edges required_;
  std::unordered_map<size_t, std::string> missing_;
  std::unordered_map<size_t, Error> ambiguous_;
  std::string circle_;
  std::unordered_set<size_t> in_circle_;
};

}  // namespace migrate
