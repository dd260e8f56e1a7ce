#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// Every row is looked up in the other table, and writes to both wait meanwhile. A new column is empty: only its default
// would have to be looked up.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddConstraint || act.constraint != ConstraintKind::kForeignKey || act.not_valid ||
      before.IsNew(act))
    return {};
  return {"the foreign key of " + act.TableName() + " is checked row by row while writes to both tables wait"};
}

}  // namespace

const Rule kAddingForeignKeyConstraint = {"adding-foreign-key-constraint", Level::kError, "lint-constraints",
                                          "Add the constraint NOT VALID, and VALIDATE it in a migration of its own.",
                                          Check};

}  // namespace migrate::lint
