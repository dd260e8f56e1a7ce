#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (!IsColumn(act) || !IsOneOf(act.type, {"int2", "smallint", "smallserial", "serial2"})) return {};
  return {ColumnOf(act) + " ends at 32767"};
}

}  // namespace

const Rule kPreferBigintOverSmallint = {"prefer-bigint-over-smallint", Level::kInfo, "lint-types",
                                        "Use bigint: changing the type later rewrites the table.", Check};

}  // namespace migrate::lint
