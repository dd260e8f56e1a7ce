#include "core/types/order.h"

#include <algorithm>

namespace migrate::types {
namespace {

// The weights of CLDR's root collation, which English has as it is. Whatever isn't here is a letter, or weighs nothing.
constexpr std::string_view kBeforeLetters = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

bool IsUpper(unsigned char c) { return c >= 'A' && c <= 'Z'; }

int WeightOf(unsigned char c) {
  const size_t place = kBeforeLetters.find(static_cast<char>(c));
  if (place != kBeforeLetters.npos) return static_cast<int>(place) + 1;
  const int letters = static_cast<int>(kBeforeLetters.size()) + 1;
  if (IsUpper(c)) return letters + (c - 'A');
  if (c >= 'a' && c <= 'z') return letters + (c - 'a');
  return c < 0x80 ? 0 : letters + c;
}

// The next byte that weighs something; the end if there is none.
size_t NextWeighty(std::string_view text, size_t from) {
  while (from < text.size() && WeightOf(static_cast<unsigned char>(text[from])) == 0) ++from;
  return from;
}

int CompareAscii(std::string_view a, std::string_view b) {
  int by_case = 0;
  size_t i = NextWeighty(a, 0);
  size_t j = NextWeighty(b, 0);
  while (i < a.size() && j < b.size()) {
    const auto x = static_cast<unsigned char>(a[i]);
    const auto y = static_cast<unsigned char>(b[j]);
    if (const int difference = WeightOf(x) - WeightOf(y); difference != 0) return difference;
    if (by_case == 0) by_case = static_cast<int>(IsUpper(x)) - static_cast<int>(IsUpper(y));
    i = NextWeighty(a, i + 1);
    j = NextWeighty(b, j + 1);
  }
  if (i < a.size() || j < b.size()) return i < a.size() ? 1 : -1;
  return by_case;
}

}  // namespace

int Order::Compare(std::string_view a, std::string_view b) const {
  return ranks_.empty() ? CompareAscii(a, b) : RankOf(a) - RankOf(b);
}

int Order::RankOf(std::string_view text) const {
  const auto found = ranks_.find(std::string(text));
  return found == ranks_.end() ? -1 : found->second;
}

bool HasForeignLetters(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [](const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  });
}

}  // namespace migrate::types
