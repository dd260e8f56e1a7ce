// Runs one parsed statement through a portal. Leaves only.
#pragma once

#include <string_view>

#include "core/run/database.h"
#include "server/base/compat.h"
#include "server/base/pg_parser.h"

namespace migrate {

// Runs the statement and throws its rows away. With `answer` it says whether there was a row whose only
// column is false or null. `is_top_level` is for what refuses a transaction block: it may commit,
// and CurrentResourceOwner must be the transaction's own. With it LOCK TABLE and SET LOCAL fail or warn.
void RunStatementLeaf(const ParsedTree* tree, MemoryContext context, Answer* answer, bool is_top_level = false);

// For a COPY … FROM STDIN with data in the text, before a CopyInput is made for it and the statement is run: says that
// the data is in the server's encoding, and waits for the table's lock, as long as the client can be told of it.
void PrepareCopyLeaf(const ParsedTree* tree, MemoryContext context);

}  // namespace migrate
