// Sqitch's plan file: what is deployed in which order, what requires what, and where the tags stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace migrate::convention {

// One entry. A change that was reworked stands in the plan again.
struct PlannedChange {
  std::string name;
  std::string id_name;                    // name, and for the n-th of this name "#n" behind it
  std::vector<std::string> requirements;  // of these, by id_name
  std::vector<std::string> tags;          // that stand at it, without "@"
  int line = 0;
  // Of one that was reworked: which of the plan's tags stand between it and the next of its name. Its files bear one.
  size_t first_tag = 0;
  size_t end_tag = 0;

  bool reworked() const { return end_tag > first_tag; }
};

struct SqitchPlan {
  std::vector<PlannedChange> changes;
  std::vector<std::string> tags;     // of all changes
  std::vector<std::string> remarks;  // what the plan says and is not checked here, with its line
  std::vector<Error> problems;       // what can't be understood, each with its line
};

SqitchPlan ParseSqitchPlan(std::string_view text, const std::string& path = "sqitch.plan");

}  // namespace migrate::convention
