// What is wrong with policies of row security, from what the catalogs say of all of them. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/health/rule.h"

namespace migrate::health {

// For everybody.
inline constexpr std::string_view kPublicRole = "public";

// USING or WITH CHECK. The text is left empty where its tree shows that no rule is about it.
struct Expression {
  bool is_there = false;
  std::string text;
};

struct Policy {
  std::string table;  // its OID
  std::string name_of_table;
  std::string name;
  bool enabled = false;  // row security of the table
  bool permissive = true;
  char command = '*';              // r, a, w, d, or * for all: as pg_policy has it
  std::vector<std::string> roles;  // those whom row security holds for
  std::vector<std::string> reads;  // OIDs of what its sub-selects read
  std::set<std::string> calls;     // made for each row, and need not be: "auth.uid()"
  Expression uses, checks;
};

// `api_roles`: who comes from outside.
std::vector<Finding> JudgePolicies(const std::vector<Policy>& policies, const std::vector<std::string>& api_roles);

}  // namespace migrate::health
