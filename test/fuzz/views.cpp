#include "core/types/views.h"

#include "fuzz.h"

namespace migrate::fuzz {

// Two views, one on the other perhaps: what is said of their columns is said of these views.
void Read(std::string_view input) {
  constexpr types::ObjectId kFirst = 16500;
  std::vector<types::ViewRule> rules;
  for (types::ObjectId view = kFirst; view < kFirst + 2; ++view) {
    rules.push_back({view, "public", "v", {"a", "b"}, true, true, true, std::string(FirstLine(input))});
  }
  for (const auto& column : types::NotNullColumns(rules, {{16400, 1}})) {
    Hold(column.first == kFirst || column.first == kFirst + 1);
  }
  for (const auto& shown : types::ColumnsShown(rules)) {
    for (const auto& column : shown.columns) Hold(!column.second.empty());
  }
}

}  // namespace migrate::fuzz
