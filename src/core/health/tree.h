// What an expression of a policy does, by its tree as the catalogs have it: making the text of one takes much longer,
// and for most there is nothing to say. Pure.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace migrate::health {

// Functions whose result is the same for all rows of a query: what they are called, by OID.
using Askers = std::map<std::string, std::string, std::less<>>;

struct TreeFacts {
  bool has_column = false;
  bool names_user_metadata = false;
  std::set<std::string> calls;  // of askers, made for each row; a sub-select without FROM is run once
  std::set<std::string> reads;  // OIDs of what its sub-selects read
};

TreeFacts ReadTree(std::string_view tree, const Askers& askers);

}  // namespace migrate::health
