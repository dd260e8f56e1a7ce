#include "server/schema/describe.h"

#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/schema/definition.h"
#include "server/base/sql.h"
#include "server/schema/read_tables.h"
#include "server/schema/reading.h"

namespace migrate::schema {
namespace {

// The plan of each kind is kept for the session.
std::vector<Statement>& Statements() {
  static std::vector<Statement> statements = [] {
    std::vector<Statement> made;
    for (const auto& way : Ways()) made.push_back({way.kind->sql, Rights::kCaller});
    return made;
  }();
  return statements;
}

// With a composite type its columns, which are those of a relation.
Statement kMembers = {
    R"sql(SELECT d.classid, d.objid, quote_ident(e.extname) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  UNION ALL SELECT 'pg_class'::regclass, t.typrelid, quote_ident(e.extname) FROM pg_depend d
    JOIN pg_extension e ON e.oid = d.refobjid JOIN pg_type t ON t.oid = d.objid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.classid = 'pg_type'::regclass
      AND t.typrelid <> 0)sql",
    Rights::kCaller};
Statement kMembersPrivileges = {
    R"sql(SELECT classoid, objoid, objsubid, array_to_string(initprivs::text[], E'\x01')
    FROM pg_init_privs WHERE privtype = 'e')sql",
    Rights::kCaller};
// Of comments those that initdb made say nothing of the schema; the one on schema public can be changed.
Statement kRemarks = {
    R"sql(SELECT classoid, objoid, objsubid, 'comment', NULL, description FROM pg_description
    WHERE objoid >= 16384 OR objoid = 'public'::regnamespace
  UNION ALL SELECT classoid, objoid, objsubid, 'label', quote_ident(provider), label FROM pg_seclabel
  UNION ALL SELECT d.classid, d.objid, d.objsubid, 'extension', quote_ident(e.extname), NULL
    FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x')sql",
    Rights::kCaller};
Statement kNamed = {"SELECT s, n.oid IS NOT NULL FROM unnest($1::text[]) s LEFT JOIN pg_namespace n ON n.nspname = s",
                    Rights::kCaller};

Members ReadMembers() {
  Members members;
  QueryEach(kMembers, {}, [&](const char* const* values) { members.Add(values); });
  QueryEach(kMembersPrivileges, {}, [&](const char* const* values) { members.AddPrivileges(values); });
  return members;
}

std::vector<Remark> ReadRemarks() {
  std::vector<Remark> remarks;
  QueryEach(kRemarks, {}, [&](const char* const* values) { remarks.push_back(RemarkOf(values)); });
  return remarks;
}

// The schemas that are asked for.
using Wanted = std::optional<std::set<std::string, std::less<>>>;

Wanted Named(const std::optional<std::string>& schemas) {
  if (!schemas) return {};
  Wanted wanted(std::in_place);
  for (const auto& row : Query(kNamed, {*schemas})) {
    if (!row[0]) throw Error(sqlstate::kNullNotAllowed, "schemas must not contain nulls");
    if (!BooleanOf(row[1])) {
      throw Error(sqlstate::kUndefinedObject, "schema " + Quoted(*row[0]) + " does not exist", {},
                  "SELECT DISTINCT schema FROM migrate_schema() lists all that have objects.");
    }
    wanted->insert(*row[0]);
  }
  return wanted;
}

std::vector<Described> ReadAll(const Wanted& wanted) {
  const Members members = ReadMembers();
  std::vector<Described> all;
  TablesToRead tables;
  tables.is_wanted = [&](std::string_view schema) { return !wanted || wanted->contains(schema); };
  const auto add = [&](Described described) {
    if (Counts(members, described)) all.push_back(std::move(described));
  };
  for (size_t i = 0; i < Ways().size(); ++i) {
    if (!Ways()[i].MayHaveAny()) continue;
    if (Ways()[i].kind->read_leaf != nullptr) {
      tables.kinds.push_back(Ways()[i].kind);
      continue;
    }
    QueryEach(Statements()[i], {}, [&](const char* const* values) {
      constexpr int kSchemaColumn = 5;
      const char* const schema = values[kSchemaColumn];
      if (wanted && (schema == nullptr || !wanted->contains(std::string_view(schema)))) return;
      add(DescribedOf(values));
    });
  }
  ReadTables(tables, add);
  return all;
}

}  // namespace

std::vector<Object> Describe(const std::optional<std::string>& schemas) {
  const auto wanted = Named(schemas);
  const PinnedSettings pinned(Reading::kAll);
  std::vector<Described> all = ReadAll(wanted);
  const std::vector<Remark> remarks = ReadRemarks();
  pinned.Close();
  return Complete(std::move(all), remarks);
}

}  // namespace migrate::schema
