// Who a background worker connects as.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// For a caller of that role: session user and role are both the caller's; never a superuser for a caller who is none.
// 42501 if there is none. `function` is the caller's name for messages.
Oid LoginOf(const char* function, Oid role);

}  // namespace migrate
