#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// With -- migrate:no-transaction somebody has said that this is what they want.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kCreateIndex || !act.concurrent || before.migration().statements < 2 ||
      before.migration().each_alone)
    return {};
  return {"CREATE INDEX CONCURRENTLY takes the whole migration out of its transaction"};
}

}  // namespace

const Rule kBanConcurrentIndexCreationInTransaction = {
    "ban-concurrent-index-creation-in-transaction", Level::kWarning, "lint-locks",
    "Put the index into a migration of its own, or write -- migrate:no-transaction.", Check};

}  // namespace migrate::lint
