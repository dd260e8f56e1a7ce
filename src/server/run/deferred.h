// Deferred constraints and triggers: fires what a migration has left to the end of the transaction.
#pragma once

#include "server/base/pg_parser.h"

namespace migrate {

// Fires deferred triggers, so that they fail here and now. The constraints that had something to fire
// go back to their own defaults; with `reset_all` every deferrable constraint does. Those in schemas
// that the caller may not use are left to the commit.
void FireDeferred(bool reset_all);

// 42501 if something is left to the commit all the same.
void RequireNoneDeferred();

// Turns SET CONSTRAINTS ALL into one that names the constraints that there are: the server's own form would stay in
// force for what later migrations make, and there is no way back from it. False if there are none to set. A name that
// not all constraints can be deferred by is left out, since the server refuses it by name only.
bool NameAllConstraints(const ParsedTree* tree, MemoryContext context);

}  // namespace migrate
