#include "core/schema/definition.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/quote.h"
#include "core/schema/grants.h"

namespace migrate::schema {
namespace {

// What is said of objects, by their addresses.
using Remarks = std::multimap<Address, const Remark*>;

void AddStatement(std::string& definition, std::string_view statement) {
  if (!definition.empty()) definition += '\n';
  definition.append(statement);
  // A comment of SQL needs no end.
  if (!statement.starts_with("--") || statement.find('\n') != statement.npos) definition += ';';
}

std::string RemarkStatement(const Described& described, const Remark& remark) {
  if (remark.kind == Remark::Kind::kExtension) {
    return "ALTER " + described.target + " DEPENDS ON EXTENSION " + remark.by;
  }
  std::string statement =
      remark.kind == Remark::Kind::kComment ? "COMMENT ON " : "SECURITY LABEL FOR " + remark.by + " ON ";
  return statement.append(described.target).append(" IS ").append(SqlLiteral(remark.text));
}

// A column's name in a comment: on one line, and in quotes if a comma could be part of it.
std::string ColumnName(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
  };
  if (std::all_of(name.begin(), name.end(), is_plain)) return std::string(name);
  const bool has_lines = name.find_first_of("\r\n") != name.npos;
  std::string quoted = has_lines ? "U&\"" : "\"";
  for (const char c : name) {
    if (c == '"' || (c == '\\' && has_lines)) quoted += c;
    quoted += c == '\n' ? "\\000A" : c == '\r' ? "\\000D" : std::string(1, c);
  }
  return quoted + '"';
}

// The columns of a table in their order, which their own definitions don't tell.
std::string ColumnsLine(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  shown.reserve(names.size());
  for (const auto& name : names) shown.push_back(ColumnName(name));
  return shown.empty() ? "-- no columns" : "-- columns: " + Join(shown, ", ");
}

// Of what an extension has made pg_dump writes what was granted on it since, and nothing else. Empty for nothing.
std::string MemberDefinition(const Described& described) {
  std::string definition;
  for (const auto& statement : GrantStatements(described)) {
    if (definition.empty()) AddStatement(definition, "-- of extension " + described.extension);
    AddStatement(definition, statement);
  }
  return definition;
}

std::string WholeDefinition(const Described& described, const std::vector<std::string>* columns,
                            const Remarks& remarks) {
  std::string definition;
  if (!described.object.definition.empty()) AddStatement(definition, described.object.definition);
  if (columns != nullptr) AddStatement(definition, ColumnsLine(*columns));
  if (!described.owner.empty()) {
    AddStatement(definition, "ALTER " + described.target + " OWNER TO " + described.owner);
  }
  for (const auto& statement : GrantStatements(described)) AddStatement(definition, statement);
  const auto [first, last] = remarks.equal_range(described.address);
  std::vector<std::string> said;
  for (auto remark = first; remark != last; ++remark) said.push_back(RemarkStatement(described, *remark->second));
  std::sort(said.begin(), said.end());
  for (const auto& statement : said) AddStatement(definition, statement);
  return definition;
}

// In the order in which they are shown: by schema, and there what belongs to no relation by class, then each relation
// with its columns by number and the rest by class.
std::vector<Described*> InOrder(std::vector<Described>& described) {
  std::map<Address, const std::string*> relations;
  for (const auto& one : described) {
    if (one.is_relation()) relations.emplace(one.relation, &one.object.identity);
  }
  struct Place {
    std::string_view relation;
    int rank;
    Described* described;
  };
  std::vector<Place> places;
  places.reserve(described.size());
  for (auto& one : described) {
    const auto relation = relations.find(one.relation);
    const std::string_view name = relation == relations.end() ? std::string_view() : *relation->second;
    places.push_back({name, one.is_relation() ? 0 : one.address.column != 0 ? 1 : 2, &one});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    const Described &of_a = *a.described, &of_b = *b.described;
    return std::tie(of_a.object.schema, a.relation, a.rank, of_a.address.column, of_a.object.kind,
                    of_a.object.identity) < std::tie(of_b.object.schema, b.relation, b.rank, of_b.address.column,
                                                     of_b.object.kind, of_b.object.identity);
  });
  std::vector<Described*> ordered;
  ordered.reserve(places.size());
  for (const auto& place : places) ordered.push_back(place.described);
  return ordered;
}

bool HasColumns(const Described& described) {
  return described.object.kind == "table" || described.object.kind == "foreign table";
}

}  // namespace

std::vector<Object> Complete(std::vector<Described> described, const std::vector<Remark>& remarks,
                             const HasherFactory& new_hasher) {
  Remarks by_address;
  for (const auto& remark : remarks) by_address.emplace(remark.address, &remark);
  std::map<Address, std::vector<std::pair<int, std::string>>> numbered;
  for (const auto& one : described) {
    if (one.address.column != 0) numbered[one.relation].emplace_back(one.address.column, one.object.name);
  }
  std::map<Address, std::vector<std::string>> columns;
  for (auto& [relation, names] : numbered) {
    std::sort(names.begin(), names.end());
    for (auto& [number, name] : names) columns[relation].push_back(std::move(name));
  }
  std::vector<Object> objects;
  objects.reserve(described.size());
  for (Described* const one : InOrder(described)) {
    const bool is_member = !one->extension.empty();
    const std::vector<std::string>* const names = HasColumns(*one) ? &columns[one->relation] : nullptr;
    Object object = one->object;
    object.definition = is_member ? MemberDefinition(*one) : WholeDefinition(*one, names, by_address);
    if (object.definition.empty() && is_member) continue;
    Pass(object.definition.size());
    const auto hasher = new_hasher();
    hasher->Add(object.definition);
    object.hash = hasher->Finish();
    object.address = one->address;
    object.target = one->target;
    if (is_member) {
      // It holds nothing that could go.
      object.identity = object.kind + ' ' + object.identity;
      object.kind = "extension member";
    } else {
      object.relation = one->relation;
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

std::string HashOf(const std::vector<Object>& objects, Hasher& hasher) {
  std::vector<std::string> lines;
  lines.reserve(objects.size());
  for (const auto& object : objects) {
    Pass(object.identity.size());
    // Lengths, so that no name can pass for the end of one.
    lines.push_back(object.kind + ' ' + std::to_string(object.identity.size()) + ' ' + object.identity + ' ' +
                    object.hash + '\n');
  }
  std::sort(lines.begin(), lines.end());
  for (const auto& line : lines) hasher.Add(line);
  return hasher.Finish();
}

}  // namespace migrate::schema
