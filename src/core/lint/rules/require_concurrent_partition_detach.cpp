#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kDetach || act.concurrent || before.IsNew(act)) return {};
  return {"detaching partition " + act.name + " locks " + act.TableName() + " against reads"};
}

}  // namespace

const Rule kRequireConcurrentPartitionDetach = {
    "require-concurrent-partition-detach", Level::kWarning, "lint-locks",
    "ALTER TABLE … DETACH PARTITION … CONCURRENTLY, in a migration of its own. A table with a default partition can't.",
    Check};

}  // namespace migrate::lint
