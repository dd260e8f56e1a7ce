// Scripts that run around migrations while these are applied: `-- migrate:hook before each`. They run in the
// migration's own transaction, and what fails in one fails the migration.
#pragma once

#include <string>
#include <vector>

#include "core/run/database.h"

namespace migrate {

class Rehearsal;

class Hooks {
 public:
  // Reads their texts, before the first step runs.
  Hooks(const Plan& plan, Database& database);

  bool AnyBefore(const Place& place) const { return Any(Hook::kBeforeAll, place) || Any(Hook::kBeforeEach, place); }
  bool AnyAfter(const Place& place) const { return Any(Hook::kAfterEach, place) || Any(Hook::kAfterAll, place); }

  // Those that run before the step's script, and behind it and its verify script.
  void RunBefore(const Place& place, Database& database, Rehearsal* rehearsal = nullptr) const;
  void RunAfter(const Place& place, Database& database, Rehearsal* rehearsal = nullptr) const;

 private:
  struct Script {
    const KnownMigration* migration;
    std::string text;
  };

  bool Any(Hook when, const Place& place) const;
  void Run(Hook when, const Place& place, Database& database, Rehearsal* rehearsal) const;

  std::vector<Script> scripts_;
};

}  // namespace migrate
