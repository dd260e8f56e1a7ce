#include "core/base/quote.h"

namespace migrate {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  quoted.append(text).append("\"");
  return quoted;
}

std::string SqlLiteral(std::string_view text) {
  std::string literal = text.find('\\') == text.npos ? "'" : "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal += c;
    literal += c;
  }
  return literal + "'";
}

}  // namespace migrate
