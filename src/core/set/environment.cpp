#include "core/set/environment.h"

#include <algorithm>

#include "core/base/text.h"

namespace migrate {

bool IsEnvironment(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

bool IsForOthers(const Options& options, std::string_view environment) {
  if (options.only.empty()) return options.seed && EqualsIgnoringCase(environment, kProduction);
  return std::none_of(options.only.begin(), options.only.end(),
                      [&](const std::string& name) { return EqualsIgnoringCase(name, environment); });
}

std::string ForWhom(const Options& options) {
  if (!options.only.empty()) return "only " + Join(options.only, ", ");
  return options.seed ? std::string("not ") + kProduction : std::string();
}

}  // namespace migrate
