// A folder for each migration. Diesel and Hasura: "2024-01-31-120000_name/up.sql" and "down.sql", with a
// "metadata.toml" that may say run_in_transaction = false. Prisma: "20240131120000_name/migration.sql".
#include <algorithm>
#include <set>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

// Diesel compares versions without their dashes, and records them so.
MigrationId IdOfFolder(std::string_view path) {
  std::string folder(FolderName(path));
  if (folder.empty()) {
    throw Error(sqlstate::kInvalidParameter, "file \"" + std::string(path) + "\" stands in no folder", {},
                "Give each migration a folder that is named as the migration is.");
  }
  MigrationId id = ParseMigrationName(folder);
  std::erase(id.version, '-');
  return id;
}

bool IsNamed(std::string_view path, std::string_view name) { return EqualsIgnoringCase(BaseName(path), name); }

// Why the folder's scripts run outside of a transaction; empty if they don't.
std::string NoTransaction(const Folder& folder, std::string_view path) {
  const SourceFile* const metadata = folder.Other(std::string(FolderOf(path)) + "/metadata.toml");
  if (metadata == nullptr) return {};
  std::string_view rest = metadata->content;
  std::string_view line;
  while (TakeLine(rest, line)) {
    std::string compact = ToLower(line.substr(0, line.find('#')));
    std::erase_if(compact, [](char c) { return c == ' ' || c == '\t'; });
    if (compact == "run_in_transaction=false") return "metadata.toml: run_in_transaction = false";
  }
  return {};
}

// Both tools order folders as text, digit by digit, and not as numbers: of versions of unequal length the shorter is
// made as long as the others with `filler`, which says where it goes among those that begin like it.
void OrderAsText(Reading& reading, char filler) {
  const auto is_number = [](const Part& part) {
    return !part.id.version.empty() && part.id.version.find_first_not_of("0123456789") == std::string::npos;
  };
  size_t longest = 0;
  for (const auto& part : reading.parts) longest = std::max(longest, is_number(part) ? part.id.version.size() : 0);
  for (auto& part : reading.parts) {
    if (!is_number(part) || part.id.version.size() == longest) continue;
    part.traits.order = part.id.version + std::string(longest - part.id.version.size(), filler);
  }
}

// The folders that hold those of the migrations.
std::set<std::string> TopFolders(const Folder& folder, std::string_view up_name) {
  std::set<std::string> tops = {""};
  for (const auto& file : folder.scripts) {
    if (IsNamed(file.path, up_name)) tops.emplace(FolderOf(FolderOf(file.path)));
  }
  return tops;
}

// What is neither script of a migration: one that is named as a migration would be missing from the sequence.
void TakeOther(const SourceFile& file, std::string_view up_name, const std::set<std::string>& tops, Reading& reading) {
  const std::string_view own = FolderName(file.path);
  const std::string_view base = BaseName(file.path);
  if (!own.empty() && IsDigit(own[0])) {
    reading.Refuse(file, "is neither " + std::string(up_name) + " nor down.sql",
                   "Each migration's folder holds those two; leave the file out with leave_out.");
  } else if (tops.contains(std::string(FolderOf(file.path))) && !base.empty() &&
             (IsDigit(base[0]) || RepeatableName(base))) {
    reading.Refuse(file, "is named as a migration, and stands in no migration's folder",
                   "Move it to " + std::string(Stem(base)) + "/" + std::string(up_name) +
                       ", or leave it out with leave_out.");
  } else {
    reading.Ignore(file, "in no migration's folder");
  }
}

void Read(Folder& folder, std::string_view up_name, char filler, Reading& reading) {
  const auto tops = TopFolders(folder, up_name);
  for (auto& file : folder.scripts) {
    const bool up = IsNamed(file.path, up_name);
    if (!up && !IsNamed(file.path, "down.sql")) {
      TakeOther(file, up_name, tops, reading);
      continue;
    }
    try {
      Part part = PartOf(file, IdOfFolder(file.path), up ? Section::kUp : Section::kDown);
      part.traits.no_transaction = NoTransaction(folder, part.origin);
      reading.parts.push_back(std::move(part));
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
  OrderAsText(reading, filler);
}

}  // namespace

constexpr Convention kDiesel = {
    "diesel", true, [](const SourceFile& script) { return IsNamed(script.path, "up.sql"); },
    [](Folder& folder, const ReadOptions&, Reading& reading) { Read(folder, "up.sql", '0', reading); }};

// It compares whole names, in which "_" comes after all digits.
constexpr Convention kPrisma = {
    "prisma", true, [](const SourceFile& script) { return IsNamed(script.path, "migration.sql"); },
    [](Folder& folder, const ReadOptions&, Reading& reading) { Read(folder, "migration.sql", '9', reading); }};

}  // namespace migrate::convention
