#include "core/schema/seen_renames.h"

#include <map>
#include <string>
#include <utility>

namespace migrate::schema {
namespace {

// By their names of now, those of before.
using Origins = std::map<std::string, std::string>;

std::string OriginOf(const Origins& origins, const std::string& name) {
  const auto known = origins.find(name);
  return known == origins.end() ? name : known->second;
}

void Rename(Origins& origins, const std::string& from, const std::string& to, std::string origin) {
  origins.erase(from);
  origins[to] = std::move(origin);
}

// The columns that were renamed before go with their table.
void MoveColumns(Origins& columns, const std::string& from, const std::string& to) {
  Origins moved;
  for (auto& [name, origin] : columns) moved[TableOf(name) == from ? InTable(name, to) : name] = std::move(origin);
  columns = std::move(moved);
}

}  // namespace

std::vector<RenameLine> RenamesSeen(const std::vector<Sighting>& sightings) {
  Origins tables, columns;
  for (const auto& seen : sightings) {
    const std::string &from = seen.old_identity, &to = seen.identity;
    if (from.empty() || from == to) continue;
    if (seen.object_class == "table") {
      Rename(tables, from, to, OriginOf(tables, from));
      MoveColumns(columns, from, to);
    } else if (seen.object_class == "table column") {
      const auto known = columns.find(from);
      Rename(columns, from, to,
             known != columns.end() ? known->second : InTable(from, OriginOf(tables, TableOf(from))));
    }
  }
  std::vector<RenameLine> lines;
  for (const auto* const origins : {&tables, &columns}) {
    for (const auto& [name, origin] : *origins) {
      if (name != origin) lines.push_back({true, origin, name, 0});
    }
  }
  return lines;
}

}  // namespace migrate::schema
