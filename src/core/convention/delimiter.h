// Texts whose tool was told to end statements otherwise than by a semicolon.
#pragma once

#include <string>
#include <string_view>

namespace migrate::convention {

// Puts a semicolon in the place of each delimiter that stands outside of quotes, comments and parentheses, and at the
// beginning of a line where that is asked for. Lines stay as many.
std::string WithSemicolons(std::string_view text, std::string_view delimiter, bool at_line_start = false);

}  // namespace migrate::convention
