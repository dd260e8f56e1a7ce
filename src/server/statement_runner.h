// Runs one parsed statement: through a portal, or as COPY with inline data. Leaves only.
#pragma once

#include <string_view>

#include "server/compat.h"
#include "server/pg_parser.h"

namespace migrate {

// Runs the statement and throws its rows away. With `check` it returns false if there was a row
// whose only column is false.
bool RunStatementLeaf(const ParsedTree* tree, MemoryContext context, bool check);

// Runs COPY … FROM STDIN with `data` instead of the client's. Rights and row security are checked as
// COPY checks them.
void RunCopyLeaf(const ParsedTree* tree, MemoryContext context, const char* data, size_t size);

}  // namespace migrate
