#include "core/set/version.h"

#include <algorithm>

namespace migrate {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Width of the length that stands before a number's digits: three digits allow 999 of them.
constexpr size_t kLengthWidth = 3;

}  // namespace

std::string VersionSortKey(std::string_view version) {
  std::string key;
  while (!version.empty()) {
    if (!IsDigit(version[0])) {
      key += version[0];
      version.remove_prefix(1);
      continue;
    }
    const auto end = std::find_if_not(version.begin(), version.end(), IsDigit);
    std::string_view digits = version.substr(0, static_cast<size_t>(end - version.begin()));
    version.remove_prefix(digits.size());
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const std::string length = std::to_string(digits.size());
    key.append(kLengthWidth - std::min(kLengthWidth, length.size()), '0').append(length).append(digits);
  }
  return key;
}

std::string NextVersion(const std::string& version) {
  constexpr char kDigits[] = "0123456789";
  const size_t last = version.find_last_of(kDigits);
  if (last == version.npos) return {};
  const size_t before = version.find_last_not_of(kDigits, last);
  const size_t first = before == version.npos ? 0 : before + 1;
  std::string next = version.substr(0, last + 1);
  size_t at = last + 1;
  while (at > first && next[at - 1] == '9') next[--at] = '0';
  if (at == first) return next.insert(first, "1");
  ++next[at - 1];
  return next;
}

}  // namespace migrate
