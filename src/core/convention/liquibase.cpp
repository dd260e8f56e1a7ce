// Liquibase: files in formatted SQL, each changeset a migration named "path::id::author" as Liquibase names it. They
// run in the order in which the changelog includes the files, or else in that of their paths. As with Liquibase, one
// that was added to an older file is not out of order.
#include "core/convention/liquibase.h"

#include <algorithm>
#include <map>
#include <set>

namespace migrate::convention {
namespace {

// As Liquibase calls a script without changesets.
constexpr std::string_view kRaw = "::raw::includeAll";

std::string Joined(std::string_view folder, std::string_view path) {
  std::string joined(folder);
  if (!folder.empty() && !path.empty()) joined += '/';
  return joined.append(path);
}

// Puts the scripts into the order of the changelogs.
class Order {
 public:
  Order(Folder& folder, const ReadOptions& options, Reading& reading)
      : folder_(folder), options_(options), reading_(reading) {
    std::sort(folder.scripts.begin(), folder.scripts.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    for (auto& script : folder.scripts) files_.emplace(script.path, &script);
    for (auto& other : folder.others) {
      if (IsChangelog(other)) files_.emplace(other.path, &other);
    }
  }

  std::vector<SourceFile*> Find() {
    const auto is_changelog = [](const auto& file) { return IsChangelog(*file.second); };
    if (std::any_of(files_.begin(), files_.end(), is_changelog)) {
      ExpandRoot();
    } else {
      for (auto& script : folder_.scripts) found_.push_back(&script);
    }
    return std::move(found_);
  }

 private:
  void ExpandRoot() {
    std::vector<const SourceFile*> roots;
    const auto included = Included();
    for (const auto& [path, file] : files_) {
      if (IsChangelog(*file) && !included.contains(file)) roots.push_back(file);
    }
    if (roots.size() != 1) {
      const auto& first =
          std::find_if(files_.begin(), files_.end(), [](const auto& f) { return IsChangelog(*f.second); });
      return reading_.Refuse(roots.empty() ? *first->second : *roots.back(),
                             roots.empty() ? "includes itself" : "is one of several changelogs that no other includes",
                             "Leave out with leave_out all but the one that Liquibase is given.");
    }
    Expand(*roots.front());
    for (const auto& script : folder_.scripts) {
      if (!taken_.contains(&script)) reading_.Ignore(script, "not in the changelog: Liquibase does not run it");
    }
  }

  std::set<const SourceFile*> Included() const {
    std::set<const SourceFile*> included;
    for (const auto& [path, file] : files_) {
      if (!IsChangelog(*file)) continue;
      try {
        for (const auto& include : ReadChangelog(*file, options_)) {
          for (const auto* const hit : Hits(include, *file)) included.insert(hit);
        }
      } catch (const Error&) {
        continue;  // told where it is expanded
      }
    }
    return included;
  }

  // Where a path of the changelog's may stand here: Liquibase's begin elsewhere if less, or more, is loaded than what
  // it looks through.
  static std::vector<std::string> Places(const Include& include, const SourceFile& changelog) {
    const std::string_view given = LiquibasePath(include.path);
    std::string_view folder = FolderOf(changelog.path);
    if (include.relative) return {Joined(folder, given)};
    std::vector<std::string> places = {std::string(given)};
    for (size_t slash = given.find('/'); slash != given.npos; slash = given.find('/', slash + 1)) {
      places.emplace_back(given.substr(slash + 1));
    }
    for (; !folder.empty(); folder = FolderOf(folder)) places.push_back(Joined(folder, given));
    return places;
  }

  // In the order of their paths, as Liquibase sorts what a folder holds.
  std::vector<SourceFile*> Hits(const Include& include, const SourceFile& changelog) const {
    std::vector<SourceFile*> hits;
    for (const auto& place : Places(include, changelog)) {
      if (!include.all) {
        if (const auto found = files_.find(place); found != files_.end()) return {found->second};
        continue;
      }
      for (const auto& [path, file] : files_) {
        const bool below = place.empty() || path.starts_with(place + "/");
        if (below && file != &changelog) hits.push_back(file);
      }
      if (!hits.empty()) break;
    }
    return hits;
  }

  void Expand(const SourceFile& changelog) {
    if (!expanded_.insert(&changelog).second) return;
    try {
      for (const auto& include : ReadChangelog(changelog, options_)) Take(include, changelog);
    } catch (const Error& error) {
      reading_.Refuse(changelog, error);
    }
  }

  void Take(const Include& include, const SourceFile& changelog) {
    const auto hits = Hits(include, changelog);
    if (hits.empty()) {
      throw Error(sqlstate::kUndefinedFile,
                  "file \"" + changelog.path + "\", line " + std::to_string(include.line) +
                      ": there is nothing to read at \"" + include.path + "\"",
                  "Read are scripts, and changelogs that have \"changelog\" or \"master\" in their names.",
                  "Load the folder that holds it, too, or take the line out of the changelog.");
    }
    for (auto* const hit : hits) {
      if (IsChangelog(*hit)) {
        Expand(*hit);
      } else if (taken_.insert(hit).second) {
        found_.push_back(hit);
      }
    }
  }

  Folder& folder_;
  const ReadOptions& options_;
  Reading& reading_;
  std::map<std::string, SourceFile*, std::less<>> files_;  // scripts and changelogs
  std::set<const SourceFile*> expanded_;
  std::set<const SourceFile*> taken_;
  std::vector<SourceFile*> found_;
};

class LiquibaseReader {
 public:
  LiquibaseReader(const ReadOptions& options, Reading& reading) : options_(options), reading_(reading) {}

