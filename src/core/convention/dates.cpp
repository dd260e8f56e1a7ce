// Versions that are dates, some with a time and some without: "20250131_a.sql" among "20250130120000_b.sql". Tools that
// go by file names, as the Supabase CLI and dbmate do, run them as they come; as numbers all short ones would come
// first.
#include <algorithm>
#include <cstdint>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

bool IsDate(std::string_view version) {
  constexpr size_t kDay = 8;
  if (version.size() < kDay || version.find_first_not_of("0123456789") != version.npos) return false;
  const std::string_view century = version.substr(0, 2);
  const std::string_view month = version.substr(4, 2);
  const std::string_view day = version.substr(6, 2);
  return (century == "19" || century == "20") && month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

// Milliseconds since 1970 of "20240131120000123".
std::string SinceEpoch(const std::string& version) {
  const auto number = [&](size_t from, size_t length) { return std::stoll(version.substr(from, length)); };
  const int64_t month = number(4, 2);
  const int64_t year = number(0, 4) - (month <= 2 ? 1 : 0);  // years begin in March, so that leap days end them
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + number(6, 2) - 1;
  const int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
  const int64_t seconds = ((days * 24 + number(8, 2)) * 60 + number(10, 2)) * 60 + number(12, 2);
  return std::to_string(seconds * 1000 + number(14, 3));
}

bool IsNumber(std::string_view version) {
  return !version.empty() && version.find_first_not_of("0123456789") == version.npos;
}

}  // namespace

void OrderAsText(std::vector<Part>& parts, char filler) {
  size_t longest = 0;
  for (const auto& part : parts) longest = std::max(longest, IsNumber(part.id.version) ? part.id.version.size() : 0);
  for (auto& part : parts) {
    if (!IsNumber(part.id.version) || part.id.version.size() == longest) continue;
    part.traits.order = part.id.version + std::string(longest - part.id.version.size(), filler);
  }
}

void OrderMilliseconds(std::vector<Part>& parts) {
  constexpr size_t kMilliseconds = 13;
  constexpr size_t kDateWithMilliseconds = 17;
  const auto is_since_epoch = [](const Part& part) { return part.id.version.size() == kMilliseconds; };
  if (std::none_of(parts.begin(), parts.end(), is_since_epoch)) return;
  for (auto& part : parts) {
    const std::string& version = part.id.version;
    if (version.size() == kDateWithMilliseconds && IsDate(version)) part.traits.order = SinceEpoch(version);
  }
}

void OrderDates(std::vector<Part>& parts) {
  size_t shortest = std::string::npos;
  size_t longest = 0;
  for (const auto& part : parts) {
    if (!IsDate(part.id.version)) continue;
    shortest = std::min(shortest, part.id.version.size());
    longest = std::max(longest, part.id.version.size());
  }
  // golang-migrate and sqlx, whose names say the direction, go by numbers.
  const auto is_half = [](const Part& part) { return DirectionOf(part.origin).has_value(); };
  if (shortest >= longest || std::any_of(parts.begin(), parts.end(), is_half)) return;
  // The end of the digits comes behind all digits in a name.
  for (auto& part : parts) {
    const std::string& version = part.id.version;
    if (IsDate(version) && version.size() < longest) {
      part.traits.order = version + std::string(longest - version.size(), '9');
    }
  }
}

}  // namespace migrate::convention
