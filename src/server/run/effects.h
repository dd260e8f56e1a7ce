// What a statement is about to do to tables, by its parse tree and the server's own tables of lock levels: for what is
// not run, and for locks that are held already. Leaves only.
#pragma once

#include <cstdint>

#include "core/explain/seen.h"
#include "server/base/compat.h"

namespace migrate {

// What it does to a relation beside locking it.
using Work = uint32_t;
inline constexpr Work kScans = 1U << 0;
inline constexpr Work kRewrites = 1U << 1;
inline constexpr Work kBuilds = 1U << 2;    // an index
inline constexpr Work kDestroys = 1U << 3;  // rows, or a column
inline constexpr Work kLocksRows = 1U << 4;
inline constexpr Work kIsSure = 1U << 5;   // the work is done, whatever is found: it can be stopped before
inline constexpr Work kForLong = 1U << 6;  // the lock is asked for by name

struct Effect {
  Oid relation;
  int mode;
  Work work;
  AttrNumber column;  // that is dropped, or 0
  int64_t scans;      // of it by this session so far
};

// Grows in its context.
struct Effects {
  MemoryContext context;
  Effect* items;
  int count, room;
  explain::Acts acts;
  bool is_unknown;  // it runs code that may do anything
};

// Leaf. Adds those of the statement, which may be raw or analysed; `concurrently` as it will be for real.
void AddEffectsLeaf(Node* node, Effects* effects);

// Leaf. Whether a valid constraint says already that the column is never null, which spares SET NOT NULL its scan.
bool IsNeverNullLeaf(Oid table, const char* column);

void AddEffectLeaf(Effects* effects, Oid relation, int mode, Work work, AttrNumber column = 0);

}  // namespace migrate
