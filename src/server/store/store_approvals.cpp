#include "server/store/store_approvals.h"

#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/store/store.h"

namespace migrate {
namespace {

// $2 and $3: the session's and the current user of whoever applies. Up to 15 CREATEROLE makes a role master of all that
// are no superusers.
Statement kApprovals = {
    R"(SELECT a.id, a.current_user_name, a.note,
           CASE WHEN a.session_user_name OPERATOR(pg_catalog.=) ANY (ARRAY[$2, $3]::pg_catalog.name[])
                  OR a.current_user_name OPERATOR(pg_catalog.=) ANY (ARRAY[$2, $3]::pg_catalog.name[]) THEN 'same'
                WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) a.session_user_oid
                       AND r.rolname OPERATOR(pg_catalog.=) a.session_user_name)
                  OR NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) a.current_user_oid
                       AND r.rolname OPERATOR(pg_catalog.=) a.current_user_name)
                  THEN 'gone'
                WHEN EXISTS (
                  SELECT FROM pg_catalog.pg_roles r, pg_catalog.pg_roles o
                   WHERE r.oid OPERATOR(pg_catalog.=) ANY (ARRAY[a.session_user_oid, a.current_user_oid])
                     AND o.rolname OPERATOR(pg_catalog.=) ANY (ARRAY[$2, $3]::pg_catalog.name[])
                     AND (pg_catalog.pg_has_role(r.oid, o.oid, 'MEMBER') OR pg_catalog.pg_has_role(o.oid, r.oid, 'MEMBER')
                       OR (r.rolcreaterole OR o.rolcreaterole) AND
                         pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.<) 160000))
                  THEN 'can become'
           END
         FROM migrate.approval a WHERE a.rest_hash OPERATOR(pg_catalog.=) $1
        ORDER BY a.id USING OPERATOR(pg_catalog.<))",
    Rights::kOwner};
Statement kWrite = {
    "INSERT INTO migrate.approval (plan_hash, rest_hash, note, session_user_name, session_user_oid, current_user_name, "
    "current_user_oid) SELECT $1, $2, $3, s.rolname, s.oid, c.rolname, c.oid "
    "FROM pg_catalog.pg_roles s, pg_catalog.pg_roles c WHERE s.rolname OPERATOR(pg_catalog.=) $4::pg_catalog.name "
    "AND c.rolname OPERATOR(pg_catalog.=) $5::pg_catalog.name",
    Rights::kOwner};
Statement kMove = {"UPDATE migrate.approval a SET rest_hash = $2 WHERE a.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8",
                   Rights::kOwner};

std::string SessionRole() {
  const char* const name = Call([]() noexcept { return GetUserNameFromId(GetSessionUserId(), false); });
  return name;
}

Objection ObjectionOf(const std::string& word) {
  if (word == "same") return Objection::kSame;
  if (word == "gone") return Objection::kGone;
  return word.empty() ? Objection::kNone : Objection::kCanBecome;
}

}  // namespace

std::vector<Approval> ReadApprovals(const std::string& rest) {
  std::vector<Approval> approvals;
  for (const auto& row : Query(kApprovals, {rest, SessionRole(), CurrentRole()})) {
    approvals.push_back({IntegerOf(row[0]), TextOf(row[1]), TextOf(row[2]), ObjectionOf(TextOf(row[3]))});
  }
  return approvals;
}

void WriteApproval(const std::string& plan, const std::string& rest, const std::string& note) {
  Query(kWrite, {plan, rest, OrNull(note), SessionRole(), CurrentRole()});
}

void MoveApproval(int64_t number, const std::string& rest) { Query(kMove, {std::to_string(number), OrNull(rest)}); }

}  // namespace migrate
