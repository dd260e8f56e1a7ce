// What a history has made of a schema: the objects that it created and did not drop since, and the schema without them.
// Pure.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// Followed change by change, in the order in which it happened.
class Made {
 public:
  // As migrate.change has it: `old_identity` is empty if that did not change.
  void Follow(const std::string& action, const std::string& kind, const std::string& identity,
              const std::string& old_identity);

  bool Has(const Object& object) const { return objects_.contains({object.kind, object.identity}); }

 private:
  std::set<std::pair<std::string, std::string>> objects_;  // class, and the identity that it has by now
};

struct WithoutMade {
  std::vector<Object> objects;  // that stay
  std::vector<Object> kept;  // of these what was made, but belongs to a table that was not: columns and their sequences
};

// The schema as it is now, without what was made. A schema stays as long as anything stands in it.
WithoutMade TakeOut(const Made& made, const std::vector<Object>& now);

}  // namespace migrate::schema
