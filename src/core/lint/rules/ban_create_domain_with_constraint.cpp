#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kCreateDomain) return {};
  return {"a constraint of domain " + act.name + " can later be changed only by looking at every row that uses it"};
}

}  // namespace

const Rule kBanCreateDomainWithConstraint = {"ban-create-domain-with-constraint", Level::kInfo, "lint-types",
                                             "Put the constraints on the columns that use the domain.", Check};

}  // namespace migrate::lint
