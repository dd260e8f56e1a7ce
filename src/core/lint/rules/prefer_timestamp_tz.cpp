#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (!IsColumn(act) || act.type != "timestamp") return {};
  return {ColumnOf(act) + " forgets which time zone its times are of"};
}

}  // namespace

const Rule kPreferTimestampTz = {"prefer-timestamp-tz", Level::kInfo, "lint-types",
                                 "Use timestamptz, which stores a moment.", Check};

}  // namespace migrate::lint
