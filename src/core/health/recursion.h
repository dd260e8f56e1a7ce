// Which policies lead to infinite recursion: the server applies the policies for SELECT of what a policy reads, and
// gives up when it comes to a table again whose policies read anything. Pure, and linear but for how often a policy is
// counted for several roles.
#pragma once

#include <vector>

#include "core/health/policy.h"

namespace migrate::health {

struct Recursion {
  const Policy* policy;
  std::vector<const Policy*> through;  // a policy of each table that it reads and that leads back
};

std::vector<Recursion> FindRecursions(const std::vector<Policy>& policies);

}  // namespace migrate::health
