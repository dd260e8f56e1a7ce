// What this transaction has changed in the catalogs since a moment in it, read from their pages: whatever did it, at
// any depth of subtransactions, and without what subtransactions have undone.
#pragma once

#include <array>
#include <map>
#include <set>
#include <vector>

#include "core/schema/object.h"
#include "server/base/compat.h"

namespace migrate::schema {

// How many versions of rows this transaction has made in a catalog, and has taken away.
struct RowCounts {
  int64 made = 0, taken = 0;

  bool operator==(const RowCounts&) const = default;
};
constexpr size_t kCatalogCount = 48;  // that say something of the schema

// A moment in this transaction.
struct Moment {
  XLogRecPtr position = InvalidXLogRecPtr;  // pages that were not written since are older; of none in its beginning
  CommandId command = FirstCommandId;       // the first one behind it
  std::array<RowCounts, kCatalogCount> rows = {};  // until then
};
Moment Now();

// The commands that touched something first and last.
struct Commands {
  CommandId first, last;
};

struct Touch {
  Commands commands;
  bool is_made = false;    // its own row is new, which is not to say that it was not there before
  bool was_there = false;  // its own row was there before
  bool is_part = false;    // something was touched that shows all of it
};

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
