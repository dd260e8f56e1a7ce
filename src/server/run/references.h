// Which tables the rows of a table refer to.
#pragma once

#include <vector>

#include "server/run/effects.h"
#include "server/run/own_locks.h"

namespace migrate {

// A row that is written locks those that it refers to.
void AddReferencesLeaf(Oid table, Effects* effects);

// Of the rows that were written; none if none were.
std::vector<Oid> ReferencesOf(const ObservedRows& rows);

}  // namespace migrate
