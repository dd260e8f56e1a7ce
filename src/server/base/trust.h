// Whose code may run as the caller without having been asked for: reading a table runs what its owner made of it, by
// indexes, policies and views.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// True for a superuser, the caller, and a role whose rights the caller has anyway. A superuser has everybody's rights:
// for one, only superusers count.
bool IsTrusted(Oid role);

}  // namespace migrate
