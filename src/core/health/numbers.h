// How far a sequence has come, and a column that it fills. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/health/rule.h"

namespace migrate::health {

struct Sequence {
  int64_t least = 1;
  int64_t most = 0;
  bool descends = false;
  bool cycles = false;
};

// A column of an integer type that takes its values, and what the type holds.
struct Column {
  std::string name;
  std::string type;
  int64_t most = 0;
};

// Whether it is worth asking what it is called and what it fills: it is near its own end, or that of any column.
bool MayBeNearEnd(const Sequence& sequence, int64_t value);

// From seven tenths on a warning, from nine on an error. Where it fills a column that ends first, this is found.
std::optional<Finding> JudgeSequence(const Sequence& sequence, const std::string& name,
                                     const std::optional<Column>& column, int64_t value);

// A key whose greatest value is known.
std::optional<Finding> JudgeKey(const Column& column, int64_t value);

}  // namespace migrate::health
