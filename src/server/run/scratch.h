// A scratch database beside this one: what is tried in it never touches this one. It is made by a worker, which drops
// it when the call that wanted it is over, however that ends; what a crash has left is dropped by the next call.
// Another worker is connected to it and does what it is told; what that is stands in scratch_work.
#pragma once

#include <optional>
#include <string>

#include "server/base/worker.h"

namespace migrate {

class Scratch {
 public:
  // Checks whether the caller may have one, and makes it. `function` is the caller's name for messages.
  // `with_settings`: it has what is set for this database, as far as the caller may set it.
  explicit Scratch(const char* function, bool with_settings = false);

  // Of the worker in the scratch database. Its errors are thrown.
  Message Ask(const Message& message) { return user_->conversation().Ask(message); }

  // Waits until the database is gone. Without it, it is dropped when the call has failed.
  void Drop();

 private:
  std::optional<Helper> keeper_, user_;
};

}  // namespace migrate
