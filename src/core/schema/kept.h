// What was kept of an object that a migration has dropped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

struct Kept {
  std::string kind;      // class: table, table column, sequence
  std::string identity;  // as it was before the migration
  std::string table;     // in schema migrate_kept, without quotes; empty if there was no row, and of a sequence
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string checksum;          // of the rows, in any order
  std::vector<std::string> key;  // of a column: those that tell the rows apart
  // Of a sequence.
  std::string last_value;
  bool is_called = false;
  Address address = {};  // that the object had

  bool Is(const Object& object) const { return object.kind == kind && object.identity == identity; }
};

}  // namespace migrate::schema
