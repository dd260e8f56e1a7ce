#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// migrate.lock_timeout bounds it for every statement.
Remark Check(const Act& act, const Before& before) {
  if (!act.is_slow || before.any_slow() || before.migration().lock_timeout > 0) return {};
  return {"without a lock timeout a statement that waits blocks everybody behind it"};
}

}  // namespace

const Rule kRequireLockTimeout = {"require-lock-timeout", Level::kWarning, "lint-texts",
                                  "Set migrate.lock_timeout, or write -- migrate:lock-timeout 5s.", Check};

}  // namespace migrate::lint
