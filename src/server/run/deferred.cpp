#include "server/run/deferred.h"

#include <string>
#include <vector>

#include "core/base/error.h"
#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

// A name can stand for several constraints of a schema: it is deferred again if all of them can be.
Statement kDeferrable = {
    R"(SELECT n.nspname, c.conname, c.conrelid, c.confrelid, NOT EXISTS (
             SELECT FROM pg_catalog.pg_constraint o WHERE o.conname OPERATOR(pg_catalog.=) c.conname
                AND o.connamespace OPERATOR(pg_catalog.=) c.connamespace AND NOT o.condeferrable), c.condeferred
         FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.connamespace
        WHERE c.condeferrable AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'))",
    Rights::kCaller};

Statement kOutOfReach = {
    R"(SELECT c.conrelid, c.confrelid, pg_catalog.format('%I.%I', n.nspname, c.conname)
         FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.connamespace
        WHERE c.condeferrable AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE'))",
    Rights::kCaller};

struct ConstraintName {
  const char* schema;
  const char* name;
};

bool IsPending(const Value& relation) {
  const Oid oid = static_cast<Oid>(IntegerOf(relation));
  return OidIsValid(oid) && Call([=]() noexcept { return AfterTriggerPendingOnRel(oid); });
}

List* ListOfNamesLeaf(const ConstraintName* names, size_t count) {
  List* list = NIL;
  for (size_t i = 0; i < count; ++i) {
    list = lappend(list, makeRangeVar(pstrdup(names[i].schema), pstrdup(names[i].name), -1));
  }
  return list;
}

void SetConstraintsLeaf(const ConstraintName* names, size_t count, bool deferred) {
  ConstraintsSetStmt* statement = makeNode(ConstraintsSetStmt);
  statement->deferred = deferred;
  statement->constraints = ListOfNamesLeaf(names, count);
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
    if (BooleanOf(row[4]) && BooleanOf(row[5])) deferred.push_back(all.back());
  }
  SetConstraints(all, false);
  SetConstraints(deferred, true);
}

void RequireNoneDeferred() {
  for (const auto& row : Query(kOutOfReach)) {
    if (!IsPending(row[0]) && !IsPending(row[1])) continue;
    throw Error(sqlstate::kInsufficientPrivilege, "a migration can't leave a constraint to the commit here",
                "Constraint " + TextOf(row[2]) +
                    " is in a schema that the role may not use, and a superuser has logged in.",
                "Grant the role USAGE on that schema, or log in as it.");
  }
}

bool NameAllConstraints(const ParsedTree* tree, MemoryContext context) {
  auto* const statement = castNode(ConstraintsSetStmt, tree->raw->stmt);
  if (statement->constraints != NIL) return true;
  const auto rows = Query(kDeferrable);
  std::vector<ConstraintName> all;
  for (const auto& row : rows) {
    if (!statement->deferred || BooleanOf(row[4])) all.push_back({row[0]->c_str(), row[1]->c_str()});
  }
  const ConstraintName* const first = all.data();
  const size_t count = all.size();
  statement->constraints = Call([=]() noexcept {
    MemoryContext const caller = MemoryContextSwitchTo(context);
    List* const names = ListOfNamesLeaf(first, count);
    MemoryContextSwitchTo(caller);
    return names;
  });
  return count > 0;
}

}  // namespace migrate
