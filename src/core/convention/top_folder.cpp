// Which of several folders holds the migrations, where a convention has all of them in one.
#include <algorithm>
#include <map>

#include "core/convention/names.h"
#include "core/version.h"

namespace migrate::convention {
namespace {

// The versions in a folder, as they sort.
struct Range {
  std::string first;
  std::string last;
  bool unversioned = false;  // some file has none

  bool IsBefore(const Range& other) const { return !unversioned && !other.unversioned && last < other.first; }
};
using Ranges = std::map<std::string_view, Range>;  // by folder

std::string VersionOf(std::string_view path) {
  try {
    return ClaimFile(path).id.version;
  } catch (const Error&) {  // which is told of where the file is read
    return {};
  }
}

void Take(const SourceFile& file, Range& range) {
  const std::string version = VersionOf(file.path);
  if (version.empty()) {
    range.unversioned = true;
    return;
  }
  std::string key = VersionSortKey(version);
  if (range.first.empty() || key < range.first) range.first = key;
  if (range.last < key) range.last = std::move(key);
}

bool IsInOneFolder(const Folder& folder) {
  return std::all_of(folder.scripts.begin(), folder.scripts.end(), [&](const SourceFile& file) {
    return FolderOf(file.path) == FolderOf(folder.scripts.front().path);
  });
}

// Of all folders but those of down scripts.
Ranges RangesOf(const Folder& folder) {
  Ranges ranges;
  for (const auto& file : folder.scripts) {
    if (!ClaimRollbacksFolder(file.path)) Take(file, ranges[FolderOf(file.path)]);
  }
  return ranges;
}

bool IsBelow(std::string_view path, std::string_view top) {
  return path.size() > top.size() && path.starts_with(top) && (top.empty() || path[top.size()] == '/');
}

[[noreturn]] void RefuseSeveral(std::string_view one, std::string_view other) {
  throw Error(sqlstate::kFeatureNotSupported, "migrations stand in several folders",
              "Nothing says in which order those in \"" + std::string(one) + "\" and \"" + std::string(other) +
                  "\" are to run.",
              "Load the folder that is meant by itself, or leave the other out, for example with leave_out => ARRAY['" +
                  std::string(other) + "/*'].");
}

bool IsCalledMigrations(std::string_view path) {
  const std::string_view name = BaseName(path);
  return name == "migrations" || name == "migration" || name == "migrate";
}

// The one with such a name, unless what is given has versions itself.
std::string_view CalledMigrations(const Ranges& ranges) {
  std::string_view found;
  const auto given = ranges.find("");
  if (given != ranges.end() && !given->second.last.empty()) return found;
  for (const auto& [path, range] : ranges) {
    if (!IsCalledMigrations(path) || (!found.empty() && IsBelow(path, found))) continue;
    if (!found.empty()) RefuseSeveral(found, path);
    found = path;
  }
  return found;
}

std::string_view Outermost(const Ranges& ranges) {
  const auto shorter = [](const auto& a, const auto& b) { return a.first.size() < b.first.size(); };
  return std::min_element(ranges.begin(), ranges.end(), shorter)->first;
}

// Folders side by side hold one sequence only if their versions don't mix: each may count from 1.
void RequireOneSequence(const Ranges& ranges, std::string_view top) {
  std::vector<const Ranges::value_type*> beside;
  for (const auto& range : ranges) {
    if (!IsBelow(range.first, top)) beside.push_back(&range);
  }
  std::stable_sort(beside.begin(), beside.end(),
                   [](const auto* a, const auto* b) { return a->second.first < b->second.first; });
  for (size_t i = 1; i < beside.size(); ++i) {
    if (!beside[i - 1]->second.IsBefore(beside[i]->second)) RefuseSeveral(beside[i - 1]->first, beside[i]->first);
  }
}

}  // namespace

void KeepTopFolder(Folder& folder, Reading& reading) {
  if (folder.scripts.empty() || IsInOneFolder(folder)) return;
  const Ranges ranges = RangesOf(folder);
  if (ranges.size() < 2) return;
  const std::string called(CalledMigrations(ranges));
  const std::string top(called.empty() ? Outermost(ranges) : called);
  if (called.empty()) RequireOneSequence(ranges, top);
  std::erase_if(folder.scripts, [&](const SourceFile& file) {
    const std::string_view own = FolderOf(file.path);
    const bool below = IsBelow(own, top);
    if (ClaimRollbacksFolder(file.path) || (!below && (called.empty() || own == top))) return false;
    reading.Ignore(file, below ? "in a folder of its own: load that one by itself" : "not in \"" + top + "\"");
    return true;
  });
}

}  // namespace migrate::convention
