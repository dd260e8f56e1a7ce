#include "server/run/own_role.h"

#include "core/base/error.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

// SET ROLE, and SET SESSION AUTHORIZATION where a superuser has said it before.
Oid StrongerLeaf() {
  if (superuser_arg(GetUserId())) return InvalidOid;
  if (superuser_arg(GetSessionUserId())) return GetSessionUserId();
  return superuser_arg(GetAuthenticatedUserId()) ? GetAuthenticatedUserId() : InvalidOid;
}

std::string NameOf(Oid role) {
  return Call([=]() noexcept { return GetUserNameFromId(role, false); });
}

// As in a SECURITY DEFINER function, where set_config_option of src/backend/utils/misc/guc.c refuses to set either.
int CloseWayBackLeaf() {
  Oid user;
  int context;
  GetUserIdAndSecContext(&user, &context);
  SetUserIdAndSecContext(user, context | SECURITY_LOCAL_USERID_CHANGE);
  return context;
}

bool IsWayBack(const Error& error) {
  return error.sqlstate == sqlstate::kInsufficientPrivilege &&
         (error.message.find("\"role\"") != std::string::npos ||
          error.message.find("\"session_authorization\"") != std::string::npos);
}

}  // namespace

OwnRole::OwnRole() {
  const Oid stronger = Call([]() noexcept { return StrongerLeaf(); });
  if (!OidIsValid(stronger)) return;
  login_ = NameOf(stronger);
  role_ = NameOf(GetUserId());
}

void OwnRole::Keep(const std::function<void()>& body) const {
  if (!is_kept()) return body();
  const int context = Call([]() noexcept { return CloseWayBackLeaf(); });
  // Inside of such a function the server's own message is right.
  if ((context & SECURITY_LOCAL_USERID_CHANGE) != 0) return body();
  try {
    body();
  } catch (Error& error) {
    if (IsWayBack(error)) {
      error.message = "a migration can't change its role here";
      error.detail = "The session logged in as superuser \"" + login_ + "\" and runs it as \"" + role_ +
                     "\", which is none: it could go back.";
      error.hint = "Log in as \"" + role_ + "\", or as another role that is no superuser.";
    }
    throw;
  }
  Call([=]() noexcept { SetUserIdAndSecContext(GetUserId(), context); });
}

}  // namespace migrate
