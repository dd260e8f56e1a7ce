// Atlas' atlas.sum: which files a folder holds, and whether they are as they were.
#pragma once

#include <vector>

#include "core/convention/convention.h"

namespace migrate::convention {

// The first file of a folder that is not as atlas.sum has it, or the file itself, and why; nothing if all is well or
// can't be known. `scripts` are in the order of their names.
struct SumProblem {
  const SourceFile* file = nullptr;
  Error error;
};
std::optional<SumProblem> CheckSum(const SourceFile& sum, const std::vector<SourceFile*>& scripts,
                                   const ReadOptions& options);

}  // namespace migrate::convention
