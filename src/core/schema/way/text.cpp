#include "core/schema/way/text.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

bool MakesRoutine(std::string_view statement) {
  for (const std::string_view begin : {"CREATE ", "OR REPLACE "}) {
    if (statement.starts_with(begin)) statement.remove_prefix(begin.size());
  }
  return statement.starts_with("FUNCTION ") || statement.starts_with("PROCEDURE ");
}

}  // namespace

std::string TextOf(const std::vector<std::string>& statements) {
  std::string text;
  if (std::any_of(statements.begin(), statements.end(), MakesRoutine)) text = "SET LOCAL check_function_bodies = off;";
  for (const auto& statement : statements) {
    if (!text.empty()) text += "\n";
    text += statement;
    if (!statement.ends_with(';')) text += ";";
  }
  return text;
}

bool ReadsSettings(const std::string& statement) {
  constexpr std::string_view kBegins[] = {"DROP ", "COMMENT ON ", "GRANT ", "REVOKE "};
  constexpr std::string_view kHas[] = {"RENAME", "DROP COLUMN", "DROP CONSTRAINT", "OWNER TO", "SET SCHEMA"};
  return std::none_of(std::begin(kBegins), std::end(kBegins),
                      [&](std::string_view begin) { return statement.starts_with(begin); }) &&
         std::none_of(std::begin(kHas), std::end(kHas), [&](std::string_view words) {
           return statement.starts_with("ALTER ") && FindWords(statement, words) != statement.npos;
         });
}

}  // namespace migrate::schema
