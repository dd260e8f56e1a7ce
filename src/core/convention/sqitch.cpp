// Sqitch: "sqitch.plan" gives order, requirements and tags; the scripts of a change are "deploy/name.sql",
// "revert/name.sql" and "verify/name.sql", of one that was reworked since "name@tag.sql". A verify script fails by an
// error alone.
#include <algorithm>
#include <map>
#include <set>

#include "core/convention/convention.h"
#include "core/convention/sqitch_plan.h"

namespace migrate::convention {
namespace {

struct Kind {
  std::string_view folder;
  Section section;
};
constexpr Kind kKinds[] = {{"deploy", Section::kUp}, {"revert", Section::kDown}, {"verify", Section::kVerify}};

const SourceFile* Named(const Folder& folder, std::string_view name) {
  const auto is_named = [name](const SourceFile& file) { return BaseName(file.path) == name; };
  const auto found = std::find_if(folder.others.begin(), folder.others.end(), is_named);
  return found == folder.others.end() ? nullptr : &*found;
}

// The value of a key of [core] that names a file, without "./"; empty if there is none.
std::string_view CoreValue(const SourceFile* configuration, std::string_view key) {
  std::string_view rest = configuration == nullptr ? std::string_view() : configuration->content;
  bool in_core = false;
  std::string_view line;
  while (TakeLine(rest, line)) {
    line = Trim(line.substr(0, line.find_first_of("#;")));
    if (line.starts_with('[')) in_core = EqualsIgnoringCase(line, "[core]");
    const size_t equals = line.find('=');
    if (!in_core || equals == line.npos || !EqualsIgnoringCase(Trim(line.substr(0, equals)), key)) continue;
    std::string_view value = Trim(line.substr(equals + 1));
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    while (value.starts_with("./")) value.remove_prefix(2);
    while (value.ends_with('/')) value.remove_suffix(1);
    return value == "." ? std::string_view() : value;
  }
  return {};
}

const SourceFile* Configuration(const Folder& folder) { return Named(folder, "sqitch.conf"); }

// A path that sqitch.conf names, as the source has it.
std::string BesideConfiguration(const SourceFile& configuration, std::string_view value) {
  std::string path(FolderOf(configuration.path));
  if (!path.empty() && !value.empty()) path += '/';
  return path.append(value);
}

const SourceFile* PlanFile(const Folder& folder) {
  const SourceFile* const configuration = Configuration(folder);
  const std::string_view named = CoreValue(configuration, "plan_file");
  if (named.empty()) return Named(folder, "sqitch.plan");
  return named.ends_with(".plan") ? folder.Other(BesideConfiguration(*configuration, named)) : nullptr;
}

// The plan; where it is missing, the configuration of a folder that can't be read without it.
const SourceFile* MarkedFile(const Folder& folder) {
  if (const SourceFile* const plan_file = PlanFile(folder)) return plan_file;
  const SourceFile* const configuration = Configuration(folder);
  const auto is_deployed = [](const SourceFile& file) { return FolderName(file.path) == "deploy"; };
  const bool is_needed = !CoreValue(configuration, "plan_file").empty() ||
                         std::any_of(folder.scripts.begin(), folder.scripts.end(), is_deployed);
  return is_needed ? configuration : nullptr;
}

// What stands before "deploy/": the scripts are beside the plan, unless sqitch.conf says where it or they are.
std::string TopOfScripts(const Folder& folder, const SourceFile& plan_file) {
  std::string top(FolderOf(plan_file.path));
  const SourceFile* const configuration = Configuration(folder);
  const std::string_view named = CoreValue(configuration, "top_dir");
  if (!named.empty() || !CoreValue(configuration, "plan_file").empty()) {
    top = BesideConfiguration(*configuration, named);
  }
  if (!top.empty()) top += '/';
  return top;
}

class SqitchReader {
 public:
  SqitchReader(Folder& folder, const SourceFile& plan_file, Reading& reading)
      : folder_(folder), plan_file_(plan_file), reading_(reading), top_(TopOfScripts(folder, plan_file)) {
    for (auto& file : folder.scripts) scripts_[file.path] = &file;
  }

