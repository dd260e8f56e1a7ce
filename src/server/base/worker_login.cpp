#include "server/base/worker_login.h"

#include <string>

#include "core/base/error.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

bool CanLogInLeaf(Oid role) {
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
  if (!HeapTupleIsValid(tuple)) return false;
  const bool can = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolcanlogin;
  ReleaseSysCache(tuple);
  return can;
}

bool InDefinerFunctionLeaf() {
  Oid user;
  int context;
  GetUserIdAndSecContext(&user, &context);
  return (context & SECURITY_LOCAL_USERID_CHANGE) != 0;
}

}  // namespace

Oid LoginOf(const char* function, Oid role) {
  const Oid session = GetSessionUserId();
  if (Call([]() noexcept { return InDefinerFunctionLeaf(); })) {
    throw Error(sqlstate::kInsufficientPrivilege, std::string(function) + "() can't run in a SECURITY DEFINER function",
                "Its worker would have to run as the function's owner.",
                "Grant EXECUTE on it, and call it directly or from a SECURITY INVOKER function.");
  }
  const bool loses_power =
      session != role && Call([=]() noexcept { return superuser_arg(session) && !superuser_arg(role); });
  const Oid login = loses_power ? role : session;
  if (kWorkerMaySkipLogin || Call([=]() noexcept { return CanLogInLeaf(login); })) return login;
  throw Error(sqlstate::kInsufficientPrivilege, std::string(function) + "() needs a role that may log in",
              "On this version of the server a worker can't run as a NOLOGIN role, and never as a superuser instead.",
              "Log in as a role that is no superuser and a member of it, or give it LOGIN.");
}

}  // namespace migrate
