// What src/server includes of the standard library and all of the server, compiled once.
#include "precompiled/core.h"
#include "server/base/compat.h"
