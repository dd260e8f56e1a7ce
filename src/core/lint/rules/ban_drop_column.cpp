#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kDropColumn || before.IsNew(act)) return {};
  return {"dropping " + ColumnOf(act) + " breaks what still uses it, and loses what is in it"};
}

}  // namespace

const Rule kBanDropColumn = {"ban-drop-column", Level::kWarning, "lint-drops",
                             "Deploy an application that does without the column first.", Check};

}  // namespace migrate::lint
