#include "core/schema/made.h"

#include <algorithm>

#include "core/schema/belonging.h"

namespace migrate::schema {
namespace {

// What can't be taken out of a table by itself, for the table's own definition has it.
bool IsPartOfTable(const Object& object) {
  return object.kind.ends_with(" column") || (object.kind == "sequence" && !RelationOf(object).empty());
}

}  // namespace

void Made::Follow(const std::string& action, const std::string& kind, const std::string& identity,
                  const std::string& old_identity) {
  const bool was_made = objects_.erase({kind, old_identity.empty() ? identity : old_identity}) > 0;
  if (action == "created" || (action == "altered" && was_made)) objects_.emplace(kind, identity);
}

WithoutMade TakeOut(const Made& made, const std::vector<Object>& now) {
  std::set<std::string, std::less<>> going;  // tables, views and types
  for (const auto& object : now) {
    if (made.Has(object) && !IsPartOfTable(object)) going.insert(object.identity);
  }
  WithoutMade without;
  std::vector<Object> schemas;
  std::set<std::string> used;
  for (const auto& object : now) {
    const bool is_made = made.Has(object);
    if (is_made && object.kind == "schema") {
      schemas.push_back(object);
      continue;
    }
    const bool stays_with = is_made && IsPartOfTable(object) && !going.contains(RelationOf(object));
    if (is_made && !stays_with) continue;
    if (stays_with) without.kept.push_back(object);
    without.objects.push_back(object);
    used.insert(object.schema);
  }
  for (auto& schema : schemas) {
    if (used.contains(schema.name)) without.objects.push_back(std::move(schema));
  }
  return without;
}

}  // namespace migrate::schema
