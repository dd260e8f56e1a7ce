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

const SourceFile* PlanFile(const Folder& folder) { return Named(folder, "sqitch.plan"); }

// The value of core.top_dir, without "./"; empty if there is none.
std::string_view TopDirectory(std::string_view configuration) {
  bool in_core = false;
  std::string_view line;
  while (TakeLine(configuration, line)) {
    line = Trim(line);
    if (line.starts_with('[')) in_core = EqualsIgnoringCase(line, "[core]");
    const size_t equals = line.find('=');
    if (!in_core || equals == line.npos || Trim(line.substr(0, equals)) != "top_dir") continue;
    std::string_view value = Trim(line.substr(equals + 1));
    while (value.starts_with("./")) value.remove_prefix(2);
    while (value.ends_with('/')) value.remove_suffix(1);
    return value == "." ? std::string_view() : value;
  }
  return {};
}

// What stands before "deploy/": the scripts are beside the plan, unless sqitch.conf names another folder.
std::string TopOfScripts(const Folder& folder, const SourceFile& plan_file) {
  std::string top(FolderOf(plan_file.path));
  const SourceFile* const configuration = Named(folder, "sqitch.conf");
  const std::string_view named = configuration == nullptr ? "" : TopDirectory(configuration->content);
  if (!named.empty()) {
    top = FolderOf(configuration->path);
    if (!top.empty()) top += '/';
    top += named;
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
    const SqitchPlan plan = ParseSqitchPlan(plan_file_.content);
    for (const auto& change : plan.changes) {
      for (const Kind& kind : kKinds) TakeScript(change, kind);
    }
    for (const auto& remark : plan.remarks) reading_.Ignore(plan_file_, remark);
    for (const auto& file : folder_.scripts) {
      if (!taken_.contains(&file)) reading_.Ignore(file, "not in the plan");
    }
  }

 private:
  // The file that holds the script: one of a reworked change bears a tag.
  SourceFile* Find(const PlannedChange& change, const Kind& kind) {
    const std::string stem = top_ + std::string(kind.folder) + "/" + change.name;
    for (const auto& tag : change.rework_tags) {
      std::string path = stem;
      path.append("@").append(tag).append(".sql");
      if (const auto found = scripts_.find(path); found != scripts_.end()) return found->second;
    }
    if (!change.rework_tags.empty()) return nullptr;
    const auto found = scripts_.find(stem + ".sql");
    return found == scripts_.end() ? nullptr : found->second;
  }

  void TakeScript(const PlannedChange& change, const Kind& kind) {
    SourceFile* const file = Find(change, kind);
    if (file == nullptr) {
      if (kind.section == Section::kUp) {
        const std::string tag = change.rework_tags.empty() ? "" : "@" + change.rework_tags.front();
        reading_.Refuse(plan_file_, Error(sqlstate::kUndefinedFile,
                                          "sqitch.plan, line " + std::to_string(change.line) + ": there is no file \"" +
                                              top_ + "deploy/" + change.name + tag + ".sql\"",
                                          {}, "Add the file, or take the change out of the plan."));
      }
      return;
    }
    taken_.insert(file);
    RequireMigrationName(change.id_name);
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
  std::set<const SourceFile*> taken_;
};

}  // namespace

constexpr Convention kSqitch = {"sqitch", true, nullptr,
                                [](Folder& folder, const ReadOptions&, Reading& reading) {
                                  const SourceFile* const plan_file = PlanFile(folder);
                                  if (plan_file == nullptr) {
                                    throw Error(sqlstate::kUndefinedFile, "there is no sqitch.plan", {},
                                                "Load the folder that it stands in.");
                                  }
                                  SqitchReader(folder, *plan_file, reading).Read();
                                },
                                PlanFile};

}  // namespace migrate::convention
