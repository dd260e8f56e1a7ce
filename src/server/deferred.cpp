#include "server/deferred.h"

#include <string>
#include <vector>

#include "server/guard.h"
#include "server/sql.h"

namespace migrate {
namespace {

// A name can stand for several constraints of a schema: it is deferred again if all of them can be.
Statement kDeferrable = {
    R"(SELECT n.nspname, c.conname, c.conrelid, c.confrelid, c.condeferred AND NOT EXISTS (
             SELECT FROM pg_catalog.pg_constraint o WHERE o.conname OPERATOR(pg_catalog.=) c.conname
                AND o.connamespace OPERATOR(pg_catalog.=) c.connamespace AND NOT o.condeferrable)
         FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.connamespace
        WHERE c.condeferrable AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'))",
    Rights::kCaller};

struct ConstraintName {
  const char* schema;
  const char* name;
};

bool IsPending(const Value& relation) {
  const Oid oid = static_cast<Oid>(IntegerOf(relation));
  return OidIsValid(oid) && Call([=]() noexcept { return AfterTriggerPendingOnRel(oid); });
}

void SetConstraintsLeaf(const ConstraintName* names, size_t count, bool deferred) {
  ConstraintsSetStmt* statement = makeNode(ConstraintsSetStmt);
  statement->deferred = deferred;
  for (size_t i = 0; i < count; ++i) {
    RangeVar* name = makeRangeVar(pstrdup(names[i].schema), pstrdup(names[i].name), -1);
    statement->constraints = lappend(statement->constraints, name);
  }
  AfterTriggerSetState(statement);
}

void SetConstraints(const std::vector<ConstraintName>& names, bool deferred) {
  const ConstraintName* const first = names.data();
  const size_t count = names.size();
  if (count > 0) Call([=]() noexcept { SetConstraintsLeaf(first, count, deferred); });
}

}  // namespace

// Each by its name, for the reason that the header gives. AfterTriggerFireDeferred is no way round it:
// it forgets what it fired even if the subtransaction around it is undone.
void FireDeferred(bool reset_all) {
  const auto rows = Query(kDeferrable);
  std::vector<ConstraintName> all;
  std::vector<ConstraintName> deferred;
  for (const auto& row : rows) {
    if (!reset_all && !IsPending(row[2]) && !IsPending(row[3])) continue;
    all.push_back({row[0]->c_str(), row[1]->c_str()});
    if (BooleanOf(row[4])) deferred.push_back(all.back());
  }
  SetConstraints(all, false);
  SetConstraints(deferred, true);
}

void SetAllConstraints(bool deferred) {
  const auto rows = Query(kDeferrable);
  std::vector<ConstraintName> all;
  for (const auto& row : rows) all.push_back({row[0]->c_str(), row[1]->c_str()});
  SetConstraints(all, deferred);
}

}  // namespace migrate
