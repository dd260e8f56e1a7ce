// What the database knows of a migration: the migration itself, where it came from, and what became
// of it. A MigrationSet is what one call has read of it: all, or only what the call needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/rare.h"
#include "core/set/migration.h"

namespace migrate {

// How far a run came that neither finished nor was undone: its last event, which is a start, a
// statement, a fail, or the repair that says where to go on.
struct Unfinished {
  std::string event;
  Action action = Action::kApply;
  int done = 0;         // statements that are done for sure
  bool unsure = false;  // the one after those may be done, too
  std::string sha256;   // of the script that ran
  std::string sqlstate;
  std::string message;
  int line = 0;  // where it stopped, 0 if that is not known
  std::string occurred_at;
  Placeholders placeholders;  // that were loaded then

  bool partial() const { return done > 0 || unsure; }
};

// How a migration became applied, and what was kept of it then.
struct Application {
  std::string event;  // apply, baseline, adopt or repair
  int64_t event_number = 0;
  std::string checksum;  // of the up text
  std::string sha256;
  Script down;
  Reversible reversible = Reversible::kNo;
  std::string irreversible_why;
  bool has_changes = false;  // recorded, and may be used for a way back
  std::string applied_at;    // in whole seconds
  std::string applied_by;
  std::string duration_ms;
  int changes = 0;  // to the schema, as far as they are recorded
  Placeholders placeholders;
};

struct KnownMigration : Migration {
  int64_t number = 0;    // in the order of addition
  std::string sort_key;  // byte order of it is the order of the set
  std::string source;
  std::string added_by;
  std::string loaded_at;  // its texts; empty if that is in this transaction
  bool absent = false;    // gone from its source when that was loaded again
  bool version_is_shared = false;
  bool for_others = false;    // is for other environments than this one
  std::string accepted_down;  // what `accept down` let pass
  Rare<Application> application;
  Rare<Unfinished> unfinished;

  bool applied() const { return static_cast<bool>(application); }
  bool baselined() const { return application->event == "baseline"; }
  bool changed() const { return applied() && application->checksum != up.checksum; }
  // To be applied: not applied yet, or repeatable and changed since.
  bool pending() const { return !absent && !for_others && !is_hook() && (!applied() || reruns()); }
  bool is_hook() const { return options->hook != Hook::kNone; }
  // Not here: what it does counts as done.
  bool skipped() const { return for_others && !applied(); }
  // What would run is not what ran: another text, or other values in it.
  bool reruns() const {
    return repeatable && !for_others && !is_hook() && (changed() || (applied() && has_other_values()));
  }
  bool has_other_values() const { return application->placeholders != options->placeholders; }
  // What a rollback would use: what was kept where the up text has changed.
  const Script& down_now() const { return changed() ? application->down : down; }
  Reversible reversible_now() const {
    const Reversible said = changed() ? application->reversible : reversible;
    return said == Reversible::kNo && can_be_generated() ? Reversible::kGenerated : said;
  }
  // There is no down script, but there are recorded changes that can be taken back.
  bool has_recorded_way() const { return applied() && application->has_changes && !repeatable && !down_now().exists(); }
  // … and they are, unless somebody has said that there is no way back and nobody has accepted this one.
  bool can_be_generated() const {
    const std::string& why = irreversible_why_now();
    return has_recorded_way() && (why == kNoDownScript || why == kDownLeftOut || down_is_accepted());
  }
  // What `accept down` names: the SHA-256 of the down script, or of the text whose changes are to be taken back.
  const std::string& acceptable_down() const {
    return down_now().exists() || !applied() ? down_now().sha256 : application->sha256;
  }
  bool down_is_accepted() const { return !accepted_down.empty() && accepted_down == acceptable_down(); }
  const std::string& irreversible_why_now() const {
    return changed() ? application->irreversible_why : irreversible_why;
  }
  // Another tool's down script that is empty or a remark: rolling back runs nothing.
  bool undoes_nothing() const { return reversible_now() == Reversible::kScript && down_now().statements == 0; }
  // The values to roll it back or verify it with are those that it was applied with: what it made is named by them. A
  // down script that was `loaded` since may need more.
  Placeholders ValuesFor(Action action, const Placeholders& loaded) const {
    if (action == Action::kApply) return loaded;
    Placeholders values = application->placeholders;
    values.insert(loaded.begin(), loaded.end());
    return values;
  }
  Placeholders placeholders_now() const { return ValuesFor(Action::kRollBack, options->placeholders); }
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
  std::string search_path;  // that a setting has migrations start from; empty for that of the role
};

}  // namespace migrate
