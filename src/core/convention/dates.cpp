// Versions that are dates, some with a time and some without: "20250131_a.sql" among "20250130120000_b.sql". Tools that
// go by file names, as the Supabase CLI and dbmate do, run them as they come; as numbers all short ones would come
// first.
#include <algorithm>

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

}  // namespace

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
