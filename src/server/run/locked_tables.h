// Which tables this transaction has locked in a mode in which rows or definitions are changed, whatever did it: a
// statement, a function, a trigger. Of a migration that has just run, those that it touches.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "server/base/compat.h"

namespace migrate {

// Relations that may be gone, or of another kind; and how often each was read and written.
using LockedRelations = std::map<Oid, int64_t>;
LockedRelations StronglyLocked();

// Those of the second look that were not locked at the first, or read or written since, or are among the others; as far
// as they are tables of the schema and belong to no extension. A partition goes with the table above it.
std::vector<Oid> TablesTouched(const LockedRelations& before, const LockedRelations& after,
                               const std::set<Oid>& others);

}  // namespace migrate
