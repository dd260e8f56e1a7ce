#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// Each row gets a number of its own, so that all are written.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddColumn || !act.is_serial || before.IsNew(act)) return {};
  return {"adding " + ColumnOf(act) + " as " + act.type + " rewrites the table while nobody can read it"};
}

}  // namespace

const Rule kAddingAutoIncrementField = {
    "adding-auto-increment-field", Level::kError, "lint-constraints",
    "Make a new table, or add a plain column, fill it in batches, and give it the default of a sequence.", Check};

}  // namespace migrate::lint
