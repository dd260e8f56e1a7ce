#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (!IsColumn(act) || act.type != "varchar" || !act.is_sized) return {};
  return {"the length of " + ColumnOf(act) + " is part of its type: a shorter one rewrites the table"};
}

}  // namespace

const Rule kPreferTextField = {"prefer-text-field", Level::kInfo, "lint-types",
                               "Use text, with a CHECK on its length where there is a limit.", Check};

}  // namespace migrate::lint
