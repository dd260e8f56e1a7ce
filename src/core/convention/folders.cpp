// A folder for each migration. Diesel: "2024-01-31-120000_name/up.sql" and "down.sql", with a "metadata.toml" that may
// say run_in_transaction = false. Hasura: "1700000000000_name/up.sql", by number. Prisma:
// "20240131120000_name/migration.sql".
#include <algorithm>
#include <set>

#include "core/convention/names.h"
#include "core/set/version.h"

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

// The version that the folder of an up script bears; empty where it has none, or one with dashes.
std::string_view NumberOfFolder(const SourceFile& script) {
  const std::string_view name = FolderName(script.path);
  const std::string_view number = name.substr(0, std::min(name.find_first_not_of("0123456789"), name.size()));
  return IsNamed(script.path, "up.sql") && !name.substr(number.size()).starts_with('-') ? number : std::string_view();
}

// Hasura's versions are milliseconds since 1970, or small numbers given by hand; Diesel's are dates.
const SourceFile* OfHasura(const Folder& folder) {
  constexpr size_t kMilliseconds = 13;
  const SourceFile* first = nullptr;
  bool any = false;
  for (const auto& script : folder.scripts) {
    if (!IsNamed(script.path, "up.sql") || FolderName(script.path).empty() || !IsDigit(FolderName(script.path)[0]))
      continue;
    const std::string_view number = NumberOfFolder(script);
    if (number.empty() || number.size() > kMilliseconds) return nullptr;
    any |= number.size() == kMilliseconds;
    if (first == nullptr) first = &script;
  }
  return any ? first : nullptr;
}

// Numbers of unequal length by which nothing tells Diesel from Hasura: as text they may have another order.
void RequireOneOrder(const Folder& folder, Reading& reading) {
  std::set<std::string> numbers;
  const SourceFile* first = nullptr;
  for (const auto& script : folder.scripts) {
    if (!IsNamed(script.path, "up.sql")) continue;
    const std::string_view number = NumberOfFolder(script);
    if (number.size() >= std::string_view("20240131").size()) return;
    if (number.empty()) continue;
    numbers.emplace(number);
    if (first == nullptr) first = &script;
  }
  const auto is_later = [](const std::string& a, const std::string& b) {
    return VersionSortKey(b) < VersionSortKey(a);
  };
  if (std::adjacent_find(numbers.begin(), numbers.end(), is_later) == numbers.end()) return;
  reading.Refuse(*first, "stands in a folder whose number Diesel orders as text, and Hasura as a number",
                 "Say convention => 'diesel' or convention => 'hasura'.");
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

}  // namespace

void ReadFolders(Folder& folder, std::string_view up_name, Reading& reading) {
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
}

constexpr std::string_view kSideFiles[] = {"metadata.toml"};

constexpr Convention kHasura = {
    "hasura", true, nullptr,
    [](Folder& folder, const ReadOptions&, Reading& reading) { ReadFolders(folder, "up.sql", reading); }, OfHasura};

constexpr Convention kDiesel = {"diesel",
                                true,
                                [](const SourceFile& script) { return IsNamed(script.path, "up.sql"); },
                                [](Folder& folder, const ReadOptions& options, Reading& reading) {
                                  if (options.convention.empty()) RequireOneOrder(folder, reading);
                                  ReadFolders(folder, "up.sql", reading);
                                  OrderAsText(reading.parts, '0');
                                },
                                nullptr,
                                kSideFiles};

// It compares whole names, in which "_" comes after all digits.
constexpr Convention kPrisma = {"prisma", true,
                                [](const SourceFile& script) { return IsNamed(script.path, "migration.sql"); },
                                [](Folder& folder, const ReadOptions&, Reading& reading) {
                                  ReadFolders(folder, "migration.sql", reading);
                                  OrderAsText(reading.parts, '9');
                                }};

}  // namespace migrate::convention
