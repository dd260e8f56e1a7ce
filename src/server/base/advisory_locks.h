// The advisory locks of this session, which outlive the transaction that takes them.
#pragma once

#include <array>
#include <cstdint>
#include <set>

namespace migrate {

class AdvisoryLocks {
 public:
  // Remembers what the session holds now.
  AdvisoryLocks();

  // Frees what it took since, and takes again what it freed. How often it holds a lock can't be seen.
  // Looks at every lock of the server, so it is for the end of a run.
  void Restore() const;

 private:
  // The fields of a LOCKTAG and the mode.
  using Lock = std::array<uint32_t, 5>;

  static std::set<Lock> Held();

  std::set<Lock> held_;
};

}  // namespace migrate
