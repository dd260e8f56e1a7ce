#include "core/convention/sqitch_plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/text.h"

namespace migrate::convention {
namespace {

class PlanParser {
 public:
  explicit PlanParser(const std::string& path) : path_(path) {}

  SqitchPlan Parse(std::string_view text) {
    std::string_view rest = WithoutByteOrderMark(text);
    std::string_view line;
    while (TakeLine(rest, line)) {
      ++line_;
      line = Trim(line.substr(0, NoteStart(line)));
      if (line.empty()) continue;
      try {
        Take(line);
      } catch (const Error& error) {
        plan_.problems.push_back(error);
      }
    }
    if (!has_project_) {
      plan_.problems.push_back(Problem(path_ + " has no line \"%project=…\""));
    }
    return std::move(plan_);
  }

 private:
  // Where the note or a comment starts: a "#" at the start or behind a blank.
  static size_t NoteStart(std::string_view line) {
    for (size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
      if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return at;
    }
    return line.size();
  }

  void Take(std::string_view line) {
    if (line[0] == '%') {
      const size_t equals = std::min(line.find('='), line.size());
      has_project_ |= Trim(line.substr(1, equals - 1)) == "project" && equals + 1 < line.size();
    } else if (line[0] == '@') {
      TakeTag(line);
    } else {
      TakeChange(line);
    }
  }

  static std::string_view TakeWord(std::string_view& line) {
    line = TrimLeft(line);
    const size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    line = TrimLeft(line);
    return word;
  }

  // "2024-01-31T12:00:00Z" and who planned it must follow; only that there is one is checked.
  void RequireTimestamp(std::string_view rest, std::string_view what) {
    const std::string_view word = TakeWord(rest);
    const bool is_date = word.size() >= 20 && word[4] == '-' && word[10] == 'T' && word.ends_with('Z');
    if (!is_date) Refuse("no timestamp follows " + std::string(what));
  }

  void TakeTag(std::string_view line) {
    const std::string name(TakeWord(line).substr(1));
    subject_ = "@" + name;
    if (name.empty()) Refuse("a tag has no name");
    RequireTimestamp(line, "tag \"@" + name + "\"");
    if (plan_.changes.empty() && !broken_.empty()) return;
    if (plan_.changes.empty()) Refuse("tag \"@" + name + "\" stands before any change");
    if (!tags_.emplace(name, plan_.changes.size() - 1).second) Refuse("tag \"@" + name + "\" is given twice");
    plan_.changes.back().tags.push_back(name);
    plan_.tags.push_back(name);
  }

  void TakeChange(std::string_view line) {
    PlannedChange change;
    change.line = line_;
    std::string_view name = TakeWord(line);
    if (name.starts_with('+')) name = name.size() > 1 ? name.substr(1) : TakeWord(line);
    subject_ = name;
    if (name.starts_with('-')) Refuse("a change that is taken back is not supported");
    change.name = name;
    if (change.name.find_first_of("@#:\\[]") != std::string::npos) {
      Refuse("\"" + change.name + "\" is no name of a change");
    }
    if (line.starts_with('[')) {
      const size_t close = line.find(']');
      if (close == line.npos) Refuse("a list of requirements is left open");
      for (const auto& word : SplitList(line.substr(1, close - 1), ' ')) AddRequirement(change, word);
      line.remove_prefix(close + 1);
    }
    RequireTimestamp(line, "\"" + change.name + "\"");
    AddRework(change);
    plan_.changes.push_back(std::move(change));
  }

  void AddRework(PlannedChange& change) {
    auto& places = places_[change.name];
    change.id_name = change.name;
    change.first_tag = change.end_tag = plan_.tags.size();
    if (!places.empty()) {
      change.id_name += "#" + std::to_string(places.size() + 1);
      PlannedChange& before = plan_.changes[places.back()];
      before.end_tag = plan_.tags.size();
      if (!before.reworked()) Refuse("\"" + change.name + "\" is given twice, with no tag between");
    }
    places.push_back(plan_.changes.size());
  }

  // "name", "name@tag", "@tag"; "!name" conflicts and "project:name" stands in another plan.
  void AddRequirement(PlannedChange& change, const std::string& word) {
    if (word.starts_with('!') || word.find(':') != std::string::npos) {
      plan_.remarks.push_back("line " + std::to_string(line_) + ": [" + word + "] is not checked");
      return;
    }
    const size_t at = word.find('@');
    const std::string name = word.substr(0, at);
    // What it names may be what could not be understood.
    if (broken_.contains(name) || (at != std::string::npos && broken_.contains(word.substr(at)))) return;
    size_t last = plan_.changes.size();  // at most here
    if (at != std::string::npos) {
      const auto tag = tags_.find(word.substr(at + 1));
      if (tag == tags_.end())
        Refuse("\"" + change.name + "\" requires [" + word + "], a tag that does not stand above");
      last = tag->second + 1;
      if (name.empty()) return change.requirements.push_back(plan_.changes[tag->second].id_name);
    }
    const auto places = places_.find(name);
    if (places != places_.end()) {
      const auto end = std::lower_bound(places->second.begin(), places->second.end(), last);
      if (end != places->second.begin()) return change.requirements.push_back(plan_.changes[*(end - 1)].id_name);
    }
    Refuse("\"" + change.name + "\" requires [" + word + "], which does not stand above");
  }

  static Error Problem(const std::string& what) {
    return {sqlstate::kSyntaxError, what, {}, "Correct the plan; \"sqitch plan\" shows how Sqitch reads it."};
  }

  [[noreturn]] void Refuse(const std::string& what) {
    broken_.insert(subject_);
    throw Problem(path_ + ", line " + std::to_string(line_) + ": " + what);
  }

  const std::string& path_;
  SqitchPlan plan_;
  std::map<std::string, std::vector<size_t>> places_;  // of each name in the plan
  std::map<std::string, size_t> tags_;                 // and the change that each stands at
  std::set<std::string> broken_;                       // names, and tags with "@", that had a problem
  std::string subject_;                                // of the line: a name, or a tag with "@"
  bool has_project_ = false;
  int line_ = 0;
};

}  // namespace

SqitchPlan ParseSqitchPlan(std::string_view text, const std::string& path) { return PlanParser(path).Parse(text); }

}  // namespace migrate::convention
