// The comment lines by which migration tools are told what to do with a text: one table for all of them. A text of
// another convention that bears one would run as it was not meant, so it is refused by name. What changes nothing,
// such as a linter's comments, is not here.
#pragma once

#include <string_view>

namespace migrate {

struct ToolMark {
  std::string_view words;                            // in lower case, as they stand behind the dashes
  std::string_view tool;                             // for messages
  std::string_view convention;                       // that reads it; empty if none does
  bool (*matches)(std::string_view rest) = nullptr;  // what must follow; null for nothing or a blank
};

// The mark that the words of a comment are, those behind its dashes; null for a remark.
const ToolMark* FindToolMark(std::string_view words);

}  // namespace migrate
