#include "server/store/foreign_histories.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/error.h"
#include "server/base/sql.h"
#include "server/base/trust.h"

namespace migrate {
namespace {

using adopt::Candidate;
using adopt::Tool;

// $1 the names of tables, $2 those that may stand beside them, $3 what names of others match; $4 the one table that is
// asked for. A row for each column, so that no name can pass for another.
Statement kRelations = {
    R"(SELECT c.oid, n.nspname, c.relname, c.relowner, pg_catalog.pg_get_userbyid(c.relowner),
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
           c.relkind OPERATOR(pg_catalog.=) 'r' AND NOT c.relhassubclass, pg_catalog.row_security_active(c.oid),
           c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[]) AND c.relname OPERATOR(pg_catalog.~) $3,
           c.relname OPERATOR(pg_catalog.=) ANY ($2), a.attname,
           CASE WHEN y.typnamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace::pg_catalog.oid
                THEN y.typname END
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
          AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
         LEFT JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) a.atttypid
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
          AND CASE WHEN $4 IS NULL THEN
                (c.relname OPERATOR(pg_catalog.=) ANY ($1) OR c.relname OPERATOR(pg_catalog.=) ANY ($2)
                  OR c.relname OPERATOR(pg_catalog.~) $3)
                AND n.nspname OPERATOR(pg_catalog.<>) ALL ('{migrate,pg_catalog,information_schema}'::pg_catalog.name[])
                AND n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast|temp)'
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                    AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e')
              ELSE c.oid OPERATOR(pg_catalog.=) $4::pg_catalog.oid
                OR c.relname OPERATOR(pg_catalog.=) ANY ($2) AND c.relnamespace OPERATOR(pg_catalog.=)
                  (SELECT o.relnamespace FROM pg_catalog.pg_class o WHERE o.oid OPERATOR(pg_catalog.=) $4::pg_catalog.oid)
              END
        ORDER BY 2 USING OPERATOR(pg_catalog.<), 3 USING OPERATOR(pg_catalog.<), a.attnum USING OPERATOR(pg_catalog.<))",
    Rights::kCaller};
Statement kFind = {"SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", Rights::kCaller};

enum Place {
  kOid,
  kSchema,
  kTable,
  kOwner,
  kOwnerName,
  kReadable,
  kPlain,
  kRowLevel,
  kCouldBe,
  kBeside,
  kField,
  kType
};

Candidate CandidateOf(const Row& row) {
  Candidate candidate;
  candidate.schema = TextOf(row[kSchema]);
  candidate.table = TextOf(row[kTable]);
  candidate.owner = TextOf(row[kOwnerName]);
  candidate.trusted = IsTrusted(static_cast<Oid>(IntegerOf(row[kOwner])));
  candidate.readable = BooleanOf(row[kReadable]);
  candidate.plain = BooleanOf(row[kPlain]);
  candidate.row_level = BooleanOf(row[kRowLevel]);
  candidate.could_be = BooleanOf(row[kCouldBe]);
  return candidate;
}

// The relations, each with its columns, and with those of its schema that stand beside others.
std::vector<FoundHistory> Gather(const std::vector<Row>& rows) {
  std::vector<FoundHistory> found;
  std::map<std::string, std::vector<adopt::Relation>> beside;  // by schema
  for (const auto& row : rows) {
    if (found.empty() || found.back().oid != row[kOid]) {
      found.push_back({TextOf(row[kOid]), CandidateOf(row)});
      if (BooleanOf(row[kBeside])) beside[found.back().candidate.schema].push_back(found.back().candidate);
    }
    if (row[kField]) found.back().candidate.fields.push_back({*row[kField], TextOf(row[kType])});
  }
  for (auto& each : found) each.candidate.beside = beside[each.candidate.schema];
  return found;
}

std::vector<FoundHistory> Find(const std::optional<std::string>& oid) {
  std::set<std::string> tables;
  std::set<std::string> beside;
  for (const Tool* tool : adopt::Tools()) {
    tables.emplace(tool->table);
    beside.insert(tool->beside.begin(), tool->beside.end());
  }
  const std::vector<std::string> table_list(tables.begin(), tables.end());
  const std::vector<std::string> beside_list(beside.begin(), beside.end());
  return Gather(Query(kRelations, {table_list, beside_list, adopt::kCouldBeHistory, oid}));
}

}  // namespace

std::vector<FoundHistory> FindHistories() {
  std::vector<FoundHistory> all = Find(std::nullopt);
  std::vector<FoundHistory> known;
  for (auto& found : all) {
    found.tool = adopt::ShapeOf(found.candidate);
    if (found.tool != nullptr || adopt::LooksAlike(found.candidate)) known.push_back(std::move(found));
  }
  return known;
}

FoundHistory FindHistory(const std::string& tool, const std::string& name) {
  const Value oid = QueryValue(kFind, {name});
  auto all = oid ? Find(oid) : std::vector<FoundHistory>();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.oid == *oid; });
  if (found == all.end()) {
    throw Error(sqlstate::kUndefinedTable, "there is no table \"" + name + "\"", {},
                "Write it with its schema: migrate_adopt('" + tool + ":public.my_history').");
  }
  found->tool = adopt::ShapeOf(found->candidate, tool, true);
  return std::move(*found);
}

void ReadRows(FoundHistory& found) {
  const std::vector<Row> rows = QueryOnce(adopt::SelectOf(*found.tool, found.candidate));
  found.rows = rows.size();
  found.history = found.tool->read(rows);
  found.was_read = true;
}

}  // namespace migrate
