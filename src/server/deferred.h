// Deferred constraints and triggers: fires what a migration has left to the end of the transaction.
#pragma once

namespace migrate {

// Fires deferred triggers, so that they fail here and now, and sets every deferrable constraint back
// to its own default. Those in schemas that the caller may not use are left to the commit.
void FireDeferred();

}  // namespace migrate
