// Ends what Settle() can't: columns in another order, an enum with labels too many. By rewriting tables, up to a size.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/schema/difference.h"
#include "core/schema/object.h"

namespace migrate::schema {

struct Rewritten {
  std::vector<std::string> statements;  // to be run behind those that were run before
  std::vector<Difference> left;
  std::vector<std::string> objects;  // that were rewritten: tables, and enums that were made anew
  std::vector<std::string> refused;  // what was not done, and why
};

// `left` is all that differs from `wanted`: what can be is ended, each part of it wholly or not at all. A table larger
// than `most_bytes`, with those below it, is not rewritten. All of it stays in this transaction. Throws only what ends
// it, such as a cancel. Whatever a rewrite evaluates runs as the owner of its table.
Rewritten Rewrite(const std::function<std::vector<Object>()>& read, const std::vector<Object>& wanted,
                  const std::vector<Difference>& left, const Ignored& ignored, int64_t most_bytes);

}  // namespace migrate::schema
