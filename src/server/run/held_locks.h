// How long a migration holds which lock on which table that was there before it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace migrate {

class HeldLocks {
 public:
  // A migration begins: what is held already is not its doing.
  void Start(int64_t now);

  // Notes the locks that came since the last time; `now` in microseconds. It does not look where very
  // many are held: all of them would have to be gone through each time.
  void Note(int64_t now);

  // JSON: [{"table": "public.accounts", "lock": "AccessExclusiveLock", "ms": 12.5}, …], up to `now`;
  // empty if there is none. What is reported is the next report's no more.
  std::string TakeReport(int64_t now);

 private:
  using Key = std::pair<unsigned, int>;  // the table's OID and the mode

  struct Lock {
    std::string table;
    int64_t since = 0;
    bool ours = false;  // taken by this migration
  };

  std::map<Key, Lock> locks_;
  bool too_many_ = false;
  int64_t last_look_ = 0;
};

}  // namespace migrate
