// Applies all rules to what a migration does. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/lint/rule.h"

namespace migrate::lint {

// -- migrate:nolint RULE REASON
struct Exemption {
  const Rule* rule = nullptr;
  int line = 0;
};

struct Finding {
  const Rule* rule = nullptr;
  Level level = Level::kInfo;
  int line = 0;
  std::string message;
  std::string_view fix;
};

// The findings of one migration, by line. An exemption that nothing needed is one, too.
std::vector<Finding> Lint(const MigrationFacts& migration, const std::vector<Act>& acts,
                          const std::vector<Exemption>& exemptions);

// Takes apart what stands behind "-- migrate:nolint". 42601 without a reason, 42704 for a rule that there is not.
Exemption ParseExemption(std::string_view value, int line);

// Where its page explains the rule: "docs/lint-locks.md#renaming-table".
std::string PageOf(const Rule& rule);

}  // namespace migrate::lint
