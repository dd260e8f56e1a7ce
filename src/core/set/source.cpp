#include "core/set/source.h"
#include "core/base/quote.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/cancel.h"
#include "core/convention/convention.h"
#include "core/set/including.h"

namespace migrate {
namespace {

using convention::Convention;
using convention::Folder;

constexpr const Convention* kConventions[] = {
    &convention::kLiquibase, &convention::kSqitch,  &convention::kGraphile,      &convention::kRefinery,
    &convention::kFlyway,    &convention::kDrizzle, &convention::kPrisma,        &convention::kHasura,
    &convention::kDiesel,    &convention::kGoose,   &convention::kSqlMigrate,    &convention::kDbmate,
    &convention::kMyBatis,   &convention::kTern,    &convention::kNodePgMigrate, &convention::kPlay,
    &convention::kHeadings,  &convention::kYoyo,    &convention::kSqlx,          &convention::kPostgresMigrations,
    &convention::kPairs,     &convention::kAtlas,   &convention::kSupabase,      &convention::kSeeds,
    &convention::kPlain,
};

// Whether the name says what kind of file it is. A migration that is given by name needs no ".sql", and its version
// may have dots.
bool HasEnding(std::string_view base) {
  const size_t dot = base.rfind('.');
  if (dot == base.npos) return false;
  const std::string_view ending = base.substr(dot + 1);
  return !ending.empty() && !IsDigit(ending[0]) && !EqualsIgnoringCase(ending, "up") &&
         !EqualsIgnoringCase(ending, "down");
}

// What counts by its name alone may be a folder.
bool IsScript(const SourceFile& file) {
  return !file.unread && (IsSqlFile(file.path) || !HasEnding(BaseName(file.path)));
}

// `*` stands for anything, "/" too. What stands between two of them is taken where it comes first.
bool Matches(std::string_view pattern, std::string_view path) {
  Pass(pattern.size() + path.size());
  size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, star))) return false;
  for (size_t at = star;;) {
    path.remove_prefix(at);
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    if (star == pattern.npos) return path.ends_with(pattern);
    at = path.find(pattern.substr(0, star));
    if (at == path.npos) return false;
    at += star;
  }
}

// Where one file holds both directions, one that can't be loaded need not keep the other out.
void LeaveOutDown(Reading& reading, const ReadOptions& options) {
  for (auto& part : reading.parts) {
    const std::string down = part.origin + ":down";
    part.without_down = IsLeftOut(down, options);
    if (part.without_down && part.section == Section::kDown) reading.ignored.push_back({down, "left out"});
  }
}

// A down script in a file of its own is run as it stands, whichever folder that
// is in. Where the convention was not named, a file can show that it is ours.
void SayWhose(Reading& reading, const Convention& convention, bool is_named) {
  for (auto& part : reading.parts) {
    const bool is_ours = !is_named && convention.is_ours != nullptr && convention.is_ours(part.content);
    const Whose whose = is_ours ? Whose::kOurs : convention.whose;
    const bool of_its_own = whose == Whose::kOurs && part.section != Section::kUp;
    part.whose = of_its_own ? Whose::kTools : whose;
  }
}

const Convention& Named(const std::string& name) {
  const auto found =
      std::find_if(std::begin(kConventions), std::end(kConventions), [&](const auto* c) { return c->name == name; });
  if (found != std::end(kConventions)) return **found;
  throw Error(sqlstate::kInvalidParameter, "unknown convention " + Quoted(name), {},
              "The conventions are " + Join(ConventionNames(), ", ") + ".");
}

// For each convention the file that bears its mark, null if there is none. A
// script is looked through for all of them while it is at hand: there may be
// many megabytes.
std::array<const SourceFile*, std::size(kConventions)> MarkedFiles(const Folder& folder) {
  std::array<const SourceFile*, std::size(kConventions)> files = {};
  for (size_t i = 0; i < files.size(); ++i) {
    if (const auto marked_file = kConventions[i]->marked_file) files[i] = marked_file(folder);
  }
  for (const auto& script : folder.scripts) {
    for (size_t i = 0; i < files.size(); ++i) {
      const auto has_mark = kConventions[i]->has_mark;
      if (files[i] == nullptr && has_mark != nullptr && has_mark(script)) files[i] = &script;
    }
  }
  return files;
}

