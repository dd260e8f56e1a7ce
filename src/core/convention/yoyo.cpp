// Yoyo: "20240131_01_Ab3dE-name.sql" and "….rollback.sql", whose comments at the top may be "-- depends: id id" and
// "-- transactional: false". It goes by file names as text, after what they depend on.
#include <algorithm>
#include <map>
#include <set>

#include "core/convention/names.h"
#include "core/set/version.h"

namespace migrate::convention {
namespace {

struct Headers {
  std::string depends;  // ids with blanks between
  std::string transactional;
  int transactional_line = 0;

  bool any() const { return !depends.empty() || transactional_line > 0; }
};

// The value behind "-- key:", any blanks around; nothing for other lines.
std::optional<std::string_view> ValueOf(std::string_view line, std::string_view key) {
  line = Trim(line);
  if (!line.starts_with("--")) return std::nullopt;
  line = TrimLeft(line.substr(2));
  if (!line.starts_with(key)) return std::nullopt;
  line = TrimLeft(line.substr(key.size()));
  if (!line.starts_with(':')) return std::nullopt;
  return Trim(line.substr(1));
}

// Of the comments and empty lines at the top.
Headers HeadersOf(std::string_view text) {
  Headers headers;
  std::string_view rest = WithoutByteOrderMark(text);
  std::string_view line;
  for (int number = 1; TakeLine(rest, line); ++number) {
    if (const auto depends = ValueOf(line, "depends")) {
      headers.depends.append(" ").append(*depends);
    } else if (const auto transactional = ValueOf(line, "transactional")) {
      headers.transactional = ToLower(*transactional);
      headers.transactional_line = number;
    } else if (!Trim(line).empty() && !Trim(line).starts_with("--")) {
      break;
    }
  }
  return headers;
}

// Heads one migration's parts, its rollback too.
void Heed(const Headers& headers, Part& part) {
  if (headers.transactional == "false") {
    part.traits.no_transaction = "line " + std::to_string(headers.transactional_line) + ": -- transactional: false";
  } else if (headers.transactional_line > 0 && headers.transactional != "true") {
    throw Error(sqlstate::kInvalidParameter,
                "file \"" + part.origin + "\", line " + std::to_string(headers.transactional_line) +
                    ": transactional is \"" + headers.transactional + "\"",
                {}, "Write -- transactional: true or -- transactional: false.");
  }
  if (part.section != Section::kUp) return;
  for (const auto& id : SplitList(headers.depends, ' ')) {
    if (!id.empty()) part.traits.requirements.push_back(ParseMigrationName(id).Label());
  }
}

// The up scripts as Yoyo runs them: by file names as text, each behind what it depends on.
std::vector<Part*> AsRun(std::vector<Part>& parts) {
  std::vector<Part*> named;
  for (auto& part : parts) {
    if (part.section == Section::kUp && !part.problem && !part.traits.repeatable) named.push_back(&part);
  }
  std::sort(named.begin(), named.end(), [](const Part* a, const Part* b) { return a->origin < b->origin; });
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < named.size(); ++i) places.emplace(named[i]->id.Label(), i);
  std::vector<std::vector<size_t>> dependents(named.size());
  std::vector<size_t> blockers(named.size());
  for (size_t i = 0; i < named.size(); ++i) {
    for (const auto& label : named[i]->traits.requirements) {
      const auto place = places.find(label);
      if (place == places.end()) continue;
      dependents[place->second].push_back(i);
      ++blockers[i];
    }
  }
  std::set<size_t> ready;
  for (size_t i = 0; i < named.size(); ++i) {
    if (blockers[i] == 0) ready.insert(i);
  }
  std::vector<Part*> run;
  while (!ready.empty()) {
    const size_t next = *ready.begin();
    ready.erase(ready.begin());
    run.push_back(named[next]);
    for (const size_t dependent : dependents[next]) {
      if (--blockers[dependent] == 0) ready.insert(dependent);
    }
  }
  return run;
}

// Where Yoyo's order is not that of the versions, the places in it are.
void OrderAsRun(std::vector<Part>& parts) {
  const std::vector<Part*> run = AsRun(parts);
  const auto comes_before = [](const Part* a, const Part* b) {
    return std::pair(VersionSortKey(a->id.version), a->id.name) < std::pair(VersionSortKey(b->id.version), b->id.name);
  };
  if (std::is_sorted(run.begin(), run.end(), comes_before)) return;
  for (size_t i = 0; i < run.size(); ++i) run[i]->traits.order = std::to_string(i + 1);
}

void Read(Folder& folder, const ReadOptions& options, Reading& reading) {
  std::erase_if(folder.scripts, [&](const SourceFile& file) {
    const bool runs_always = BaseName(file.path).starts_with("post-apply");
    if (runs_always) {
      reading.Refuse(file, "runs behind each apply of Yoyo, and does not here",
                     "Make it a repeatable migration, R__name.sql, or leave it out with leave_out.");
    }
    return runs_always;
  });
  ReadPlain(folder, options, reading);
  std::map<MigrationId, Headers> headers;
  for (const auto& part : reading.parts) {
    if (part.section == Section::kUp && !part.problem) headers.emplace(part.id, HeadersOf(part.content));
  }
  for (auto& part : reading.parts) {
    const auto found = headers.find(part.id);
    if (part.problem || found == headers.end()) continue;
    try {
      Heed(found->second, part);
    } catch (const Error& error) {
      part.problem = error;
    }
  }
  OrderAsRun(reading.parts);
  reading.versions_repeat = true;
}

}  // namespace

constexpr Convention kYoyo = {"yoyo", false, [](const SourceFile& script) { return HeadersOf(script.content).any(); },
                              Read};

}  // namespace migrate::convention
