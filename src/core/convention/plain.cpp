// One file per migration: "0003_add_email.sql", or a plain name that `-- migrate:requires` orders. Pairs and a
// rollbacks folder may stand among them.
#include "core/base/cancel.h"
#include "core/convention/names.h"

#include <algorithm>
#include <set>

namespace migrate::convention {
namespace {

// Names of other tools, and of what undoes we don't know what, that would be taken for migrations and run forward.
void RefuseForeign(std::string_view path) {
  const std::string_view base = BaseName(path);
  const std::string stem = ToLower(base.substr(0, base.find('.')));
  const size_t word = stem.find_first_of("_-");
  const bool numbered = word < stem.size() - 1 && IsDigit(stem[word + 1]);
  const bool undoes =
      word != stem.npos && (stem.starts_with("rollback") ? word == 8 : numbered && IsUndoing(stem.substr(0, word)));
  const auto is = [&](std::string_view word) { return stem == word; };
  constexpr std::string_view kWords[] = {"up", "down", "migration", "deploy", "revert", "verify", "rollback"};
  if (!undoes && std::none_of(std::begin(kWords), std::end(kWords), is)) return;
  throw Error(sqlstate::kFeatureNotSupported, "file \"" + std::string(path) + "\" does not name its migration", {},
              "Put it into a folder that is named as the migration is, or name the file 0001_name.up.sql.");
}

// "0003_x.rollback.sql" without a "0003_x.sql" beside it.
void RefuseHalf(std::string_view path) {
  const std::string stem = ToLower(Stem(path));
  const size_t dot = stem.rfind('.');
  if (DirectionOf(path) || ClaimRollbacksFolder(path) || dot == stem.npos || !IsUndoing(stem.substr(dot + 1))) return;
  throw Error(sqlstate::kUndefinedObject, "file \"" + std::string(path) + "\" belongs to no migration",
              "There is no file of that name without its last word.",
              "Name it after the migration that it rolls back.");
}

// Of a file for each dialect and one for all, the one that names ours holds.
std::set<std::pair<MigrationId, Section>> OfOurDialect(const Folder& folder) {
  std::set<std::pair<MigrationId, Section>> known;
  for (const auto& file : folder.scripts) {
    if (!NamesOurDialect(file.path)) continue;
    try {
      const auto part = ClaimPair(file.path);
      known.emplace(part->id, part->section);
    } catch (const Error& error) {
      LetCancelPass(error);
      continue;  // told where the file is read
    }
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

std::optional<std::string_view> RepeatableName(std::string_view path) {
  constexpr std::string_view kPrefix = "R__";
  std::string_view stem = Stem(path);
  if (!stem.starts_with(kPrefix)) return std::nullopt;
  stem.remove_prefix(kPrefix.size());
  return stem;
}

Part TakeByName(SourceFile& file, std::string_view name) {
  if (file.problem) throw *file.problem;
  Part part;
  if (const auto repeatable = RepeatableName(name)) {
    RequireMigrationName(*repeatable);
    part.id.name = *repeatable;
    part.traits.repeatable = true;
  } else {
    part = ClaimFile(name);
  }
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
      const auto other = spelled.find(&file);
      if (!ClaimRollbacksFolder(file.path)) RefuseForeign(file.path);
      if (other == spelled.end()) RefuseHalf(file.path);
      Part part = TakeByName(file, folder.NameOf(other == spelled.end() ? file.path : other->second));
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
  OrderMilliseconds(reading.parts);
  RefuseUndoing(reading);
}

constexpr Convention kPlain = {
    .name = "plain", .exclusive = false, .has_mark = nullptr, .read = ReadPlain, .whose = Whose::kOurs};

}  // namespace migrate::convention
