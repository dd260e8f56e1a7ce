#include "core/schema/belonging.h"

#include <algorithm>
#include <iterator>

#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

constexpr std::string_view kRelations[] = {"table", "foreign table", "view", "materialized view"};
// "name on schema.table"
constexpr std::string_view kOnRelation[] = {"table constraint", "domain constraint", "trigger", "policy", "rule"};

// Where `word` stands outside of quotes, the first time or the last; npos if nowhere.
enum class Which { kFirst, kLast };
size_t FindOutsideQuotes(std::string_view text, std::string_view word, Which which) {
  size_t found = text.npos;
  for (size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with(word)) {
      found = at;
      if (which == Which::kFirst) break;
    }
    at = text[at] == '"' || text[at] == '\'' ? QuotedEnd(text, at) : at + 1;
  }
  return found;
}

std::string_view Behind(std::string_view text, std::string_view word, Which which) {
  const size_t at = FindOutsideQuotes(text, word, which);
  return at == text.npos ? std::string_view() : text.substr(at + word.size());
}

// The name, with its schema if it has one, that a text begins with.
std::string_view LeadingName(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && text[end] != ' ' && text[end] != ';' && text[end] != '\n') {
    end = text[end] == '"' ? QuotedEnd(text, end) : end + 1;
  }
  return text.substr(0, end);
}

std::string_view OfIndex(std::string_view definition) {
  std::string_view rest = Behind(definition, " ON ", Which::kFirst);
  if (rest.starts_with("ONLY ")) rest.remove_prefix(5);
  return LeadingName(rest);
}

std::string_view OfSequence(std::string_view definition) {
  constexpr std::string_view kOfColumn = "-- of ";
  const std::string_view column = definition.starts_with(kOfColumn) ? definition.substr(kOfColumn.size())
                                                                    : Behind(definition, " OWNED BY ", Which::kLast);
  return SplitName(LeadingName(column)).first;
}

template <size_t N>
bool IsAmong(const std::string_view (&kinds)[N], std::string_view kind) {
  return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

}  // namespace

bool IsRelation(std::string_view kind) { return IsAmong(kRelations, kind); }

std::string_view RelationOf(const Object& object) {
  const std::string_view kind = object.kind, identity = object.identity, definition = object.definition;
  if (kind.ends_with(" column")) return SplitName(identity).first;
  if (IsAmong(kOnRelation, kind)) return Behind(identity, " on ", Which::kLast);
  if (kind == "index") return OfIndex(definition);
  if (kind == "sequence") return OfSequence(definition);
  if (kind == "statistics object") {
    return LeadingName(Behind(definition.substr(0, definition.find(";\n")), " FROM ", Which::kLast));
  }
  if (kind == "publication relation") {
    return identity.substr(0, FindOutsideQuotes(identity, " in publication ", Which::kLast));
  }
  return {};
}

QualifiedName NameOf(std::string_view identity) {
  const auto [schema, name] = SplitName(identity);
  return {Unquoted(schema), Unquoted(name)};
}

std::string WithName(std::string_view kind, std::string_view identity, std::string_view name) {
  size_t end = identity.size();
  if (IsAmong(kOnRelation, kind)) {
    end = std::min(end, FindOutsideQuotes(identity, " on ", Which::kLast));
    return std::string(name) + std::string(identity.substr(end));
  }
  end = std::min(end, FindOutsideQuotes(identity, "(", Which::kFirst));
  const std::string_view schema = SplitName(identity.substr(0, end)).first;
  return std::string(schema) + (schema.empty() ? "" : ".") + std::string(name) + std::string(identity.substr(end));
}

void SetIdentity(Object& object, std::string_view identity) {
  const bool had_schema = !object.schema.empty();
  object.identity = identity;
  std::string_view own = identity.substr(0, FindOutsideQuotes(identity, "(", Which::kFirst));
  if (IsAmong(kOnRelation, object.kind)) own = own.substr(0, FindOutsideQuotes(own, " on ", Which::kLast));
  const QualifiedName name = NameOf(own);
  object.name = name.name;
  if (!had_schema) return;
  const std::string_view relation = RelationOf(object);
  object.schema = NameOf(IsAmong(kOnRelation, object.kind) || object.kind.ends_with(" column") ? relation : own).schema;
  if (object.kind == "schema") object.schema = object.name;
}

std::string_view ParentOf(const Object& object) {
  if (!IsRelation(object.kind)) return {};
  const std::string_view first = std::string_view(object.definition).substr(0, object.definition.find(";\n"));
  return LeadingName(Behind(first, " PARTITION OF ", Which::kFirst));
}

std::string OwnerOf(const Object& object) {
  for (const auto& part : PartsOf(object.definition)) {
    if (part.topic != Topic::kOwner) continue;
    auto roles = RolesIn(part);
    if (!roles.empty()) return std::move(roles.back());
  }
  return {};
}

}  // namespace migrate::schema
