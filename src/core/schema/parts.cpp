#include "core/schema/parts.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/text.h"
#include "core/schema/tokens.h"
#include "core/text/lexer.h"

namespace migrate::schema {
namespace {

constexpr std::string_view kColumns = "-- columns: ";
constexpr std::string_view kNoColumns = "-- no columns";

// ALTER … OWNER TO name;
bool SetsOwner(std::string_view statement) {
  if (!statement.starts_with("ALTER ")) return false;
  std::array<Token, 3> last;
  Tokens tokens(statement);
  for (Token token; tokens.Next(token) && !token.Is(";");) last = {last[1], last[2], token};
  return last[0].Is("OWNER") && last[1].Is("TO") && last[2].is_name;
}

Topic TopicOf(std::string_view text) {
  if (text.starts_with(kColumns) || text == kNoColumns) return Topic::kColumnOrder;
  if (text.starts_with("COMMENT ON ")) return Topic::kComment;
  if (text.starts_with("GRANT ") || text.starts_with("REVOKE ") || text.starts_with("ALTER DEFAULT PRIVILEGES ")) {
    return Topic::kGrants;
  }
  return SetsOwner(text) ? Topic::kOwner : Topic::kObject;
}

// What stands between two statements: comment lines, one a part.
void AddLines(std::string_view between, std::vector<Part>& parts) {
  for (std::string_view line; TakeLine(between, line);) {
    line = Trim(line);
    if (line.ends_with(';')) line = TrimRight(line.substr(0, line.size() - 1));
    if (!line.empty()) parts.push_back({line, TopicOf(line)});
  }
}

// Whether a role's name, or a list of them, follows the word in such a statement. Keywords stand in capitals, which no
// name does without quotes.
bool IntroducesRole(std::string_view statement, const Token& word) {
  if (statement.starts_with("CREATE USER MAPPING ")) return word.Is("FOR");
  if (statement.starts_with("CREATE POLICY ")) return word.Is("TO");
  return word.Is("TO") || word.Is("FROM") || word.Is("BY") || word.Is("ROLE");
}

bool NamesRoles(const Part& part) {
  return part.topic == Topic::kOwner || part.topic == Topic::kGrants || part.text.starts_with("CREATE POLICY ") ||
         part.text.starts_with("CREATE USER MAPPING ");
}

}  // namespace

std::vector<Part> PartsOf(std::string_view definition) {
  std::vector<Part> parts;
  Lexer lexer(definition, true);
  size_t from = 0;
  while (const auto piece = lexer.Next()) {
    AddLines(definition.substr(from, piece->begin - from), parts);
    from = piece->end + (piece->terminated ? 1 : 0);
    const std::string_view text = definition.substr(piece->begin, from - piece->begin);
    parts.push_back({text, TopicOf(text)});
  }
  AddLines(definition.substr(from), parts);
  return parts;
}

std::vector<std::string_view> ColumnsIn(const Part& part) {
  std::vector<std::string_view> names;
  if (!part.text.starts_with(kColumns)) return names;
  std::string_view rest = part.text.substr(kColumns.size());
  while (!rest.empty()) {
    size_t end = 0;
    while (end < rest.size() && rest[end] != ',') end = rest[end] == '"' ? QuotedEnd(rest, end) : end + 1;
    names.push_back(Trim(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

std::vector<std::string> RolesIn(const Part& part) {
  std::vector<std::string> roles;
  if (!NamesRoles(part)) return roles;
  bool expected = false, in_list = false;
  Tokens tokens(part.text);
  for (Token token; tokens.Next(token);) {
    if (expected && token.is_name) {
      if (!token.Is("PUBLIC")) roles.push_back(Unquoted(token.text));
      in_list = true;
      expected = false;
    } else {
      expected = (in_list && token.Is(",")) || IntroducesRole(part.text, token);
      in_list = false;
    }
  }
  return roles;
}

}  // namespace migrate::schema
