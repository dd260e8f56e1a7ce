// Writes HTML: literals of the source are markup, every other text is escaped. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace migrate::report {

class Markup {
 public:
  // The page is ASCII but for what stands in the database: it has no encoding of its own.
  template <size_t N>
  Markup& Add(const char (&literal)[N]) {
    text_.append(literal, N - 1);
    return *this;
  }
  Markup& Add(const Markup& markup) {
    text_ += markup.text_;
    return *this;
  }
  Markup& AddNumber(size_t number) {
    text_ += std::to_string(number);
    return *this;
  }
  // With two decimals: a place in a plot.
  Markup& AddPlace(double place);

  // Escaped for where text stands, and for an attribute in double quotes. What a terminal would not print is shown as
  // the picture of its control character.
  Markup& Text(std::string_view text);
  // A name, which keeps its own direction of writing.
  Markup& Name(std::string_view text) { return Add("<bdi>").Text(text).Add("</bdi>"); }
  // … that is code.
  Markup& Code(std::string_view text) { return Add("<code><bdi>").Text(text).Add("</bdi></code>"); }

  bool empty() const { return text_.empty(); }
  size_t size() const { return text_.size(); }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace migrate::report
