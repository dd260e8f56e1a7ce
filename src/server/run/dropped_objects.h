// Tables, columns and sequences that a migration drops are copied before they go. Leaves only.
#pragma once

#include "server/run/kept_objects.h"

namespace migrate {

// Leaf. `column` is 0 for the relation.
void KeepDroppedLeaf(KeptObjects* objects, Oid relation, int column);

}  // namespace migrate
