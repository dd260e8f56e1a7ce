#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kRewrite || before.IsNew(act)) return {};
  return {act.name + " rewrites " + act.TableName() + " while nobody can read it"};
}

}  // namespace

const Rule kRewritingTable = {
    "rewriting-table", Level::kError, "lint-locks",
    "Make a new table of this kind, and move the rows in batches; or plan for the time that it takes.", Check};

}  // namespace migrate::lint
