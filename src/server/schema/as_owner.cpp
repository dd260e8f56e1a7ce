#include "server/schema/as_owner.h"

#include "core/base/error.h"
#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate::schema {
namespace {

Statement kOwnerOf = {
    "SELECT COALESCE((SELECT c.relowner FROM pg_catalog.pg_class c"
    "   WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1) AND $2 OPERATOR(pg_catalog.=) 'relation'),"
    " (SELECT t.typowner FROM pg_catalog.pg_type t"
    "   WHERE t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regtype($1) AND $2 OPERATOR(pg_catalog.=) 'domain'))",
    Rights::kCaller};
Statement kNameOf = {"SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid($1::pg_catalog.oid))", Rights::kCaller};

struct Identity {
  Oid user;
  int context;
};

Identity BecomeLeaf(Oid role) {
  Identity before;
  GetUserIdAndSecContext(&before.user, &before.context);
  SetUserIdAndSecContext(role, before.context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION |
                                   SECURITY_NOFORCE_RLS);
  return before;
}

}  // namespace

uint32_t OwnerOf(const Evaluated& object) {
  return static_cast<uint32_t>(
      IntegerOf(QueryValue(kOwnerOf, {object.name, object.is_domain ? "domain" : "relation"})));
}

std::string NameOfRole(uint32_t role) { return TextOf(QueryValue(kNameOf, {std::to_string(role)})); }

void AsOwner(uint32_t owner, const std::function<void()>& body) {
  if (!Call([=]() noexcept { return MayBecome(GetUserId(), owner); })) {
    throw Error(sqlstate::kInsufficientPrivilege, "the way back runs code as role " + NameOfRole(owner),
                "It evaluates expressions on what belongs to that role, which the caller may not become.",
                "Let a member of that role, or a superuser, roll it back.");
  }
  const Identity before = Call([=]() noexcept { return BecomeLeaf(owner); });
  body();
  Call([=]() noexcept { SetUserIdAndSecContext(before.user, before.context); });
}

void RunStatement(const std::string& statement, const std::function<void(const Evaluated&, uint32_t owner)>& check) {
  const auto evaluated = EvaluatedBy(statement);
  const uint32_t owner = evaluated ? OwnerOf(*evaluated) : 0;
  if (owner == 0) {
    QueryOnce(statement);
    return;
  }
  check(*evaluated, owner);
  AsOwner(owner, [&] { QueryOnce(statement); });
}

}  // namespace migrate::schema
