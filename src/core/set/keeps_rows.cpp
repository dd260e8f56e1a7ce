#include "core/set/keeps_rows.h"

#include <algorithm>

#include "core/base/text.h"

namespace migrate {

bool IsNamed(std::string_view table, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    const std::string_view longer = name.size() < table.size() ? table : name;
    const std::string_view shorter = name.size() < table.size() ? name : table;
    const size_t start = longer.size() - shorter.size();
    const bool is_whole = start == 0 || longer[start - 1] == '.';
    return is_whole && EqualsIgnoringCase(longer.substr(start), shorter);
  });
}

}  // namespace migrate
