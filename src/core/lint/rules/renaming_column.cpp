#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kRenameColumn || before.IsNew(act)) return {};
  return {"renaming " + ColumnOf(act) + " breaks what still uses the old name"};
}

}  // namespace

const Rule kRenamingColumn = {
    "renaming-column", Level::kWarning, "lint-drops",
    "Add a column of the new name, keep both in step by a trigger, and drop the old one when nothing uses it any more.",
    Check};

}  // namespace migrate::lint
