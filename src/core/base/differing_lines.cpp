#include "core/base/differing_lines.h"

#include <algorithm>

#include "core/base/text.h"

namespace migrate {
namespace {

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  std::string_view line;
  while (TakeLine(text, line)) lines.push_back(TrimRight(line));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// Those of [begin, end), as far as they are shown.
void AddLines(const std::vector<std::string_view>& lines, size_t begin, size_t end, int first_line, size_t most,
              const char* mark, std::vector<MarkedLine>& shown) {
  const size_t stop = std::min(end, begin + most);
  for (size_t i = begin; i < stop; ++i) {
    shown.push_back({first_line + static_cast<int>(i), mark, std::string(lines[i])});
  }
  if (stop < end) shown.push_back({std::nullopt, mark, "(" + std::to_string(end - stop) + " more)"});
}

}  // namespace

std::vector<MarkedLine> DifferingLines(std::string_view before, std::string_view after, int first_line, size_t most) {
  const auto a = LinesOf(before), b = LinesOf(after);
  const size_t shorter = std::min(a.size(), b.size());
  size_t same = 0;
  while (same < shorter && a[same] == b[same]) ++same;
  size_t end = 0;  // lines at the end that are the same again
  while (end < shorter - same && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
  std::vector<MarkedLine> shown;
  if (same + end == a.size() && same + end == b.size()) return shown;
  if (same > 0) AddLines(a, same - 1, same, first_line, 1, "", shown);
  AddLines(a, same, a.size() - end, first_line, most, "-", shown);
  AddLines(b, same, b.size() - end, first_line, most, "+", shown);
  return shown;
}

std::vector<MarkedLine> NumberedLines(std::string_view text, int first_line) {
  std::vector<MarkedLine> shown;
  std::string_view line;
  while (TakeLine(text, line)) shown.push_back({first_line++, "", std::string(line)});
  return shown;
}

}  // namespace migrate
