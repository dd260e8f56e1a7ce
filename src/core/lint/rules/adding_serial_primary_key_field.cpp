#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddConstraint || act.constraint != ConstraintKind::kPrimaryKey || act.uses_index ||
      before.IsNew(act))
    return {};
  return {"the index of the primary key of " + act.TableName() + " is built while nobody can read the table"};
}

}  // namespace

const Rule kAddingSerialPrimaryKeyField = {
    "adding-serial-primary-key-field", Level::kError, "lint-constraints",
    "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … PRIMARY KEY USING INDEX.",
    Check};

}  // namespace migrate::lint
