#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kRenameTable || before.IsNew(act)) return {};
  return {"renaming table " + act.TableName() + " breaks what still uses the old name"};
}

}  // namespace

const Rule kRenamingTable = {"renaming-table", Level::kWarning, "lint-drops",
                             "Leave a view of the old name in its place, in the same migration, or keep the name.",
                             Check};

}  // namespace migrate::lint