  void Read() {
    const SqitchPlan plan = ParseSqitchPlan(plan_file_.content, plan_file_.path);
    for (const auto& problem : plan.problems) reading_.Refuse(plan_file_, problem);
    if (!plan.problems.empty()) return;
    const auto is_deployed = [&](const auto& script) { return script.first.starts_with(top_ + "deploy/"); };
    if (plan.changes.empty() && std::any_of(scripts_.begin(), scripts_.end(), is_deployed)) {
      return reading_.Refuse(plan_file_, "plans no change, and there are scripts",
                             "Add the changes to the plan, or leave the scripts out with leave_out.");
    }
    SortReworked(plan);
    for (const auto& change : plan.changes) {
      for (const Kind& kind : kKinds) TakeScript(plan, change, kind);
    }
    for (const auto& remark : plan.remarks) reading_.Ignore(plan_file_, remark);
    for (const auto& file : folder_.scripts) {
      if (!taken_.contains(&file)) reading_.Ignore(file, "not in the plan");
    }
  }

 private:
  // Files of reworked changes: "deploy/name@tag.sql". A change's name has no "@", unlike folders.
  void SortReworked(const SqitchPlan& plan) {
    std::map<std::string_view, size_t> places;
    for (const auto& tag : plan.tags) places.emplace(tag, places.size());
    for (const auto& [path, file] : scripts_) {
      const std::string_view ending = ".sql";
      const size_t at = path.find('@', std::min(top_.size(), path.size()));
      if (at == path.npos || !path.ends_with(ending)) continue;
      const auto place = places.find(std::string_view(path).substr(at + 1, path.size() - at - 1 - ending.size()));
      if (place != places.end()) reworked_[path.substr(0, at)].emplace(place->second, file);
    }
  }

  // The file that holds the script: one of a reworked change bears a tag.
  SourceFile* Find(const PlannedChange& change, const Kind& kind) {
    const std::string stem = top_ + std::string(kind.folder) + "/" + change.name;
    if (!change.reworked()) {
      const auto found = scripts_.find(stem + ".sql");
      return found == scripts_.end() ? nullptr : found->second;
    }
    const auto files = reworked_.find(stem);
    if (files == reworked_.end()) return nullptr;
    const auto first = files->second.lower_bound(change.first_tag);
    return first == files->second.end() || first->first >= change.end_tag ? nullptr : first->second;
  }

  void TakeScript(const SqitchPlan& plan, const PlannedChange& change, const Kind& kind) {
    SourceFile* const file = Find(change, kind);
    if (file == nullptr) {
      if (kind.section == Section::kUp) {
        const std::string tag = change.reworked() ? "@" + plan.tags[change.first_tag] : "";
        reading_.Refuse(plan_file_, Error(sqlstate::kUndefinedFile,
                                          plan_file_.path + ", line " + std::to_string(change.line) +
                                              ": there is no file \"" + top_ + "deploy/" + change.name + tag + ".sql\"",
                                          {}, "Add the file, or take the change out of the plan."));
      }
      return;
    }
    taken_.insert(file);
    try {
      RequireMigrationName(change.id_name);
    } catch (const Error& error) {
      return reading_.Refuse(*file, error);
    }
    Part part = PartOf(*file, {{}, change.id_name}, kind.section);
    if (kind.section == Section::kUp) {
      part.traits.requirements = change.requirements;
      part.traits.tags = change.tags;
    }
    part.traits.errors_only = kind.section == Section::kVerify;
    reading_.parts.push_back(std::move(part));
  }

  Folder& folder_;
  const SourceFile& plan_file_;
  Reading& reading_;
  std::string top_;
  std::map<std::string, SourceFile*> scripts_;
  std::map<std::string, std::map<size_t, SourceFile*>> reworked_;  // by path before the tag, and the tag's place
  std::set<const SourceFile*> taken_;
};

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  const SourceFile* const plan_file = PlanFile(folder);
  if (plan_file != nullptr) return SqitchReader(folder, *plan_file, reading).Read();
  const SourceFile* const configuration = Configuration(folder);
  const std::string named(CoreValue(configuration, "plan_file"));
  if (!named.empty()) {
    return reading.Refuse(*configuration, "says plan_file = " + named + ", which can't be read",
                          "Load the folder that both stand in; the plan's name must end in \".plan\".");
  }
  throw Error(sqlstate::kUndefinedFile, "there is no sqitch.plan", {}, "Load the folder that it stands in.");
}

}  // namespace

constexpr std::string_view kSideFiles[] = {"*.plan", "sqitch.conf"};

constexpr Convention kSqitch = {"sqitch", true, nullptr, Read, MarkedFile, kSideFiles};

}  // namespace migrate::convention
