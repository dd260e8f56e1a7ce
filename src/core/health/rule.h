// A rule of migrate_health(): what it is called, how much it matters, and what it says of an object, with places for
// what the catalogs tell. How its objects are found is not its own: server/health/checks/ has the queries. Its examples
// stand on its page in docs/, which the tests read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lint/rule.h"

namespace migrate::health {

using lint::Level;
using lint::LevelName;

// In message and fix %0 is the object, %1 and on are the facts.
struct Rule {
  std::string_view name;
  Level level;
  std::string_view page;  // of docs/, without its ending
  std::string_view message;
  std::string_view fix;  // what to do, in sentences
};

struct Finding {
  const Rule* rule = nullptr;
  Level level = Level::kInfo;
  std::string object;
  std::string message;
  std::string fix;
};

// What the rule says of an object. `facts` begins with the object.
Finding Say(const Rule& rule, const std::vector<std::string>& facts, std::optional<Level> level = {});

// Errors first; among those of a level in the order of the rules, then by object.
void SortFindings(std::vector<Finding>& findings);

// Where its page explains the rule: "docs/health-keys.md#no-primary-key".
std::string PageOf(const Rule& rule);

}  // namespace migrate::health
