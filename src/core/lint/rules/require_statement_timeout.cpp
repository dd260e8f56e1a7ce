#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// SET statement_timeout has no effect within a migration.
Remark Check(const Act& act, const Before& before) {
  if (!act.is_slow || before.any_slow() || before.migration().statement_timeout > 0) return {};
  return {"nothing ends a statement that takes much longer than was thought"};
}

}  // namespace

const Rule kRequireStatementTimeout = {"require-statement-timeout", Level::kInfo, "lint-texts",
                                       "Set migrate.statement_timeout, or write -- migrate:statement-timeout 10min.",
                                       Check};

}  // namespace migrate::lint
