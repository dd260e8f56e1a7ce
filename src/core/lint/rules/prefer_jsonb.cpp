#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// Without an equality operator a query with DISTINCT, UNION or GROUP BY over the column fails.
Remark Check(const Act& act, const Before&) {
  if (!IsColumn(act) || act.type != "json") return {};
  return {"type json of " + ColumnOf(act) + " has no equality: SELECT DISTINCT fails"};
}

}  // namespace

const Rule kPreferJsonb = {"prefer-jsonb", Level::kInfo, "lint-types", "Use jsonb.", Check};

}  // namespace migrate::lint
