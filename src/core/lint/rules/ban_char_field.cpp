#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (!IsColumn(act) || act.type != "bpchar") return {};
  return {"type character fills " + ColumnOf(act) + " up with blanks"};
}

}  // namespace

const Rule kBanCharField = {"ban-char-field", Level::kInfo, "lint-types", "Use text or varchar.", Check};

}  // namespace migrate::lint
