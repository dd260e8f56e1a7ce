// Lets this transaction look at the catalogs as they were at an earlier moment of it: with what other sessions have
// committed by now, and without what this transaction has done since.
#pragma once

#include <functional>

#include "server/schema/touched.h"

namespace migrate::schema {

// Runs `body`, which may read the catalogs only, and the caches afterwards as before. `touches`: all since the moment.
// A relation that this transaction has made or rewritten, and dropped since, can't be opened in it.
void InOldState(const Moment& moment, const Touches& touches, const std::function<void()>& body);

}  // namespace migrate::schema
