// Keeps what migrations drop: whatever drops it, by name or by CASCADE, in a function or in a block, the server
// announces each table, column and sequence before it goes, and its rows are copied then, into schema migrate_kept.
#pragma once

#include <cstdint>
#include <vector>

#include "core/schema/change.h"
#include "core/schema/kept.h"
#include "server/run/kept_rows.h"

namespace migrate {

// What the hook writes. Plain, since it is the server's.
struct KeeperState {
  MemoryContext context;
  struct KeptObject* objects;
  int count, room;
  int64_t bytes, most_bytes;
  SubTransactionId since;  // what was made since belongs to the migration itself
  KeepingPlace place;
};

// One at a time.
class Keeper {
 public:
  Keeper() = default;
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // A migration begins, of one part or of several; with `most_kilobytes` to be copied.
  void Start(int most_kilobytes);

  // A part of it begins, in a subtransaction of its own.
  void StartPart();

  // What was kept since the last call, with the names that the changes have of it.
  std::vector<schema::Kept> Take(const std::vector<schema::Change>* changes);

  // Keeps nothing more; what was kept can be taken.
  void Stop();

  // The migration was undone, with what was kept.
  void Drop();

  bool is_on() const { return is_on_; }

 private:
  KeeperState state_ = {};
  bool is_on_ = false;
};

}  // namespace migrate
