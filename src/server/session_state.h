// What a migration could leave behind in the session beside settings: prepared statements, session
// locks, held cursors, temporary objects. The server does not undo these; we do.
#pragma once

#include <set>
#include <string>

namespace migrate {

class SessionState {
 public:
  // Remembers what the session has now.
  SessionState();

  // Drops temporary objects that came since.
  void DropTemporary() const;

  // Drops prepared statements and cursors that came since.
  void DropNamed() const;

  // Whether the session has temporary objects of its own.
  bool HasTemporary() const { return !temporary_.empty(); }

  // Frees advisory locks that came since, and takes those again that were freed. Reads the whole
  // lock table, so it is for the end of a run.
  void RestoreLocks() const;

 private:
  std::set<std::string> prepared_;
  std::set<std::string> cursors_;
  std::set<std::string> locks_;
  std::set<std::string> temporary_;
};

}  // namespace migrate
