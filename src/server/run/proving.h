// Proves ways back: each migration is applied, rolled back and applied again in this database, and the schema is
// compared each time. Undoes all of it.
#pragma once

#include <vector>

#include "core/plan/proof.h"

namespace migrate {

enum class ProofPlace {
  kHere,     // with the rows that there are, and within the limits of migrate_explain()
  kScratch,  // a scratch database: what a migration touches is given rows
};

// One after the other; each begins where the one before it has led to. A proof that comes back without `rows` is none
// to be recorded. An error of an up script is thrown. In a call that writes.
std::vector<ProofRecord> ProveEach(std::vector<ProofRecord> proofs, bool allow_effects, ProofPlace place);

}  // namespace migrate