const Convention& Recognised(const Folder& folder) {
  const auto files = MarkedFiles(folder);
  const Convention* first = nullptr;
  const SourceFile* first_file = nullptr;
  for (size_t i = 0; i < files.size(); ++i) {
    const Convention* const candidate = kConventions[i];
    const SourceFile* const file = files[i];
    if (file == nullptr) continue;
    if (first == nullptr) {
      first = candidate;
      first_file = file;
    } else if (candidate->exclusive && first->exclusive && file != first_file) {
      throw Error(sqlstate::kFeatureNotSupported, "the folder mixes conventions",
                  "File " + Quoted(first_file->path) + " is one of " + std::string(first->name) + ", " +
                      Quoted(file->path) + " is one of " + std::string(candidate->name) + ".",
                  "Load each kind from a folder of its own, leave files out "
                  "with leave_out, or say convention => '" +
                      std::string(first->name) + "'.");
    }
  }
  return first == nullptr ? convention::kPlain : *first;
}

// Many files of one folder that are ignored for one reason make one line.
std::vector<Ignored> Together(std::vector<Ignored> ignored) {
  constexpr size_t kListed = 5;
  std::map<std::pair<std::string, std::string>, size_t> counts;
  const auto key = [](const Ignored& i) { return std::pair(i.path.substr(0, i.path.find('/')), i.why); };
  for (const auto& i : ignored) ++counts[key(i)];
  std::vector<Ignored> result;
  for (auto& i : ignored) {
    size_t& count = counts[key(i)];
    if (count == 0) continue;
    if (count > kListed && i.path.find('/') != i.path.npos) {
      i.path = i.path.substr(0, i.path.find('/')) + "/*";
      i.why = std::to_string(count) + " files: " + i.why;
      count = 0;
    }
    result.push_back(std::move(i));
  }
  return result;
}

}  // namespace

void Reading::Refuse(const SourceFile& file, Error error) {
  LetCancelPass(error);
  const bool names_file = file.problem || (!file.path.empty() && error.message.find(file.path) != std::string::npos);
  if (!names_file) error.message = "file " + Quoted(file.path) + ": " + error.message;
  Part part;
  part.origin = file.path;
  part.problem = std::move(error);
  parts.push_back(std::move(part));
}

void Reading::Refuse(const SourceFile& file, const std::string& what, const std::string& hint) {
  Refuse(file, Error(sqlstate::kFeatureNotSupported, "file " + Quoted(file.path) + " " + what, {}, hint));
}

bool IsLeftOut(std::string_view path, const ReadOptions& options) {
  return std::any_of(options.leave_out.begin(), options.leave_out.end(), [&](const std::string& pattern) {
    return Matches(pattern, path) || Matches(pattern, BaseName(path));
  });
}

Reading ReadFiles(SourceFiles files, const ReadOptions& options) {
  Reading reading;
  Folder folder;
  SourceFiles left_out;
  convention::OtherFiles others;
  folder.scripts.reserve(files.size());
  for (auto& file : files) {
    if (IsLeftOut(file.path, options)) {
      reading.Ignore(file, "left out");
      left_out.push_back(std::move(file));
    } else if (!IsScript(file)) {
      others.Take(std::move(file), folder, reading);
    } else {
      folder.scripts.push_back(std::move(file));
    }
  }
  std::stable_sort(folder.others.begin(), folder.others.end(),
                   [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  FollowIncludes(folder, left_out, reading);
  others.Judge(folder, reading);
  const Convention& chosen = options.convention.empty() ? Recognised(folder) : Named(options.convention);
  reading.convention = chosen.name;
  chosen.read(folder, options, reading);
  SayWhose(reading, chosen, !options.convention.empty());
  LeaveOutDown(reading, options);
  reading.ignored = Together(std::move(reading.ignored));
  return reading;
}

std::vector<std::string> SideFiles() {
  std::vector<std::string> patterns;
  for (const auto* convention : kConventions) {
    patterns.insert(patterns.end(), convention->side_files.begin(), convention->side_files.end());
  }
  return patterns;
}

bool IsRead(std::string_view path) {
  const std::string base = ToLower(BaseName(path));
  const auto names = [&](std::string_view pattern) { return Matches(pattern, base); };
  return IsSqlFile(base) || std::any_of(std::begin(kConventions), std::end(kConventions), [&](const auto* convention) {
           return std::any_of(convention->side_files.begin(), convention->side_files.end(), names);
         });
}

std::vector<std::string> ConventionNames() {
  std::vector<std::string> names;
  for (const auto* convention : kConventions) names.emplace_back(convention->name);
  return names;
}

Part ClaimName(std::string_view name) { return convention::ClaimFile(name); }

}  // namespace migrate
