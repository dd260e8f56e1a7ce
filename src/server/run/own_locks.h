// Which locks on relations this session has got since the last look, and which rows its subtransaction has changed:
// read from its own entries in memory alone, so that it can be asked behind each statement, and behind a failure, too.
#pragma once

#include <cstdint>
#include <vector>

#include "server/base/compat.h"

namespace migrate {

struct ObservedLock {
  Oid relation;
  int mode;
  bool of_rows;  // rows of it are locked
};

struct ObservedRows {
  Oid table;
  int64_t inserted, updated, deleted;
};

class OwnLocks {
 public:
  OwnLocks();

  // Of relations that had none, or none but by way of the fast path. Takes as long as there are new ones.
  std::vector<ObservedLock> TakeNew();

  // Of one that had some: a lock that becomes stronger is found by its name alone.
  std::vector<ObservedLock> TakeStronger(Oid relation);

  // Whether it was held at the last look.
  bool Has(Oid relation, int mode) const;

  // Something was undone, and its locks with it: what is held now is all that is known.
  void StartAnew();

 private:
  HTAB* known_;                          // relations and their modes
  Oid marks_[NUM_LOCK_PARTITIONS] = {};  // the newest ones at the last look
};

// By the current subtransaction, in tables that are no catalogs.
std::vector<ObservedRows> ChangedRows();

}  // namespace migrate
