// Hashes of plans: what somebody has looked at is what is run. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace migrate {

// A hash of all that decides what the plan would run, in order: exact texts, the values in them, and how they run. The
// same plan has the same hash anywhere.
std::string PlanHash(const Plan& plan, const HasherFactory& new_hasher);

// … of the plan up to and with each of its steps: those of all targets.
std::vector<std::string> PlanHashes(const Plan& plan, const HasherFactory& new_hasher);

// Hashes of what is left from each of the first `count` steps on, and an empty one for nothing left. How far a step has
// come by itself does not count.
std::vector<std::string> RestHashes(const Plan& plan, size_t count, const HasherFactory& new_hasher);

}  // namespace migrate
