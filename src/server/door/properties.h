// What migrate_show() tells of one migration: all that is known of it, a property at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/set/status.h"
#include "server/store/store.h"

namespace migrate {

struct MayRead {
  bool history;  // why a run failed, and from which session and address it came
  bool texts;    // values of placeholders and header lines, which are parts of a text
};

// Names and values, in the order in which they are shown; only those that there are.
std::vector<std::pair<std::string, std::string>> Properties(const StatusRow& row, const About& about, MayRead may_read,
                                                            bool migrating);

}  // namespace migrate
