// What a row of a table or view leads to by a foreign key, also where views show the columns of the key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/types/catalog.h"

namespace migrate::types {

struct Relationship {
  std::string key;  // name of the foreign key
  std::string schema;
  std::string relation;
  // Nothing where the Supabase CLI finds none: in tables of a schema whose name needs quotes.
  std::optional<std::vector<std::string>> columns;
  bool is_one_to_one = false;
  std::string to_schema;
  std::string to_relation;
  std::optional<std::vector<std::string>> to_columns;
};

// Those that begin in one of the schemas.
std::vector<Relationship> Relationships(const Catalog& catalog);

}  // namespace migrate::types
