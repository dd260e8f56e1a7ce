// What is to be done with one object on the way from one schema to another. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// Statements that belong together: all of them work, or none is kept.
using Sequence = std::vector<std::string>;

// Rows, or values of them, go with it.
inline bool HoldsRows(const Object& object) { return object.kind == "table" || object.kind == "table column"; }

struct Step {
  const Object* object = nullptr;
  std::vector<Sequence> sequences;  // the first that works is the step
  Sequence then = {};               // each by itself, when that is done
  Sequence otherwise = {};          // if none works, and nothing else is left to be done before
  bool makes = false;               // the object was not there
};

}  // namespace migrate::schema
