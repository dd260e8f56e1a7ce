// A number with its noun. Pure.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace migrate {

// "12 tables", "1 table", "2 indexes", "2 policies".
template <std::integral Number>
std::string Counted(Number count, std::string_view noun) {
  std::string text = std::to_string(count).append(" ").append(noun);
  if (count == 1) return text;
  if (noun.ends_with("ex")) return text + "es";
  if (noun.ends_with("y")) return text.substr(0, text.size() - 1) + "ies";
  return text + "s";
}

}  // namespace migrate
