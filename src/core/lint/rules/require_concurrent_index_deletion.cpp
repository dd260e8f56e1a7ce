#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kDropIndex || act.concurrent) return {};
  return {"dropping index " + act.TableName() + " waits for everybody who uses its table, and blocks those behind"};
}

}  // namespace

const Rule kRequireConcurrentIndexDeletion = {"require-concurrent-index-deletion", Level::kWarning, "lint-locks",
                                              "DROP INDEX CONCURRENTLY, in a migration of its own.", Check};

}  // namespace migrate::lint
