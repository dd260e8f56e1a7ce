// What the database knows of a migration: the migration itself, where it came from, and what became
// of it. A MigrationSet is what one call has read of it: all, or only what the call needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/migration.h"
#include "core/rare.h"

namespace migrate {

// How far a run came that neither finished nor was undone: its last event, which is a start, a
// statement, a fail, or the repair that says where to go on.
struct Unfinished {
  std::string event;
  Action action = Action::kApply;
  int done = 0;          // statements that are done for sure
  bool unsure = false;   // the one after those may be done, too
  std::string checksum;  // of the script that ran
  std::string sqlstate;
  std::string message;
  int line = 0;  // where it stopped, 0 if that is not known
  std::string occurred_at;

  bool partial() const { return done > 0 || unsure; }
};

// How a migration became applied, and what was kept of it then.
struct Application {
  std::string event;  // apply, baseline, adopt or repair
  int64_t event_number = 0;
  std::string checksum;  // of the up text
  Script down;
  Reversible reversible = Reversible::kNo;
  std::string irreversible_why;
  std::string applied_at;
  std::string applied_by;
  std::string duration_ms;
  Placeholders placeholders;
};

struct KnownMigration : Migration {
  int64_t number = 0;    // in the order of addition
  std::string sort_key;  // byte order of it is the order of the set
  std::string source;
  std::string added_by;
  bool absent = false;  // gone from its source when that was loaded again
  bool version_is_shared = false;
  std::string accepted_down;  // checksum of the down script that `accept down` let pass
  Rare<Application> application;
  Rare<Unfinished> unfinished;

  bool applied() const { return static_cast<bool>(application); }
  bool baselined() const { return application->event == "baseline"; }
  bool changed() const { return applied() && application->checksum != up.checksum; }
  // To be applied: not applied yet, or repeatable and changed since.
  bool pending() const { return !absent && (!applied() || reruns()); }
  bool reruns() const { return repeatable && changed(); }
  // What a rollback would use: what was kept where the up text has changed.
  const Script& down_now() const { return changed() ? application->down : down; }
  Reversible reversible_now() const { return changed() ? application->reversible : reversible; }
  const std::string& irreversible_why_now() const {
    return changed() ? application->irreversible_why : irreversible_why;
  }
  // The values that it was applied with: what it made is named by them. A down script that was loaded since may need
  // more.
  Placeholders placeholders_now() const {
    Placeholders values = application->placeholders;
    values.insert(options->placeholders.begin(), options->placeholders.end());
    return values;
  }
  // Whether it has a place among versions.
  bool numbered() const { return !id.version.empty() && !repeatable; }
};

// How far a run of the migration came: " with 2 of 6 statements done". In one transaction none is before
// all are: empty then.
std::string HowFar(const KnownMigration& migration);

// … and at which line it stopped: " at line 5, with 2 of 6 statements done".
std::string WhereItStopped(const KnownMigration& migration);

// The one row of migrate.schema_version.
struct VersionGuard {
  bool present = false;
  MigrationId id;  // empty if nothing is applied
};

struct MigrationSet {
  std::vector<KnownMigration> migrations;
  std::optional<MigrationId> newest;  // the highest applied in order
  std::string newest_key;
  // The highest applied that has a version: plain names have no place among versions.
  std::optional<MigrationId> newest_numbered;
  std::string newest_numbered_key;
  VersionGuard guard;
  bool has_history = false;
};

}  // namespace migrate
