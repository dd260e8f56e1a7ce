#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kLongName) return {};
  return {"a name of more than 63 bytes is cut off to \"" + act.name + "\""};
}

}  // namespace

const Rule kIdentifierTooLong = {"identifier-too-long", Level::kWarning, "lint-texts", "Give it a shorter name.",
                                 Check};

}  // namespace migrate::lint
