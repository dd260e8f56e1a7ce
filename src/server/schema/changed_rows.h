// The rows of a catalog that this transaction has changed since a moment in it, read from its pages. Leaves only.
#pragma once

#include <array>

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
  Oid oid = InvalidOid;                            // objects that are made later have higher ones, mostly
};
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

// Leaf. How the server counts it for its statistics. What was undone is taken off.
RowCounts CountRowsLeaf(Oid catalog);

// What is told of each row.
struct RowReceiver {
  void (*note_leaf)(const void* of, Relation catalog, HeapTuple row, const Touch& touch);
  const void* of;
};

// Leaf. `wanted`: how many there are, so that it ends where the last one is found; null if that is not known.
void ReadChangedRowsLeaf(Oid catalog, const RowCounts* wanted, const Moment& moment, const RowReceiver& receiver);

}  // namespace migrate::schema
