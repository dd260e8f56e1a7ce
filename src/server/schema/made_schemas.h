// In which schemas a text makes objects, told by its statements alone: what code makes that it runs is not seen.
#pragma once

#include <functional>
#include <set>
#include <string>

namespace migrate::schema {

struct MadeSchemas {
  std::set<std::string, std::less<>> used;        // in which it makes something, and what `made` has
  std::set<std::string, std::less<>> made;        // by the text itself
  std::set<std::string, std::less<>> owned;       // of `used` those in which it makes more than what goes with a table
  std::set<std::string, std::less<>> extensions;  // that it makes
  bool sets_default_privileges = false;
  bool any_statement = false;
};

// Names without a schema go where `search_path` or the text's own SET search_path says. Throws for what the parser
// refuses and for what no migration may say, with line and column.
MadeSchemas SchemasMadeBy(const std::string& text, const std::string& search_path);

}  // namespace migrate::schema
