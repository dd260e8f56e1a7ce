#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// It fails if there is a row, and inserts that don't know the column fail from then on.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddColumn || !act.not_null || act.has_default || act.is_generated || act.is_serial ||
      before.IsNew(act))
    return {};
  return {"adding " + ColumnOf(act) + " as NOT NULL without a default fails if there are rows"};
}

}  // namespace

const Rule kAddingRequiredField = {"adding-required-field", Level::kError, "lint-constraints",
                                   "Give it a default, or add it without NOT NULL.", Check};

}  // namespace migrate::lint
