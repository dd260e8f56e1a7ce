// Folders that are versions: "3.9/0001_name.sql" is version 3.9.0001, and comes before "3.10/0001_name.sql". What
// stands beside them, such as a LATEST.sql with all of it at once, is none of the sequence.
#include <algorithm>
#include <set>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kDigits = "0123456789";

// "3.9" of "3.9" and "v3.9"; empty for other names. Whole numbers are as well anything else's.
std::string_view VersionOfFolder(std::string_view path) {
  std::string_view name = FolderName(path);
  if (name.starts_with('v') || name.starts_with('V')) name.remove_prefix(1);
  const bool is_version = name.find('.') != name.npos && name.find("..") == name.npos &&
                          name.find_first_not_of("0123456789.") == name.npos && IsDigit(name.front()) &&
                          IsDigit(name.back());
  return is_version ? name : std::string_view();
}

std::string_view Number(std::string_view path) {
  const std::string_view base = BaseName(path);
  return base.substr(0, base.find_first_not_of(kDigits));
}

// Dates are versions of their own, wherever they stand.
bool AreDated(const Folder& folder) {
  constexpr size_t kDate = 8;
  return std::any_of(folder.scripts.begin(), folder.scripts.end(), [](const SourceFile& file) {
    return !VersionOfFolder(file.path).empty() && Number(file.path).size() >= kDate;
  });
}

}  // namespace

std::string Folder::NameOf(std::string_view path) const {
  const std::string_view version = has_versions ? VersionOfFolder(path) : std::string_view();
  if (version.empty() || RepeatableName(path)) return std::string(path);
  const std::string_view number = Number(path);
  std::string_view rest = BaseName(path).substr(number.size());
  rest.remove_prefix(std::min(rest.find_first_not_of("_#- "), rest.size()));
  std::string name(version);
  if (!number.empty()) name.append(".").append(number);
  if (!rest.starts_with('.')) name += '_';
  return name.append(rest);
}

bool KeepVersionFolders(Folder& folder, Reading& reading) {
  std::set<std::string_view> parents;
  for (const auto& file : folder.scripts) {
    if (!VersionOfFolder(file.path).empty()) parents.insert(FolderOf(FolderOf(file.path)));
  }
  if (parents.size() != 1 || AreDated(folder)) return false;
  const std::string parent(*parents.begin());
  folder.has_versions = true;
  std::erase_if(folder.scripts, [&](const SourceFile& file) {
    if (!VersionOfFolder(file.path).empty()) return false;
    if (FolderOf(file.path) == parent && !Number(file.path).empty()) {
      reading.Refuse(file, "is named as a migration, and stands beside folders that are versions",
                     "Move it into the folder of its version, or leave it out with leave_out.");
    } else {
      reading.Ignore(file, "in no folder of a version");
    }
    return true;
  });
  return true;
}

}  // namespace migrate::convention
