#include "core/source.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/convention/convention.h"

namespace migrate {
namespace {

using convention::Convention;
using convention::Folder;

constexpr const Convention* kConventions[] = {
    &convention::kSqitch, &convention::kGraphile, &convention::kFlyway, &convention::kDrizzle,
    &convention::kPrisma, &convention::kDiesel,   &convention::kGoose,  &convention::kSqlMigrate,
    &convention::kDbmate, &convention::kMyBatis,  &convention::kTern,   &convention::kNodePgMigrate,
    &convention::kPlay,   &convention::kHeadings, &convention::kSqlx,   &convention::kPostgresMigrations,
    &convention::kPairs,  &convention::kSupabase, &convention::kPlain,
};

// What can't run inside the database, by the ending of its name.
struct Language {
  std::string_view ending;
  std::string_view what;
};
constexpr std::string_view kTemplate = "a template";
constexpr Language kLanguages[] = {
    {".go", "Go code"},
    {".ts", "TypeScript code"},
    {".mts", "TypeScript code"},
    {".js", "JavaScript code"},
    {".mjs", "JavaScript code"},
    {".cjs", "JavaScript code"},
    {".py", "Python code"},
    {".rb", "Ruby code"},
    {".java", "Java code"},
    {".kt", "Kotlin code"},
    {".kts", "Kotlin code"},
    {".groovy", "Groovy code"},
    {".scala", "Scala code"},
    {".php", "PHP code"},
    {".rs", "Rust code"},
    {".cs", "C# code"},
    {".ex", "Elixir code"},
    {".exs", "Elixir code"},
    {".clj", "Clojure code"},
    {".pl", "Perl code"},
    {".sh", "a shell script"},
    {".yaml", "YAML"},
    {".yml", "YAML"},
    {".xml", "XML"},
    {".tmpl", kTemplate},
    {".j2", kTemplate},
    {".erb", kTemplate},
    {".tpl", kTemplate},
    {".mustache", kTemplate},
};

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Whether a file that is no SQL is named as a migration is, or as the script in a folder that is: it would be missing
// from the sequence.
bool NamedAsMigration(std::string_view path) {
  const std::string_view base = BaseName(path);
  if (base.find("_test.") != base.npos) return false;
  const std::string_view folder = FolderName(path);
  const std::string_view stem = base.substr(0, base.find('.'));
  if (!folder.empty() && IsDigit(folder[0]) && (stem == "up" || stem == "migration")) return true;
  return IsDigit(base[0]) || (std::string_view("VURB").find(base[0]) != std::string_view::npos &&
                              base.find("__") != base.npos && (IsDigit(base[1]) || base[1] == '_'));
}

// Whether the name says what kind of file it is. A migration that is given by name needs no ".sql", and its version
// may have dots.
bool HasEnding(std::string_view base) {
  const size_t dot = base.rfind('.');
  if (dot == base.npos) return false;
  const std::string_view ending = base.substr(dot + 1);
  return !ending.empty() && !IsDigit(ending[0]) && !EqualsIgnoringCase(ending, "up") &&
         !EqualsIgnoringCase(ending, "down");
}

// Keeps what a convention may want to read; says what can't run here.
void Sort(SourceFile&& file, Folder& folder, Reading& reading) {
  // A script's is its migration's.
  if (file.problem && !IsSqlFile(file.path)) return reading.Refuse(file, *file.problem);
  if (IsSqlFile(file.path) || !HasEnding(BaseName(file.path))) {
    folder.scripts.push_back(std::move(file));
    return;
  }
  const std::string base = ToLower(BaseName(file.path));
  for (const auto& [ending, what] : kLanguages) {
    if (!base.ends_with(ending)) continue;
    // "queries.sql.go" is what sqlc makes of queries.
    if (NamedAsMigration(file.path) || (what == kTemplate && base.find(".sql.") != base.npos)) {
      reading.Refuse(file, "is " + std::string(what) + ", which can't run inside the database",
                     "Write the step in SQL, or leave the file out with leave_out.");
    } else {
      reading.Ignore(file, std::string(what) + ": nothing that runs here");
    }
    return;
  }
  folder.others.push_back(std::move(file));
}

// `*` stands for anything, "/" too.
bool Matches(std::string_view pattern, std::string_view path) {
  const size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (size_t at = star; at <= path.size(); ++at) {
    if (Matches(rest, path.substr(at))) return true;
  }
  return false;
}

bool IsLeftOut(std::string_view path, const ReadOptions& options) {
  return std::any_of(options.leave_out.begin(), options.leave_out.end(), [&](const std::string& pattern) {
    return Matches(pattern, path) || Matches(pattern, BaseName(path));
  });
}

// Where one file holds both directions, one that can't be loaded need not keep the other out.
void LeaveOutDown(Reading& reading, const ReadOptions& options) {
  for (auto& part : reading.parts) {
    const std::string down = part.origin + ":down";
    part.without_down = IsLeftOut(down, options);
    if (part.without_down && part.section == Section::kDown) reading.ignored.push_back({down, "left out"});
  }
}

const Convention& Named(const std::string& name) {
  const auto found =
      std::find_if(std::begin(kConventions), std::end(kConventions), [&](const auto* c) { return c->name == name; });
  if (found != std::end(kConventions)) return **found;
  throw Error(sqlstate::kInvalidParameter, "unknown convention " + Quoted(name), {},
              "The conventions are " + Join(ConventionNames(), ", ") + ".");
}

// For each convention the file that bears its mark, null if there is none. A script is looked through for all of them
// while it is at hand: there may be many megabytes.
std::array<const SourceFile*, std::size(kConventions)> MarkedFiles(const Folder& folder) {
  std::array<const SourceFile*, std::size(kConventions)> files = {};
  for (size_t i = 0; i < files.size(); ++i) files[i] = kConventions[i]->marked_file(folder);
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
                  "Load each kind from a folder of its own, leave files out with leave_out, or say convention => '" +
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

Reading ReadFiles(SourceFiles files, const ReadOptions& options) {
  Reading reading;
  Folder folder;
  folder.scripts.reserve(files.size());
  for (auto& file : files) {
    if (IsLeftOut(file.path, options)) {
      reading.Ignore(file, "left out");
    } else {
      Sort(std::move(file), folder, reading);
    }
  }
  const Convention& chosen = options.convention.empty() ? Recognised(folder) : Named(options.convention);
  reading.convention = chosen.name;
  chosen.read(folder, options, reading);
  LeaveOutDown(reading, options);
  reading.ignored = Together(std::move(reading.ignored));
  return reading;
}

std::vector<std::string> ConventionNames() {
  std::vector<std::string> names;
  for (const auto* convention : kConventions) names.emplace_back(convention->name);
  return names;
}

Part ClaimName(std::string_view name) { return convention::ClaimFile(name); }

}  // namespace migrate
