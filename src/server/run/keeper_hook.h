// What the server announces of relations, at any depth, before it does it. Leaves only.
#pragma once

#include "server/run/kept_objects.h"

namespace migrate {

// Leaf. These are added to from now on; one at a time.
void ListenLeaf(KeptObjects* objects);
void StopListening(const KeptObjects* objects);

}  // namespace migrate
