// Makes of what was observed, or is expected by the parse tree, what people read: relations by name, locks with the
// time that they are held. After the run was undone, when all that was there before is there again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/explain/seen.h"
#include "server/run/observed_database.h"

namespace migrate {

class Explanation {
 public:
  explicit Explanation(const ObservedDatabase& database);

  // Of a statement that was run, stopped on its way, or left out; number `index` of those observed.
  explain::Seen Seen(size_t index);

  // Of one that was not run.
  explain::Seen Expected(const Effects& effects);

  // "AccessExclusiveLock on app.orders"
  std::string NameOf(const ObservedLock& lock);

 private:
  struct Found {
    bool exists = false;
    bool is_toast = false;
    char kind = 0;
    explain::Table table;
  };

  const Found& Find(Oid relation);
  void AddLocks(const Observed& observed, explain::Seen& seen);
  void AddExpected(const Effect* effects, size_t count, explain::Seen& seen);
  void AddDestroyed(Oid relation, int column, explain::Seen& seen);
  static void LetGo(explain::Seen& seen);
  void AddCarried(const Observed& observed, explain::Seen& seen);
  bool LastsLonger(const Observed& observed) const;

  const ObservedDatabase& database_;
  std::map<Oid, Found> found_;
  std::map<size_t, size_t> left_out_;        // of each transaction: behind the last statement that was left out
  std::map<size_t, explain::Lock> carried_;  // of each transaction: the worst lock so far
};

}  // namespace migrate
