// A session that logged in as a superuser and became a role that is none could go back at any time. What runs as that
// role must not: here the server is told to refuse it.
#pragma once

#include <functional>
#include <string>

namespace migrate {

class OwnRole {
 public:
  // Looks who has logged in, and who calls.
  OwnRole();

  // Whether the caller's role must be kept: a superuser logged in, and the caller is none.
  bool is_kept() const { return !login_.empty(); }

  // Runs `body`. If the role must be kept, whatever would change role or session authorization in it, in functions,
  // too, fails with 42501. Only where a failure is undone, since that gives up what was begun here; and `body` must not
  // commit.
  void Keep(const std::function<void()>& body) const;

 private:
  std::string login_;  // empty if it is no superuser, or the caller is one
  std::string role_;
};

}  // namespace migrate
