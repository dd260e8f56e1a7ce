#include "core/types/typescript_text.h"

#include <algorithm>
#include <cctype>

#include "core/base/cancel.h"

namespace migrate::types {
namespace {

constexpr size_t kIndent = 2;

bool IsNameLetter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

// What stands behind the backslash; 0 if it takes none, or a number.
char EscapeOf(char c) {
  constexpr std::string_view kEscapes = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (size_t i = 0; i < kEscapes.size(); i += 2) {
    if (kEscapes[i] == c) return kEscapes[i + 1];
  }
  return 0;
}

}  // namespace

std::string TypescriptString(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  Pass(text.size());
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const char escape = EscapeOf(c); escape != 0) {
      quoted.append(1, '\\').append(1, escape);
    } else if (byte < 0x20) {
      quoted.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    } else {
      quoted += c;
    }
  }
  return quoted += '"';
}

std::string TypescriptKey(std::string_view name) {
  const bool is_plain = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
                        std::all_of(name.begin(), name.end(), IsNameLetter);
  return is_plain ? std::string(name) : TypescriptString(name);
}

void TypescriptText::Open(std::string_view before) {
  text_.append(depth_ * kIndent, ' ').append(before).append("{\n");
  ++depth_;
}

void TypescriptText::Close(std::string_view behind) {
  --depth_;
  text_.append(depth_ * kIndent, ' ').append("}").append(behind).append("\n");
}

void TypescriptText::Line(std::string_view line) {
  while (!line.empty()) {
    const size_t end = std::min(line.find('\n'), line.size());
    text_.append(depth_ * kIndent, ' ').append(line.substr(0, end)).append("\n");
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

}  // namespace migrate::types
