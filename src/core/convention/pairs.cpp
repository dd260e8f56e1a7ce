// Two files per migration: "0003_add_email.up.sql" and "0003_add_email.down.sql" (golang-migrate, sqlx and many
// more). Before the direction may stand ".tx", ".autocommit" (no transaction) and a dialect, of which Postgres is ours.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/convention/names.h"
#include "core/set/version.h"

namespace migrate::convention {
namespace {

constexpr std::array<std::string_view, 3> kOurs = {"postgres", "postgresql", "pg"};
constexpr std::array<std::string_view, 12> kForeign = {"mysql",     "mariadb", "sqlite",      "sqlite3",
                                                       "cockroach", "crdb",    "cockroachdb", "mssql",
                                                       "sqlserver", "oracle",  "clickhouse",  "spanner"};

bool DropEnding(std::string_view& stem, std::string_view ending) {
  if (stem.size() < ending.size() || !EqualsIgnoringCase(stem.substr(stem.size() - ending.size()), ending)) {
    return false;
  }
  stem.remove_suffix(ending.size());
  return true;
}

// What stands before ".up" or ".down", and how it is to run.
struct PairName {
  std::string_view stem;
  Section section = Section::kUp;
  bool autocommit = false;
  std::string_view dialect = {};
};

std::optional<PairName> Divide(std::string_view path) {
  PairName name{Stem(path)};
  if (DropEnding(name.stem, ".down")) {
    name.section = Section::kDown;
  } else if (!DropEnding(name.stem, ".up")) {
    return std::nullopt;
  }
  (void) DropEnding(name.stem, ".tx");
  name.autocommit = DropEnding(name.stem, ".autocommit");
  const size_t dot = name.stem.rfind('.');
  if (dot == name.stem.npos) return name;
  const std::string_view dialect = name.stem.substr(dot + 1);
  const auto is = [&](std::string_view other) { return EqualsIgnoringCase(dialect, other); };
  if (std::any_of(kOurs.begin(), kOurs.end(), is) || std::any_of(kForeign.begin(), kForeign.end(), is)) {
    name.dialect = dialect;
    name.stem.remove_suffix(dialect.size() + 1);
  }
  return name;
}

// How else tools name the two halves; an up script may have no ending.
struct Spelling {
  std::string_view up;
  std::string_view down;
};
constexpr Spelling kSpellings[] = {{"-up", "-down"},  {"_up", "_down"}, {"", ".rollback"}, {"", "_rollback"},
                                   {"", "-rollback"}, {"", ".undo"},    {"", "_undo"},     {"", "-undo"},
                                   {"", "_down"},     {"", ".revert"},  {"", "_revert"},   {"", "-revert"}};

constexpr std::string_view kUndoing[] = {"rollback", "down", "undo", "revert"};
constexpr std::string_view kSeparators = "_-. ";

// Postgrator says the direction between version and name: "003.do.add_email". Empty for other names.
std::string SpelledByPostgrator(std::string_view stem) {
  const size_t digits = std::min(stem.find_first_not_of("0123456789"), stem.size());
  for (const auto& [action, direction] : {std::pair(".do", ".up"), std::pair(".undo", ".down")}) {
    std::string_view rest = stem.substr(digits);
    if (digits == 0 || !rest.starts_with(action)) continue;
    rest.remove_prefix(std::string_view(action).size());
    if (!rest.empty() && rest[0] != '.') continue;
    std::string spelled(stem.substr(0, digits));
    if (rest.size() > 1) spelled.append("_").append(rest.substr(1));
    return spelled + direction;
  }
  return {};
}

std::string_view WithoutSql(std::string_view path) {
  return IsSqlFile(path) ? path.substr(0, path.size() - std::string_view(".sql").size()) : path;
}

// What the file undoes, as this spelling has it. Only behind a number is "shut_down" no name of its own.
std::optional<std::string> Undone(const SourceFile& file, const Spelling& spelling) {
  std::string_view stem = WithoutSql(file.path);
  const std::string_view base = BaseName(stem);
  const bool numbered = !base.empty() && IsDigit(base[0]);
  if ((!numbered && !spelling.down.starts_with('.')) || !DropEnding(stem, spelling.down)) return std::nullopt;
  return std::string(stem);
}

// What the file undoes, where the word stands between version and name: "0003_rollback_add_email".
std::optional<std::string> UndoneByWord(const SourceFile& file) {
  const std::string_view path = WithoutSql(file.path);
  const std::string_view base = BaseName(path);
  const size_t word = std::min(base.find_first_not_of("0123456789_-. "), base.size());
  const size_t end = std::min(base.find_first_of(kSeparators, word), base.size());
  if (word == 0 || !IsDigit(base[0]) || end + 1 >= base.size() || !IsUndoing(ToLower(base.substr(word, end - word)))) {
    return std::nullopt;
  }
  return std::string(path.substr(0, path.size() - base.size() + word)).append(base.substr(end + 1));
}

// Once a folder has a pair that is spelled so, all that ends as its down script does is one: where its up script is
// missing, running it instead would undo what was never done.
template <typename UndoneBy>
void SpellPairs(const Folder& folder, std::string_view up_ending, UndoneBy undone_by,
                const std::map<std::string, const SourceFile*>& files,
                std::map<const SourceFile*, std::string>& spelled) {
  bool found = false;
  std::map<const SourceFile*, std::string> downs;
  for (const auto& file : folder.scripts) {
    const std::optional<std::string> stem = undone_by(file);
    if (!stem) continue;
    downs.emplace(&file, *stem + ".down");
    const auto other = files.find(ToLower(*stem + std::string(up_ending)));
    if (other == files.end()) continue;
    found = true;
    spelled[other->second] = *stem + ".up";
    spelled[&file] = *stem + ".down";
  }
  if (found) spelled.merge(downs);
}

bool IsOurs(std::string_view dialect) {
  return std::any_of(kOurs.begin(), kOurs.end(), [&](auto ours) { return EqualsIgnoringCase(dialect, ours); });
}

}  // namespace

bool IsUndoing(std::string_view word) {
  return std::find(std::begin(kUndoing), std::end(kUndoing), word) != std::end(kUndoing);
}

void RefuseUndoing(Reading& reading) {
  const auto undoes = [](const Part& part) {
    return IsUndoing(ToLower(part.id.name.substr(0, part.id.name.find_first_of(kSeparators))));
  };
  std::map<std::string, const Part*> others;  // by version
  std::set<MigrationId> undone;
  for (const auto& part : reading.parts) {
    if (part.problem || part.id.version.empty()) continue;
    if (part.section == Section::kDown) undone.insert(part.id);
    if (part.section == Section::kUp && !undoes(part)) others.emplace(VersionSortKey(part.id.version), &part);
  }
  for (auto& part : reading.parts) {
    if (part.problem || part.section != Section::kUp || part.id.version.empty() || !undoes(part)) continue;
    const auto other = others.find(VersionSortKey(part.id.version));
    if (other == others.end() || undone.contains(part.id)) continue;
    part.problem = Error(sqlstate::kFeatureNotSupported, "file \"" + part.origin + "\" is named as what undoes another",
                         "\"" + other->second->origin + "\" has its version.",
                         "Name it as that file, with \".down.sql\" at its end, or leave it out with leave_out.");
  }
}

std::map<const SourceFile*, std::string> OtherSpellings(const Folder& folder) {
  std::map<std::string, const SourceFile*> files;  // by path without ".sql", in lower case
  for (const auto& file : folder.scripts) files.emplace(ToLower(WithoutSql(file.path)), &file);
  std::map<const SourceFile*, std::string> spelled;
  for (const auto& file : folder.scripts) {
    if (auto name = SpelledByPostgrator(WithoutSql(BaseName(file.path))); !name.empty()) spelled[&file] = name;
  }
  for (const auto& spelling : kSpellings) {
    const auto undone_by = [&](const SourceFile& file) { return Undone(file, spelling); };
    SpellPairs(folder, spelling.up, undone_by, files, spelled);
  }
  SpellPairs(folder, "", UndoneByWord, files, spelled);
  return spelled;
}

std::optional<Part> ClaimPair(std::string_view path) {
  const auto name = Divide(path);
  if (!name) return std::nullopt;
  Part part;
  part.id = ParseMigrationName(name->stem);
  part.section = name->section;
  if (name->autocommit) part.traits.no_transaction = "its file is named .autocommit";
  return part;
}

std::optional<Section> DirectionOf(std::string_view path) {
  const auto name = Divide(path);
  return name ? std::optional(name->section) : std::nullopt;
}

std::string_view ForeignDialect(std::string_view path) {
  const auto name = Divide(path);
  return name && !IsOurs(name->dialect) ? name->dialect : std::string_view();
}

bool NamesOurDialect(std::string_view path) {
  const auto name = Divide(path);
  return name && IsOurs(name->dialect);
}

void JoinPairs(std::vector<Part>& parts) {
  const auto is_down = [](const Part& part) { return part.section == Section::kDown; };
  if (std::none_of(parts.begin(), parts.end(), is_down)) return;
  std::map<std::string, std::vector<MigrationId>> ups;  // by version
  for (const auto& part : parts) {
    if (part.section == Section::kUp) ups[VersionSortKey(part.id.version)].push_back(part.id);
  }
  for (auto& part : parts) {
    if (part.section != Section::kDown || part.by_version || part.id.version.empty()) continue;
    const auto& found = ups[VersionSortKey(part.id.version)];
    if (found.size() == 1) part.id = found.front();
  }
}

constexpr Convention kPairs = {"pairs", false, [](const SourceFile& script) { return Divide(script.path).has_value(); },
                               ReadPlain,
                               [](const Folder& folder) {
                                 const auto spelled = OtherSpellings(folder);
                                 return spelled.empty() ? nullptr : spelled.begin()->first;
                               }};

}  // namespace migrate::convention
