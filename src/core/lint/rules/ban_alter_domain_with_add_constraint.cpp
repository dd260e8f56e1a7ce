#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// NOT VALID spares that.
Remark Check(const Act& act, const Before&) {
  if (act.does != Does::kConstrainDomain || act.not_valid) return {};
  return {"all tables that use domain " + act.name + " are scanned while nobody can write to them"};
}

}  // namespace

const Rule kBanAlterDomainWithAddConstraint = {
    "ban-alter-domain-with-add-constraint", Level::kError, "lint-types",
    "Put the constraint on the columns that use the domain, or add it NOT VALID.", Check};

}  // namespace migrate::lint
