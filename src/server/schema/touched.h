// What this transaction has changed in the catalogs since a moment in it, read from their pages: whatever did it, at
// any depth of subtransactions, and without what subtransactions have undone.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/schema/object.h"
#include "server/schema/changed_rows.h"

namespace migrate::schema {

Moment Now();

// What was touched, and what tells this session's caches of it.
struct Touches {
  // Both what a row describes and what that is a part of: a column and its table, a trigger and its table, an enum for
  // its label.
  std::map<Address, Touch> objects;
  std::vector<SharedInvalidationMessage> messages;
  std::set<uint32_t> catalogs;  // that have rows of it

  // Whether nothing of it was there before.
  bool AllMade() const;
};

Touches TouchedSince(const Moment& moment);

}  // namespace migrate::schema
