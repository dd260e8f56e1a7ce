// The tables that ALTER DOMAIN locks, which no statement names: those with a column of it. Leaves only.
#pragma once

#include "server/run/effects.h"

namespace migrate {

// Leaf. Whoever writes to them has to wait while their rows are checked.
void AddDomainEffectsLeaf(const AlterDomainStmt* alter, Effects* effects);

}  // namespace migrate
