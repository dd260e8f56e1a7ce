#include "core/health/rule.h"

#include <algorithm>
#include <tuple>

#include "core/health/rules.h"

namespace migrate::health {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Fill(std::string_view text, const std::vector<std::string>& facts) {
  std::string filled;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size() || !IsDigit(text[i + 1])) {
      filled += text[i];
      continue;
    }
    const auto place = static_cast<size_t>(text[++i] - '0');
    if (place < facts.size()) filled += facts[place];
  }
  return filled;
}

size_t PlaceOf(const Rule* rule) {
  return static_cast<size_t>(std::find(std::begin(kRules), std::end(kRules), rule) - std::begin(kRules));
}

}  // namespace

Finding Say(const Rule& rule, const std::vector<std::string>& facts, std::optional<Level> level) {
  return {&rule, level.value_or(rule.level), facts.empty() ? std::string() : facts.front(), Fill(rule.message, facts),
          Fill(rule.fix, facts)};
}

void SortFindings(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    if (a.level != b.level) return a.level < b.level;
    if (a.rule != b.rule) return PlaceOf(a.rule) < PlaceOf(b.rule);
    return std::tie(a.object, a.message) < std::tie(b.object, b.message);
  });
}

std::string PageOf(const Rule& rule) { return "docs/" + std::string(rule.page) + ".md#" + std::string(rule.name); }

}  // namespace migrate::health
