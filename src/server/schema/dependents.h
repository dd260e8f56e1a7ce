// What stands on objects, directly or not, by the server's own book of dependencies.
#pragma once

#include <functional>
#include <set>

#include "core/schema/object.h"

namespace migrate::schema {

struct Dependents {
  std::set<Address> objects;   // of a view, not its rule; of a composite type, not its relation
  std::set<Address> defaults;  // columns whose default is among them
  std::set<Address> computed;  // columns that are computed by what is among them
};

// Of these objects and columns. Columns of tables are left out, and so is what depends on one only by its type: it
// stays where it is. So are sequences, and what `stays`. Only inside of PinnedSettings.
Dependents DependentsUpon(const std::set<Address>& addresses, const std::function<bool(const Address&)>& stays);

}  // namespace migrate::schema
