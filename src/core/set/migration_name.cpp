#include "core/set/migration_name.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace migrate {
namespace {

constexpr size_t kMaxNameBytes = 255;
constexpr std::string_view kEnding = ".sql";

bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool EndsVersion(std::string_view stem, size_t at) {
  return at == stem.size() || stem[at] == '_' || stem[at] == '-' || stem[at] == ' ';
}

// Length of the version that `stem` starts with: digits, further digits after dots or dashes, one
// letter at most. 0 if there is none.
size_t VersionLength(std::string_view stem) {
  size_t best = 0;
  size_t at = 0;
  for (;;) {
    const size_t digits = at;
    while (at < stem.size() && IsDigit(stem[at])) ++at;
    if (at == digits) return best;
    if (EndsVersion(stem, at)) best = at;
    if (at < stem.size() && IsLetter(stem[at]) && EndsVersion(stem, at + 1)) best = at + 1;
    if (at == stem.size() || (stem[at] != '.' && stem[at] != '-')) return best;
    ++at;
  }
}

}  // namespace

MigrationId ParseMigrationName(std::string_view name) {
  const std::string_view stem = Stem(name);
  RequireMigrationName(stem);
  const size_t length = VersionLength(stem);
  const std::string_view rest = stem.substr(length);
  return {std::string(stem.substr(0, length)), std::string(length == 0 || rest.empty() ? rest : rest.substr(1))};
}

void RequireMigrationName(std::string_view name) {
  if (name.empty()) {
    throw Error(sqlstate::kInvalidParameter, "migration name is empty", {},
                "Name it as its file, for example \"0003_add_email\".");
  }
  if (name == "zero") {
    throw Error(sqlstate::kInvalidParameter, "a migration can't be called \"zero\"",
                "As a target that word means before the first.", "Give it another name.");
  }
  const bool printable =
      std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!printable || name.size() > kMaxNameBytes) {
    throw Error(sqlstate::kInvalidParameter, "invalid migration name",
                "It has control characters, or more than 255 bytes.",
                "Name it as its file, for example \"0003_add_email\".");
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsSqlFile(std::string_view path) {
  return path.size() >= kEnding.size() && EqualsIgnoringCase(path.substr(path.size() - kEnding.size()), kEnding);
}

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view Stem(std::string_view path) {
  std::string_view stem = BaseName(path);
  if (IsSqlFile(stem)) stem.remove_suffix(kEnding.size());
  return Trim(stem);
}

std::string_view FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view FolderName(std::string_view path) { return BaseName(FolderOf(path)); }

}  // namespace migrate
