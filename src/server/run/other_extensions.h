// Extensions of others whose hooks decide at which level a statement must run, or may.
#pragma once

#include <string>

namespace migrate {

// Citus heeds statements at the top level only: a table of a schema that is a tenant's stays undistributed otherwise.
bool CitusIsHere();

// Has the other servers of a distributed table wait for a lock no longer than this one, in milliseconds, until the
// transaction ends. Citus passes a SET LOCAL on, and only inside of BEGIN, CALL or DO.
void SetLockTimeoutElsewhere(int lock_timeout);

// What is said against a statement at the top level below this call; empty if nothing is. pgaudit before 1.7.1, 16.1
// and 17.1 forbids it below CALL, each version below DO. Its version can't be asked for, so this tries. Nothing of the
// try stays, in the log of an audit neither.
std::string WhyNotTopLevel();

}  // namespace migrate
