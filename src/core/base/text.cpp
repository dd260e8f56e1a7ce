#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "core/base/cancel.h"
#include "core/text/directive.h"

namespace migrate {
namespace {

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view TrimLeft(std::string_view text) {
  size_t start = 0;
  while (start < text.size() && IsBlank(text[start])) ++start;
  Pass(start + 1);
  return text.substr(start);
}

std::string_view TrimRight(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && IsBlank(text[end - 1])) --end;
  Pass(text.size() - end + 1);
  return text.substr(0, end);
}

std::string_view Trim(std::string_view text) { return TrimLeft(TrimRight(text)); }

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

size_t LineEnd(std::string_view text, size_t from) {
  // One character at a time is quick to find; a search for either looks each character up. A text may have but one of
  // them, far away, so no search goes much further than the other.
  for (size_t window = 256; from < text.size(); window *= 2) {
    const std::string_view part = text.substr(from, window);
    const size_t newline = std::min(part.find('\n'), part.size());
    const size_t end = std::min(part.substr(0, newline).find('\r'), newline);
    Pass(end + 1);
    if (end < part.size()) return from + end;
    from += part.size();
  }
  return text.size();
}

size_t Find(std::string_view text, const RareWord& word, size_t from) {
  // The C library looks for one byte in many at once.
  for (size_t at = from + word.rarest, next; (next = text.find(word.text[word.rarest], at)) != text.npos;
       at = next + 1) {
    Pass(next - at + 1);
    if (text.substr(next - word.rarest).starts_with(word.text)) return next - word.rarest;
  }
  Pass(text.size() - std::min(from, text.size()));
  return text.npos;
}

std::vector<std::string> SplitList(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (const auto part = Trim(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

void AddRemark(std::string& remarks, std::string_view remark) {
  if (remark.empty()) return;
  if (!remarks.empty()) remarks += "; ";
  remarks += remark;
}

std::string JoinFirst(const std::vector<std::string>& parts, size_t most) {
  if (parts.size() <= most) return Join(parts, ", ");
  const std::vector<std::string> first(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(most));
  return Join(first, ", ") + ", and " + std::to_string(parts.size() - most) + " more";
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (const auto& part : parts) {
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

bool TakeLine(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  const size_t end = rest.find('\n');
  line = rest.substr(0, end);
  Pass(line.size() + 1);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

Position Advance(Position from, std::string_view text) {
  Pass(text.size());
  for (size_t newline; (newline = text.find('\n')) != text.npos;) {
    ++from.line;
    from.column = 1;
    text.remove_prefix(newline + 1);
  }
  from.column += CountCharacters(text);
  return from;
}

int CountCharacters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuationByte(c); }));
}

size_t OffsetOfCharacter(std::string_view text, int position) {
  size_t offset = 0;
  for (int passed = 1; offset < text.size(); ++offset) {
    if (IsContinuationByte(text[offset])) continue;
    if (passed++ == position) break;
  }
  return offset;
}

bool HashNormalForm(std::string_view given, Hasher& hasher) {
  const std::string_view text = WithoutByteOrderMark(given);
  // What is in normal form as it stands is fed at once: most texts are, as a whole.
  size_t begin = 0, end = 0;
  // Newlines are held back until a line that is not empty follows, so that none is left at the end.
  size_t newlines = 0;
  bool first = true;
  std::string_view line, rest = text;
  while (TakeLine(rest, line)) {
    if (IsSectionLine(line)) continue;
    if (!first) ++newlines;
    first = false;
    const auto start = static_cast<size_t>(line.data() - text.data());
    line = TrimRight(line);
    if (line.empty()) continue;
    if (start - end != newlines) {
      hasher.Add(text.substr(begin, end - begin));
      hasher.Add(std::string(newlines, '\n'));
      begin = start;
    }
    end = start + line.size();
    newlines = 0;
  }
  hasher.Add(text.substr(begin, end - begin));
  return begin == 0 && end == given.size();
}

std::vector<std::string> NearestNames(std::string_view wanted, const std::vector<std::string>& names, size_t limit) {
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const auto& name : names) {
    const bool contained = !wanted.empty() && name.find(wanted) != name.npos;
    const size_t distance = contained ? 1 : EditDistance(wanted, name);
    if (distance <= std::max<size_t>(2, name.size() / 2)) ranked.emplace_back(distance, name);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> nearest;
  for (const auto& [distance, name] : ranked) {
    if (nearest.size() == limit) break;
    nearest.push_back(name);
  }
  return nearest;
}

std::string NumberText(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number, std::chars_format::fixed, 3).ptr;
  return {buffer, end};
}

}  // namespace migrate
