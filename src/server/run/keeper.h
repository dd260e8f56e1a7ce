// Keeps what migrations drop and change: whatever does it, by name or by CASCADE, in a function or in a block, the
// server announces each table, column and sequence before it goes, and its rows are copied then, into schema
// migrate_kept. Of tables that the migration names the rows that it deletes, replaces or truncates are kept, too.
#pragma once

#include <string>
#include <vector>

#include "core/schema/change.h"
#include "core/schema/kept.h"
#include "server/run/kept_objects.h"

namespace migrate {

// One at a time.
class Keeper {
 public:
  Keeper() = default;
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // What is kept of a migration that begins, of one part or of several: with `tables` the rows of these, as the search
  // path finds them. At most so many kilobytes are copied.
  struct Scope {
    bool dropped = false;
    std::vector<std::string> tables;
    int most_kilobytes = 0;
  };
  void Start(Scope scope);

  // A part of it begins, in a subtransaction of its own.
  void StartPart();

  // A statement has ended.
  void EndStatement();

  // The migration ends, or a part of it: what it has changed is compared with what it was.
  void Finish();

  // What was kept since the last call, with the names that the changes have of it.
  std::vector<schema::Kept> Take(const std::vector<schema::Change>* changes);

  // Keeps nothing more; what was kept can be taken.
  void Stop();

  // The migration was undone, with what was kept.
  void Drop();

  bool keeps_dropped() const { return is_on_ && scope_.dropped; }

 private:
  void Reset();

  KeptObjects state_ = {};
  Scope scope_;
  bool is_on_ = false;
};

}  // namespace migrate
