// Two files per migration: "0003_add_email.up.sql" and "0003_add_email.down.sql" (golang-migrate, sqlx and many
// more). Before the direction may stand ".tx", ".autocommit" (no transaction) and a dialect, of which Postgres is ours.
#include <algorithm>
#include <array>
#include <map>

#include "core/convention/names.h"
#include "core/version.h"

namespace migrate::convention {
namespace {

constexpr std::array<std::string_view, 3> kOurs = {"postgres", "postgresql", "pg"};
constexpr std::array<std::string_view, 12> kForeign = {"mysql",     "mariadb", "sqlite",      "sqlite3",
                                                       "cockroach", "crdb",    "cockroachdb", "mssql",
                                                       "sqlserver", "oracle",  "clickhouse",  "spanner"};

bool DropEnding(std::string_view& stem, std::string_view ending) {
  if (!stem.ends_with(ending)) return false;
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
                                   {"", "-rollback"}, {"", ".undo"},    {"", "_undo"},     {"", "_down"}};

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

bool IsOurs(std::string_view dialect) {
  return std::any_of(kOurs.begin(), kOurs.end(), [&](auto ours) { return EqualsIgnoringCase(dialect, ours); });
}

}  // namespace

std::map<const SourceFile*, std::string> OtherSpellings(const Folder& folder) {
  std::map<std::string_view, const SourceFile*> files;  // by path without ".sql"
  for (const auto& file : folder.scripts) {
    const std::string_view base = BaseName(file.path);
    const size_t ending = IsSqlFile(base) ? base.size() - Stem(base).size() : 0;
    files.emplace(std::string_view(file.path).substr(0, file.path.size() - ending), &file);
  }
  std::map<const SourceFile*, std::string> spelled;
  for (const auto& [path, file] : files) {
    if (auto name = SpelledByPostgrator(BaseName(path)); !name.empty()) spelled[file] = name;
    for (const auto& [up, down] : kSpellings) {
      std::string_view stem = path;
      // Without a version "scale_down.sql" need not be half of "scale.sql"; "scale.undo.sql" is.
      if (!(IsDigit(BaseName(path)[0]) || down[0] == '.') || !DropEnding(stem, down)) continue;
      const auto other = files.find(std::string(stem) + std::string(up));
      if (other == files.end()) continue;
      spelled[other->second] = std::string(stem) + ".up";
      spelled[file] = std::string(stem) + ".down";
    }
  }
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
