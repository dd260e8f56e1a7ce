// What a migration is: its identity, its options and the facts about its texts, as they are kept in
// the database. The texts themselves are elsewhere, found by checksum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/placeholders.h"

namespace migrate {

// Identity is version and name together: real histories reuse a version.
struct MigrationId {
  std::string version;  // empty for a plain name
  std::string name;     // empty for a bare number

  std::string Label() const {
    if (version.empty()) return name;
    return name.empty() ? version : version + "_" + name;
  }
  auto operator<=>(const MigrationId&) const = default;
};

enum class Section { kUp, kDown, kVerify };

enum class Action { kApply, kRollBack };

// Whether and how a migration can be rolled back.
enum class Reversible {
  kNo,
  kScript,   // a down section or file
  kComment,  // a closing `-- Rollback` block: runs only after `accept down`
};

// One script of a migration and what loading found out about it.
struct Script {
  std::string text;      // empty when only the checksum is at hand
  std::string checksum;  // SHA-256 of the normal form; empty if there is no such script
  int first_line = 1;    // line of the file that the text starts on
  int statements = 0;
  bool transactional = true;
  std::string detail;             // why it is not
  bool each_alone = false;        // -- migrate:no-transaction
  bool errors_only = false;       // of a verify script: it fails by an error alone
  std::string lock_timeout;       // -- migrate:lock-timeout, empty for the setting
  std::string statement_timeout;  // -- migrate:statement-timeout, likewise

  bool exists() const { return !checksum.empty(); }
};

struct Migration {
  MigrationId id;
  Script up;
  Script down;
  Script verify;
  Reversible reversible = Reversible::kNo;
  std::string irreversible_why;  // what `reversible` `no` comes from
  std::vector<std::string> requirements;
  std::vector<std::string> tags;  // names that it can be called by as a target
  Placeholders placeholders;      // that its texts need
  std::string replaces;           // the range of migrations that this one holds all of; empty if none
  std::string order;              // the version it is ordered by, where that is not its own
  bool repeatable = false;        // runs again when its text has changed
  std::vector<std::pair<std::string, std::string>> metadata;  // header lines, keys in lower case
};

}  // namespace migrate
