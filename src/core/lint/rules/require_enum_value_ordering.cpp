#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kAddLabel || act.is_placed) return {};
  return {"the value " + act.name + " orders behind all others of type " + act.TableName()};
}

}  // namespace

const Rule kRequireEnumValueOrdering = {"require-enum-value-ordering", Level::kInfo, "lint-types",
                                        "Say BEFORE or AFTER which value it stands.", Check};

}  // namespace migrate::lint
