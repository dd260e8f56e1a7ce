#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// Where the server only has to change the catalog, for example from varchar(10) to varchar(20), nothing is said.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kChangeType || !act.rewrites || before.IsNew(act)) return {};
  return {"changing the type of " + ColumnOf(act) + " rewrites the table while nobody can read it"};
}

}  // namespace

const Rule kChangingColumnType = {
    "changing-column-type", Level::kError, "lint-constraints",
    "Add a column of the new type, keep both in step by a trigger, fill it in batches, and switch over.", Check};

}  // namespace migrate::lint
