#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kDropNotNull || before.IsNew(act)) return {};
  return {"without NOT NULL on " + ColumnOf(act) + " clients may read nulls that they don't expect"};
}

}  // namespace

const Rule kBanDropNotNull = {"ban-drop-not-null", Level::kWarning, "lint-drops",
                              "Deploy an application that can read nulls first.", Check};

}  // namespace migrate::lint
