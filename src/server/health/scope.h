// What migrate_health() looks at, and who comes to this database by an API.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace migrate::health {

struct Scope {
  bool is_all = true;  // no schemas are named
  std::vector<std::string> schemas;
  std::vector<std::string> api_schemas;
  std::vector<std::string> api_roles;
};

// `schemas`: an array, as text. 42704 for one that there is not.
Scope ReadScope(const std::optional<std::string>& schemas);

}  // namespace migrate::health
