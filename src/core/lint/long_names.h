// Finds the names in a statement that the server cuts off.
#pragma once

#include <string_view>
#include <vector>

namespace migrate::lint {

inline constexpr size_t kMostNameBytes = 63;

// Each as it stands in the text, without its quotes.
std::vector<std::string_view> LongNames(std::string_view statement);

}  // namespace migrate::lint
