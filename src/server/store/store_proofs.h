// Proofs that migrations can be undone: the rows of migrate.proof.
#pragma once

#include <string>
#include <vector>

#include "core/plan/proof.h"

namespace migrate {

// Of migrations by their labels, the oldest first.
std::vector<ProofRecord> ReadProofs(const std::vector<std::string>& labels);

// Made here and now, by whoever calls.
void WriteProof(const ProofRecord& proof);

// Made in other databases, as rows of migrate.proof are as JSON, one or an array of them, and brought here by whoever
// calls, with the texts. 22023 for one that is of no text that is loaded.
void BringProofs(const std::string& json);

}  // namespace migrate
