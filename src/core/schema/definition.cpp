#include "core/schema/definition.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/quote.h"
#include "core/schema/grants.h"

namespace migrate::schema {
namespace {

// What is said of objects, by their addresses.
using Remarks = std::multimap<Address, const Remark*>;

// The one that begins there. A comment of SQL needs no end.
void EndStatement(std::string& definition, size_t begin) {
  const std::string_view statement = std::string_view(definition).substr(begin);
  if (!statement.starts_with("--") || statement.find('\n') != statement.npos) definition += ';';
}

void AddStatement(std::string& definition, std::string_view statement) {
  if (!definition.empty()) definition += '\n';
  const size_t begin = definition.size();
  definition.append(statement);
  EndStatement(definition, begin);
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

// The columns of a table in their order, which their own definitions don't tell. They stand right behind it.
std::string ColumnsLine(std::span<Described* const> behind, const Address& table) {
  std::string line;
  for (const Described* const column : behind) {
    if (column->address.column == 0 || column->relation != table) break;
    line += (line.empty() ? "-- columns: " : ", ") + ColumnName(column->object.name);
  }
  return line.empty() ? "-- no columns" : line;
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

bool HasColumns(const Described& described) {
  return described.object.kind == "table" || described.object.kind == "foreign table";
}

std::string WholeDefinition(Described& described, std::span<Described* const> behind, const Remarks& remarks) {
  std::string definition = std::move(described.object.definition);
  if (!definition.empty()) EndStatement(definition, 0);
  if (HasColumns(described)) AddStatement(definition, ColumnsLine(behind, described.relation));
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

// The texts by their number in order.
std::unordered_map<std::string_view, int> Numbered(std::vector<std::string_view> texts) {
  std::sort(texts.begin(), texts.end());
  std::unordered_map<std::string_view, int> numbers;
  for (const auto& text : texts) numbers.emplace(text, static_cast<int>(numbers.size()));
  return numbers;
}

struct Place {
  int schema, relation, rank, column;
  Described* described;

  auto Key() const {
    return std::tie(schema, relation, rank, column, described->object.kind, described->object.identity);
  }
};

// In the order in which they are shown: by schema, and there what belongs to no relation by class, then each relation
// with its columns by number and the rest by class.
std::vector<Described*> InOrder(std::vector<Described>& described) {
  std::unordered_map<uint32_t, std::string_view> relations;
  std::vector<std::string_view> schemas, identities = {""};
  for (const auto& one : described) {
    if (schemas.empty() || schemas.back() != one.object.schema) schemas.push_back(one.object.schema);
    if (!one.is_relation()) continue;
    relations.emplace(one.relation.oid, one.object.identity);
    identities.push_back(one.object.identity);
  }
  const auto schema_numbers = Numbered(std::move(schemas)), numbers = Numbered(std::move(identities));
  std::vector<Place> places;
  places.reserve(described.size());
  for (auto& one : described) {
    const auto relation = relations.find(one.relation.oid);
    const std::string_view name = relation == relations.end() ? std::string_view("") : relation->second;
    const int rank = one.is_relation() ? 0 : one.address.column != 0 ? 1 : 2;
    places.push_back({schema_numbers.at(one.object.schema), numbers.at(name), rank, one.address.column, &one});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.Key() < b.Key(); });
  std::vector<Described*> ordered;
  ordered.reserve(places.size());
  for (const auto& place : places) ordered.push_back(place.described);
  return ordered;
}

}  // namespace

std::vector<Object> Complete(std::vector<Described> described, const std::vector<Remark>& remarks) {
  Remarks by_address;
  for (const auto& remark : remarks) by_address.emplace(remark.address, &remark);
  const std::vector<Described*> ordered = InOrder(described);
  std::vector<Object> objects;
  objects.reserve(described.size());
  for (size_t i = 0; i < ordered.size(); ++i) {
    Described& one = *ordered[i];
    const bool is_member = !one.extension.empty();
    std::string definition =
        is_member ? MemberDefinition(one) : WholeDefinition(one, std::span(ordered).subspan(i + 1), by_address);
    if (definition.empty() && is_member) continue;
    Pass(definition.size());
    Object object = std::move(one.object);
    object.definition = std::move(definition);
    object.address = one.address;
    object.target = std::move(one.target);
    if (is_member) {
      // It holds nothing that could go.
      object.identity = object.kind + ' ' + object.identity;
      object.kind = "extension member";
    } else {
      object.relation = one.relation;
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

void AddHash(Object& object, const HasherFactory& new_hasher) {
  Pass(object.definition.size());
  const auto hasher = new_hasher();
  hasher->Add(object.definition);
  object.hash = hasher->Finish();
}

void AddHashes(std::vector<Object>& objects, const HasherFactory& new_hasher) {
  for (auto& object : objects) AddHash(object, new_hasher);
}

std::string HashOf(const std::vector<Object>& objects, Hasher& hasher) {
  // Lengths, so that nothing can pass for the end of something.
  const auto add = [&](const std::string& text) {
    hasher.Add(std::to_string(text.size()) + ' ');
    hasher.Add(text);
  };
  for (const auto& object : objects) {
    Pass(object.definition.size());
    add(object.kind);
    add(object.identity);
    add(object.definition);
  }
  return hasher.Finish();
}

}  // namespace migrate::schema
