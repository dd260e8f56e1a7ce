// Lines of TypeScript, indented, and how names and strings are written there.
#pragma once

#include <string>
#include <string_view>

namespace migrate::types {

// As JSON.stringify() writes it.
std::string TypescriptString(std::string_view text);

// A key of an object: in quotes if it needs them.
std::string TypescriptKey(std::string_view name);

class TypescriptText {
 public:
  // "key: {", and whatever follows stands one level deeper until Close() ends it.
  void Open(std::string_view before);
  void Close(std::string_view behind = "");
  void Line(std::string_view line);  // may be several

  std::string& text() { return text_; }

 private:
  std::string text_;
  size_t depth_ = 0;
};

}  // namespace migrate::types
