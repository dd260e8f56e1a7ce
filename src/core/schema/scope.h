// Which part of a schema is to change: what stands in some schemas, and single objects that are in none. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

struct Scope {
  std::set<std::string, std::less<>> schemas;
  std::set<std::pair<std::string, std::string>> others;  // class and identity

  bool Holds(const Object& object) const;
};

// The objects that are in scope, or those that are not.
std::vector<Object> Inside(const std::vector<Object>& objects, const Scope& scope);
std::vector<Object> Outside(const std::vector<Object>& objects, const Scope& scope);

// What is in scope of `wanted` in place of what is of `now`, in the order of migrate_schema().
std::vector<Object> WithWanted(const std::vector<Object>& now, const std::vector<Object>& wanted, const Scope& scope);

}  // namespace migrate::schema
