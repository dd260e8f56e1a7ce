// Finds out from the catalog whether a statement that refuses a transaction block was carried out,
// when the session that ran it ended before it could record it.
#pragma once

#include <string>

#include "core/run/transactions.h"
#include "server/base/pg_parser.h"

namespace migrate {

// Clears away what a failed try has left and would be in the way of the next: an invalid index, a
// pending detach. `cleared` says so then. May commit.
Found LookUpStatement(const ScriptStatement& statement, SqlParser& parser, Transactions& transactions,
                      std::string& cleared);

// Leaf. 55000 for CREATE INDEX IF NOT EXISTS of an index that is there and is not valid: the server would skip it.
void RefuseInvalidIndexLeaf(const ParsedTree* tree);

}  // namespace migrate
