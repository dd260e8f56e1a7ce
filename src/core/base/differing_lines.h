// The lines in which two texts differ first, for whoever asks what has changed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

struct MarkedLine {
  std::optional<int> line;  // none for what is not shown
  std::string mark;         // "-" only in the first text, "+" only in the second
  std::string text;
};

// The first differing lines of both, at most `most` of each, with one common line before them; blanks at line ends do
// not count. Lines are numbered from `first_line`. Nothing if no line differs.
std::vector<MarkedLine> DifferingLines(std::string_view before, std::string_view after, int first_line, size_t most);

// All lines, with numbers.
std::vector<MarkedLine> NumberedLines(std::string_view text, int first_line);

}  // namespace migrate
