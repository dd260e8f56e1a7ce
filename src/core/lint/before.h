// What a migration has done above the statement that is looked at: a rule that objects to work on a table that is in
// use has nothing to say of a new one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/lint/act.h"

namespace migrate::lint {

class Before {
 public:
  explicit Before(const MigrationFacts& migration) : migration_(migration) {}

  const MigrationFacts& migration() const { return migration_; }

  // Whether nobody uses the act's table yet: the migration has made it, or it is this session's own.
  bool IsNew(const Act& act) const;
  // Whether the constraint was added NOT VALID in the same transaction.
  bool IsAddedNotValid(const Act& act) const;
  // Whether a constraint that says so was validated, for SET NOT NULL.
  bool IsProven(const Act& act) const;
  // Whether the same transaction has changed the act's table, and keeps it locked.
  bool IsLocked(const Act& act) const;
  // Whether a statement that takes locks stands above.
  bool any_slow() const { return any_slow_; }

  // Takes note of an act; the next one is then the one that is looked at.
  void Note(const Act& act);

 private:
  using Names = std::map<std::string, std::set<std::string>, std::less<>>;  // schemas, by the name of the table

  static bool Holds(const Names& names, const Act& act);

  const MigrationFacts& migration_;
  int transaction_ = 0;
  Names created_;
  Names locked_;                                                       // in this transaction
  std::set<std::pair<std::string, std::string>> not_valid_;            // table and constraint, in this transaction
  std::map<std::pair<std::string, std::string>, std::string> checks_;  // … the column that they say is never null
  std::set<std::pair<std::string, std::string>> proven_;               // table and column
  std::set<std::string> validated_;                                    // tables with a constraint from elsewhere
  bool any_slow_ = false;
};

}  // namespace migrate::lint
