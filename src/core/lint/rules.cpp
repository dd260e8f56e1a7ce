#include "core/lint/rules.h"

namespace migrate::lint {

const Rule* FindRule(std::string_view name) {
  for (const Rule* const rule : kRules) {
    if (rule->name == name) return rule;
  }
  return nullptr;
}

std::vector<std::string> RuleNames() {
  std::vector<std::string> names;
  for (const Rule* const rule : kRules) names.emplace_back(rule->name);
  return names;
}

}  // namespace migrate::lint
