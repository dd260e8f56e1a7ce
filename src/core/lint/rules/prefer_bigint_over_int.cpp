#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (!IsColumn(act) || !IsOneOf(act.type, {"int4", "int", "integer", "serial", "serial4"})) return {};
  return {ColumnOf(act) + " ends at 2147483647"};
}

}  // namespace

const Rule kPreferBigintOverInt = {"prefer-bigint-over-int", Level::kInfo, "lint-types",
                                   "Use bigint: changing the type later rewrites the table.", Check};

}  // namespace migrate::lint
