#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// Found where all acts are known, see Lint().
Remark Check(const Act&, const Before&) { return {}; }

}  // namespace

const Rule kUnusedIgnore = {"unused-ignore", Level::kInfo, "lint-texts", "Remove the line.", Check};

}  // namespace migrate::lint
