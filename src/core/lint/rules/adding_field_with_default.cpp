#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// A constant default is kept in the catalog; what may differ from row to row is written into each of them.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kAddColumn || act.is_serial || !act.rewrites || before.IsNew(act)) return {};
  return {"adding " + ColumnOf(act) +
          (act.is_generated ? ", which is computed," : " with a default that may differ by row,") +
          " rewrites the table while nobody can read it"};
}

}  // namespace

const Rule kAddingFieldWithDefault = {
    "adding-field-with-default", Level::kError, "lint-constraints",
    "Add the column without it, set the default for new rows, and fill the old rows in batches.", Check};

}  // namespace migrate::lint
