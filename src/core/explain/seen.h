// What one statement of a migration was seen to do when it was tried, or is expected to do by its parse tree. Plain
// data: how bad that is says verdict.h, what else to do advice.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/set/migration.h"

namespace migrate::explain {

// The server's lock modes by their numbers, which are the same in all versions.
inline constexpr int kRowShareMode = 2;
inline constexpr int kRowExclusiveMode = 3;
inline constexpr int kShareMode = 5;
inline constexpr int kAccessExclusiveMode = 8;

// What a statement is, as far as there is advice for it. A statement can be several.
using Acts = uint32_t;
inline constexpr Acts kCreatesIndex = 1U << 0;
inline constexpr Acts kDropsIndex = 1U << 1;
inline constexpr Acts kReindexes = 1U << 2;
inline constexpr Acts kAddsUnique = 1U << 3;
inline constexpr Acts kAddsForeignKey = 1U << 4;
inline constexpr Acts kAddsCheck = 1U << 5;
inline constexpr Acts kSetsNotNull = 1U << 6;
inline constexpr Acts kAddsColumn = 1U << 7;
inline constexpr Acts kChangesType = 1U << 8;
inline constexpr Acts kRewritesTable = 1U << 9;  // for no other end: CLUSTER, VACUUM FULL, SET TABLESPACE
inline constexpr Acts kRefreshes = 1U << 10;
inline constexpr Acts kDetaches = 1U << 11;
inline constexpr Acts kAttaches = 1U << 12;
inline constexpr Acts kDropsTable = 1U << 13;
inline constexpr Acts kDropsColumn = 1U << 14;
inline constexpr Acts kTruncates = 1U << 15;
inline constexpr Acts kChangesRows = 1U << 16;

// A table, view, index or sequence that was there before.
struct Table {
  std::string name = {};
  int64_t bytes = 0;
  double rows = 0;  // an estimate
};

struct Lock {
  Table table = {};
  int mode = 0;
  std::string mode_name = {};
  bool of_rows = false;                // rows of it are locked, too: whoever writes the same ones waits
  std::optional<double> held_ms = {};  // to the end of its own migration's transaction; nothing if it was not tried
  double held_by_apply_ms = 0;         // to the end of all, as migrate_apply() holds it
  bool for_long = false;               // as long as work lasts that was not done
  int since_line = 0;                  // of the earlier statement that took it; 0 for this one
};

struct RowCounts {
  std::string relation;
  int64_t inserted = 0, updated = 0, deleted = 0;
};

struct Seen {
  Acts acts = 0;
  bool is_code = false;  // a block or a function: what it did first to what it dropped is not seen
  std::vector<Lock> locks;
  std::vector<RowCounts> rows;
  std::vector<std::string> rewrites;   // tables
  std::vector<std::string> scans;      // tables, to validate something
  std::vector<std::string> indexes;    // that were built: "app.orders_v on app.orders"
  std::vector<std::string> objects;    // "created table app.notes"
  std::vector<std::string> destroyed;  // "table app.orders, about 1200 rows"
  int lock_timeout_ms = 0;
};

enum class State { kRan, kRanPlain, kEstimated, kNotTried, kFails };

// One row of the answer.
struct Explained {
  MigrationId id;
  int line = 0;
  std::string statement;
  std::optional<double> duration_ms;
  State state = State::kRan;
  std::string why;       // it was not tried, is estimated, or fails
  std::string detail;    // of its error
  bool is_known = true;  // false where nothing is known of what it would do
  Seen seen;
};

}  // namespace migrate::explain
