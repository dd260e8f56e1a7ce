// What a query of ours sees, for leaves that read without one: as the caller, with its search path, in one snapshot,
// which is the active one.
#pragma once

#include "server/base/extension.h"

namespace migrate {

class ReadingWindow {
 public:
  ReadingWindow();
  void Close() const;  // not after an error

 private:
  SqlWindow window_;
};

}  // namespace migrate
