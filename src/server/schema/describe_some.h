// Describes some objects of the schema, as the catalogs are now or as they were: see old_state.h.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// What is to be described. `made_of`: all are new, and these are the catalogs that have got rows; empty if they are
// not.
struct Selection {
  std::set<Address> addresses;
  std::set<uint32_t> made_of = {};
};

// Those at these addresses; of a table all that hangs on it. What is not there is left out, and of members of
// extensions all but what was granted on them.
std::vector<Object> DescribeSome(const Selection& selection);

// … with class and identity alone.
std::vector<Object> IdentifySome(const std::set<Address>& addresses);

// These addresses, and those of what shows something of them: the table of an index, the sequences of a table.
std::set<Address> WithShown(const std::set<Address>& addresses);

// What depends on objects and may show their names.
std::set<Address> DependentsOf(const std::set<Address>& addresses);

// Those of the relations among them that are not there.
std::set<uint32_t> MissingRelations(const std::set<Address>& addresses);

}  // namespace migrate::schema
