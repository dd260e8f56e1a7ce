#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kVacuum) return {};
  return {act.name + " rewrites the table while nobody can read it"};
}

}  // namespace

const Rule kPreferRepack = {
    "prefer-repack", Level::kError, "lint-locks",
    "From PostgreSQL 19 on REPACK (CONCURRENTLY) does it without blocking; before, the extension pg_repack.", Check};

}  // namespace migrate::lint
