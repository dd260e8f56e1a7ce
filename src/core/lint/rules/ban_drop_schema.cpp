#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kDropSchema || !act.cascade) return {};
  return {"DROP SCHEMA … CASCADE drops whatever is in schema " + act.name};
}

}  // namespace

const Rule kBanDropSchema = {"ban-drop-schema", Level::kWarning, "lint-drops",
                             "Drop the objects one by one, each when nothing uses it any more.", Check};

}  // namespace migrate::lint
