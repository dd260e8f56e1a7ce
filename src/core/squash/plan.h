// Which migrations one can stand for, and what a new database runs of them. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.h"
#include "core/set/known.h"

namespace migrate {

struct SquashPlan {
  std::string upto;                             // the last version that is replaced
  std::vector<const KnownMigration*> replaced;  // of `known`, in order
  Plan fresh;                                   // what a new database runs of it
  std::vector<KnownMigration> known;            // as they stand here
};

// The set must hold all migrations. 42704 if `upto` is unknown, 55000 for what can't be replaced as it stands here,
// MG002 for a changed text.
SquashPlan PlanSquash(const MigrationSet& set, const std::string& upto);

// "squash_to_0007"; of version 1.2 "squash_to_1_2".
std::string SquashName(const std::string& upto);

// "0001_towns to 0007_roads".
std::string RangeOf(const std::vector<const KnownMigration*>& replaced);

}  // namespace migrate
