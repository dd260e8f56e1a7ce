// Listens, while migrations are tried, to what the server announces before it does it: utility statements at any depth,
// relations that are made, dropped, emptied, rewritten. Stops what would work on a large table. Runs nothing itself.
#pragma once

#include <cstdint>
#include <string>

#include "server/run/effects.h"

namespace migrate {

enum class Announcement : uint8_t { kMade, kIndexed, kRewritten, kDropped, kTruncated, kLosesPart };

struct Announced {
  Announcement what;
  Oid relation;
  Oid table;  // that the index is on
  int column;
};

// What the hooks write. Plain, since they are the server's.
struct WatchState {
  MemoryContext context;
  Effects effects;
  Announced* announced;
  int count, room;
  int64_t most_bytes;
  char* stopped_by;  // why the statement was stopped, in the context; null if it was not
};

// One at a time.
class Watch {
 public:
  explicit Watch(int most_kilobytes);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Forgets what was announced before.
  void Start();

  const WatchState& state() const { return state_; }

 private:
  WatchState state_;
};

}  // namespace migrate
