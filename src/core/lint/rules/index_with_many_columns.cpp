#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// A unique index is as wide as what must be unique.
Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kCreateIndex || act.is_unique || act.keys < 4) return {};
  return {"an index of " + std::to_string(act.keys) + " columns is seldom faster than one of fewer, and always larger"};
}

}  // namespace

const Rule kIndexWithManyColumns = {"index-with-many-columns", Level::kInfo, "lint-texts",
                                    "Keep to three columns, those first by which most is left out.", Check};

}  // namespace migrate::lint
