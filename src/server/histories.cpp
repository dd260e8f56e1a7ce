#include "server/histories.h"

#include <set>

#include "core/error.h"
#include "core/text.h"
#include "server/sql.h"

namespace migrate {
namespace {

using adopt::Candidate;
using adopt::Tool;

constexpr char kUnit = '\x1F';
constexpr char kRecord = '\x1E';

// $1 the names of tables, $2 those that may stand beside them, $3 the one table that is asked for.
Statement kCandidates = {
    R"(SELECT n.nspname, c.relname, c.relkind,
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
           c.relkind OPERATOR(pg_catalog.<>) ALL ('{r,p}'::pg_catalog."char"[]) OR pg_catalog.row_security_active(c.oid),
           (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, pg_catalog.chr(31),
                     CASE WHEN y.typnamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace::pg_catalog.oid
                          THEN y.typname END), pg_catalog.chr(30) ORDER BY a.attnum USING OPERATOR(pg_catalog.<))
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) a.atttypid
             WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped),
           (SELECT pg_catalog.string_agg(b.relname, pg_catalog.chr(30)) FROM pg_catalog.pg_class b
             WHERE b.relnamespace OPERATOR(pg_catalog.=) n.oid AND b.relname OPERATOR(pg_catalog.=) ANY ($2))
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
          AND CASE WHEN $3 IS NULL THEN c.relname OPERATOR(pg_catalog.=) ANY ($1)
                AND n.nspname OPERATOR(pg_catalog.<>) ALL ('{migrate,pg_catalog,information_schema}'::pg_catalog.name[])
                AND n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast|temp)'
              ELSE c.oid OPERATOR(pg_catalog.=) $3::pg_catalog.oid END
        ORDER BY 1 USING OPERATOR(pg_catalog.<), 2 USING OPERATOR(pg_catalog.<))",
    Rights::kCaller};
Statement kFind = {"SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", Rights::kCaller};

std::vector<std::string> Divided(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

Candidate CandidateOf(const Row& row) {
  Candidate candidate;
  candidate.schema = TextOf(row[0]);
  candidate.table = TextOf(row[1]);
  candidate.kind = TextOf(row[2])[0];
  candidate.readable = BooleanOf(row[3]);
  candidate.runs_code = BooleanOf(row[4]);
  for (const auto& field : Divided(TextOf(row[5]), kRecord)) {
    const size_t unit = field.find(kUnit);
    candidate.fields.push_back({field.substr(0, unit), field.substr(unit + 1)});
  }
  candidate.beside = Divided(TextOf(row[6]), kRecord);
  return candidate;
}

std::vector<FoundHistory> Find(const std::optional<std::string>& oid) {
  std::set<std::string> tables;
  std::set<std::string> beside;
  for (const Tool* tool : adopt::Tools()) {
    tables.emplace(tool->table);
    if (!tool->beside.empty()) beside.emplace(tool->beside);
  }
  const std::vector<std::string> table_list(tables.begin(), tables.end());
  const std::vector<std::string> beside_list(beside.begin(), beside.end());
  std::vector<FoundHistory> found;
  for (const auto& row : Query(kCandidates, {table_list, beside_list, oid})) found.push_back({CandidateOf(row)});
  return found;
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
  auto found = oid ? Find(oid) : std::vector<FoundHistory>();
  if (found.empty()) {
    throw Error(sqlstate::kUndefinedTable, "there is no table \"" + name + "\"", {},
                "Write it with its schema: migrate_adopt('" + tool + ":public.my_history').");
  }
  found.front().tool = adopt::ShapeOf(found.front().candidate, tool, true);
  return std::move(found.front());
}

void ReadRows(FoundHistory& found) {
  const std::vector<Row> rows = QueryOnce(adopt::SelectOf(*found.tool, found.candidate));
  found.rows = rows.size();
  found.history = found.tool->read(rows);
  found.was_read = true;
}

}  // namespace migrate
