#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kTransaction) return {};
  if (before.migration().each_alone) return {};
  if (before.migration().is_divided) {
    return {act.name + " divides the migration into transactions: a failure leaves those before it applied"};
  }
  return {act.name + " is redundant: a migration runs in a transaction", "Take it out.", Level::kInfo};
}

}  // namespace

const Rule kTransactionNesting = {"transaction-nesting", Level::kWarning, "lint-texts",
                                  "Make a migration of each transaction.", Check};

}  // namespace migrate::lint
