// One file per migration: "0003_add_email.sql", or a plain name that `-- migrate:requires` orders. Pairs and a
// rollbacks folder may stand among them.
#include "core/convention/names.h"

#include <set>

namespace migrate::convention {
namespace {

// Names of other tools that would be taken for migrations of their own and run forward.
void RefuseForeign(std::string_view path) {
  const std::string_view base = BaseName(path);
  const std::string stem = ToLower(base.substr(0, base.find('.')));
  for (const std::string_view word : {"up", "down", "migration", "deploy", "revert", "verify"}) {
    if (stem != word) continue;
    throw Error(sqlstate::kFeatureNotSupported, "file \"" + std::string(path) + "\" does not name its migration", {},
                "Put it into a folder that is named as the migration is, or name the file 0001_name.up.sql.");
  }
}

// Of a file for each dialect and one for all, the one that names ours holds.
std::set<std::pair<MigrationId, Section>> OfOurDialect(const Folder& folder) {
  std::set<std::pair<MigrationId, Section>> known;
  for (const auto& file : folder.scripts) {
    if (!NamesOurDialect(file.path)) continue;
    const auto part = ClaimPair(file.path);
    known.emplace(part->id, part->section);
  }
  return known;
}

}  // namespace

Part ClaimFile(std::string_view path) {
  if (auto part = ClaimRollbacksFolder(path)) return *part;
  if (auto part = ClaimPair(path)) return *part;
  Part part;
  part.id = ParseMigrationName(path);
  return part;
}

Part TakeByName(SourceFile& file, std::string_view name) {
  if (file.problem) throw *file.problem;
  Part part = ClaimFile(name);
  part.origin = file.path;
  part.content = std::move(file.content);
  return part;
}

void ReadPlain(Folder& folder, const ReadOptions&, Reading& reading) {
  KeepTopFolder(folder, reading);
  const auto ours = OfOurDialect(folder);
  reading.parts.reserve(folder.scripts.size());
  const auto spelled = OtherSpellings(folder);
  for (auto& file : folder.scripts) {
    if (const auto dialect = ForeignDialect(file.path); !dialect.empty()) {
      reading.Ignore(file, "for " + std::string(dialect));
      continue;
    }
    try {
      RefuseForeign(file.path);
      const auto other = spelled.find(&file);
      Part part = TakeByName(file, other == spelled.end() ? file.path : other->second);
      if (!ours.empty() && !NamesOurDialect(part.origin) && ours.contains({part.id, part.section})) {
        reading.Ignore(file, "there is one for PostgreSQL");
        continue;
      }
      reading.parts.push_back(std::move(part));
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
  JoinPairs(reading.parts);
  OrderDates(reading.parts);
}

constexpr Convention kPlain = {"plain", false, nullptr, ReadPlain};

}  // namespace migrate::convention
