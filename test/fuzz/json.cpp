#include "core/base/json.h"

#include "fuzz.h"

namespace migrate::fuzz {

// Nothing in a text ends its string, and no control character stays in it.
void Read(std::string_view input) {
  const std::string text = JsonString(input);
  Hold(text.size() >= 2 && text.front() == '"' && text.back() == '"');
  bool escaped = false;
  for (const char c : std::string_view(text).substr(1, text.size() - 2)) {
    Hold(static_cast<unsigned char>(c) >= ' ' && (escaped || c != '"'));
    escaped = !escaped && c == '\\';
  }
  Hold(!escaped);
}

}  // namespace migrate::fuzz
