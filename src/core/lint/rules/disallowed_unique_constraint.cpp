#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddConstraint || act.constraint != ConstraintKind::kUnique || act.uses_index ||
      before.IsNew(act))
    return {};
  return {"the index of the unique constraint of " + act.TableName() + " is built while nobody can read the table"};
}

}  // namespace

const Rule kDisallowedUniqueConstraint = {
    "disallowed-unique-constraint", Level::kError, "lint-constraints",
    "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … UNIQUE USING INDEX.", Check};

}  // namespace migrate::lint
