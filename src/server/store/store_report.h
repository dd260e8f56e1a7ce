// What only migrate_report() reads of the tables: events and changes over time. Times are in UTC.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/set/migration.h"

namespace migrate {

// That a migration was applied, went back, failed, or was recorded; or that a part of it was committed that has changed
// the schema.
struct RecordedEvent {
  int64_t id = 0;
  std::string event;
  MigrationId migration;
  std::string at;
  std::string by;
  double duration_ms = 0;
  bool applied = false;  // it is what makes the migration applied now
  // Of a fail:
  std::string action;
  int line = 0;
  std::string sqlstate, message, detail;

  bool failed() const { return event == "fail"; }
  bool is_part() const { return event == "statement" || event == "start"; }
};
std::vector<RecordedEvent> ReadEvents();

// How many an event has made, less those that it has dropped.
struct RecordedGrowth {
  int64_t event_id = 0;
  int tables = 0, columns = 0, indexes = 0, policies = 0;
};
std::vector<RecordedGrowth> ReadGrowth();

struct RecordedLock {
  int64_t event_id = 0;
  MigrationId migration;
  std::string event;
  std::string table;
  std::string lock;
  double ms = 0;
};
// Of the last `most`, oldest first.
std::vector<RecordedLock> ReadLocks(int most);

// Header lines, of those of these migrations that have some.
using Headers = std::vector<std::pair<std::string, std::string>>;
std::map<MigrationId, Headers> ReadHeaders(const std::vector<MigrationId>& migrations);

}  // namespace migrate
