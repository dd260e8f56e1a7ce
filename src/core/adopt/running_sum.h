// Atlas' checksums: the one of a file goes over the names and texts of all files up to it. Pure.
#pragma once

#include <vector>

#include "core/adopt/matching.h"

namespace migrate::adopt {

// Compares the loaded texts with the checksums of this kind, and fills in the difference of the first that has one:
// of those behind it none can be told.
void CompareRunningSums(std::vector<Decision>& decisions, const std::vector<Loaded>& loaded,
                        const TextOfLoaded& text_of, const HasherFactory& new_sha256);

}  // namespace migrate::adopt
