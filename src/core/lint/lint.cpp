#include "core/lint/lint.h"

#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// Which rules a migration is exempted from, and whether it needs that.
class Exemptions {
 public:
  explicit Exemptions(const std::vector<Exemption>& given) {
    for (const auto& one : given) by_rule_.try_emplace(one.rule, State{one.line, false});
  }

  bool Cover(const Rule& rule) {
    const auto at = by_rule_.find(&rule);
    if (at == by_rule_.end()) return false;
    return at->second.is_needed = true;
  }

  void AddUnused(std::vector<Finding>& findings) {
    for (const auto& [rule, state] : by_rule_) {
      if (state.is_needed || rule == &kUnusedIgnore || by_rule_.contains(&kUnusedIgnore)) continue;
      findings.push_back({&kUnusedIgnore, kUnusedIgnore.level, state.line,
                          "nothing in this migration needs the exemption from " + std::string(rule->name),
                          kUnusedIgnore.fix});
    }
  }

 private:
  struct State {
    int line;
    bool is_needed;
  };
  std::map<const Rule*, State> by_rule_;
};

}  // namespace

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kError: return "error";
    case Level::kWarning: return "warning";
    default: return "info";
  }
}

std::vector<Finding> Lint(const MigrationFacts& migration, const std::vector<Act>& acts,
                          const std::vector<Exemption>& given) {
  std::vector<Finding> findings;
  Exemptions exemptions(given);
  Before before(migration);
  for (const auto& act : acts) {
    for (const Rule* const rule : kRules) {
      Remark remark = rule->check(act, before);
      if (remark.message.empty() || exemptions.Cover(*rule)) continue;
      const std::string_view fix = remark.fix.empty() ? rule->fix : remark.fix;
      findings.push_back({rule, remark.level.value_or(rule->level), act.line, std::move(remark.message), fix});
    }
    before.Note(act);
  }
  exemptions.AddUnused(findings);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return findings;
}

Exemption ParseExemption(std::string_view value, int line) {
  const size_t end = std::min(value.find_first_of(" \t"), value.size());
  const std::string name(value.substr(0, end));
  const auto refuse = [line](const char* state, std::string message, std::string hint) {
    Error error(state, std::move(message), {}, std::move(hint));
    error.line = line;
    error.column = 1;
    throw error;
  };
  const Rule* const rule = FindRule(name);
  if (rule == nullptr) {
    const auto nearest = NearestNames(name, RuleNames(), 1);
    refuse(sqlstate::kUndefinedObject, "there is no lint rule " + Quoted(name),
           nearest.empty() ? "docs/lint.md lists the rules." : "Did you mean " + Quoted(nearest.front()) + "?");
  }
  if (Trim(value.substr(end)).empty()) {
    refuse(sqlstate::kSyntaxError, "exemption from lint rule " + Quoted(name) + " needs a reason",
           "Say why: \"-- migrate:nolint " + name + " the table is empty\".");
  }
  return {rule, line};
}

std::string PageOf(const Rule& rule) { return "docs/" + std::string(rule.page) + ".md#" + std::string(rule.name); }

}  // namespace migrate::lint
