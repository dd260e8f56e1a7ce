// Which of several folders holds the migrations, where a convention has all of them in one.
#include <algorithm>
#include <map>

#include "core/base/cancel.h"
#include "core/convention/names.h"
#include "core/set/version.h"

namespace migrate::convention {
namespace {

// The versions in a folder, as they sort.
struct Range {
  std::string first;
  std::string last;
  size_t files = 0;
  size_t versions = 0;  // of them have one

  bool IsBefore(const Range& other) const {
    return files == versions && other.files == other.versions && last < other.first;
  }
};
using Ranges = std::map<std::string_view, Range>;  // by folder

std::string VersionOf(std::string_view path) {
  try {
    return ClaimFile(path).id.version;
  } catch (const Error& error) {  // which is told of where the file is read
    LetCancelPass(error);
    return {};
  }
}

void Take(const SourceFile& file, Range& range) {
  ++range.files;
  const std::string version = VersionOf(file.path);
  if (version.empty()) return;
  ++range.versions;
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

std::string Shown(std::string_view folder) { return folder.empty() ? "." : std::string(folder); }

// Names all of them, and the one that most likely holds the migrations: with the mark, or with the most versions.
[[noreturn]] void RefuseSeveral(const Ranges& ranges, std::string_view marked = {}) {
  constexpr size_t kListed = 20;
  const auto fewer = [](const auto& a, const auto& b) { return a.second.versions < b.second.versions; };
  const std::string_view likely =
      !marked.empty() ? marked : std::max_element(ranges.begin(), ranges.end(), fewer)->first;
  std::vector<std::string> counts, others;
  for (const auto& [path, range] : ranges) {
    if (counts.size() < kListed) {
      counts.push_back("\"" + Shown(path) + "\" has " + std::to_string(range.files) +
                       (range.files == 1 ? " file" : " files"));
    }
    if (!path.empty() && path != likely && !IsBelow(likely, path)) others.push_back("'" + std::string(path) + "/*'");
  }
  if (counts.size() < ranges.size()) counts.push_back(std::to_string(ranges.size() - counts.size()) + " more folders");
  std::string hint = "Load the folder that is meant by itself: most likely \"" + Shown(likely) + "\".";
  if (!others.empty() && others.size() < kListed) {
    hint = "Load the folder that is meant by itself, most likely \"" + Shown(likely) +
           "\", or leave the others out, for example with leave_out => ARRAY[" + Join(others, ", ") + "].";
  }
  throw Error(sqlstate::kFeatureNotSupported, "migrations stand in several folders",
              "Nothing says in which order they are to run: " + Join(counts, ", ") + ".", hint);
}

bool IsCalledMigrations(std::string_view path) {
  const std::string name = ToLower(BaseName(path));
  return name == "migrations" || name == "migration" || name == "migrate";
}

// The outermost one with such a name; there may be none. What is given must have no versions itself.
std::string_view CalledMigrations(const Ranges& ranges) {
  std::string_view found;
  for (const auto& [path, range] : ranges) {
    if (!IsCalledMigrations(path) || (!found.empty() && IsBelow(path, found))) continue;
    if (!found.empty()) RefuseSeveral(ranges);
    found = path;
  }
  const auto given = ranges.find("");
  if (found.empty() || given == ranges.end() || given->second.versions == 0) return found;
  if (ranges.at(found).versions > 0) RefuseSeveral(ranges);
  return {};
}

// The only one whose scripts bear the convention's mark; empty if there are several, or none.
std::string_view OnlyMarked(const Folder& folder, bool (*has_mark)(const SourceFile& script)) {
  std::string_view found;
  bool any = false;
  for (const auto& file : folder.scripts) {
    const std::string_view own = FolderOf(file.path);
    if (has_mark == nullptr || (any && own == found) || !has_mark(file)) continue;
    if (any) return {};
    any = true;
    found = own;
  }
  return found;
}

// Whether no folder but this one has versions.
bool IsOnlyVersioned(const Ranges& ranges, std::string_view folder) {
  return !folder.empty() && std::all_of(ranges.begin(), ranges.end(), [&](const auto& range) {
    return range.first == folder || range.second.versions == 0;
  });
}

std::string_view Outermost(const Ranges& ranges) {
  const auto shorter = [](const auto& a, const auto& b) { return a.first.size() < b.first.size(); };
  return std::min_element(ranges.begin(), ranges.end(), shorter)->first;
}

// Folders side by side hold one sequence only if their versions don't mix: each may count from 1. Versions below files
// that have none are no less likely meant than these.
void RequireOneSequence(const Ranges& ranges, std::string_view top, std::string_view marked) {
  std::vector<const Ranges::value_type*> beside;
  for (const auto& range : ranges) {
    if (!IsBelow(range.first, top)) beside.push_back(&range);
    if (IsBelow(range.first, top) && ranges.at(top).versions == 0 && range.second.versions > 0)
      RefuseSeveral(ranges, marked);
  }
  std::stable_sort(beside.begin(), beside.end(),
                   [](const auto* a, const auto* b) { return a->second.first < b->second.first; });
  for (size_t i = 1; i < beside.size(); ++i) {
    if (!beside[i - 1]->second.IsBefore(beside[i]->second)) RefuseSeveral(ranges, marked);
  }
}

}  // namespace

void KeepTopFolder(Folder& folder, Reading& reading, bool (*has_mark)(const SourceFile& script)) {
  if (folder.scripts.empty() || KeepVersionFolders(folder, reading) || IsInOneFolder(folder)) return;
  const Ranges ranges = RangesOf(folder);
  if (ranges.size() < 2) return;
  std::string called(CalledMigrations(ranges));
  const std::string marked(called.empty() ? OnlyMarked(folder, has_mark) : std::string_view());
  if (IsOnlyVersioned(ranges, marked)) called = marked;
  const std::string top(called.empty() ? Outermost(ranges) : called);
  if (called.empty()) RequireOneSequence(ranges, top, marked);
  std::erase_if(folder.scripts, [&](const SourceFile& file) {
    const std::string_view own = FolderOf(file.path);
    const bool below = IsBelow(own, top);
    if (ClaimRollbacksFolder(file.path) || (!below && (called.empty() || own == top))) return false;
    reading.Ignore(file, below ? "in a folder of its own: load that one by itself" : "not in \"" + top + "\"");
    return true;
  });
}

}  // namespace migrate::convention
