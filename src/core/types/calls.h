// Functions as an application calls them over HTTP: which of them it can call, by what name and arguments, what it
// gets, and which are fields of a table's rows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/types/catalog.h"
#include "core/types/order.h"

namespace migrate::types {

// How a set or a row that a function returns is selected from.
struct SetOptions {
  std::string from;
  std::string to;
  bool is_one_to_one = false;
  bool returns_set = false;
};

struct Call {
  const Function* function = nullptr;
  std::vector<const Parameter*> inputs;  // by name
  std::vector<const Parameter*> table;   // columns of RETURNS TABLE, by name
  const Relation* returns = nullptr;     // whose rows it returns
  std::optional<SetOptions> options;
  ObjectId field_of = 0;  // the relation whose rows it computes something of
  std::string error;      // why no application can call it
};

// The functions of one name, in order.
struct CallGroup {
  std::string schema;
  std::string name;
  std::vector<Call> calls;
};

// In the order of schemas and names. They point into the catalog.
std::vector<CallGroup> CallGroups(const Catalog& catalog, const Order& order);

}  // namespace migrate::types
