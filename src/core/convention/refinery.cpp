// refinery: "V1__name.sql" and "U1__name.sql", of which the second need not be in sequence, each version once. By their
// names alone they are Flyway's, which undoes with "U": refinery.toml beside them tells, or whoever loads them.
#include <algorithm>
#include <map>

#include "core/convention/flyway_rules.h"

namespace migrate::convention {
namespace {

bool RunsForward(FlywayKind kind) { return kind == FlywayKind::kVersioned || kind == FlywayKind::kUndo; }

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  const FlywayRules rules;
  std::map<std::string, std::string> seen;  // by version
  for (auto& file : folder.scripts) {
    try {
      const FlywayName name = FlywayNameOf(file.path, rules);
      if (!RunsForward(name.kind) || name.id.name.empty()) {
        reading.Refuse(file, "is not named as refinery names migrations",
                       "Name it V1__name.sql, or leave it out with leave_out.");
        continue;
      }
      RequireMigrationName(name.id.Label());
      const auto [first, is_new] = seen.try_emplace(name.order, file.path);
      if (!is_new) {
        reading.Refuse(file, Error(sqlstate::kDuplicateObject, "file \"" + file.path + "\" has the version of another",
                                   "\"" + first->second + "\" has it, too.", "Leave one of them out with leave_out."));
        continue;
      }
      Part part = PartOf(file, name.id, Section::kUp);
      part.traits.order = name.order;
      reading.parts.push_back(std::move(part));
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
}

const SourceFile* MarkedFile(const Folder& folder) {
  const auto is_configuration = [](const SourceFile& file) { return BaseName(file.path) == "refinery.toml"; };
  if (std::none_of(folder.others.begin(), folder.others.end(), is_configuration)) return nullptr;
  const FlywayRules rules;
  const auto found = std::find_if(folder.scripts.begin(), folder.scripts.end(), [&](const SourceFile& file) {
    return RunsForward(FlywayNameOf(file.path, rules).kind);
  });
  return found == folder.scripts.end() ? nullptr : &*found;
}

}  // namespace

constexpr Convention kRefinery = {"refinery", true, nullptr, Read, MarkedFile};

}  // namespace migrate::convention
