#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kRenameLabel) return {};
  return {"renaming the value " + act.name + " of type " + act.TableName() + " breaks what still uses the old one"};
}

}  // namespace

const Rule kRenamingEnumValue = {"renaming-enum-value", Level::kWarning, "lint-drops",
                                 "Add the new value, move the rows to it, and leave the old one.", Check};

}  // namespace migrate::lint
