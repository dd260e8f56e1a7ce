// What lets a plan be applied here and now: no freeze, or a reason against it, and an approval where one is needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/plan/plan.h"

namespace migrate {

struct Permit {
  std::string remark = {};              // what the history keeps of it with each migration
  bool obeys_freeze = false;            // … that begins meanwhile
  int64_t approval = 0;                 // its number; 0 if none was needed
  std::vector<std::string> rests = {};  // what it covers behind each step: see RestHashes
};

// MG015 in a freeze, MG016 without an approval. Rolling back needs no permit.
Permit RequirePermit(const Plan& plan);

// MG015 if nothing is applied now.
std::optional<Error> WhyFrozen();

}  // namespace migrate
