// Runs one parsed statement: through a portal, or as COPY with inline data. Leaves only.
#pragma once

#include <string_view>

#include "server/compat.h"
#include "server/pg_parser.h"

namespace migrate {

// Runs the statement and throws its rows away. With `check` it returns false if there was a row
// whose only column is false. `is_top_level` is for what refuses a transaction block: it may commit,
// and CurrentResourceOwner must be the transaction's own. With it LOCK TABLE and SET LOCAL fail or warn.
bool RunStatementLeaf(const ParsedTree* tree, MemoryContext context, bool check, bool is_top_level = false);

// Runs COPY … FROM STDIN with `data` instead of the client's. Rights and row security are checked as
// COPY checks them.
void RunCopyLeaf(const ParsedTree* tree, MemoryContext context, const char* data, size_t size);

}  // namespace migrate
