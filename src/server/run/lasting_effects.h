// What a statement would do that no transaction undoes, as far as its parse tree shows: files, programs, other
// sessions, other servers. What a function or a block of code does can't be seen there. Leaves only.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// What was found: "COPY TO PROGRAM", "setval()"; null for nothing. A static string, or one of the current context.
struct LastingEffect {
  const char* name;
};

// Whether the function is known to act outside of this transaction, and so on no table of it.
bool ActsOutside(const FuncCall* call);

// Leaf. May look at the catalog, for sequences, and fail there: what is in `found` by then counts all the same.
void FindLastingEffectLeaf(Node* node, LastingEffect* found);

}  // namespace migrate
