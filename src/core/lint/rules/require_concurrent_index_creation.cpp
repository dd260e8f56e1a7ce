#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kCreateIndex || act.concurrent || before.IsNew(act)) return {};
  return {"writes to " + act.TableName() + " wait while the index is built",
          act.is_partitioned
              ? "CREATE INDEX ON ONLY the partitioned table, build one on each partition CONCURRENTLY, and ATTACH each."
              : ""};
}

}  // namespace

const Rule kRequireConcurrentIndexCreation = {"require-concurrent-index-creation", Level::kError, "lint-locks",
                                              "CREATE INDEX CONCURRENTLY, in a migration of its own.", Check};

}  // namespace migrate::lint
