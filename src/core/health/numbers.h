// How far a sequence has come, and a column that it fills. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/health/rule.h"

namespace migrate::health {

struct Sequence {
  std::string name;
  int64_t least = 1;
  int64_t most = 0;
  bool descends = false;
  bool cycles = false;
  // The column that takes its values, if that is an integer, and the type and greatest value of it.
  std::string column;
  std::string type;
  int64_t most_of_type = 0;
};

// From seven tenths on a warning, from nine on an error.
std::optional<Finding> JudgeSequence(const Sequence& sequence, int64_t value);

// A key whose greatest value is known from elsewhere.
std::optional<Finding> JudgeKey(const std::string& column, const std::string& type, int64_t most, int64_t value);

}  // namespace migrate::health
