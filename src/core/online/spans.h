// Statements between which something is gone: one drops what a later one makes again, such as a view on a column whose
// type changes. Nothing that takes long may stand between them. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/online/form.h"

namespace migrate::online {

struct Span {
  size_t first = 0, last = 0;
  std::string what;  // "view app.v"
};

// In their order; they don't overlap.
std::vector<Span> SpansOf(const std::vector<Seen>& statements);

}  // namespace migrate::online
