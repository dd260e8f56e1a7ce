#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kRenameSchema) return {};
  return {"renaming schema " + act.name + " breaks what still uses the old name"};
}

}  // namespace

const Rule kRenamingSchema = {"renaming-schema", Level::kWarning, "lint-drops",
                              "Make a new schema, and move to it what moves with its clients.", Check};

}  // namespace migrate::lint
