#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// The system's own catalogs can't be built anew CONCURRENTLY.
Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kReindex || act.concurrent || act.is_system) return {};
  return {"writes wait while the index is built anew, and so do reads that would use it"};
}

}  // namespace

const Rule kRequireConcurrentReindex = {"require-concurrent-reindex", Level::kError, "lint-locks",
                                        "REINDEX … CONCURRENTLY, in a migration of its own.", Check};

}  // namespace migrate::lint
