#include "core/schema/scope.h"

#include <algorithm>
#include <iterator>

namespace migrate::schema {

bool Scope::Holds(const Object& object) const {
  return schemas.contains(object.schema) || others.contains({object.kind, object.identity});
}

std::vector<Object> Inside(const std::vector<Object>& objects, const Scope& scope) {
  std::vector<Object> inside;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(inside),
               [&](const Object& object) { return scope.Holds(object); });
  return inside;
}

std::vector<Object> Outside(const std::vector<Object>& objects, const Scope& scope) {
  std::vector<Object> outside;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(outside),
               [&](const Object& object) { return !scope.Holds(object); });
  return outside;
}

// Both come in that order, by schema first.
std::vector<Object> WithWanted(const std::vector<Object>& now, const std::vector<Object>& wanted, const Scope& scope) {
  std::vector<Object> result = Outside(now, scope), inside = Inside(wanted, scope);
  result.insert(result.end(), std::make_move_iterator(inside.begin()), std::make_move_iterator(inside.end()));
  std::stable_sort(result.begin(), result.end(), [](const Object& a, const Object& b) { return a.schema < b.schema; });
  return result;
}

}  // namespace migrate::schema
