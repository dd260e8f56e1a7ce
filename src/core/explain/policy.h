// What a team lets migrations do to others, and what a migration says that it needs all the same. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/explain/seen.h"
#include "core/explain/verdict.h"

namespace migrate::explain {

struct Policy {
  Level most = Level::kReads;
  int64_t size_bytes = 0;  // locks on smaller tables don't count
  double brief_ms = 0;
  bool all_at_once = false;                  // in one transaction, which holds all locks to its end
  bool keeps_dropped = false;                // so that what is dropped is not destroyed
  std::vector<std::string> keeps_rows = {};  // of these tables, whatever is done to them
};

// Of `-- migrate:allow rewrites, destroys data: why`.
struct Allowance {
  bool writes = false, reads = false, rewrites = false, destroys = false;
};

// 42601 for other words, and without a reason.
Allowance AllowanceOf(std::string_view value);

// What goes beyond the policy: "blocks reads of app.orders (12 GB)", "destroys table app.old, about 7 rows". A
// statement of which nothing is known may do anything.
std::vector<std::string> Excesses(const Explained& explained, const Policy& policy, const Allowance& allowance);

}  // namespace migrate::explain
