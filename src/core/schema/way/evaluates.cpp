#include "core/schema/way/evaluates.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

bool HasAny(std::string_view statement, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view one) { return FindWords(statement, one) != statement.npos; });
}

// What stands behind the name of what is altered.
bool Evaluates(std::string_view action) {
  if (action.starts_with("ADD COLUMN ")) return !HasAny(action, {"AS IDENTITY"});
  if (action.starts_with("ADD ")) {
    return !HasAny(action, {"FOREIGN KEY", "PRIMARY KEY", "UNIQUE", "EXCLUDE", "AS IDENTITY"});
  }
  if (action.starts_with("VALIDATE CONSTRAINT ") || action.starts_with("ATTACH PARTITION ")) return true;
  if (action.starts_with("SET NOT NULL")) return true;
  return action.starts_with("ALTER COLUMN ") && HasAny(action, {"TYPE", "SET EXPRESSION", "SET NOT NULL"});
}

}  // namespace

std::optional<Evaluated> EvaluatedBy(std::string_view statement) {
  constexpr std::string_view kBegins[] = {"ALTER TABLE ONLY ", "ALTER TABLE ", "ALTER FOREIGN TABLE ", "ALTER DOMAIN "};
  constexpr std::string_view kActions[] = {"ADD", "ALTER COLUMN", "VALIDATE CONSTRAINT", "ATTACH PARTITION",
                                           "SET NOT NULL"};
  statement = WithoutSemicolon(statement);
  const auto* const begin = std::find_if(std::begin(kBegins), std::end(kBegins),
                                         [&](std::string_view one) { return statement.starts_with(one); });
  if (begin == std::end(kBegins)) return std::nullopt;
  size_t at = statement.npos;
  for (const auto action : kActions) at = std::min(at, FindWords(statement, action));
  if (at == statement.npos || !Evaluates(statement.substr(at))) return std::nullopt;
  std::string_view name = statement.substr(begin->size(), at - begin->size());
  while (name.ends_with(' ')) name.remove_suffix(1);
  return Evaluated{*begin == "ALTER DOMAIN ", std::string(name)};
}

std::optional<UnfilledView> UnfilledViewOf(std::string_view statement) {
  constexpr std::string_view kCreate = "CREATE MATERIALIZED VIEW ";
  if (!statement.starts_with(kCreate)) return std::nullopt;
  statement = WithoutSemicolon(statement);
  constexpr std::string_view kKeywords[] = {"MATERIALIZED VIEW", "USING", "WITH", "TABLESPACE", "AS"};
  const std::string_view name = ClausesIn(statement, kKeywords)["MATERIALIZED VIEW"];
  return UnfilledView{std::string(name), std::string(statement) + "\nWITH NO DATA;"};
}

}  // namespace migrate::schema
