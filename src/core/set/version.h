// Versions and their order. A version is what stands before the name in a file name; digits in it
// compare as numbers, dotted parts one by one, the rest as text in C order.
#pragma once

#include <string>
#include <string_view>

namespace migrate {

// A key whose byte order is the order of versions: "2" < "010" < "20250120000000", "1.9" < "1.10".
// Versions that are numerically equal ("1", "001") have equal keys. Empty for no version.
std::string VersionSortKey(std::string_view version);

// The version that follows: its last number counted up, as wide as it is. Empty if there is no number in it.
std::string NextVersion(const std::string& version);

}  // namespace migrate
