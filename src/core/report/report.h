// What migrate_report() tells, as plain data: where it comes from is not told here, nor how it looks. Times are in UTC
// and whole seconds, so that the same history gives the same document in any session.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migrate::report {

// So many of the newest migrations are told in full; plots with more points than that are drawn by month.
inline constexpr size_t kInFull = 200;

// So many findings are told of each sort; the rest is counted.
inline constexpr size_t kMostFindings = 200;

struct Change {
  std::string action;  // created, altered, dropped
  std::string object_class;
  std::string identity;
  int line = 0;                              // 0 if it is not known
  std::optional<std::string> before, after;  // nothing if there is none, or it may not be read
};

struct HeldLock {
  std::string migration;
  std::string event;  // apply, rollback, statement, fail
  std::string table;
  std::string lock;
  double ms = 0;
};

struct Migration {
  std::string version;
  std::string name;
  std::string label;  // both
  std::string status;
  std::string note;
  std::string applied_at;  // empty if it is not applied
  std::string applied_by;
  std::string recorded_by;  // the event, where that is not an apply
  std::optional<double> duration_ms;
  int changes = 0;  // to the schema
  bool in_full = false;

  // Of those in full:
  std::vector<std::string> remarks;
  std::vector<std::pair<std::string, std::string>> headers;  // what its first lines say of it
  std::string rollback;                                      // "script", "generated", or "refused: " and why
  std::vector<Change> changed;
  std::vector<HeldLock> locks;
};

struct PlannedStep {
  std::string action;
  std::string version;
  std::string name;
  std::string label;
  std::string detail;
  std::string verdict = {};  // the worst of its statements, by their texts; empty if that is not known
};

// Of a migration that is pending, or of the database.
struct Finding {
  std::string level;  // error, warning, info
  std::string rule;
  std::string about;  // a migration, or an object
  int line = 0;       // of the migration
  std::string message, fix;
};

struct Drifted {
  std::string drift;
  std::string object_class;
  std::string identity;
  std::optional<std::string> expected, found;
  std::string by;
  std::string at;
};

struct Failure {
  std::string migration;
  std::string action;  // apply, rollback
  std::string at;
  std::string by;
  int line = 0;
  std::string sqlstate;
  std::string message;  // empty for those who may not read it
  std::string detail;
};

// A migration that ran, or went back.
struct Run {
  std::string migration;
  std::string event;
  std::string at;
  std::string by;
  double duration_ms = 0;
};

// How many of each kind migrations have made so far, and not dropped.
struct Growth {
  std::string migration;
  std::string at;
  int tables = 0, columns = 0, indexes = 0, policies = 0;
};

struct Report {
  std::string database;
  std::string version;                // label of the newest applied; empty if nothing is
  std::vector<Migration> migrations;  // in the order of the set
  std::vector<PlannedStep> plan;
  std::vector<Finding> lint, health;  // the worst first
  bool drift_is_known = false;        // there is a schema to compare with
  std::vector<Drifted> drift;
  std::vector<Failure> failures;  // oldest first, as all that follow
  bool messages_are_shown = false;
  std::vector<Run> runs;
  std::vector<Growth> growth;
  std::vector<HeldLock> locks;
};

// The three forms. HTML and JSON are what it is now; Markdown leaves out what differs between databases with one
// history.
std::string RenderHtml(const Report& report);
std::string RenderMarkdown(const Report& report);
std::string RenderJson(const Report& report);

// What all forms begin with.
struct Glance {
  int applied = 0, pending = 0, failed = 0, partial = 0;
  const Migration* last_applied = nullptr;
};
Glance GlanceOf(const Report& report);

// "9.5 ms", "1.2 s", "3 min 20 s", "2 h 5 min".
std::string DurationText(double ms);

// An object with what came with it: columns, constraints and defaults of a table, type or view that was created or
// dropped are counted there and not told one by one.
struct FoldedChange {
  const Change* change = nullptr;
  std::string with;                  // "3 columns, 1 constraint"
  std::vector<const Change*> parts;  // these
};
std::vector<FoldedChange> Fold(const std::vector<Change>& changes);

// One point of a plot over time: of a run, or of all of a month.
struct Point {
  std::string label;
  std::string at;  // a day, or a month
  double value = 0;
  size_t runs = 1;
};
std::vector<Point> Durations(const std::vector<Run>& runs);
// The last of each month, where there are many.
std::vector<Growth> Thinned(const std::vector<Growth>& growth);

}  // namespace migrate::report
