// What a migration is: its identity, its options and the facts about its texts, as they are kept in
// the database. The texts themselves are elsewhere, found by the SHA-256 of their bytes; only loading holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/quote.h"
#include "core/base/rare.h"
#include "core/text/placeholders.h"

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

inline std::string Quoted(const MigrationId& id) { return Quoted(id.Label()); }
// As the argument of a call that a message advises.
inline std::string Literal(const MigrationId& id) { return SqlLiteral(id.Label()); }

enum class Section { kUp, kDown, kVerify };

enum class Action { kApply, kRollBack };

// Whether and how a migration can be rolled back.
enum class Reversible {
  kNo,
  kScript,     // a down section or file
  kComment,    // a closing `-- Rollback` block: runs only after `accept down`
  kGenerated,  // none, but its changes are recorded: only of what is applied, never kept
};

// Of a script, by directives; empty for the settings.
struct Timeouts {
  std::string lock;       // -- migrate:lock-timeout
  std::string statement;  // -- migrate:statement-timeout
};

// What a text is known by. Both are empty if there is none.
struct TextHashes {
  std::string checksum;  // SHA-256 of the normal form: whether it is the same migration
  std::string sha256;    // of the exact bytes: by it the text is kept and run

  bool operator==(const TextHashes&) const = default;
};

// One script of a migration and what loading found out about it.
struct Script : TextHashes {
  int first_line = 1;  // line of the file that the text starts on
  int statements = 0;
  bool transactional = true;
  bool each_alone = false;     // -- migrate:no-transaction
  bool errors_only = false;    // of a verify script: it fails by an error alone, and may try what it likes
  std::string detail;          // why it is not transactional
  bool keeps_dropped = false;  // -- migrate:keep-dropped
  Rare<std::vector<std::string>> keeps_rows;  // of these tables: -- migrate:keep-rows
  bool divided = false;                       // for no other reason than that BEGIN and COMMIT divide it
  Rare<Timeouts> timeouts;

  bool exists() const { return !checksum.empty(); }
};

// Why a migration is not reversible, where nobody has said that it is not.
inline constexpr char kNoDownScript[] = "it has no down script";
inline constexpr char kDownLeftOut[] = "its down script was left out";

// When a script runs that is no migration itself, while others are applied.
enum class Hook { kNone, kBeforeAll, kBeforeEach, kAfterEach, kAfterAll };

// "before each" and the like; kNone for anything else, and empty for that.
Hook HookFromName(std::string_view name);
const char* HookName(Hook hook);

// What a migration expects of the schema, as its line says it: see core/expect/expectation.h.
struct Expected {
  int line = 0;
  std::string text;
};

// … as it is kept, "12 table app.users".
std::string KeptAs(const Expected& expected);
Expected ExpectedOf(const std::string& kept);

// What few migrations say.
struct Options {
  std::vector<std::string> tags;  // names that it can be called by as a target
  std::string replaces;           // the range of migrations that this one holds all of
  std::string allows;             // -- migrate:allow: what it may do to others, and why
  std::vector<std::string> only;  // environments that it is for; empty for all
  Hook hook = Hook::kNone;        // -- migrate:hook
  bool seed = false;              // rows to try an application with: runs last, not in production
  std::vector<Expected> expects;  // what has to be there
  std::string order;              // the version it is ordered by, where that is not its own
  Placeholders placeholders;      // that its texts need
};

struct Migration {
  MigrationId id;
  Script up;
  Script down;
  Script verify;
  Reversible reversible = Reversible::kNo;
  std::string irreversible_why;  // what `reversible` `no` comes from
  std::vector<std::string> requirements;
  bool repeatable = false;  // runs again when its text has changed
  Rare<Options> options;
};

// A migration as its files say it, on its way into the database.
struct LoadedMigration : Migration {
  std::string up_text;
  std::string down_text;
  std::string verify_text;
  std::vector<std::pair<std::string, std::string>> metadata;  // header lines, keys in lower case
};

}  // namespace migrate
