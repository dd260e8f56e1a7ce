#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kRepeatColumn) return {};
  return {"column " + act.name + " stands twice in a list: the statement fails"};
}

}  // namespace

const Rule kBanDuplicateColumnAssignments = {"ban-duplicate-column-assignments", Level::kError, "lint-texts",
                                             "Name it once.", Check};

}  // namespace migrate::lint
