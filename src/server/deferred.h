// Deferred constraints and triggers: fires what a migration has left to the end of the transaction.
#pragma once

namespace migrate {

// Fires deferred triggers, so that they fail here and now. The constraints that had something to fire
// go back to their own defaults; with `reset_all` every deferrable constraint does. Those in schemas
// that the caller may not use are left to the commit.
void FireDeferred(bool reset_all);

// SET CONSTRAINTS ALL, for the constraints that there are: the server's own form would stay in force
// for what later migrations make, and there is no way back from it.
void SetAllConstraints(bool deferred);

}  // namespace migrate
