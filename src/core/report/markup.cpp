#include "core/report/markup.h"

#include <array>
#include <cstdio>

#include "core/base/cancel.h"

namespace migrate::report {

Markup& Markup::AddPlace(double place) {
  std::array<char, 32> text;
  int size = std::snprintf(text.data(), text.size(), "%.2f", place);
  // Without zeros that say nothing: there are thousands of places in a page.
  while (size > 0 && text[size - 1] == '0') --size;
  if (size > 0 && text[size - 1] == '.') --size;
  text_.append(text.data(), size);
  return *this;
}

Markup& Markup::Text(std::string_view text) {
  constexpr unsigned kPictures = 0x2400;  // of control characters, in their order
  Pass(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = text[i];
    if (c == '&') {
      text_ += "&amp;";
    } else if (c == '<') {
      text_ += "&lt;";
    } else if (c == '>') {
      text_ += "&gt;";
    } else if (c == '"') {
      text_ += "&quot;";
    } else if (c == '\'') {
      text_ += "&#39;";
    } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      continue;  // the end of a line either way
    } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
      text_ += "&#" + std::to_string(c == 0x7f ? kPictures + 0x21 : kPictures + c) + ";";
    } else {
      text_ += static_cast<char>(c);
    }
  }
  return *this;
}

}  // namespace migrate::report
