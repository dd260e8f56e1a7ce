#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// It is a wonder to most how far that goes.
Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kTruncate || !act.cascade) return {};
  return {"TRUNCATE … CASCADE empties all tables that refer to " + act.TableName() + ", and those that refer to them"};
}

}  // namespace

const Rule kBanTruncateCascade = {"ban-truncate-cascade", Level::kWarning, "lint-drops",
                                  "Leave out CASCADE, and name all tables that are to be emptied.", Check};

}  // namespace migrate::lint
