// What a definition says of a column of a table. Pure.
#pragma once

#include <string_view>

#include "core/schema/object.h"

namespace migrate::schema {

// The clauses of ALTER TABLE t ADD COLUMN c type …, each without its keyword; empty if it is not there. They point into
// the statement.
struct Column {
  std::string_view type, options, collation, default_value;
  std::string_view generated;  // ALWAYS AS (…) STORED: its values are computed from others
  std::string_view identity;   // ALWAYS AS IDENTITY (…)
  std::string_view not_null;   // all of it, with the name of the constraint if that is its own
  bool is_inherited = false;
};

// `name`: the column's, as it stands there.
Column ColumnOf(std::string_view statement, std::string_view name);

// Of an object of class table column.
Column ColumnOf(const Object& object);

}  // namespace migrate::schema
