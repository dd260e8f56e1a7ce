#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kDropTable || before.IsNew(act)) return {};
  return {"dropping table " + act.TableName() + " breaks what still uses it, and loses its rows"};
}

}  // namespace

const Rule kBanDropTable = {
    "ban-drop-table", Level::kWarning, "lint-drops",
    "Deploy an application that does without the table first, and keep a copy of what is in it.", Check};

}  // namespace migrate::lint
