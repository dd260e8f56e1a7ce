#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kDropDatabase) return {};
  return {"dropping database " + act.name + " can't be undone"};
}

}  // namespace

const Rule kBanDropDatabase = {"ban-drop-database", Level::kError, "lint-drops",
                               "Take the statement out: no migration of a database drops one.", Check};

}  // namespace migrate::lint
