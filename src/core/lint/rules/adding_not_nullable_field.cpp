#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// A valid CHECK (… IS NOT NULL) spares the scan.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kSetNotNull || before.IsNew(act) || before.IsProven(act)) return {};
  return {"SET NOT NULL on " + ColumnOf(act) + " scans the table while nobody can read it"};
}

}  // namespace

const Rule kAddingNotNullableField = {
    "adding-not-nullable-field", Level::kError, "lint-constraints",
    "Add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in a migration of its own, then SET NOT NULL and drop the check.",
    Check};

}  // namespace migrate::lint
