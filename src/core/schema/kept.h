// What was kept of an object that a migration has dropped, or whose rows it has changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

struct Kept {
  int64_t id = 0;        // its number in migrate.kept
  std::string kind;      // class: table, table column, sequence; rows of a table
  std::string identity;  // as it was before the migration
  std::string table;     // in schema migrate_kept, without quotes; empty if there was no row, and of a sequence
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string checksum;  // of the rows, in any order
  // The names that the columns of the table had before the migration, which made those without. Of a column that was
  // dropped: those that tell the rows apart, and itself.
  std::vector<std::string> columns;
  int keys = 0;  // how many of the columns tell the rows apart, the first ones
  // Of rows that were changed, and of a column that got another type, its values: how it is called when the migration
  // has ended, and its columns; empty if it is gone by then.
  bool is_of_change = false;
  std::string identity_after;
  std::vector<std::string> columns_after;
  // Of a sequence.
  std::string last_value;
  bool is_called = false;
  Address address = {};  // that the object had

  bool Is(const Object& object) const { return object.kind == kind && object.identity == identity; }
};

}  // namespace migrate::schema
