#include "server/base/trust.h"

#include "server/base/guard.h"

namespace migrate {
namespace {

bool IsTrustedLeaf(Oid role) {
  if (superuser_arg(role)) return true;
  const Oid caller = GetUserId();
  return role == caller || (!superuser_arg(caller) && has_privs_of_role(caller, role));
}

}  // namespace

bool IsTrusted(Oid role) {
  return Call([=]() noexcept { return IsTrustedLeaf(role); });
}

}  // namespace migrate
