// Liquibase's preconditions, as SQL.
#include <algorithm>

#include "core/base/quote.h"
#include "core/convention/guard.h"
#include "core/convention/liquibase.h"
#include "core/text/lexer.h"

namespace migrate::convention {
namespace {

[[noreturn]] void Refuse(const std::string& what, const std::string& hint) {
  throw Error(sqlstate::kFeatureNotSupported, what, {}, hint);
}

// "expectedResult:0 SELECT …", whose first word may be all of it.
std::string SqlCheck(std::string_view words) {
  constexpr std::string_view kExpected = "expectedResult:";
  if (EqualsIgnoringCase(words.substr(0, kExpected.size()), kExpected)) words.remove_prefix(kExpected.size());
  std::string expected;
  if (words.starts_with('\'') && words.find('\'', 1) != words.npos) {
    expected = words.substr(1, words.find('\'', 1) - 1);
    words.remove_prefix(expected.size() + 2);
  } else {
    expected = TakeWord(words, " \t");
  }
  Lexer lexer(words, true);
  const auto piece = lexer.Next();
  if (!piece || piece->kind != PieceKind::kStatement || lexer.FindStatement() != words.npos) {
    Refuse("a sql-check takes what it expects and one query", "Write \"expectedResult:0 SELECT count(*) FROM t\".");
  }
  // As the driver shows it to Liquibase: true is "t".
  return "pg_catalog.format('%s', (" + std::string(piece->text) + ")) OPERATOR(pg_catalog.=) " + SqlLiteral(expected);
}

// "table:name schema:name".
std::string Exists(const std::string& kind, std::string_view words) {
  std::map<std::string, std::string> names;
  for (const auto& word : SplitList(words, ' ')) {
    const size_t colon = std::min(word.find(':'), word.size());
    names[ToLower(word.substr(0, colon))] = word.substr(std::min(colon + 1, word.size()));
  }
  if (names[kind].empty()) Refuse("the precondition names no " + kind, "Write \"" + kind + ":name\".");
  const std::string& schema = names["schema"];
  return "EXISTS (SELECT FROM pg_catalog.pg_" + kind + "s WHERE schemaname OPERATOR(pg_catalog.=) " +
         (schema.empty() ? "pg_catalog.current_schema()" : SqlLiteral(schema)) + " AND pg_catalog.lower(" + kind +
         "name) OPERATOR(pg_catalog.=) " + SqlLiteral(ToLower(names[kind])) + ")";
}

}  // namespace

std::string TakeWord(std::string_view& rest, std::string_view ends) {
  const size_t close = rest.starts_with('"') ? rest.find('"', 1) : rest.npos;
  const bool quoted = close != rest.npos;
  const size_t end = quoted ? close : std::min(rest.find_first_of(ends), rest.size());
  std::string value(rest.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0)));
  rest.remove_prefix(quoted ? end + 1 : end);
  return value;
}

std::string ConditionOf(std::string_view words) {
  const std::string kind = ToLower(TakeWord(words, " \t"));
  words = Trim(words);
  if (kind == "sql-check") return SqlCheck(words);
  if (kind == "table-exists") return Exists("table", words);
  if (kind == "view-exists") return Exists("view", words);
  Refuse("precondition \"" + kind + "\" is not supported", "Write it as a sql-check.");
}

}  // namespace migrate::convention
