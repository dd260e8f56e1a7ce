// The order of names in documents that people read, as Intl.Collator("en") has it: case and signs count last. For other
// letters than those of ASCII somebody has to know them.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migrate::types {

class Order {
 public:
  // For texts in ASCII, or as good as one can without knowing letters.
  Order() = default;
  // For these texts, which stand in their order; texts that are equal in it share an entry of `ranks`.
  explicit Order(std::unordered_map<std::string, int> ranks) : ranks_(std::move(ranks)) {}

  // Below, at or above 0.
  int Compare(std::string_view a, std::string_view b) const;
  bool IsBefore(std::string_view a, std::string_view b) const { return Compare(a, b) < 0; }

 private:
  int RankOf(std::string_view text) const;

  std::unordered_map<std::string, int> ranks_;
};

// Whether one of them has letters that Order alone does not know.
bool HasForeignLetters(const std::vector<std::string>& texts);

}  // namespace migrate::types
