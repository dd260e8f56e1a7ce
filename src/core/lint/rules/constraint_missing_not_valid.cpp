#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// UNIQUE, PRIMARY KEY and EXCLUDE can't be NOT VALID, and a foreign key has a rule of its own.
Remark Check(const Act& act, const Before& before) {
  if (act.does == Does::kValidate && before.IsAddedNotValid(act)) {
    return {"VALIDATE in the transaction that added " + act.name + " scans " + act.TableName() +
            " under the lock of ADD CONSTRAINT"};
  }
  const bool can_be = act.constraint == ConstraintKind::kCheck || act.constraint == ConstraintKind::kNotNull;
  if (act.does != Does::kAddConstraint || !can_be || act.not_valid || before.IsNew(act)) return {};
  return {"the constraint of " + act.TableName() + " is checked row by row while nobody can read the table"};
}

}  // namespace

const Rule kConstraintMissingNotValid = {"constraint-missing-not-valid", Level::kError, "lint-constraints",
                                         "Add it NOT VALID, and VALIDATE it in a migration of its own.", Check};

}  // namespace migrate::lint
