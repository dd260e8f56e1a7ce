// What differs between the schema that the history has produced and the one that is there: a base, moved forward by
// what migrations are recorded to have done, and compared with what is found. Pure; where either comes from is not told
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/schema/change.h"
#include "core/schema/ignore.h"
#include "core/schema/object.h"

namespace migrate::schema {

// The schema as it was known whole.
struct Base {
  int64_t event = 0;  // in migrate.history, after which it holds
  int major = 0;      // of the server that wrote the definitions
  std::vector<Object> objects;
};

// A change of an event after the base. A hash that is empty: there is no telling what the definition was.
struct RecordedChange {
  int64_t event = 0;
  int major = 0;
  Change change;
};

// Who did it, and when.
struct Doing {
  std::string by;
  std::string at;
  std::string command;
};

// A run of a migration after the base of which no changes are recorded.
struct Gap {
  int64_t event = 0;
  std::string migration;
  Doing doing;
};

// What the guard has seen of an object, numbered as events are.
struct Sighting {
  int64_t id = 0;
  std::string object_class;
  std::string identity;
  std::string old_identity;  // of what was given another name
  Doing doing;
};

struct History {
  Base base;
  std::vector<RecordedChange> changes;  // in the order in which it happened
  std::vector<Gap> gaps;
  std::vector<Sighting> sightings;  // in the same order
  std::set<std::string> purged;     // hashes of definitions that nobody has any more
};

struct Drift {
  enum class Kind { kUnknown, kAdded, kAltered, kDropped, kNotComparable };

  Kind kind = Kind::kUnknown;
  std::string object_class;
  std::string schema;
  std::string name;
  std::string identity;
  std::optional<std::string> expected, found;
  std::optional<Doing> doing;
  int64_t event = 0;  // of the migration that met it; 0 for what is so now
};

const char* DriftName(Drift::Kind kind);

// Gaps first, then by schema and by what an object goes with. Objects belong together by class and identity. What a
// migration has found otherwise than the history left it was altered before it ran, and is told although it may be as
// the history has it now. Definitions of servers of different versions can't be compared. `major`: of `now`.
std::vector<Drift> FindDrift(const History& history, const std::vector<Object>& now, int major,
                             const IgnoreList& ignored);

// The whole schema as the history has it, in the order of migrate_schema(). What differs in nothing that counts, or is
// ignored, stands as it is now.
struct Expectation {
  std::vector<Object> objects;
  // Class and identity of those whose definition is purged, or was written by another major version.
  std::vector<std::string> unknown;
};
Expectation ExpectedSchema(const History& history, const std::vector<Object>& now, int major,
                           const IgnoreList& ignored);

}  // namespace migrate::schema
