#include <algorithm>
#include <string>

#include "core/base/text.h"
#include "core/schema/tokens.h"
#include "core/schema/way/alter.h"

namespace migrate::schema {
namespace {

using Texts = std::vector<std::string_view>;

bool Has(const Texts& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// CREATE TYPE name AS …
std::string_view TypeName(std::string_view statement) {
  const auto [head, rest] = SplitAt(statement, "AS");
  return head.substr(head.find(' ', head.find(' ') + 1) + 1);
}

std::string Alter(std::string_view kind, std::string_view name, const std::string& what) {
  return "ALTER " + std::string(kind) + " " + std::string(name) + " " + what + ";";
}

}  // namespace

// A label can be added and renamed, not taken away: one too many stays.
std::vector<std::vector<Sequence>> EnumAlterations(std::string_view from, std::string_view to) {
  std::vector<std::vector<Sequence>> alterations;
  const std::string_view name = TypeName(to);
  const Texts now = Listed(Parenthesized(from)), wanted = Listed(Parenthesized(to));
  if (now.size() == wanted.size()) {
    for (size_t i = 0; i < now.size(); ++i) {
      if (now[i] == wanted[i] || Has(now, wanted[i])) continue;
      alterations.push_back(
          {{Alter("TYPE", name, "RENAME VALUE " + std::string(now[i]) + " TO " + std::string(wanted[i]))}});
    }
    return alterations;
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (Has(now, wanted[i])) continue;
    std::string add = "ADD VALUE " + std::string(wanted[i]);
    if (i > 0) {
      add += " AFTER " + std::string(wanted[i - 1]);
    } else if (!now.empty()) {
      add += " BEFORE " + std::string(now[0]);
    }
    alterations.push_back({{Alter("TYPE", name, add)}});
  }
  return alterations;
}

// What differs is added at the end or dropped; another order can't be had.
std::vector<std::vector<Sequence>> CompositeAlterations(std::string_view from, std::string_view to) {
  std::vector<std::vector<Sequence>> alterations;
  const std::string_view name = TypeName(to);
  const auto name_of = [](std::string_view attribute) {
    return attribute.substr(0, attribute[0] == '"' ? QuotedEnd(attribute, 0) : attribute.find(' '));
  };
  const auto names_of = [&](const Texts& attributes) {
    Texts names;
    for (const auto attribute : attributes) names.push_back(name_of(attribute));
    return names;
  };
  const Texts now = Listed(Parenthesized(from)), wanted = Listed(Parenthesized(to));
  const Texts names_now = names_of(now), names_wanted = names_of(wanted);
  for (const auto attribute : names_now) {
    if (!Has(names_wanted, attribute)) {
      alterations.push_back({{Alter("TYPE", name, "DROP ATTRIBUTE " + std::string(attribute))}});
    }
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string attribute(names_wanted[i]);
    if (!Has(names_now, attribute)) {
      alterations.push_back({{Alter("TYPE", name, "ADD ATTRIBUTE " + std::string(wanted[i]))}});
    } else if (!Has(now, wanted[i])) {
      std::string change = "ALTER ATTRIBUTE " + attribute;
      change.append(" TYPE").append(wanted[i].substr(attribute.size()));
      alterations.push_back({{Alter("TYPE", name, change)}});
    }
  }
  return alterations;
}

std::vector<std::vector<Sequence>> DomainAlterations(std::string_view from, std::string_view to) {
  constexpr std::string_view kKeywords[] = {"COLLATE", "DEFAULT", "CONSTRAINT", "NOT NULL"};
  Clauses now = ClausesIn(WithoutSemicolon(from), kKeywords), wanted = ClausesIn(WithoutSemicolon(to), kKeywords);
  if (now[""] != wanted[""] || now["COLLATE"] != wanted["COLLATE"]) return {};
  std::vector<std::vector<Sequence>> alterations;
  const std::string_view name = TypeName(to);
  const auto add = [&](const std::string& what) { alterations.push_back({{Alter("DOMAIN", name, what)}}); };
  if (now["DEFAULT"] != wanted["DEFAULT"]) {
    add(wanted["DEFAULT"].empty() ? "DROP DEFAULT" : "SET DEFAULT " + std::string(wanted["DEFAULT"]));
  }
  const bool was_not_null = now.contains("NOT NULL"), is_not_null = wanted.contains("NOT NULL");
  if (was_not_null && !is_not_null) add("DROP NOT NULL");
  if (!was_not_null && is_not_null) {
    const std::string_view constraint = wanted["CONSTRAINT"];
    add(constraint.empty() ? "SET NOT NULL" : "ADD CONSTRAINT " + std::string(constraint) + " NOT NULL");
  }
  return alterations;
}

}  // namespace migrate::schema
