// What is wrong with a source: all of it, so that its author can mend it in one go.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace migrate {

struct Problem {
  size_t position = 0;  // of its part
  std::string origin;   // the file, or the argument
  Error error;
};

class Problems {
 public:
  void Add(size_t position, std::string origin, Error error);

  // In the order of their parts.
  const std::vector<Problem>& all() const { return problems_; }

  // Throws all of them in one: the first whole, the others in its detail.
  void ThrowAny() const;

 private:
  std::vector<Problem> problems_;
};

// A problem in one line: where it is, what it is.
std::string OneLine(const Error& error);

}  // namespace migrate
