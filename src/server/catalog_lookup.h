// Finds out from the catalog whether a statement that refuses a transaction block was carried out,
// when the session that ran it ended before it could record it.
#pragma once

#include <string>

#include "core/transactions.h"

namespace migrate {

// Clears away what a failed try has left and would be in the way of the next: an invalid index, a
// pending detach. `cleared` says so then. May commit.
Found LookUpStatement(const ScriptStatement& statement, SqlParser& parser, Transactions& transactions,
                      std::string& cleared);

}  // namespace migrate
