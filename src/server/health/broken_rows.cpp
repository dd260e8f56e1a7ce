#include <string>

#include "core/base/counted.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/health/rules.h"
#include "server/base/foreign_keys.h"
#include "server/base/sql.h"
#include "server/health/attempt.h"
#include "server/health/checks/parts.h"
#include "server/health/deep.h"

namespace migrate::health {
namespace {

// Rows are counted up to here.
constexpr int kMost = 1000;

// From 18 on a key can be NOT ENFORCED, or hold for a period, whose partners are several rows together.
Statement kForeignKeys = {R"sql(
SELECT format('%I on %I.%I', k.conname, n.nspname, c.relname), c.relowner, c.oid::regclass, k.confrelid::regclass,
  )sql" ROWS_WITHOUT_PARTNER R"sql(,
  COALESCE((to_jsonb(k) ->> 'conperiod')::boolean, false),
  has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(u.oid, 'SELECT') AND NOT row_security_active(c.oid) AND NOT row_security_active(u.oid)
FROM )sql" RELATIONS("'r', 'p'") R"sql(
  JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0
    AND COALESCE((to_jsonb(k) ->> 'conenforced')::boolean, true)
  JOIN pg_class u ON u.oid = k.confrelid
  )sql" COLUMNS_OF_FOREIGN_KEY R"sql(
GROUP BY k.oid, k.conname, k.confmatchtype, k.confrelid, to_jsonb(k), n.nspname, c.relname, c.relowner, c.oid, c.relkind, u.oid, u.relkind
ORDER BY 1)sql",
                          Rights::kCaller, Planning::kEachTime};

// Those of children and partitions are looked at with the table that they have them from. From 18 on NOT NULL is such a
// constraint.
Statement kChecks = {R"sql(
SELECT format('%I on %I.%I', k.conname, n.nspname, c.relname), c.relowner, c.oid::regclass, quote_ident(k.conname),
  format('SELECT FROM %s WHERE %s', c.oid::regclass, CASE k.contype WHEN 'c'
    THEN '(' || pg_get_expr(k.conbin, k.conrelid) || ') IS FALSE' ELSE )sql" COLUMNS(
                         "k.conrelid", "k.conkey") R"sql( || ' IS NULL' END),
  has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
FROM )sql" RELATIONS("'r', 'p', 'f'") R"sql(
  JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('c', 'n') AND NOT k.convalidated AND k.coninhcount = 0
    AND COALESCE((to_jsonb(k) ->> 'conenforced')::boolean, true)
ORDER BY 1)sql",
                     Rights::kCaller, Planning::kEachTime};

Statement kDomains = {R"sql(
SELECT format('%I on %I.%I', k.conname, n.nspname, t.typname), format('ALTER DOMAIN %s VALIDATE CONSTRAINT %I', t.oid::regtype, k.conname)
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace AND )sql" IN_SCOPE(
                          "n") R"sql(
WHERE NOT k.convalidated AND )sql" NOT_MEMBER("pg_type", "t.oid") "ORDER BY 1",
                      Rights::kCaller, Planning::kEachTime};

constexpr char kHidden[] = "you may not read all rows";
constexpr char kAskOthers[] = "Ask as a role with SELECT that row security does not hold for.";

// How many rows a query of rows finds, or nothing if none; else why it could not be told.
struct Answer {
  std::string rows;
  std::optional<Error> error;
};

Answer Count(const std::string& query, Oid owner) {
  Answer answer;
  answer.error = Attempt(owner, [&] {
    const auto rows = QueryOnce("SELECT count(*) FROM (" + query + " LIMIT " + std::to_string(kMost) + ") found");
    const int64_t count = IntegerOf(rows.at(0).at(0));
    if (count > 0) answer.rows = Counted(count, "row") + (count == kMost ? " or more" : "");
  });
  return answer;
}

// Whether there is something to say of an object instead of looking at its rows.
std::optional<Finding> WhyNot(const std::string& object, Oid owner, bool sees_all) {
  if (!sees_all) return Skipped(object, kHidden, kAskOthers);
  return SkippedOfOthers(object, owner);
}

}  // namespace

void LookForBrokenKeys(const Scope& scope, std::vector<Finding>& findings) {
  for (const auto& row : Query(kForeignKeys, {scope.schemas})) {
    const std::string object = TextOf(row[0]), table = TextOf(row[2]), referenced = TextOf(row[3]);
    const auto owner = static_cast<Oid>(IntegerOf(row[1]));
    if (BooleanOf(row[5])) {
      findings.push_back(Skipped(object, "it holds for a period", "Drop it and add it again, which checks it."));
    } else if (auto why = WhyNot(object, owner, BooleanOf(row[6]))) {
      findings.push_back(std::move(*why));
    } else if (const Answer answer = Count(TextOf(row[4]), owner); answer.error) {
      findings.push_back(Skipped(object, *answer.error));
    } else if (!answer.rows.empty()) {
      findings.push_back(Say(kForeignKeyViolated, {object, answer.rows, table, referenced}));
    }
  }
}

void LookForBrokenChecks(const Scope& scope, std::vector<Finding>& findings) {
  for (const auto& row : Query(kChecks, {scope.schemas})) {
    const std::string object = TextOf(row[0]), table = TextOf(row[2]), name = TextOf(row[3]);
    const auto owner = static_cast<Oid>(IntegerOf(row[1]));
    if (auto why = WhyNot(object, owner, BooleanOf(row[5]))) {
      findings.push_back(std::move(*why));
    } else if (const Answer answer = Count(TextOf(row[4]), owner); answer.error) {
      findings.push_back(Skipped(object, *answer.error));
    } else if (!answer.rows.empty()) {
      findings.push_back(Say(kCheckViolated, {object, answer.rows, table, name}));
    }
  }
  for (const auto& row : Query(kDomains, {scope.schemas})) {
    findings.push_back(
        Skipped(TextOf(row[0]), "each column of the domain would have to be read", TextOf(row[1]) + " does."));
  }
}

}  // namespace migrate::health
