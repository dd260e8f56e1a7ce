// What the server announces of relations, at any depth, before it does it. Leaves only.
#pragma once

#include "server/run/kept_objects.h"

namespace migrate {

// Leaf. These are added to from now on; one at a time.
void ListenLeaf(KeptObjects* objects);
void StopListening(const KeptObjects* objects);

// While one lives, nothing is added.
class NotListening {
 public:
  NotListening();
  ~NotListening();
  NotListening(const NotListening&) = delete;
  NotListening& operator=(const NotListening&) = delete;

 private:
  KeptObjects* const paused_;
};

}  // namespace migrate
