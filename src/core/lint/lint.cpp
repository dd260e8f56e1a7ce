#include "core/lint/lint.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

bool IsExempt(const Rule& rule, const std::vector<Exemption>& exemptions, std::vector<bool>& used) {
  bool found = false;
  for (size_t i = 0; i < exemptions.size(); ++i) {
    if (exemptions[i].rule != rule.name) continue;
    found = used[i] = true;
  }
  return found;
}

}  // namespace

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kError: return "error";
    case Level::kWarning: return "warning";
    default: return "info";
  }
}

std::vector<Finding> Lint(const MigrationFacts& migration, const std::vector<Act>& acts,
                          const std::vector<Exemption>& exemptions) {
  std::vector<Finding> findings;
  std::vector<bool> used(exemptions.size());
  Before before(migration);
  for (const auto& act : acts) {
    for (const Rule* const rule : kRules) {
      Remark remark = rule->check(act, before);
      if (remark.message.empty() || IsExempt(*rule, exemptions, used)) continue;
      const std::string_view fix = remark.fix.empty() ? rule->fix : remark.fix;
      findings.push_back({rule, act.line, std::move(remark.message), fix});
    }
    before.Note(act);
  }
  for (size_t i = 0; i < exemptions.size(); ++i) {
    if (used[i] || exemptions[i].rule == kUnusedIgnore.name) continue;
    if (IsExempt(kUnusedIgnore, exemptions, used)) continue;
    findings.push_back({&kUnusedIgnore, exemptions[i].line,
                        "nothing in this migration needs the exemption from " + exemptions[i].rule, kUnusedIgnore.fix});
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return findings;
}

Exemption ParseExemption(std::string_view value, int line) {
  const size_t end = std::min(value.find_first_of(" \t"), value.size());
  const std::string rule(value.substr(0, end));
  const auto refuse = [line](const char* state, std::string message, std::string hint) {
    Error error(state, std::move(message), {}, std::move(hint));
    error.line = line;
    error.column = 1;
    throw error;
  };
  if (FindRule(rule) == nullptr) {
    const auto nearest = NearestNames(rule, RuleNames(), 1);
    refuse(sqlstate::kUndefinedObject, "there is no lint rule " + Quoted(rule),
           nearest.empty() ? "docs/lint.md lists the rules." : "Did you mean " + Quoted(nearest.front()) + "?");
  }
  if (Trim(value.substr(end)).empty()) {
    refuse(sqlstate::kSyntaxError, "exemption from lint rule " + Quoted(rule) + " needs a reason",
           "Say why: \"-- migrate:nolint " + rule + " the table is empty\".");
  }
  return {rule, line};
}

std::string PageOf(const Rule& rule) { return "docs/" + std::string(rule.page) + ".md#" + std::string(rule.name); }

}  // namespace migrate::lint