  void Take(SourceFile& file) {
    try {
      if (file.problem) throw *file.problem;
      if (IsFormattedSql(file.content)) {
        auto changesets = ReadChangesets(file, options_);
        for (auto& changeset : changesets) Take(file, std::move(changeset));
        if (changesets.empty()) reading_.Ignore(file, "has no changeset");
      } else {
        TakeRaw(file);
      }
    } catch (const Error& error) {
      reading_.Refuse(file, error);
    }
  }

 private:
  Part Start(const SourceFile& file, const std::string& name, Section section) const {
    Part part;
    RequireMigrationName(name);
    part.id.name = name;
    part.section = section;
    part.origin = file.path;
    part.traits.order = std::to_string(place_);
    return part;
  }

  // A script as a whole, which Liquibase takes for one changeset.
  void TakeRaw(SourceFile& file) {
    ++place_;
    Part part = Start(file, file.path + std::string(kRaw), Section::kUp);
    part.content = std::move(file.content);
    reading_.parts.push_back(std::move(part));
  }

  void Take(const SourceFile& file, Changeset&& changeset) {
    ++place_;
    if (!changeset.skipped.empty()) {
      // The name may begin with a logical path: what is ignored is told by the file that is there.
      reading_.ignored.push_back({file.path + changeset.name.substr(changeset.name.find("::")), changeset.skipped});
      return;
    }
    Part up = Start(file, changeset.name, Section::kUp);
    up.content = std::move(changeset.up);
    up.first_line = changeset.line + 1;
    up.traits.no_transaction = changeset.no_transaction;
    if (changeset.repeatable) {
      up.traits.repeatable = true;
      if (!last_repeatable_.empty()) up.traits.requirements.push_back(last_repeatable_);
      last_repeatable_ = changeset.name;
    }
    reading_.parts.push_back(std::move(up));
    if (changeset.down_line == 0) return;
    if (changeset.repeatable) {
      reading_.ignored.push_back({changeset.name + ":down", "what runs on change is never rolled back"});
      return;
    }
    Part down = Start(file, changeset.name, Section::kDown);
    down.content = std::move(changeset.down);
    down.first_line = changeset.down_line;
    down.traits.no_transaction = changeset.no_transaction;
    reading_.parts.push_back(std::move(down));
  }

  const ReadOptions& options_;
  Reading& reading_;
  size_t place_ = 0;
  std::string last_repeatable_;  // they keep their order
};

void Read(Folder& folder, const ReadOptions& options, Reading& reading) {
  reading.dollar_placeholders = true;
  const auto files = Order(folder, options, reading).Find();
  LiquibaseReader reader(options, reading);
  for (auto* const file : files) reader.Take(*file);
}

}  // namespace

bool IsChangelog(const SourceFile& file) {
  return !IsSqlFile(file.path) && Find(file.content, "databaseChangeLog") != std::string::npos;
}

std::string_view LiquibasePath(std::string_view path) {
  constexpr std::string_view kClasspath = "classpath:";
  if (path.starts_with(kClasspath)) path.remove_prefix(kClasspath.size());
  while (path.starts_with("/") || path.starts_with("./")) path.remove_prefix(path[0] == '/' ? 1 : 2);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path == "." ? std::string_view() : path;
}

constexpr std::string_view kSideFiles[] = {"*changelog*.xml", "*changelog*.yaml", "*changelog*.yml", "*changelog*.json",
                                           "*master*.xml",    "*master*.yaml",    "*master*.yml",    "*master*.json"};

constexpr Convention kLiquibase = {"liquibase",
                                   true,
                                   [](const SourceFile& script) { return IsFormattedSql(script.content); },
                                   Read,
                                   [](const Folder& folder) {
                                     const auto found =
                                         std::find_if(folder.others.begin(), folder.others.end(), IsChangelog);
                                     return found == folder.others.end() ? nullptr : &*found;
                                   },
                                   kSideFiles};

}  // namespace migrate::convention
