#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// There is no form of it that does not block.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddConstraint || act.constraint != ConstraintKind::kExclusion || before.IsNew(act)) return {};
  return {"the index of the exclusion constraint of " + act.TableName() + " is built while nobody can read the table"};
}

}  // namespace

const Rule kAddingExclusionConstraint = {"adding-exclusion-constraint", Level::kError, "lint-constraints",
                                         "Make a new table with it, or plan for the time that it takes.", Check};

}  // namespace migrate::lint
