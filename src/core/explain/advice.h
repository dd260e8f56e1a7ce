// What would do the same with less harm. Pure: a table of rules.
#pragma once

#include <string>
#include <vector>

#include "core/explain/seen.h"

namespace migrate::explain {

// Sentences, for what the statement is and did on the tables that it found.
std::vector<std::string> AdviceFor(const Seen& seen);

}  // namespace migrate::explain
