// Ends the session's transaction from inside a procedure or a worker, and begins the next. Only where
// RequireTopLevel has let the call in: anywhere else this would pull the ground from under a caller.
#pragma once

#include <string>

namespace migrate {

// Afterwards nothing is held: no snapshot, no lock but those of the session.
void CommitTransaction();

// Whatever state an error has left. Frees the migrator's lock, too; see RetakeMigratorLock.
void RollBackTransaction();

// As SET TRANSACTION ISOLATION LEVEL, before anything is run in it: 25001 later.
void SetTransactionIsolation(const std::string& level);

// Leaf. For the rest of the subtransaction. A function's SET, GUC_ACTION_SAVE, is refused from 16 on.
void BecomeReadOnlyLeaf();

}  // namespace migrate
