// What a migration could leave behind in the session beside settings: prepared statements, session
// locks, held cursors, temporary objects. The server does not undo these; we do.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "server/base/advisory_locks.h"

namespace migrate {

class SessionState {
 public:
  // The OIDs of a catalog and of an object in it.
  using Object = std::pair<unsigned, unsigned>;

  // Remembers what the session has now.
  SessionState();

  // Drops temporary objects that came since.
  void DropTemporary() const;

  // Drops prepared statements and cursors that came since.
  void DropNamed() const;

  // Whether the session has temporary objects of its own.
  bool HasTemporary() const { return !temporary_.empty(); }

  // See AdvisoryLocks::Restore.
  void RestoreLocks() const;

 private:
  std::set<std::string> prepared_;
  std::set<std::string> cursors_;
  AdvisoryLocks locks_;
  std::set<Object> temporary_;
};

}  // namespace migrate
